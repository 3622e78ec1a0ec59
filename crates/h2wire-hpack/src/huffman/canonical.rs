//! Decodes one symbol at a time. The code is canonical: the codes of one length are consecutive, so the table needs
//! one row for each length. RFC 7541 Appendix B.
//!
//! It is used for strings that arrive in pieces, on devices with little flash, and for the long codes of the fast
//! decoder.

use super::code::CODES;

/// The codes of one length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Row {
    /// The codes of this length and of all shorter ones, left-aligned, are below this. 2^32 for the last row.
    end: u64,
    /// The first code of this length, left-aligned.
    first: u32,
    /// The position of its symbol in `SYMBOLS`.
    symbol: u16,
    len: u8,
}

const ROW_COUNT: usize = 21;

static ROWS: [Row; ROW_COUNT] = TABLES.0;
/// The symbols in the order of their codes. EOS, the last, is left out.
static SYMBOLS: [u8; 256] = TABLES.1;

const TABLES: ([Row; ROW_COUNT], [u8; 256]) = tables();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn tables() -> ([Row; ROW_COUNT], [u8; 256]) {
    let mut rows = [Row { end: 0, first: 0, symbol: 0, len: 0 }; ROW_COUNT];
    let mut symbols = [0; 256];
    let (mut row, mut count, mut len) = (0, 0, 5);
    while len <= 30 {
        let start = count;
        let mut symbol = 0;
        while symbol < CODES.len() {
            if CODES[symbol].len == len {
                let left_aligned = CODES[symbol].bits << (32 - len);
                if count == start {
                    rows[row] = Row { end: 0, first: left_aligned, symbol: start as u16, len };
                }
                rows[row].end = left_aligned as u64 + (1 << (32 - len));
                if symbol < 256 {
                    symbols[count] = symbol as u8;
                }
                count += 1;
            }
            symbol += 1;
        }
        if count > start {
            row += 1;
        }
        len += 1;
    }
    (rows, symbols)
}

/// The symbol whose code starts `window` (the next 32 bits, the first one at the top), and the length of that code.
/// The symbol is `None` for EOS.
#[inline]
pub(super) fn symbol(window: u32) -> (Option<u8>, u32) {
    for row in &ROWS {
        if u64::from(window) < row.end {
            let offset = window.wrapping_sub(row.first).wrapping_shr(32_u32.wrapping_sub(u32::from(row.len)));
            // A row has fewer than 2^8 codes.
            let index = usize::from(row.symbol).wrapping_add(usize::try_from(offset).unwrap_or(usize::MAX));
            return (SYMBOLS.get(index).copied(), u32::from(row.len));
        }
    }
    // The last row ends at 2^32.
    (None, 30)
}

#[cfg(test)]
mod tests {
    use super::super::code::EOS;
    use super::*;

    /// The lengths give the codes: what `symbol` depends on.
    #[test]
    fn the_code_is_canonical() {
        let mut order: Vec<usize> = (0..257).collect();
        order.sort_by_key(|symbol| (CODES[*symbol].len, *symbol));
        let (mut next, mut len) = (0_u32, 5);
        for symbol in order {
            next <<= CODES[symbol].len - len;
            len = CODES[symbol].len;
            assert_eq!(CODES[symbol].bits, next, "symbol {symbol}");
            next += 1;
        }
        assert_eq!((next, len), (1 << 30, 30), "the code uses all bit patterns");
    }

    #[test]
    fn finds_every_symbol_whatever_follows() {
        for (symbol_expected, code) in CODES.iter().enumerate() {
            let low = 32 - u32::from(code.len);
            for following in [0, u32::MAX, 0x5555_5555] {
                let window = code.bits << low | following & ((1 << low) - 1);
                let octet = (symbol_expected != EOS).then(|| u8::try_from(symbol_expected).unwrap());
                assert_eq!(symbol(window), (octet, u32::from(code.len)));
            }
        }
    }

    #[test]
    fn the_tables_are_small() {
        assert!(size_of_val(&ROWS) + size_of_val(&SYMBOLS) <= 768);
    }
}
