//! What the HPACK targets share: a connection's blocks and limits as octets, and fields that are owned.

use h2wire_hpack::{BlockEnd, Decoded, Decoder, Error, Field, Representation};

use crate::input::Input;

/// What happens to a decoder.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// A field block.
    Block(&'a [u8]),
    /// A table limit is acknowledged.
    Limit(u32),
}

/// Any octets are steps: two octets for what and how much, then those of the block.
pub(crate) fn steps(mut input: Input<'_>) -> impl Iterator<Item = Step<'_>> {
    std::iter::from_fn(move || {
        if input.is_empty() {
            return None;
        }
        let [what, number] = input.octets();
        let number = u16::from_be_bytes([what & 0x3f, number]);
        Some(if what & 0x80 == 0 {
            Step::Block(input.take(number.into()))
        } else {
            Step::Limit(number.into())
        })
    })
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Owned {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) never_indexed: bool,
    pub(crate) representation: Representation,
}

impl Owned {
    pub(crate) fn of(field: Field<'_>) -> Self {
        let Field { name, value, never_indexed, representation } = field;
        Self { name: name.to_vec(), value: value.to_vec(), never_indexed, representation }
    }

    /// As counted by RFC 9113 §6.5.2.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.name.len() + self.value.len() + 32).expect("small")
    }
}

/// What a decoder says to a block, and what its table is then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    pub(crate) fields: Vec<Owned>,
    pub(crate) end: Result<BlockEnd, Error>,
    /// Size, capacity, entries. Behind an error they are of no use: how far the decoder went depends on the cut.
    pub(crate) table: (u32, u32, u32),
}

/// Decodes a block that arrives in fragments, at least one.
pub(crate) fn decode<M: AsRef<[u8]> + AsMut<[u8]>>(decoder: &mut Decoder<M>, fragments: &[&[u8]]) -> Block {
    let mut fields = Vec::new();
    let mut end = Err(Error::TruncatedBlock);
    for (index, octets) in fragments.iter().enumerate() {
        let last = index + 1 == fragments.len();
        let mut fragment = decoder.feed(octets, last);
        end = loop {
            match fragment.next() {
                Ok(Decoded::Field(field)) => fields.push(Owned::of(field)),
                Ok(Decoded::FragmentEnd) => {
                    assert!(!last);
                    break Ok(BlockEnd::default());
                }
                Ok(Decoded::BlockEnd(end)) => {
                    assert!(last);
                    assert_eq!(fragment.next(), Ok(Decoded::BlockEnd(end)));
                    break Ok(end);
                }
                Err(error) => {
                    assert_eq!(fragment.next(), Err(error), "poisoned");
                    break Err(error);
                }
            }
        };
        if end.is_err() {
            assert_eq!(decoder.feed(b"\x82", true).next().err(), end.err(), "poisoned");
            return Block { fields, end, table: (0, 0, 0) };
        }
    }
    let table = (decoder.table_size(), decoder.table_capacity(), decoder.table_entries());
    Block { fields, end, table }
}

/// Lists that are compared are at most half as large, so that no field is left out of them: an input is too short for one
/// of more than that.
pub(crate) const MAX_LIST_SIZE: u32 = 1 << 17;

/// Decodes fragments of a block that may go on: the fields, and an error if there is one. `None` if it is too large.
pub(crate) fn decode_some(
    decoder: &mut Decoder<Vec<u8>>,
    fragments: &[&[u8]],
    complete: bool,
) -> Option<(Vec<Owned>, Result<(), Error>)> {
    let mut fields = Vec::new();
    let end = fragments.iter().enumerate().try_for_each(|(index, octets)| {
        let last = complete && index + 1 == fragments.len();
        each_field(decoder, octets, last, |field| fields.push(Owned::of(field)))
    });
    let size: u32 = fields.iter().map(Owned::size).sum();
    (size <= MAX_LIST_SIZE / 2).then_some((fields, end))
}

/// Decodes one fragment.
pub(crate) fn each_field(
    decoder: &mut Decoder<Vec<u8>>,
    fragment: &[u8],
    last: bool,
    mut each: impl FnMut(Field<'_>),
) -> Result<(), Error> {
    let mut fragment = decoder.feed(fragment, last);
    loop {
        match fragment.next()? {
            Decoded::Field(field) => each(field),
            Decoded::FragmentEnd | Decoded::BlockEnd(_) => return Ok(()),
        }
    }
}

/// An integer with a prefix of `bits` bits behind the pattern in `first`. RFC 7541 §5.1
pub(crate) fn integer(value: u32, bits: u32, first: u8) -> Vec<u8> {
    let max = (1 << bits) - 1;
    if value < max {
        return vec![first | low(value)];
    }
    let mut octets = vec![first | low(max)];
    let mut rest = value - max;
    while rest >= 0x80 {
        octets.push(low(rest) | 0x80);
        rest >>= 7;
    }
    octets.push(low(rest));
    octets
}

fn low(value: u32) -> u8 {
    value.to_le_bytes()[0]
}
