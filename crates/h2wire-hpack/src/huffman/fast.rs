//! Whole strings: a table of 2^13 entries yields one or two symbols a step and stays in the L1 cache. The few symbols
//! with longer codes take a step of the canonical decoder.
//!
//! The window holds the next bits inverted. So the zeros that a shift brings in are ones of the string, which is what
//! the padding has to be: a string's end needs no case of its own until a code reaches into it.

use super::code::CODES;
use super::pieces::top;
use super::{DecodeError, canonical, check_padding};
use crate::Error;
use crate::dynamic_table::to_usize;

/// Bits that a step looks at. A step waits for the one before it (shift, look up, shift), so fewer of them is what
/// counts: strings alone took 3 to 14 % less time with 13 bits than with 12, and 12 to 13 % less with 12 than with 11.
const STEP_BITS: u32 = 13;
const ENTRIES: usize = 1 << STEP_BITS;

/// A window has 56 bits at least when it is refilled.
const STEPS_PER_LOAD: u32 = 56 / STEP_BITS;

/// What a step yields, packed: bits 0 to 5 the bits to drop, 6 to 12 the bits of the symbols (8 or 16), 16 to 31 the
/// symbols, the first one lowest. All zero if the code is longer than the step.
static TABLE: [u32; ENTRIES] = table();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::large_stack_arrays,
    reason = "evaluated by the compiler, which would refuse a panic"
)]
const fn table() -> [u32; ENTRIES] {
    // First the entries of one symbol, then those with room for a second one, looked up in the first ones.
    let mut one = [0_u32; ENTRIES];
    let mut symbol = 0;
    while symbol < 256 {
        let len = CODES[symbol].len as u32;
        if len <= STEP_BITS {
            let low = STEP_BITS - len;
            let mut following = 0;
            while following < 1 << low {
                one[(CODES[symbol].bits << low | following) as usize] = (symbol as u32) << 16 | 8 << 6 | len;
                following += 1;
            }
        }
        symbol += 1;
    }
    let mut table = [0; ENTRIES];
    let mut bits = 0;
    while bits < ENTRIES {
        let first = one[bits];
        let len = first & 0x3f;
        let second = one[(bits << len) & (ENTRIES - 1)];
        let both = len + (second & 0x3f);
        let fits = first != 0 && second != 0 && both <= STEP_BITS;
        let entry = if fits { (second & 0xff_0000) << 8 | first & 0xff_0000 | 16 << 6 | both } else { first };
        table[!bits & (ENTRIES - 1)] = entry;
        bits += 1;
    }
    table
}

/// Entry for the top bits of an inverted window.
#[inline]
fn entry(window: u64) -> u32 {
    let index = usize::try_from(window.wrapping_shr(64_u32.wrapping_sub(STEP_BITS))).unwrap_or(0);
    TABLE.get(index).copied().unwrap_or(0)
}

/// Decodes a whole string into `buf`.
#[inline]
pub(super) fn decode(string: &[u8], buf: &mut [u8]) -> Result<usize, DecodeError> {
    let bits = string.len().saturating_mul(8);
    if string.len() >= 8 {
        return decode_bits(string, bits, buf);
    }
    decode_bits(&pad(string), bits, buf)
}

/// Decodes the first `left` bits of at least 8 octets; if there are more bits they are ones.
///
/// What bounds the speed is the chain from one step to the next: shift, look up, shift. So the window is refilled with
/// octets whose place is known before the steps are done, and steps have no branches.
fn decode_bits(octets: &[u8], mut left: usize, buf: &mut [u8]) -> Result<usize, DecodeError> {
    let (mut window, mut valid, mut next, mut written) = (0_u64, 0_u32, 0_usize, 0_usize);
    loop {
        // At least 56 (0x38) bits from here on, or those to the end and zeros.
        window |= load(octets, next).wrapping_shr(valid);
        valid &= 63;
        next = next.wrapping_add(usize::try_from(63_u32.wrapping_sub(valid) >> 3).unwrap_or(0));
        valid |= 0x38;
        // Up to 8 symbols are gathered in a register and written at once. A step that finds nothing changes nothing.
        let (mut symbols, mut sum, mut step) = (0_u64, 0_u32, 0_u32);
        for _ in 0..STEPS_PER_LOAD {
            step = entry(window);
            symbols |= u64::from(step >> 16).wrapping_shl(sum >> 6);
            window = window.wrapping_shl(step);
            // The symbols are added too, above the bits that count. Shifts are modulo 64.
            sum = sum.wrapping_add(step);
        }
        let (used, count) = (sum & 0x3f, sum >> 9 & 0xf);
        // §5.2: a code that the ones behind the string have completed.
        left = left.checked_sub(to_usize(used)).ok_or(Error::HuffmanPaddingNotOnes)?;
        written = put(symbols, to_usize(count), buf, written)?;
        // Modulo 64, as shifts are: this is on the critical path.
        valid = valid.wrapping_sub(sum);
        // §5.2: nothing or padding.
        if left < 8 && window == 0 {
            return Ok(written);
        }
        // A long code, or what is wrong at the end. Of a code in the middle of a window the next load has more.
        if step == 0 && used == 0 {
            let (symbol, len) = long(window, left)?;
            written = put(u64::from(symbol), 1, buf, written)?;
            window = window.wrapping_shl(len);
            valid = valid.wrapping_sub(len);
            left = left.saturating_sub(usize::try_from(len).unwrap_or(0));
        }
    }
}

/// 8 octets from `at` on, inverted; zeros behind the end.
#[inline]
fn load(octets: &[u8], at: usize) -> u64 {
    // The last octets are loaded with some before them, which the shift takes away.
    let from = at.min(octets.len().saturating_sub(8));
    let skip = u32::try_from(at.wrapping_sub(from).wrapping_mul(8)).unwrap_or(64);
    let chunk = octets.get(from..).and_then(<[u8]>::first_chunk::<8>).unwrap_or(&[0xff; 8]);
    (!u64::from_be_bytes(*chunk)).checked_shl(skip).unwrap_or(0)
}

/// Fewer than 8 octets and ones behind them.
#[inline]
fn pad(string: &[u8]) -> [u8; 8] {
    let mut window = u64::MAX;
    for octet in string.iter().rev() {
        window = window >> 8 | u64::from(*octet) << 56;
    }
    window.to_be_bytes()
}

/// Writes up to 8 symbols.
#[inline]
fn put(symbols: u64, count: usize, buf: &mut [u8], written: usize) -> Result<usize, DecodeError> {
    let rest = buf.get_mut(written..).unwrap_or_default();
    let octets = symbols.to_le_bytes();
    if let Some(place) = rest.first_chunk_mut::<8>() {
        // What is too many is written over, or is behind the string.
        *place = octets;
    } else {
        let place = rest.get_mut(..count).ok_or(DecodeError::BufferFull)?;
        place.iter_mut().zip(octets).for_each(|(place, octet)| *place = octet);
    }
    Ok(written.wrapping_add(count))
}

/// A code that is longer than a step, with `left` bits of the string left: the symbol and its length.
#[cold]
fn long(window: u64, left: usize) -> Result<(u8, u32), Error> {
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    let (symbol, len) = canonical::symbol(top(!window));
    if len > left {
        // It is none, then, and more or other than padding.
        check_padding(!window, left)?;
    }
    // §5.2
    symbol.map(|symbol| (symbol, len)).ok_or(Error::HuffmanEos)
}
