//! The fast decoder, for whole strings. Each step yields one or two symbols. The few symbols with longer codes take a step of the
//! canonical decoder.
//!
//! Each step waits for the one before: shift, look up, shift. That needs only the number of bits, so it has a table of its own, of
//! one octet an entry; the symbols are looked up beside it.
//!
//! The window holds the next bits inverted. So the zeros that a shift brings in are ones of the string, as the
//! padding must be: the end of a string is not a special case until a code reaches into it.

use super::canonical;
use super::code::CODES;
use super::pieces::{check_padding, top};
use crate::dynamic_table::{to_u32, to_usize};

/// The bits that a step looks at. A window has as many steps of 14 bits as of 13, and more of them yield two symbols: that takes 3 %
/// fewer instructions, and 48 KiB of tables in place of 24. Only the 16 KiB of `STEP` are waited for.
const STEP_BITS: u32 = 14;
const ENTRIES: usize = 1 << STEP_BITS;

/// A window has at least 56 bits when it was refilled.
const STEPS: u32 = 56 / STEP_BITS;

/// Bits 0 to 5: the bits that a step uses; 6 and 7: the number of its symbols. 0 if the code is longer than a step.
static STEP: [u8; ENTRIES] = TABLES.0;
/// The symbols of a step, the first one lowest.
static SYMBOLS: [u16; ENTRIES] = TABLES.1;

#[allow(clippy::large_const_arrays, reason = "the statics are made of it")]
const TABLES: ([u8; ENTRIES], [u16; ENTRIES]) = tables();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::large_stack_arrays,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn tables() -> ([u8; ENTRIES], [u16; ENTRIES]) {
    // First the entries of one symbol, then those with room for a second one, looked up in the first ones.
    let (mut lens, mut symbols) = ([0_u8; ENTRIES], [0_u8; ENTRIES]);
    let mut symbol = 0;
    while symbol < 256 {
        let len = CODES[symbol].len;
        if (len as u32) <= STEP_BITS {
            let low = STEP_BITS - len as u32;
            let mut following = 0;
            while following < 1 << low {
                let bits = (CODES[symbol].bits << low | following) as usize;
                (lens[bits], symbols[bits]) = (len, symbol as u8);
                following += 1;
            }
        }
        symbol += 1;
    }
    let (mut steps, mut both) = ([0; ENTRIES], [0; ENTRIES]);
    let mut bits = 0;
    while bits < ENTRIES {
        let (len, inverted) = (lens[bits], !bits & (ENTRIES - 1));
        let rest = (bits << len) & (ENTRIES - 1);
        if len != 0 {
            (steps[inverted], both[inverted]) = (1 << 6 | len, symbols[bits] as u16);
            if lens[rest] != 0 && (len + lens[rest]) as u32 <= STEP_BITS {
                steps[inverted] = 2 << 6 | (len + lens[rest]);
                both[inverted] |= (symbols[rest] as u16) << 8;
            }
        }
        bits += 1;
    }
    (steps, both)
}

/// Decodes a whole string into `buf`. Returns the number of octets; `None` if there is anything wrong with it, or too little room.
///
/// The window is refilled with octets whose place is known before the steps are done, and steps do not branch.
pub(super) fn decode(string: &[u8], buf: &mut [u8]) -> Option<usize> {
    let (mut window, mut valid, mut next, mut written) = (0_u64, 0_u32, 0_usize, 0_usize);
    while let Some(chunk) = string.get(next..).and_then(<[u8]>::first_chunk::<8>) {
        // At least 56 (0x38) bits from here on.
        window |= (!u64::from_be_bytes(*chunk)).wrapping_shr(valid);
        next = next.wrapping_add(to_usize(63_u32.wrapping_sub(valid) >> 3));
        valid |= 0x38;
        let round = Round::new(window);
        window = round.window;
        written = put(round.symbols, round.count(), buf, written)?;
        valid = valid.wrapping_sub(round.used());
        if round.used() == 0 {
            let (symbol, len) = long(window, u32::MAX)?;
            written = put(u64::from(symbol), 1, buf, written)?;
            window = window.wrapping_shl(len);
            valid = valid.wrapping_sub(len);
        }
    }
    // Fewer than 8 octets are left to read.
    let rest = string.get(next..).unwrap_or_default();
    let mut tail = match string.last_chunk::<8>() {
        Some(last) => up(!u64::from_be_bytes(*last), 64_u32.wrapping_sub(to_u32(rest.len()) << 3)),
        None => short(rest),
    };
    let mut left = valid.wrapping_add(to_u32(rest.len()) << 3);
    loop {
        window |= tail.wrapping_shr(valid);
        tail = up(tail, 64_u32.wrapping_sub(valid));
        let round = Round::new(window);
        window = round.window;
        // §5.2: a code that only the ones after the string have completed.
        left = left.checked_sub(round.used())?;
        written = put(round.symbols, round.count(), buf, written)?;
        // §5.2: nothing is left, or padding.
        if window | tail == 0 && left < 8 {
            return Some(written);
        }
        valid = 64_u32.wrapping_sub(round.used());
        // A long code, or an error at the end. A code in the middle of a window is at the start of the next one.
        if round.used() == 0 {
            let (symbol, len) = long(window, left)?;
            written = put(u64::from(symbol), 1, buf, written)?;
            window = window.wrapping_shl(len);
            valid = 64_u32.wrapping_sub(len);
            left = left.saturating_sub(len);
        }
    }
}

