//! Huffman: both directions say what the bit-by-bit reference says, alone and inside of a field block cut anywhere.
//!
//! Input: a string.

use h2wire_hpack::{Decoder, DecoderLimits, HpackError, huffman};

use crate::hpack::{decode, integer};
use crate::reference;

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(0)
    .with_max_list_size(1 << 16)
    .with_max_fields(1)
    .with_max_string_len(1 << 16);

/// See the module.
pub fn target(string: &[u8]) {
    let expected = reference::decode(string);
    decodes(string, &expected);
    if let Ok(decoded) = &expected {
        // Decoding is the inverse of encoding, which is unique.
        assert_eq!(encode(decoded), string);
    }
    in_a_block(string, &expected);

    let encoded = encode(string);
    assert_eq!(encoded, reference::encode(string));
    decodes(&encoded, &Ok(string.to_vec()));
}

fn encode(string: &[u8]) -> Vec<u8> {
    let mut encoded = vec![0; huffman::encoded_len(string)];
    assert_eq!(huffman::encode(string, &mut encoded), Ok(encoded.len()));
    encoded
}

fn decodes(string: &[u8], expected: &Result<Vec<u8>, HpackError>) {
    let mut buf = vec![0; huffman::max_decoded_len(string.len())];
    let written = huffman::decode(string, &mut buf).map(|written| buf[..written].to_vec());
    assert_eq!(written, expected.clone().map_err(huffman::DecodeError::Huffman));
    if let Ok(decoded) = expected {
        let mut exact = vec![0; decoded.len()];
        assert_eq!(huffman::decode(string, &mut exact), Ok(decoded.len()));
        if let Some((_, small)) = exact.split_last_mut() {
            assert_eq!(huffman::decode(string, small), Err(huffman::DecodeError::BufferFull));
        }
    }
}

/// As the value of a literal, in one piece and octet by octet.
fn in_a_block(string: &[u8], expected: &Result<Vec<u8>, HpackError>) {
    let Ok(len @ ..0x1_0000) = u32::try_from(string.len()) else { return };
    let block = [&[0x00, 0x01, b'x'][..], &integer(len, 7, 0x80), string].concat();
    for pieces in [vec![block.as_slice()], block.chunks(1).collect()] {
        let mut decoder = Decoder::new(&LIMITS);
        let found = decode(&mut decoder, &pieces);
        match (expected, &found.end) {
            (Ok(value), Ok(end)) if end.exceeded.is_none() => assert_eq!(found.fields[0].value, *value),
            (expected, end) => assert_eq!(expected.as_ref().err(), end.as_ref().err()),
        }
    }
}
