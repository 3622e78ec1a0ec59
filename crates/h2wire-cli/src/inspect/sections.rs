//! Field blocks of one direction to field sections.
//!
//! This is not h2wire's `Reader`: if HPACK cannot be followed, frames are still read.

use h2wire::frame::{Flags, Frame, FrameHeader, StreamId};
use h2wire::hpack::{BlockEnd, Decoded, Decoder, HpackError, Known};
use h2wire::{Breach, FieldList, FieldValidator, Limits, Role, Rule, SectionHead, StreamError};

use crate::anatomy::{self, Piece};
use crate::bounds::MOST_TABLE;
use crate::event::FieldSection;

/// The table limit before any SETTINGS frame. RFC 9113 §6.5.2.
pub(crate) const INITIAL: u32 = 4096;

/// An unknown limit: any table is allowed.
pub(crate) const UNKNOWN: u32 = u32::MAX;

pub(crate) struct SectionReader {
    limits: Limits,
    /// The receiver.
    pub(crate) role: Role,
    /// Whether fields are kept, or only counted.
    keep: bool,
    /// Whether the table is as the sender has it: no block was missed.
    knows_table: bool,
    /// Whether `:protocol` is allowed.
    pub(crate) extended_connect: bool,
    /// The limit now, and the lowest one since the last block.
    limit: u32,
    lowest: u32,
    decoder: Option<Decoder<Vec<u8>>>,
    open: Option<Open>,
    fields: FieldList,
    /// The block that is read, where its bytes are shown.
    block: Option<Block>,
}

/// A field block, the decoder as it was before, and what its bytes mean.
#[derive(Default)]
pub(crate) struct Block {
    before: Option<Decoder<Vec<u8>>>,
    pub(crate) octets: Vec<u8>,
    pub(crate) pieces: Vec<Piece>,
}

/// Bytes of a block that are kept to be shown.
const MOST_SHOWN: usize = 1 << 20;

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
    /// Its block, where its bytes are shown.
    pub(crate) block: Option<&'a Block>,
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
            knows_table: true,
            extended_connect: true,
            limit: table_limit,
            lowest: table_limit,
            decoder: None,
            open: None,
            fields: FieldList::new(),
            block: None,
        }
    }

    /// The same; says what the bytes of blocks mean.
    pub(crate) fn with_blocks(self) -> Self {
        Self { block: Some(Block::default()), ..self }
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

    /// Blocks were missed. Their fields are not known from now on, nor is an open block.
    pub(crate) fn miss(&mut self) {
        self.open = None;
        self.knows_table = false;
        if let Some(decoder) = &mut self.decoder {
            decoder.rejoin();
        }
    }

    /// No block came before: nothing is unknown.
    pub(crate) fn start_anew(&mut self) {
        (self.open, self.decoder, self.knows_table) = (None, None, true);
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
        self.open(offset, frame);
        if let Some(block) = &mut self.block {
            let room = MOST_SHOWN.saturating_sub(block.octets.len());
            block.octets.extend_from_slice(fragment.get(..room).unwrap_or(fragment));
        }
        let fed = self.feed(fragment, last);
        if last || fed.is_err() {
            self.explain();
        }
        match fed {
            Ok(end) => Ok(end.and_then(|end| self.done(end))),
            Err(HpackError::SizeUpdateAboveLimit) if self.limit > MOST_TABLE => {
                Err(Trouble::Lost("the HPACK table exceeds 16 MiB"))
            }
            Err(error) => Err(Trouble::Broken(error)),
        }
    }

    /// Starts a section, if this frame does.
    fn open(&mut self, offset: u64, frame: &Frame<&[u8]>) {
        let Some(head) = SectionHead::from_frame(frame) else { return };
        self.fields.clear();
        let mut validator = FieldValidator::for_section(self.role, &head);
        validator.extended_connect = self.extended_connect;
        self.open = Some(Open { head, offset, validator, breaches: Vec::new() });
        self.start_block();
    }

    /// The rest of a block is missing. Returns the offset of its section and the fields before, with those of a frame at `offset`
    /// of which this much is there. Then the block has to be given up.
    pub(crate) fn cut(
        &mut self,
        offset: u64,
        frame: Option<&Frame<&[u8]>>,
    ) -> Option<(u64, FieldSection<'_>)> {
        if let Some(frame) = frame {
            self.open(offset, frame);
            let fragment = frame.field_block_fragment().copied().unwrap_or_default();
            self.feed(fragment, false).ok()?;
        }
        let Open { head, offset, validator, .. } = self.open.as_ref()?;
        let count = validator.fields();
        let section = FieldSection { head: *head, fields: &self.fields, count, is_partial: true };
        (count > 0).then_some((*offset, section))
    }

    /// Creates the decoder at the first block, and gives it the table limits since the last one. Its memory follows what the
    /// blocks need.
    fn start_block(&mut self) {
        let limits = self.limits.decoder_limits().with_max_table_size(MOST_TABLE);
        let knows_table = self.knows_table;
        let decoder = self.decoder.get_or_insert_with(|| {
            if knows_table { Decoder::new(&limits) } else { Decoder::joined(&limits) }
        });
        for limit in [self.lowest, self.limit] {
            // After an error of HPACK it is refused, and no more blocks are read.
            let set = decoder.set_table_limit(limit.min(MOST_TABLE));
            debug_assert!(set.is_ok(), "no block is open");
        }
        self.lowest = self.limit;
        if let Some(block) = &mut self.block {
            *block = Block { before: self.decoder.clone(), ..Block::default() };
        }
    }

    fn explain(&mut self) {
        if let Some(block) = &mut self.block
            && let Some(before) = block.before.take()
        {
            block.pieces = anatomy::pieces(before, self.knows_table, &block.octets);
        }
    }

    /// The block that was read last, where its bytes are shown.
    pub(crate) const fn block(&self) -> Option<&Block> {
        self.block.as_ref()
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
                    let broken = match field.known {
                        Known::Both => open.validator.field(field.name, field.value),
                        Known::Value => open.validator.unknown_field(Some(field.value)),
                        Known::Neither => open.validator.unknown_field(None),
                    };
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
        let section = FieldSection { head, fields: &self.fields, count: end.fields, is_partial: false };
        Some(Done {
            offset,
            stream_id: head.stream_id,
            list_size: end.list_size,
            section: end.exceeded.is_none().then_some(section),
            error,
            breaches,
            fields: &self.fields,
            block: self.block.as_ref(),
        })
    }
}
