//! Whole strings: a table of 2^12 entries yields one or two symbols a step and stays in the L1 cache. The few symbols
//! with longer codes take a step of the canonical decoder.
//!
//! The window holds the next bits inverted. So the zeros that a shift brings in are ones of the string, which is what
//! the padding has to be: a string's end needs no case of its own until a code reaches into it.

use super::code::CODES;
use super::pieces::top;
use super::{DecodeError, canonical, check_padding};
use crate::Error;

/// Bits that a step looks at. 12 hold two symbols of text almost always; 13 were no faster and twice as large.
const STEP_BITS: u32 = 12;
const ENTRIES: usize = 1 << STEP_BITS;

/// Bits a window has at least when it is loaded at any bit.
const LOADED: u32 = 57;
const STEPS_PER_LOAD: u32 = LOADED / STEP_BITS;

/// What a step yields, packed: bits 0 to 5 the bits to drop, 8 to 9 the number of symbols, 16 to 31 the symbols, the
/// first one lowest. All zero if the code is longer than the step.
static TABLE: [u32; ENTRIES] = table();

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
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
                one[(CODES[symbol].bits << low | following) as usize] = (symbol as u32) << 16 | 1 << 8 | len;
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
        let entry = if fits { (second & 0xff_0000) << 8 | first & 0xff_0000 | 2 << 8 | both } else { first };
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
    let mut at = Position { bit: 0, written: 0 };
    if string.len() >= 8 {
        bulk(string, buf, &mut at)?;
    }
    tail(string, buf, at)
}

/// How far a string is decoded.
#[derive(Clone, Copy)]
struct Position {
    bit: usize,
    written: usize,
}

/// Decodes while a window is full of bits of the string.
#[inline]
fn bulk(string: &[u8], buf: &mut [u8], at: &mut Position) -> Result<(), DecodeError> {
    let Position { mut bit, mut written } = *at;
    while let Some(octets) = string.get(bit >> 3..).and_then(<[u8]>::first_chunk::<8>) {
        let skip = u32::try_from(bit & 7).unwrap_or(0);
        let mut window = (!u64::from_be_bytes(*octets)).wrapping_shl(skip);
        let Some(place) = buf.get_mut(written..).and_then(<[u8]>::first_chunk_mut::<8>) else { break };
        // Up to 8 symbols are gathered in a register and written at once.
        let (mut symbols, mut symbol_bits, mut used) = (0_u64, 0_u32, 0_u32);
        let mut entry_now = 0;
        for _ in 0..STEPS_PER_LOAD {
            entry_now = entry(window);
            if entry_now == 0 {
                break;
            }
            symbols |= u64::from(entry_now >> 16).wrapping_shl(symbol_bits);
            symbol_bits = symbol_bits.wrapping_add(entry_now >> 5 & 0x18);
            window = window.wrapping_shl(entry_now);
            used = used.wrapping_add(entry_now & 0x3f);
        }
        *place = symbols.to_le_bytes();
        written = written.wrapping_add(usize::try_from(symbol_bits >> 3).unwrap_or(0));
        bit = bit.wrapping_add(usize::try_from(used).unwrap_or(0));
        if entry_now == 0 {
            let left = LOADED.wrapping_sub(used);
            // The next load brings more bits.
            if used > 0 && left < 30 {
                continue;
            }
            let (symbol, len) = canonical::symbol(top(!window));
            // §5.2
            let symbol = symbol.ok_or(Error::HuffmanEos)?;
            *buf.get_mut(written).ok_or(DecodeError::BufferFull)? = symbol;
            written = written.wrapping_add(1);
            bit = bit.wrapping_add(usize::try_from(len).unwrap_or(0));
        }
    }
    *at = Position { bit, written };
    Ok(())
}