/// What a window yields: up to 8 symbols, to be written at once. A step that finds nothing changes nothing.
struct Round {
    /// The rest of the window.
    window: u64,
    symbols: u64,
    /// The sum of the steps: the bits that were used, at most 56, and above them the number of symbols.
    sum: u32,
}

impl Round {
    #[inline(always)]
    fn new(mut window: u64) -> Self {
        let (mut symbols, mut sum) = (0_u64, 0_u32);
        for _ in 0..STEPS {
            let index = usize::try_from(window.wrapping_shr(64_u32.wrapping_sub(STEP_BITS))).unwrap_or(0);
            let step = u32::from(STEP.get(index).copied().unwrap_or(0));
            let found = u64::from(SYMBOLS.get(index).copied().unwrap_or(0));
            symbols |= found.wrapping_shl(sum >> 3 & 0x78);
            // Shifts are modulo 64.
            window = window.wrapping_shl(step);
            sum = sum.wrapping_add(step);
        }
        Self { window, symbols, sum }
    }

    #[inline(always)]
    const fn used(&self) -> u32 {
        self.sum & 0x3f
    }

    #[inline(always)]
    fn count(&self) -> usize {
        to_usize(self.sum >> 6)
    }
}

/// Shifts left by 1 to 64.
#[inline]
const fn up(bits: u64, by: u32) -> u64 {
    bits.wrapping_shl(1).wrapping_shl(by.wrapping_sub(1))
}

/// Fewer than 8 octets, inverted and followed by zeros.
#[inline]
fn short(string: &[u8]) -> u64 {
    match (string, string.first_chunk::<4>(), string.last_chunk::<4>()) {
        (_, Some(first), Some(last)) => {
            // Where the two overlap they have the same octets.
            let shift = 64_u32.wrapping_sub(to_u32(string.len()) << 3);
            u64::from(!u32::from_be_bytes(*first)) << 32
                | u64::from(!u32::from_be_bytes(*last)).wrapping_shl(shift)
        }
        ([a, b, c], ..) => u64::from(!u32::from_be_bytes([*a, *b, *c, 0xff])) << 32,
        ([a, b], ..) => u64::from(!u32::from_be_bytes([*a, *b, 0xff, 0xff])) << 32,
        ([a], ..) => u64::from(!u32::from_be_bytes([*a, 0xff, 0xff, 0xff])) << 32,
        _ => 0,
    }
}

/// Writes up to 8 symbols.
#[inline(always)]
fn put(symbols: u64, count: usize, buf: &mut [u8], written: usize) -> Option<usize> {
    let rest = buf.get_mut(written..)?;
    let octets = symbols.to_le_bytes();
    if let Some(place) = rest.first_chunk_mut::<8>() {
        // Excess octets are overwritten later, or lie after the string.
        *place = octets;
    } else {
        let place = rest.get_mut(..count)?;
        place.iter_mut().zip(octets).for_each(|(place, octet)| *place = octet);
    }
    Some(written.wrapping_add(count))
}

/// Decodes a code that is longer than a step, with `left` bits of the string left. Returns the symbol and its length.
#[cold]
fn long(window: u64, left: u32) -> Option<(u8, u32)> {
    let (symbol, len) = canonical::symbol(top(!window));
    if len > left {
        // It is not a code, so it must be padding. The caller has handled correct padding.
        check_padding(!window, left).ok()?;
    }
    // §5.2: not EOS.
    Some((symbol?, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step with an entry that is empty goes the slow way, and no string shows it.
    #[test]
    fn each_step_has_the_symbols_that_its_bits_hold() {
        assert_eq!(STEPS, 4);
        for (inverted, (step, symbols)) in STEP.iter().zip(SYMBOLS).enumerate() {
            let bits = u32::try_from(!inverted & (ENTRIES - 1)).unwrap() << (32 - STEP_BITS);
            let (first, len) = canonical::symbol(bits);
            if len > STEP_BITS {
                assert_eq!((*step, symbols), (0, 0));
                continue;
            }
            let (second, more) = canonical::symbol(bits << len);
            let (count, used, second) = match second {
                Some(second) if len + more <= STEP_BITS => (2, len + more, second),
                _ => (1, len, 0),
            };
            assert_eq!(u32::from(*step), count << 6 | used);
            assert_eq!(symbols.to_le_bytes(), [first.unwrap(), second]);
        }
    }
}
