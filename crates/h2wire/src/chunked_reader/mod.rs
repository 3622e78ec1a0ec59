//! Octets in, in pieces that are dropped at once; frames, payloads in pieces, and fields out. For small memories.

mod gathered; // what must be seen together

use core::fmt;

use h2wire_frame::{CheckedHeader, Flags, Frame, FrameError, FrameHeader, SettingList, Settings};

use crate::fields::Sections;
use crate::opening::Start;
use crate::order::{Order, Refused};
use crate::{
    AnnounceError, ConnectionError, Counters, Ending, Fields, Limits, Options, ReaderError, Role,
    SectionHead, StreamError,
};
use gathered::{Gathered, MOST_SETTINGS};

/// Reads one direction of a connection from octets that nobody keeps: a frame need not be there as a whole, so that a
/// device with 4 KiB takes frames of 16 KiB. It has less than 1 KiB of state, and [`Limits::memory_len`] octets for HPACK.
///
/// Payloads come in pieces, as they are at hand; frames of a fixed length and SETTINGS are gathered. Field blocks go through
/// HPACK piece by piece. But for that, the same comes out as of a [`Reader`](crate::Reader), however the octets are cut.
///
/// ```
/// use h2wire::{Chunk, ChunkedReader, Limits, Role};
///
/// const LIMITS: Limits = Limits { max_table_size: 1024, ..Limits::DEFAULT.with_section_size(1024) };
/// let mut reader = ChunkedReader::new(Role::Client, &LIMITS, [0; LIMITS.memory_len()])?;
/// let mut content = Vec::new();
/// // From a device, a few octets at a time.
/// for octets in b"\0\0\0\x04\0\0\0\0\0\0\0\x05\0\x01\0\0\0\x01hello".chunks(4) {
///     let mut rest = octets;
///     while let Some(chunk) = reader.read(&mut rest)? {
///         match chunk {
///             Chunk::Payload { octets, .. } => content.extend_from_slice(octets),
///             other => println!("{other:?}"),
///         }
///     }
/// }
/// assert_eq!(content, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChunkedReader<M> {
    /// What is accepted and how it is judged.
    pub options: Options,
    /// What has come so far.
    pub counters: Counters,
    order: Order,
    sections: Sections<M>,
    stage: Stage,
    /// Octets of the preface, of a header, or of fields.
    gathered: Gathered,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Opening,
    Header,
    /// A frame that is gathered as a whole.
    Whole(CheckedHeader),
    /// Fields before a payload.
    Fields(CheckedHeader),
    /// Gathered octets that belong to the payload.
    Held(Behind),
    Payload(Behind),
    /// `true` ends the block with this frame.
    Block(Behind, bool),
    /// Padding.
    Padding(usize),
    /// A frame that is a stream error.
    Skip(usize, FrameHeader, StreamError),
}

/// Octets that are missing: of a payload, of the padding behind it.
#[derive(Clone, Copy, Debug)]
struct Behind {
    missing: usize,
    padding: usize,
}

