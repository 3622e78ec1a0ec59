//! What the HPACK targets share: a connection's blocks and limits as octets, and fields that are owned.

use h2wire_hpack::{BlockEnd, Decoded, Decoder, Field, HpackError};

use crate::hpack_common as common;
pub(crate) use crate::hpack_common::{Owned, integer};
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

/// A field as counted by RFC 9113 §6.5.2.
pub(crate) fn size(field: &Owned) -> u32 {
    u32::try_from(field.name.len() + field.value.len() + 32).expect("small")
}

/// What a decoder says to a block, and what its table is then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    pub(crate) fields: Vec<Owned>,
    pub(crate) end: Result<BlockEnd, HpackError>,
    /// Size, capacity, entries. After an error they are of no use: how far the decoder went depends on the cut.
    pub(crate) table: (u32, u32, u32),
}

/// Decodes a block that arrives in fragments, at least one.
pub(crate) fn decode<M: AsRef<[u8]> + AsMut<[u8]>>(decoder: &mut Decoder<M>, fragments: &[&[u8]]) -> Block {
    let (fields, end) = common::decode(decoder, fragments.iter().copied());
    let table = match end {
        Ok(_) => (decoder.table_size(), decoder.table_capacity(), decoder.table_entries()),
        Err(_) => (0, 0, 0),
    };
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
) -> Option<(Vec<Owned>, Result<(), HpackError>)> {
    let mut fields = Vec::new();
    let end = fragments.iter().enumerate().try_for_each(|(index, octets)| {
        let last = complete && index + 1 == fragments.len();
        each_field(decoder, octets, last, |field| fields.push(Owned::from_field(field)))
    });
    let size: u32 = fields.iter().map(size).sum();
    (size <= MAX_LIST_SIZE / 2).then_some((fields, end))
}

/// Decodes one fragment.
pub(crate) fn each_field(
    decoder: &mut Decoder<Vec<u8>>,
    fragment: &[u8],
    last: bool,
    mut each: impl FnMut(Field<'_>),
) -> Result<(), HpackError> {
    let mut fragment = decoder.feed(fragment, last);
    loop {
        match fragment.next()? {
            Decoded::Field(field) => each(field),
            Decoded::FragmentEnd | Decoded::BlockEnd(_) => return Ok(()),
        }
    }
}
