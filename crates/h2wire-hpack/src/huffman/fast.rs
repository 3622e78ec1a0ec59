//! The fast decoder, for whole strings. Its table of 2^13 entries yields one or two symbols for each step and stays
//! in the L1 cache. The few symbols with longer codes take a step of the canonical decoder.
//!
//! The window holds the next bits inverted. So the zeros that a shift brings in are ones of the string, as the
//! padding must be: the end of a string is not a special case until a code reaches into it.

use super::canonical;
use super::code::CODES;
use super::error::DecodeError;
use super::pieces::{check_padding, top};
use crate::HpackError;
use crate::dynamic_table::{to_u32, to_usize};

/// The bits that a step looks at. Each step waits for the one before (shift, look up, shift), so fewer steps are
/// faster: strings alone took 3 to 14 % less time with 13 bits than with 12, and 12 to 13 % less with 12 than with
/// 11.
const STEP_BITS: u32 = 13;
const ENTRIES: usize = 1 << STEP_BITS;

/// A window has at least 56 bits when it was refilled.
const STEPS: u32 = 56 / STEP_BITS;

/// What each step yields. Bits 0 to 5: the bits that it uses; 6 to 12: the bits of its symbols (8 or 16); 16 to 31:
/// the symbols, the first one lowest. All bits are zero if the code is longer than a step.
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

/// The entry for the top bits of an inverted window.
#[inline]
fn entry(window: u64) -> u32 {
    let index = usize::try_from(window.wrapping_shr(64_u32.wrapping_sub(STEP_BITS))).unwrap_or(0);
    TABLE.get(index).copied().unwrap_or(0)
}

/// Decodes a whole string into `buf`.
///
/// The chain from one step to the next bounds the speed: shift, look up, shift. So the window is refilled with octets
/// whose place is known before the steps are done, and steps do not branch.
pub(super) fn decode(string: &[u8], buf: &mut [u8]) -> Result<usize, DecodeError> {
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
        left = left.checked_sub(round.used()).ok_or(HpackError::HuffmanPaddingNotOnes)?;
        written = put(round.symbols, round.count(), buf, written)?;
        // §5.2: nothing is left, or padding.
        if window | tail == 0 && left < 8 {
            return Ok(written);
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
    /// The sum of the entries: the bits that were used, and above them the bits of the symbols.
    sum: u32,
}

impl Round {
    #[inline(always)]
    fn new(mut window: u64) -> Self {
        let (mut symbols, mut sum) = (0_u64, 0_u32);
        for _ in 0..STEPS {
            let step = entry(window);
            // Shifts are modulo 64.
            symbols |= u64::from(step >> 16).wrapping_shl(sum >> 6);
            window = window.wrapping_shl(step);
            // The symbols are added too, above the bits that are read.
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
        to_usize(self.sum >> 9 & 0xf)
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
#[inline]
fn put(symbols: u64, count: usize, buf: &mut [u8], written: usize) -> Result<usize, DecodeError> {
    let rest = buf.get_mut(written..).unwrap_or_default();
    let octets = symbols.to_le_bytes();
    if let Some(place) = rest.first_chunk_mut::<8>() {
        // Excess octets are overwritten later, or lie after the string.
        *place = octets;
    } else {
        let place = rest.get_mut(..count).ok_or(DecodeError::BufferFull)?;
        place.iter_mut().zip(octets).for_each(|(place, octet)| *place = octet);
    }
    Ok(written.wrapping_add(count))
}

/// Decodes a code that is longer than a step, with `left` bits of the string left. Returns the symbol and its length.
#[cold]
fn long(window: u64, left: u32) -> Result<(u8, u32), HpackError> {
    let (symbol, len) = canonical::symbol(top(!window));
    if len > left {
        // It is not a code, so it must be padding. The caller has handled correct padding.
        check_padding(!window, left)?;
    }
    // §5.2
    symbol.map(|symbol| (symbol, len)).ok_or(HpackError::HuffmanEos)
}
