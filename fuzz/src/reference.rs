//! Huffman, bit by bit. The code is canonical: the lengths of RFC 7541 Appendix B alone give all of it.

use std::collections::HashMap;
use std::sync::LazyLock;

use h2wire_hpack::Error;

/// Bits of the code of each octet, then of EOS.
#[rustfmt::skip]
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];

/// Codes by symbol, a string of bits each: shorter ones first, then in the order of symbols, counting up.
static CODES: LazyLock<Vec<Vec<bool>>> = LazyLock::new(|| {
    let mut symbols: Vec<usize> = (0..LENGTHS.len()).collect();
    symbols.sort_by_key(|symbol| LENGTHS[*symbol]);
    let mut codes = vec![Vec::new(); LENGTHS.len()];
    let (mut next, mut len) = (0_u32, LENGTHS[symbols[0]]);
    for symbol in symbols {
        next <<= LENGTHS[symbol] - len;
        len = LENGTHS[symbol];
        codes[symbol] = (0..len).rev().map(|bit| next >> bit & 1 == 1).collect();
        next += 1;
    }
    assert_eq!(next, 1 << len, "the code is complete");
    codes
});

static SYMBOLS: LazyLock<HashMap<&[bool], usize>> =
    LazyLock::new(|| CODES.iter().enumerate().map(|(symbol, code)| (code.as_slice(), symbol)).collect());

/// Decodes a string.
pub(crate) fn decode(string: &[u8]) -> Result<Vec<u8>, Error> {
    let mut decoded = Vec::new();
    let mut code = Vec::new();
    for bit in string.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1)) {
        code.push(bit);
        if let Some(symbol) = SYMBOLS.get(code.as_slice()) {
            decoded.push(u8::try_from(*symbol).map_err(|_| Error::HuffmanEos)?);
            code.clear();
        }
    }
    match code {
        code if code.contains(&false) => Err(Error::HuffmanPaddingNotOnes),
        code if code.len() > 7 => Err(Error::HuffmanPaddingTooLong),
        _ => Ok(decoded),
    }
}

/// Encodes a string.
pub(crate) fn encode(string: &[u8]) -> Vec<u8> {
    let mut bits: Vec<bool> =
        string.iter().flat_map(|octet| CODES[usize::from(*octet)].iter().copied()).collect();
    bits.resize(bits.len().next_multiple_of(8), true);
    bits.chunks(8).map(|octet| octet.iter().fold(0, |octet, bit| octet << 1 | u8::from(*bit))).collect()
}
