//! Against a reference that shares nothing with the decoders but the table: a string of '0' and '1'.

use super::code::{CODES, EOS};
use super::{DecodeError, Pieces, decode, encode::encode_to, encoded_len, fast, max_decoded_len, pieces};
use crate::HpackError;

fn bits_of(symbol: usize) -> String {
    let code = CODES[symbol];
    format!("{:0len$b}", code.bits, len = usize::from(code.len))
}

/// Octets of a string of bits; it must be a whole number of octets.
fn octets(bits: &str) -> Vec<u8> {
    assert_eq!(bits.len() % 8, 0);
    bits.as_bytes()
        .chunks(8)
        .map(|octet| u8::from_str_radix(str::from_utf8(octet).unwrap(), 2).unwrap())
        .collect()
}

fn padded(bits: &str, one: char) -> String {
    let mut bits = bits.to_owned();
    while !bits.len().is_multiple_of(8) {
        bits.push(one);
    }
    bits
}

/// Bit by bit, with the codes in a map.
fn reference(string: &[u8]) -> Result<Vec<u8>, HpackError> {
    static CODE_OF: std::sync::LazyLock<std::collections::HashMap<String, usize>> =
        std::sync::LazyLock::new(|| (0..=EOS).map(|symbol| (bits_of(symbol), symbol)).collect());
    let mut decoded = Vec::new();
    let mut code = String::new();
    for bit in string.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1)) {
        code.push(if bit == 1 { '1' } else { '0' });
        if let Some(symbol) = CODE_OF.get(&code) {
            decoded.push(u8::try_from(*symbol).map_err(|_| HpackError::HuffmanEos)?);
            code.clear();
        }
    }
    match code {
        code if code.contains('0') => Err(HpackError::HuffmanPaddingNotOnes),
        code if code.len() > 7 => Err(HpackError::HuffmanPaddingTooLong),
        _ => Ok(decoded),
    }
}

type Decode = fn(&[u8], &mut [u8]) -> Result<usize, DecodeError>;

fn by(decode: Decode, string: &[u8]) -> Result<Vec<u8>, HpackError> {
    let mut buf = vec![0; max_decoded_len(string.len())];
    match decode(string, &mut buf) {
        Ok(written) => Ok(buf[..written].to_vec()),
        Err(DecodeError::Huffman(error)) => Err(error),
        Err(DecodeError::BufferFull) => panic!("the largest length is too small for {string:02x?}"),
    }
}

fn by_octets(string: &[u8]) -> Result<Vec<u8>, HpackError> {
    let mut decoded = Vec::new();
    let mut pieces = Pieces::default();
    for octet in string {
        pieces.decode(&[*octet], |octet| decoded.push(octet))?;
    }
    pieces.finish().map(|()| decoded)
}

#[track_caller]
fn check(string: &[u8]) {
    let expected = reference(string);
    let mut buf = vec![0; max_decoded_len(string.len())];
    let fast = fast::decode(string, &mut buf).map(|written| &buf[..written]);
    assert_eq!(fast, expected.as_deref().ok(), "fast: {string:02x?}");
    assert_eq!(by(pieces::decode, string), expected, "small: {string:02x?}");
    assert_eq!(by(decode, string), expected, "as built: {string:02x?}");
    assert_eq!(by_octets(string), expected, "by octets: {string:02x?}");
}

#[track_caller]
fn round_trip(string: &[u8]) {
    let mut encoded = vec![0; encoded_len(string)];
    encode_to(string, &mut encoded);
    let bits: String = string.iter().map(|octet| bits_of(usize::from(*octet))).collect();
    assert_eq!(encoded, octets(&padded(&bits, '1')));
    assert_eq!(reference(&encoded).as_deref(), Ok(string));
    check(&encoded);
}

