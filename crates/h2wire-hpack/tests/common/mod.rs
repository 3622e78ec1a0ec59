//! What the tests share: fields that are owned, blocks decoded in pieces.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

use h2wire_hpack::{
    BlockEnd, Decoded, Decoder, DecoderLimits, Field, HpackError, Known, Representation, huffman,
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Owned {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) never_indexed: bool,
    pub(crate) known: Known,
    pub(crate) representation: Representation,
}

impl Owned {
    pub(crate) fn from_field(field: Field<'_>) -> Self {
        Self {
            name: field.name.to_vec(),
            value: field.value.to_vec(),
            never_indexed: field.never_indexed,
            known: field.known,
            representation: field.representation,
        }
    }

    pub(crate) fn line(&self) -> (String, String) {
        (String::from_utf8_lossy(&self.name).into_owned(), String::from_utf8_lossy(&self.value).into_owned())
    }
}

/// A decoder whose memory is as small as it may be, and full of rubbish.
pub(crate) fn decoder(limits: DecoderLimits) -> Decoder<Vec<u8>> {
    Decoder::new_in(&limits, vec![0xa5; limits.memory_len()]).unwrap()
}

pub(crate) type Block = (Vec<Owned>, Result<BlockEnd, HpackError>);

/// Decodes a block that arrives in fragments.
pub(crate) fn decode<'a, M: AsRef<[u8]> + AsMut<[u8]>>(
    decoder: &mut Decoder<M>,
    fragments: impl IntoIterator<Item = &'a [u8]>,
) -> Block {
    let mut fields = Vec::new();
    let mut fragments = fragments.into_iter().peekable();
    while let Some(fragment) = fragments.next() {
        let last = fragments.peek().is_none();
        let mut fragment = decoder.feed(fragment, last);
        loop {
            match fragment.next() {
                Ok(Decoded::Field(field)) => fields.push(Owned::from_field(field)),
                Ok(Decoded::FragmentEnd) => {
                    assert!(!last);
                    assert_eq!(fragment.next(), Ok(Decoded::FragmentEnd));
                    break;
                }
                Ok(Decoded::BlockEnd(end)) => {
                    assert_eq!(fragment.next(), Ok(Decoded::BlockEnd(end)));
                    return (fields, Ok(end));
                }
                Err(error) => {
                    assert_eq!(fragment.next(), Err(error), "poisoned");
                    assert_eq!(decoder.feed(b"\x82", true).next(), Err(error), "poisoned");
                    return (fields, Err(error));
                }
            }
        }
    }
    panic!("no fragment at all");
}

pub(crate) fn whole<M: AsRef<[u8]> + AsMut<[u8]>>(decoder: &mut Decoder<M>, block: &[u8]) -> Block {
    decode(decoder, [block])
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(char::is_whitespace, "")).unwrap()
}

/// An integer with a prefix of `bits` bits after the pattern in `first`. §5.1
pub(crate) fn integer(value: u32, bits: u32, first: u8) -> Vec<u8> {
    let max = (1 << bits) - 1;
    if value < max {
        return vec![first | value as u8];
    }
    let mut octets = vec![first | max as u8];
    let mut rest = value - max;
    while rest >= 0x80 {
        octets.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    octets.push(rest as u8);
    octets
}

/// A string literal. §5.2
pub(crate) fn string(octets: &[u8], coded: bool) -> Vec<u8> {
    if !coded {
        return [integer(octets.len() as u32, 7, 0), octets.to_vec()].concat();
    }
    let mut encoded = vec![0; huffman::encoded_len(octets)];
    huffman::encode(octets, &mut encoded).unwrap();
    [integer(encoded.len() as u32, 7, 0x80), encoded].concat()
}
