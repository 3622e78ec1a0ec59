//! Field blocks of one direction to field sections.
//!
//! This is not h2wire's `Reader`: it allocates memory at the first block, and more for a larger table; if HPACK cannot be
//! followed, frames are still read.

use h2wire::frame::{Flags, Frame, FrameHeader, StreamId};
use h2wire::hpack::{BlockEnd, Decoded, Decoder, HpackError};
use h2wire::{Breach, FieldList, FieldValidator, Limits, Role, Rule, SectionHead, StreamError};

use crate::bounds::{MOST_SECTION, MOST_TABLE};
use crate::event::FieldSection;

/// The table limit before any SETTINGS frame. RFC 9113 §6.5.2.
pub(crate) const INITIAL: u32 = 4096;

/// An unknown limit: any table is allowed.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// A section up to this size needs no more memory than the decoder starts with.
const SMALL_SECTION: u32 = 256 * 1024;

pub(crate) struct SectionReader {
    limits: Limits,
    /// The receiver.
    pub(crate) role: Role,
    /// Whether fields are kept, or only counted.
    keep: bool,
    /// Whether the first block here is the first of the connection.
    pub(crate) from_start: bool,
    /// Whether `:protocol` is allowed.
    pub(crate) extended_connect: bool,
    /// The limit now, and the lowest one since the last block.
    limit: u32,
    lowest: u32,
    decoder: Option<Decoder<Vec<u8>>>,
    /// The table that the decoder has memory for.
    memory: u32,
    /// The section that it has memory for.
    section_memory: u32,
    open: Option<Open>,
    fields: FieldList,
}

/// A section that is being read.
struct Open {
    head: SectionHead,
    offset: u64,
    validator: FieldValidator,
    breaches: Vec<Breach>,
}

/// A section that is complete.
pub(crate) struct Done<'a> {
    /// Where its first frame starts.
    pub(crate) offset: u64,
    pub(crate) stream_id: StreamId,
    /// `None` if its fields exceed a limit.
    pub(crate) section: Option<FieldSection<'a>>,
    /// Its size: name + value + 32 for each field.
    pub(crate) list_size: u32,
    pub(crate) error: Option<StreamError>,
    /// All that is wrong with its fields.
    pub(crate) breaches: Vec<Breach>,
    pub(crate) fields: &'a FieldList,
}

/// The reason why no more sections are read.
pub(crate) enum Trouble {
    Broken(HpackError),
    /// No known rule was broken.
    Lost(&'static str),
}

impl SectionReader {
    pub(crate) fn new(limits: Limits, role: Role, table_limit: u32, keep: bool) -> Self {
        Self {
            limits,
            role,
            keep,
            from_start: true,
            extended_connect: true,
            limit: table_limit,
            lowest: table_limit,
            decoder: None,
            memory: INITIAL,
            section_memory: SMALL_SECTION,
            open: None,
            fields: FieldList::new(),
        }
    }

    /// Table limits come into force for the next block: the lowest, and the last.
    pub(crate) fn set_table_limits(&mut self, [lowest, last]: [u32; 2]) {
        self.limit = last;
        self.lowest = self.lowest.min(lowest);
    }

    /// Forgets the table limit.
    pub(crate) const fn allow_any_table(&mut self) {
        self.limit = UNKNOWN;
    }

    /// The stream of a field block that goes on.
    pub(crate) fn open_stream(&self) -> Option<StreamId> {
        self.open.as_ref().map(|open| open.head.stream_id)
    }

    /// Takes a frame at an offset. A frame that ends a field block returns the section.
    pub(crate) fn take(
        &mut self,
        offset: u64,
        header: &FrameHeader,
        frame: &Frame<&[u8]>,
    ) -> Result<Option<Done<'_>>, Trouble> {
        let Some(fragment) = frame.field_block_fragment().copied() else { return Ok(None) };
        let last = header.flags.contains(Flags::END_HEADERS);
        if let Some(head) = SectionHead::from_frame(frame) {
            self.fields.clear();
            let mut validator = FieldValidator::for_section(self.role, &head);
            validator.extended_connect = self.extended_connect;
            self.open = Some(Open { head, offset, validator, breaches: Vec::new() });
            self.make_memory(fragment, last);
        }
        match self.feed(fragment, last) {
            Ok(end) => Ok(end.and_then(|end| self.done(end))),
            Err(HpackError::SizeUpdateAboveLimit) if self.limit > self.memory => {
                Err(Trouble::Lost("the HPACK table exceeds 16 MiB"))
            }
            Err(_) if !self.from_start => {
                Err(Trouble::Lost("they refer to fields sent before the start of the capture"))
            }
            Err(error) => Err(Trouble::Broken(error)),
        }
    }