#[test]
fn every_symbol_alone_repeated_and_behind_text() {
    for symbol in 0..=255 {
        for count in 1..=20 {
            round_trip(&vec![symbol; count]);
        }
        round_trip(&[b"www.example.com".as_slice(), &[symbol]].concat());
        round_trip(&[b"text/html; charset=utf-8".as_slice(), &[symbol], b"and more of it"].concat());
    }
}

#[test]
fn every_pair() {
    for first in 0..=255 {
        for second in 0..=255 {
            round_trip(&[first, second]);
            round_trip(&[b'a', first, b'0', second, b'-', first, second, b'e', b'e']);
        }
    }
}

/// Each symbol, then each octet or two of anything: all paddings, EOS, cut codes.
#[test]
fn every_end() {
    for text in ["", "a", "0e", "http://", "aaaaaaaaaaaaaa"] {
        let text: String = text.bytes().map(|octet| bits_of(usize::from(octet))).collect();
        for symbol in 0..=255 {
            let whole = padded(&(text.clone() + &bits_of(symbol)), '1');
            check(&octets(&padded(&(text.clone() + &bits_of(symbol)), '0')));
            for last in 0..=255 {
                check(&octets(&format!("{whole}{last:08b}")));
            }
            for ones in 0..40 {
                check(&octets(&padded(&format!("{text}{}{}", bits_of(symbol), "1".repeat(ones)), '0')));
                check(&octets(&padded(&format!("{text}{}{}", bits_of(symbol), "1".repeat(ones)), '1')));
            }
        }
    }
}

#[test]
fn eos_anywhere_is_an_error() {
    for before in 0..12 {
        for after in ["", "0", "11111111", "00011000110001100011000110001100011000110001100011000110001"] {
            let bits = padded(&("00011".repeat(before) + &bits_of(EOS) + after), '1');
            assert_eq!(reference(&octets(&bits)), Err(HpackError::HuffmanEos));
            check(&octets(&bits));
        }
    }
}

#[test]
fn every_short_string_of_octets() {
    check(b"");
    for first in 0..=255_u8 {
        check(&[first]);
        for second in 0..=255_u8 {
            check(&[first, second]);
            check(&[0xff, first, second]);
            check(&[0xff, 0xff, first, second, 0xff]);
        }
    }
}

#[test]
fn a_buffer_that_is_too_small_is_said_and_one_that_fits_is_enough() {
    for text in ["a", "ab", "www.example.com", "{}{}{}{}", "\0\u{1}\u{2}\u{3} caf\u{e9} and so on, and so on"]
    {
        let mut encoded = vec![0; encoded_len(text.as_bytes())];
        encode_to(text.as_bytes(), &mut encoded);
        for decode in [decode, pieces::decode] as [Decode; 2] {
            for len in 0..text.len() {
                assert_eq!(fast::decode(&encoded, &mut vec![0; len]), None, "{text} {len}");
                assert_eq!(decode(&encoded, &mut vec![0; len]), Err(DecodeError::BufferFull), "{text} {len}");
            }
            for len in text.len()..text.len() + 9 {
                let mut buf = vec![0; len];
                assert_eq!(fast::decode(&encoded, &mut buf), Some(text.len()), "{text} {len}");
                assert_eq!(&buf[..text.len()], text.as_bytes());
                assert_eq!(decode(&encoded, &mut buf), Ok(text.len()), "{text} {len}");
                assert_eq!(&buf[..text.len()], text.as_bytes());
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn random_octets(string: Vec<u8>) {
        check(&string);
    }

    #[test]
    fn random_text(string in "[ -~]{0,200}") {
        round_trip(string.as_bytes());
    }
}

#[test]
fn the_most_that_a_string_decodes_to_is_exact() {
    for len in 0..1_000 {
        let most = max_decoded_len(len);
        // The code of `0` has 5 bits.
        assert!(encoded_len(&vec![b'0'; most]) <= len, "{len}");
        assert!(encoded_len(&vec![b'0'; most + 1]) > len, "{len}");
    }
    assert!(max_decoded_len(usize::MAX) == usize::MAX);
}