/// What a chunked reader found.
pub enum Chunk<'r, 'i, M: AsRef<[u8]> + AsMut<[u8]>> {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A whole frame: PRIORITY, `RST_STREAM`, SETTINGS, PING or `WINDOW_UPDATE`.
    Frame {
        /// Its header with all bits.
        header: FrameHeader,
        /// The frame.
        frame: Frame<&'r [u8]>,
    },
    /// A frame starts whose payload comes in pieces: as [`Payload`](Self::Payload), or as [`Fields`](Self::Fields) for
    /// HEADERS, `PUSH_PROMISE` and CONTINUATION.
    Start {
        /// Its header with all bits.
        header: FrameHeader,
        /// The frame, with the number of octets in place of the octets, padding not counted.
        frame: Frame<usize>,
    },
    /// Octets of the frame that started: the content of DATA, the debug data of GOAWAY, an unknown payload.
    Payload {
        /// The octets; at least one.
        octets: &'r [u8],
        /// Octets that are still to come; after 0 the frame ends.
        missing: usize,
    },
    /// The next fields of a block.
    Fields(Fields<'r, 'i, M>),
    /// A frame that ends its stream, not the connection. It is skipped.
    StreamError {
        /// Its header with all bits.
        header: FrameHeader,
        /// What is wrong with it.
        error: StreamError,
    },
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> ChunkedReader<M> {
    /// A reader at the start of a connection, with memory whatever it contains. A SETTINGS frame may have 32 settings
    /// at most, and less if the limits say so.
    ///
    /// # Errors
    /// [`ReaderError`] when a limit is 0 or the memory is less than [`Limits::memory_len`].
    pub fn new(role: Role, limits: &Limits, memory: M) -> Result<Self, ReaderError> {
        limits.check()?;
        let limits = Limits { max_settings: limits.max_settings.min(MOST_SETTINGS), ..*limits };
        Ok(Self {
            options: Options { max_frame_size: limits.max_frame_size, ..Options::DEFAULT },
            counters: Counters::default(),
            order: Order::new(role, &limits),
            sections: Sections::new(role, &limits, memory)?,
            stage: Stage::Opening,
            gathered: Gathered::new(),
        })
    }

    /// As [`Reader::announce`](crate::Reader::announce).
    ///
    /// # Errors
    /// [`AnnounceError`]; send no such frame then.
    pub fn announce<B: AsRef<[u8]>>(&mut self, settings: &SettingList<B>) -> Result<(), AnnounceError> {
        self.sections.announce(settings, &mut self.options)
    }

    /// Takes octets off the start of `input` until there is something to tell; `None` when all are taken.
    ///
    /// # Errors
    /// The first rule of the connection that the peer broke; the same again from then on.
    pub fn read<'r, 'i: 'r>(
        &'r mut self,
        input: &mut &'i [u8],
    ) -> Result<Option<Chunk<'r, 'i, M>>, ConnectionError> {
        if let Some(error) = self.sections.failed() {
            return Err(error);
        }
        while self.is_ready(input)? {
            match self.stage {
                Stage::Opening => return Ok(Some(self.next_frame(Chunk::Preface))),
                Stage::Header => self.header()?,
                Stage::Whole(checked) => return self.whole(&checked),
                Stage::Fields(checked) => return self.fields(&checked),
                Stage::Held(behind) => {
                    self.stage = Stage::Payload(behind);
                    let octets = self.gathered.octets();
                    return Ok(Some(Chunk::Payload { octets, missing: behind.missing }));
                }
                Stage::Payload(Behind { missing: 0, padding }) => self.stage = Stage::Padding(padding),
                Stage::Payload(mut behind) => {
                    let octets = self.gathered.pass(input, behind.missing);
                    behind.missing = behind.missing.saturating_sub(octets.len());
                    self.stage = Stage::Payload(behind);
                    return Ok(Some(Chunk::Payload { octets, missing: behind.missing }));
                }
                Stage::Block(mut behind, ends) => {
                    let octets = self.gathered.pass(input, behind.missing);
                    behind.missing = behind.missing.saturating_sub(octets.len());
                    let complete = behind.missing == 0;
                    self.stage =
                        if complete { Stage::Padding(behind.padding) } else { Stage::Block(behind, ends) };
                    let fields = self.sections.feed(octets, complete && ends, &mut self.counters);
                    return Ok(Some(Chunk::Fields(fields)));
                }
                Stage::Padding(_) => self.next_frame(()),
                Stage::Skip(_, header, error) => {
                    self.stage = Stage::Padding(0);
                    let error = self.sections.stream_error(error, &self.options, &mut self.counters)?;
                    return Ok(Some(Chunk::StreamError { header, error }));
                }
            }
        }
        Ok(None)
    }

    /// Takes what is only to be gathered or passed over; whether the stage can be left, or has something to tell.
    fn is_ready(&mut self, input: &mut &[u8]) -> Result<bool, ConnectionError> {
        Ok(match &mut self.stage {
            Stage::Opening => return self.opening(input),
            Stage::Header => self.gathered.gather(input, FrameHeader::LEN),
            Stage::Whole(checked) => self.gathered.gather(input, checked.header().length.to_usize()),
            Stage::Fields(checked) => self.gathered.gather(input, checked.fields_len().unwrap_or(0)),
            Stage::Held(_) => true,
            Stage::Payload(behind) | Stage::Block(behind, _) => behind.missing == 0 || !input.is_empty(),
            Stage::Padding(missing) | Stage::Skip(missing, ..) => {
                *missing = missing.saturating_sub(self.gathered.pass(input, *missing).len());
                *missing == 0
            }
        })
    }

    /// Gathers until it is clear what the octets are: the preface, or the header of a frame. §3.4
    fn opening(&mut self, input: &mut &[u8]) -> Result<bool, ConnectionError> {
        loop {
            match Start::of(self.order.role(), self.gathered.octets()) {
                Start::Preface => return Ok(true),
                Start::Broken(rule) => return self.sections.fail(ConnectionError::frame(rule)),
                Start::Frame => {
                    self.stage = Stage::Header;
                    self.gathered.frame_len = FrameHeader::LEN;
                    return Ok(self.gathered.gather(input, FrameHeader::LEN));
                }
                Start::Needed(octets) => {
                    let want = self.gathered.octets().len().saturating_add(octets);
                    self.gathered.frame_len = want;
                    if input.is_empty() {
                        return Ok(false);
                    }
                    self.gathered.gather(input, want);
                }
            }
        }
    }