/// The bits of the last octets: up to 64 of them.
#[inline]
fn tail(string: &[u8], buf: &mut [u8], at: Position) -> Result<usize, DecodeError> {
    let mut written = at.written;
    // Without room for a bulk step more octets are left than a window holds.
    let mut rest = string.get(at.bit >> 3..).unwrap_or_default();
    let mut skip = u32::try_from(at.bit & 7).unwrap_or(0);
    if rest.len() > 8 {
        (rest, skip, written) = near_full(rest, skip, buf, written)?;
    }
    let mut window = load(rest).wrapping_shl(skip);
    // At most 8 octets.
    let mut bits = u32::try_from(rest.len().wrapping_mul(8)).unwrap_or(64).wrapping_sub(skip);
    while bits > 0 {
        let entry = entry(window);
        let len = entry & 0x3f;
        if entry == 0 || len > bits {
            // The end, a long code, or a code cut off by the end.
            let code = if entry == 0 { canonical::symbol(top(!window)) } else { (None, len) };
            if code.1 > bits {
                // What is left is cut off: the one code that it may start is EOS, as far as it is all ones.
                return finish_cut(window, bits, buf, written);
            }
            let symbol = code.0.ok_or(Error::HuffmanEos)?;
            *buf.get_mut(written).ok_or(DecodeError::BufferFull)? = symbol;
            written = written.wrapping_add(1);
            window = window.wrapping_shl(code.1);
            bits = bits.wrapping_sub(code.1);
            continue;
        }
        written = put(entry, buf, written)?;
        window = window.wrapping_shl(len);
        bits = bits.wrapping_sub(len);
    }
    Ok(written)
}

/// Writes the one or two symbols of an entry.
#[inline]
fn put(entry: u32, buf: &mut [u8], written: usize) -> Result<usize, DecodeError> {
    let [_, count, first, second] = entry.to_le_bytes();
    let end = written.wrapping_add(usize::from(count));
    if let Some(place) = buf.get_mut(written..).and_then(<[u8]>::first_chunk_mut::<2>) {
        // The second octet is written over by the next step if it is none.
        *place = [first, second];
        Ok(end)
    } else if let ([place], 1) = (buf.get_mut(written..).unwrap_or_default(), count) {
        *place = first;
        Ok(end)
    } else {
        Err(DecodeError::BufferFull)
    }
}

/// Ends a string in whose last `bits` bits no further step fits: one symbol may still, then comes padding.
#[cold]
fn finish_cut(window: u64, bits: u32, buf: &mut [u8], mut written: usize) -> Result<usize, DecodeError> {
    let (mut window, mut bits) = (window, bits);
    loop {
        let (symbol, len) = canonical::symbol(top(!window));
        if len > bits {
            check_padding(!window, bits)?;
            return Ok(written);
        }
        let symbol = symbol.ok_or(Error::HuffmanEos)?;
        *buf.get_mut(written).ok_or(DecodeError::BufferFull)? = symbol;
        written = written.wrapping_add(1);
        window = window.wrapping_shl(len);
        bits = bits.wrapping_sub(len);
        if bits == 0 {
            return Ok(written);
        }
    }
}

/// A buffer that is almost full: a symbol a step until the rest of the string fits in a window.
#[cold]
fn near_full<'a>(
    string: &'a [u8],
    skip: u32,
    buf: &mut [u8],
    mut written: usize,
) -> Result<(&'a [u8], u32, usize), DecodeError> {
    let mut bit = usize::try_from(skip).unwrap_or(0);
    loop {
        let rest = string.get(bit >> 3..).unwrap_or_default();
        let skip = u32::try_from(bit & 7).unwrap_or(0);
        let Some(octets) = rest.first_chunk::<8>().filter(|_| rest.len() > 8) else {
            return Ok((rest, skip, written));
        };
        let (symbol, len) = canonical::symbol(top(u64::from_be_bytes(*octets).wrapping_shl(skip)));
        let symbol = symbol.ok_or(Error::HuffmanEos)?;
        *buf.get_mut(written).ok_or(DecodeError::BufferFull)? = symbol;
        written = written.wrapping_add(1);
        bit = bit.wrapping_add(usize::try_from(len).unwrap_or(0));
    }
}

/// Up to 8 octets on top of a window, inverted. Two loads that overlap take the place of a loop.
#[inline]
fn load(octets: &[u8]) -> u64 {
    if let Some(all) = octets.first_chunk::<8>() {
        return !u64::from_be_bytes(*all);
    }
    // Bits that are not there; a shift by 64 is asked for by no octets at all.
    let missing = 64_u32.wrapping_sub(u32::try_from(octets.len().wrapping_mul(8)).unwrap_or(64));
    if let (Some(head), Some(tail)) = (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        let tail = u64::from(!u32::from_be_bytes(*tail)).wrapping_shl(missing);
        return u64::from(!u32::from_be_bytes(*head)) << 32 | tail;
    }
    let mut window = 0;
    for octet in octets {
        window = window << 8 | u64::from(!octet);
    }
    window.wrapping_shl(missing)
}
