//! One direction of a connection: bytes to frames, and where each starts.

use alloc::vec::Vec;

use h2wire::frame::{FrameHeader, PREFACE, StreamId};
use h2wire::{Chunk, ChunkedReader, ConnectionError, FieldStep, Limits, ReaderError, Role, Rule};

use super::finding::Finding;
use super::judge::{Found, Judge};
use crate::side::Side;
use crate::side::announced::OwnSettings;
use crate::side::noted::Noted;
use crate::streams::Streams;

/// Streams that were reset, and that have ended, which are remembered.
const REMEMBERED: u32 = 1_024;

/// What one side sends.
#[derive(Debug)]
pub(super) struct Direction {
    pub(super) by: Role,
    pub(super) reader: ChunkedReader<Vec<u8>>,
    /// The side that receives it, and judges.
    pub(super) receiver: Side,
    /// What is known of the section that is read.
    noted: Noted,
    /// Whether its block has begun.
    is_open: bool,
    at: Offsets,
    pub(super) has_failed: bool,
}

/// Where the next frame starts, the one that is read, and the first of its field block.
#[derive(Clone, Copy, Default, Debug)]
struct Offsets {
    next: u64,
    frame: u64,
    block: u64,
    stream_id: StreamId,
}

impl Offsets {
    fn start(&mut self, header: &FrameHeader) {
        self.frame = self.next;
        self.stream_id = header.stream_id;
        let len = FrameHeader::LEN.saturating_add(header.length.to_usize());
        self.next = self.frame.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
    }
}

impl Direction {
    pub(super) fn new(by: Role, limits: &Limits) -> Result<Self, ReaderError> {
        let receiver = if by == Role::Client { Role::Server } else { Role::Client };
        Ok(Self {
            by,
            reader: ChunkedReader::new(receiver, limits)?,
            receiver: Side::watched(
                receiver,
                Streams::new(receiver, REMEMBERED, 0),
                OwnSettings::unlimited(limits),
            ),
            noted: Noted::default(),
            is_open: false,
            at: Offsets::default(),
            has_failed: false,
        })
    }

    pub(super) const fn offset(&self) -> u64 {
        self.reader.offset()
    }

    /// The next bytes are the start of a frame.
    pub(super) fn rejoin(&mut self, lost: u64) {
        self.reader.rejoin(lost);
        self.at.next = self.reader.offset();
        (self.is_open, self.has_failed) = (false, false);
    }

    /// Reads until there is something to report. `replies` is the direction that the receiver sends: what this one says, SETTINGS for
    /// example, changes how that one is judged.
    pub(super) fn read(
        &mut self,
        replies: &mut Self,
        octets: &mut &[u8],
        knows_order: bool,
        max_streams: u32,
    ) -> Option<Finding> {
        let Self { by, reader, receiver, noted, is_open, at, has_failed } = self;
        if *has_failed {
            *octets = &[];
        }
        while !*has_failed {
            let mut end = None;
            let read = reader.read_with(octets, |fields| {
                if !*is_open {
                    noted.clear();
                }
                *is_open = true;
                if let Ok(FieldStep::SectionEnd(ended)) =
                    fields.each(|field| noted.field(field.name, field.value))
                {
                    end = Some(*ended);
                }
            });
            let mut judge = Judge {
                sender: &mut replies.receiver,
                receiver,
                replies: &mut replies.reader,
                knows_order,
                max_streams,
            };
            let found = match read {
                Ok(None) => return None,
                Err(error) => {
                    *has_failed = true;
                    *octets = &[];
                    return failure(*by, error, at);
                }
                Ok(Some(Chunk::Preface)) => {
                    at.next = u64::try_from(PREFACE.len()).unwrap_or(0);
                    Ok(())
                }
                Ok(Some(Chunk::Frame { header, frame })) => {
                    at.start(&header);
                    judge.frame(&frame)
                }
                Ok(Some(Chunk::Start { header, frame })) => {
                    at.start(&header);
                    if frame.field_block_fragment().is_some() && !*is_open {
                        at.block = at.frame;
                    }
                    judge.start(&header, &frame)
                }
                Ok(Some(Chunk::PayloadStart { octets, .. })) => judge.priority_update(octets),
                Ok(Some(Chunk::StreamError { header, error })) => {
                    at.start(&header);
                    judge.skipped(error)
                }
                Ok(Some(Chunk::Fields(()))) => match end {
                    None => Ok(()),
                    Some(end) => {
                        *is_open = false;
                        // A section is where its first frame is.
                        at.frame = at.block;
                        judge.section(&end, noted)
                    }
                },
                Ok(Some(_)) => Ok(()),
            };
            if let Err(Found { cause, scope }) = found {
                return Some(Finding { by: *by, cause, scope, stream_id: at.stream_id, offset: at.frame });
            }
        }
        None
    }
}

/// A breach that ends the direction. What is only beyond the watcher's limits is none.
#[cold]
fn failure(by: Role, error: ConnectionError, at: &Offsets) -> Option<Finding> {
    let is_breach = !matches!(error.rule, Rule::Limit(_));
    let scope = h2wire::frame::Scope::Connection;
    // HPACK fails within a frame, other rules before it is read.
    let (offset, stream_id) = match error.rule {
        Rule::Hpack(_) => (at.frame, at.stream_id),
        _ => (at.next, StreamId::CONNECTION),
    };
    is_breach.then_some(Finding { by, cause: error.into(), scope, stream_id, offset })
}