    /// A header is there.
    fn header(&mut self) -> Result<(), ConnectionError> {
        let Some(header) = self.gathered.octets().first_chunk().map(FrameHeader::parse) else {
            return Ok(());
        };
        let length = header.length.to_usize();
        self.gathered.clear();
        self.gathered.frame_len = FrameHeader::LEN.saturating_add(length);
        self.stage = match self.order.check(&header, &self.options.parse()) {
            Ok(checked) if checked.fields_len().is_none() => Stage::Whole(checked),
            Ok(checked) => Stage::Fields(checked),
            Err(Refused::Stream(error)) => Stage::Skip(length, header, error),
            Err(Refused::Connection(error)) => return self.sections.fail(error),
        };
        Ok(())
    }

    /// A frame is there as a whole.
    fn whole<'r, 'i>(
        &'r mut self,
        checked: &CheckedHeader,
    ) -> Result<Option<Chunk<'r, 'i, M>>, ConnectionError> {
        // Nothing is left of the frame; its octets are lent until the next call.
        self.stage = Stage::Padding(0);
        let header = checked.header();
        let frame = match checked.parse(self.gathered.octets()) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(None),
            Err(FrameError::Connection(error)) => return self.sections.fail(error.into()),
            Err(FrameError::Stream(error)) => {
                let error = self.sections.stream_error(error.into(), &self.options, &mut self.counters)?;
                return Ok(Some(Chunk::StreamError { header, error }));
            }
        };
        match &frame {
            Frame::Settings(Settings::Ack) => {
                if let Some(enabled) = self.sections.acknowledged(&mut self.options)? {
                    self.order.push_enabled = enabled;
                }
            }
            Frame::Settings(Settings::List(list)) => {
                if let Err(error) = self.order.check_settings(list) {
                    return self.sections.fail(error);
                }
            }
            _ => {}
        }
        self.order.take(&header);
        self.counters.count(&frame, frame.payload().len());
        Ok(Some(Chunk::Frame { header, frame }))
    }

    /// The fields of a frame are there whose payload comes in pieces.
    fn fields<'r, 'i>(
        &'r mut self,
        checked: &CheckedHeader,
    ) -> Result<Option<Chunk<'r, 'i, M>>, ConnectionError> {
        let header = checked.header();
        let fields_len = self.gathered.octets().len();
        let frame = match checked.parse_fields(self.gathered.octets()) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(None),
            // No frame with a payload is an error of its stream by its fields.
            Err(error) => return self.sections.fail(ConnectionError::frame(error.rule())),
        };
        let len = frame.body().copied().unwrap_or(0);
        if let Some(head) = SectionHead::of(&frame) {
            if let Err(error) = self.order.start_block(len) {
                return self.sections.fail(error);
            }
            self.sections.start(head, &self.options);
        }
        self.order.take(&header);
        self.counters.count(&frame, len);

        let is_unknown = matches!(frame, Frame::Unknown(_));
        // The fields of an extension frame are octets of its payload.
        let missing = if is_unknown { len.saturating_sub(fields_len) } else { len };
        let padding = header.length.to_usize().saturating_sub(fields_len).saturating_sub(missing);
        let behind = Behind { missing, padding };
        self.stage = match frame.field_block_fragment() {
            Some(_) => Stage::Block(behind, header.flags.contains(Flags::END_HEADERS)),
            None if is_unknown && fields_len > 0 => Stage::Held(behind),
            None => Stage::Payload(behind),
        };
        Ok(Some(Chunk::Start { header, frame }))
    }

    fn next_frame<T>(&mut self, told: T) -> T {
        self.stage = Stage::Header;
        self.gathered.next_frame();
        told
    }
}

impl<M> ChunkedReader<M> {
    /// Octets taken so far; after an error where the frame starts that has it.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        if self.sections.failed().is_some() { self.gathered.frame_offset } else { self.gathered.offset }
    }

    /// What is missing if no more octets come.
    ///
    /// # Errors
    /// The connection error, if there was one.
    pub fn ending(&self) -> Result<Ending, ConnectionError> {
        if let Some(error) = self.sections.failed() {
            return Err(error);
        }
        let have = self.gathered.offset.saturating_sub(self.gathered.frame_offset);
        let (have, need) = (usize::try_from(have).unwrap_or(usize::MAX), self.gathered.frame_len);
        // Nothing of a frame, or all of it though the end of it was not asked for.
        if have == 0 || have >= need {
            return Ok(self.order.ending());
        }
        Ok(Ending::InsideFrame { have, need })
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for Chunk<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preface => f.write_str("Preface"),
            Self::Frame { frame, .. } => frame.fmt(f),
            Self::Start { frame, .. } => frame.fmt(f),
            Self::Payload { octets, missing } => {
                f.debug_struct("Payload").field("octets", octets).field("missing", missing).finish()
            }
            Self::Fields(fields) => fields.fmt(f),
            Self::StreamError { error, .. } => error.fmt(f),
        }
    }
}
