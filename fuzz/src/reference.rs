//! Huffman, bit by bit. The code is canonical: the lengths of RFC 7541 Appendix B alone give all of it.

use std::sync::LazyLock;

use h2wire_hpack::HpackError;

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

/// The code of each symbol: shorter ones first, then in the order of symbols, counting up.
static CODES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut symbols: Vec<usize> = (0..LENGTHS.len()).collect();
    symbols.sort_by_key(|symbol| LENGTHS[*symbol]);
    let mut codes = vec![0; LENGTHS.len()];
    let (mut next, mut len) = (0_u32, 0);
    for symbol in symbols {
        next <<= LENGTHS[symbol] - len;
        len = LENGTHS[symbol];
        codes[symbol] = next;
        next += 1;
    }
    assert_eq!(next, 1 << len, "the code is complete");
    codes
});

/// A node for each start of a code: where 0 and 1 lead. The root is the first, leaves come from [`leaf`].
static TREE: LazyLock<Vec<[usize; 2]>> = LazyLock::new(|| {
    let mut tree = vec![[0; 2]];
    for symbol in 0..LENGTHS.len() {
        let mut node = 0;
        for (bit, left) in bits_of(symbol) {
            if tree[node][bit] == 0 {
                tree[node][bit] = if left == 0 { leaf(symbol) } else { tree.len() };
                tree.push([0; 2]);
            }
            node = tree[node][bit];
        }
    }
    tree
});

const fn leaf(symbol: usize) -> usize {
    usize::MAX - symbol
}

/// The bits of a code, each with the number of those after it.
fn bits_of(symbol: usize) -> impl Iterator<Item = (usize, u8)> {
    (0..LENGTHS[symbol]).rev().map(move |left| (usize::from(CODES[symbol] >> left & 1 == 1), left))
}

/// Decodes a string.
pub(crate) fn decode(string: &[u8]) -> Result<Vec<u8>, HpackError> {
    let mut decoded = Vec::new();
    let (mut node, mut bits, mut all_ones) = (0, 0, true);
    for bit in string.iter().flat_map(|octet| (0..8).rev().map(move |bit| usize::from(octet >> bit & 1))) {
        (node, bits, all_ones) = (TREE[node][bit], bits + 1, all_ones && bit == 1);
        if node >= leaf(LENGTHS.len()) {
            decoded.push(u8::try_from(usize::MAX - node).map_err(|_| HpackError::HuffmanEos)?);
            (node, bits, all_ones) = (0, 0, true);
        }
    }
    match (all_ones, bits) {
        (false, _) => Err(HpackError::HuffmanPaddingNotOnes),
        (true, 8..) => Err(HpackError::HuffmanPaddingTooLong),
        (true, _) => Ok(decoded),
    }
}

/// Encodes a string.
pub(crate) fn encode(string: &[u8]) -> Vec<u8> {
    let bits = string.iter().flat_map(|octet| bits_of((*octet).into()));
    let mut encoded = Vec::new();
    let mut free = 0;
    for (bit, _) in bits {
        if free == 0 {
            encoded.push(0xff);
            free = 8;
        }
        free -= 1;
        if let (0, Some(last)) = (bit, encoded.last_mut()) {
            *last &= !(1 << free);
        }
    }
    encoded
}