    /// Creates the decoder at the first block, and grows it if a block enlarges the table.
    fn make_memory(&mut self, fragment: &[u8], last: bool) {
        let limits = self.limits.decoder_limits();
        // A limit of the command line is kept to the byte.
        let is_bound = limits.max_list_size == MOST_SECTION;
        let small = limits.with_max_list_size(if is_bound { SMALL_SECTION } else { limits.max_list_size });
        let decoder =
            self.decoder.get_or_insert_with(|| Decoder::new(&small.with_max_table_size(self.memory)));
        let section = if last { largest_section(decoder, fragment) } else { MOST_SECTION };
        if is_bound && section > self.section_memory {
            self.section_memory = section.checked_next_power_of_two().unwrap_or(section).min(MOST_SECTION);
            let limits = limits.with_max_list_size(self.section_memory).with_max_table_size(self.memory);
            let grown = decoder.grow_to(&limits);
            debug_assert!(grown.is_ok(), "a block has not begun");
        }
        for limit in [self.lowest, self.limit] {
            tell(decoder, limit.min(self.memory));
        }
        self.lowest = self.limit;
        let most = self.limit.min(MOST_TABLE);
        let wanted = match size_updates(fragment) {
            (_, true) if !last => most,
            (size, _) => size.min(most),
        };
        if wanted > self.memory {
            self.memory = wanted.next_power_of_two();
            let grown = decoder.grow(self.memory);
            debug_assert!(grown.is_ok(), "a block has not begun");
            tell(decoder, self.limit.min(self.memory));
        }
    }

    /// Decodes a fragment; the last one of a block returns its end.
    fn feed(&mut self, fragment: &[u8], last: bool) -> Result<Option<BlockEnd>, HpackError> {
        // Frames are read in order: a CONTINUATION frame comes in an open block only.
        let (Some(decoder), Some(open)) = (&mut self.decoder, &mut self.open) else { return Ok(None) };
        let mut fragment = decoder.feed(fragment, last);
        loop {
            match fragment.next()? {
                Decoded::Field(field) => {
                    let index = open.validator.fields();
                    let broken = open.validator.field(field.name, field.value);
                    open.breaches.extend(broken.iter().map(|malformed| Breach::new(malformed, Some(index))));
                    if self.keep {
                        self.fields.push(&field.into());
                    }
                }
                Decoded::FragmentEnd => return Ok(None),
                Decoded::BlockEnd(end) => return Ok(Some(end)),
            }
        }
    }

    fn done(&mut self, end: BlockEnd) -> Option<Done<'_>> {
        let Open { head, offset, validator, mut breaches } = self.open.take()?;
        breaches.extend(validator.breaches_at_end(head.end_stream));
        let stream_id = head.error_stream_id();
        let error = match end.exceeded {
            Some(exceeded) => Some(StreamError::new(stream_id, Rule::Limit(exceeded.into()))),
            None => breaches.first().map(|breach| StreamError::in_section(stream_id, *breach)),
        };
        let section = FieldSection { head, fields: &self.fields, count: end.fields };
        Some(Done {
            offset,
            stream_id: head.stream_id,
            list_size: end.list_size,
            section: end.exceeded.is_none().then_some(section),
            error,
            breaches,
            fields: &self.fields,
        })
    }
}

/// The most that a block in one frame can mean: each byte is an index of the largest entry that there may be.
fn largest_section(decoder: &Decoder<Vec<u8>>, fragment: &[u8]) -> u32 {
    let len = u32::try_from(fragment.len()).unwrap_or(u32::MAX);
    // The shortest codes have 5 bits.
    let literal = len.saturating_mul(2).saturating_add(64);
    let entry = decoder.table_size().max(literal).min(decoder.table_capacity().max(64));
    len.saturating_mul(entry).max(literal)
}

/// Sets a limit for which the decoder has memory. After an error of HPACK it is refused, and no more blocks are read.
fn tell(decoder: &mut Decoder<Vec<u8>>, limit: u32) {
    let told = decoder.set_table_limit(limit);
    debug_assert!(told.is_ok(), "there is memory for it, and no block is open");
}

/// The largest size update at the start of a block (RFC 7541 §6.3), and whether there may be more in the next fragment.
fn size_updates(mut fragment: &[u8]) -> (u32, bool) {
    const UPDATE: u8 = 0x20;
    const PREFIX: u8 = 0x1f;
    let mut largest: u32 = 0;
    while let Some((first, rest)) = fragment.split_first() {
        if first & !PREFIX != UPDATE {
            return (largest, false);
        }
        fragment = rest;
        let mut size = u64::from(first & PREFIX);
        let mut shift: u32 = 0;
        let mut goes_on = first & PREFIX == PREFIX;
        while goes_on {
            let Some((octet, rest)) = fragment.split_first() else { return (largest, true) };
            fragment = rest;
            size = size.saturating_add(u64::from(octet & 0x7f).checked_shl(shift).unwrap_or(u64::MAX));
            shift = shift.saturating_add(7);
            goes_on = octet & 0x80 != 0;
        }
        largest = largest.max(u32::try_from(size).unwrap_or(u32::MAX));
    }
    (largest, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_updates_are_seen_before_they_are_decoded() {
        for (fragment, updates) in [
            (b"".as_slice(), (0, true)),
            (b"\x82", (0, false)),
            (b"\x20\x82", (0, false)),
            (b"\x3f\xe1\x1f\x82", (4096, false)),
            (b"\x20\x3f\xe1\x1f\x82", (4096, false)),
            (b"\x3f\xe1\x1f\x20", (4096, true)),
            (b"\x3f\xe1", (0, true)),
            (b"\x3f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x82", (u32::MAX, false)),
        ] {
            assert_eq!(size_updates(fragment), updates, "{fragment:x?}");
        }
    }
}
