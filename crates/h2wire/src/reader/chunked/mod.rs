//! Reads frames, pieces of payloads and fields from bytes that nobody keeps. For small memories.

mod chunk; // what is yielded
mod gathered; // what must be seen together
#[cfg(feature = "alloc")]
mod joined; // from the middle of a connection, and after holes
mod setup; // how it is made, and how it learns settings and limits

use h2wire_frame::{CheckedHeader, Flags, Frame, FrameHeader, FrameRule, FrameType, GoAway, Settings};

use crate::receive::{Announced, Order, Receiver, Refused, Start};
use crate::{ConnectionError, Counters, EndOfInput, Fields, Options, Progress, SectionHead, StreamError};
pub use chunk::Chunk;
use gathered::Gathered;
#[cfg(feature = "alloc")]
pub use joined::LostError;

/// Reads one direction of a connection from bytes that nobody keeps. A frame need not be there as a whole, so a
/// device with 4 KiB of memory can read frames of 16 KiB. It has less than 1 KiB of state, and
/// [`Limits::memory_len`](crate::Limits::memory_len) bytes for HPACK.
///
/// Payloads come in the pieces in which they arrive; frames of a fixed length and SETTINGS are gathered. Field blocks
/// go through HPACK piece by piece. Otherwise the results are those of a [`Reader`](crate::Reader), however the input
/// is split.
///
/// ```
/// use h2wire::{Chunk, ChunkedReader, Limits, Role};
///
/// const LIMITS: Limits =
///     Limits::DEFAULT.with_max_section_size(1024).with_max_table_size(1024);
/// let memory = [0; LIMITS.memory_len()];
/// let mut reader = ChunkedReader::new_in(Role::Client, &LIMITS, memory)?;
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
    /// What the reader accepts and how it judges. It may be changed between two reads.
    pub options: Options,
    /// Counts of received frames.
    pub counters: Counters,
    order: Order,
    announced: Announced,
    receiver: Receiver<M>,
    stage: ChunkStage,
    /// Bytes of the preface, of a header, or of fields.
    gathered: Gathered,
}

/// What the next bytes are.
#[derive(Clone, Copy, Debug)]
enum ChunkStage {
    Opening,
    Header,
    /// A frame that is gathered as a whole.
    Whole(CheckedHeader),
    /// Fields before a payload.
    Fields(CheckedHeader),
    /// Gathered bytes that belong to the payload.
    Held([u8; 4], Remaining),
    Payload(Remaining),
    /// `true` ends the block with this frame.
    Block(Remaining, bool),
    /// Padding.
    Padding(usize),
    /// A frame that is a stream error.
    Skip(usize, FrameHeader, StreamError),
    /// There was a hole, and it is not known where a frame starts.
    #[cfg(feature = "alloc")]
    Lost,
}

/// Bytes that are missing: of a payload, and of the padding after it.
#[derive(Clone, Copy, Debug)]
struct Remaining {
    missing: usize,
    padding: usize,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> ChunkedReader<M> {
    /// Takes bytes off the start of `input` until there is something to report; `None` when all are taken.
    ///
    /// The chunk borrows the reader, also in a `match` on the result: where that is in the way, use
    /// [`read_with`](Self::read_with), or ask the reader for its [`offset`](Self::offset) after the `match`.
    ///
    /// # Errors
    /// The first rule that the peer broke and that ends the connection. Every later call returns the same error.
    pub fn read<'r, 'i: 'r>(
        &'r mut self,
        input: &mut &'i [u8],
    ) -> Result<Option<Chunk<'r, 'i, Fields<'r, 'i, M>>>, ConnectionError> {
        if let Some(error) = self.receiver.failed() {
            return Err(error);
        }
        while self.is_ready(input)? {
            match self.stage {
                ChunkStage::Opening => {
                    self.next_frame();
                    return Ok(Some(Chunk::Preface));
                }
                ChunkStage::Header => self.header()?,
                ChunkStage::Whole(checked) => return self.whole(&checked),
                ChunkStage::Fields(checked) => return self.fields(&checked),
                ChunkStage::Held(octets, remaining) => {
                    self.stage = ChunkStage::Payload(remaining);
                    return Ok(Some(Chunk::PayloadStart { octets, missing: remaining.missing }));
                }
                ChunkStage::Payload(Remaining { missing: 0, padding }) => {
                    self.stage = ChunkStage::Padding(padding);
                }
                ChunkStage::Payload(mut remaining) => {
                    let octets = self.gathered.pass(input, remaining.missing);
                    remaining.missing = remaining.missing.saturating_sub(octets.len());
                    self.stage = ChunkStage::Payload(remaining);
                    return Ok(Some(Chunk::Payload { octets, missing: remaining.missing }));
                }
                ChunkStage::Block(mut remaining, ends) => {
                    let octets = self.gathered.pass(input, remaining.missing);
                    remaining.missing = remaining.missing.saturating_sub(octets.len());
                    let complete = remaining.missing == 0;
                    self.stage = if complete {
                        ChunkStage::Padding(remaining.padding)
                    } else {
                        ChunkStage::Block(remaining, ends)
                    };
                    let fields = self.receiver.feed(octets, complete && ends, &mut self.counters);
                    return Ok(Some(Chunk::Fields(fields)));
                }
                ChunkStage::Padding(_) => self.next_frame(),
                #[cfg(feature = "alloc")]
                ChunkStage::Lost => return Ok(None),
                ChunkStage::Skip(_, header, error) => {
                    self.stage = ChunkStage::Padding(0);
                    let error = self.receiver.stream_error(error, &self.options, &mut self.counters)?;
                    return Ok(Some(Chunk::StreamError { header, error }));
                }
            }
        }
        Ok(None)
    }

    /// As [`read`](Self::read), but lends the fields to `visit` alone. What is returned has what `visit` returns, and borrows the
    /// reader only for SETTINGS.
    ///
    /// # Errors
    /// As [`read`](Self::read), and the rule of HPACK that the fields break.
    pub fn read_with<'r, 'i: 'r, T>(
        &'r mut self,
        input: &mut &'i [u8],
        visit: impl FnOnce(&mut Fields<'r, 'i, M>) -> T,
    ) -> Result<Option<Chunk<'r, 'i, T>>, ConnectionError> {
        let Some(chunk) = self.read(input)? else { return Ok(None) };
        let mut failed = None;
        let chunk = chunk.map_fields(|mut fields| {
            let result = visit(&mut fields);
            failed = fields.finish();
            result
        });
        failed.map_or(Ok(Some(chunk)), Err)
    }

    /// Takes bytes that are only gathered or skipped. Returns whether the stage is complete or has something to
    /// report.
    fn is_ready(&mut self, input: &mut &[u8]) -> Result<bool, ConnectionError> {
        Ok(match &mut self.stage {
            ChunkStage::Opening => return self.opening(input),
            ChunkStage::Header => self.gathered.gather(input, FrameHeader::LEN),
            ChunkStage::Whole(checked) => self.gathered.gather(input, checked.header().length.to_usize()),
            ChunkStage::Fields(checked) => self.gathered.gather(input, checked.fields_len().unwrap_or(0)),
            ChunkStage::Held(..) => true,
            ChunkStage::Payload(remaining) | ChunkStage::Block(remaining, _) => {
                remaining.missing == 0 || !input.is_empty()
            }
            ChunkStage::Padding(missing) | ChunkStage::Skip(missing, ..) => {
                *missing = missing.saturating_sub(self.gathered.pass(input, *missing).len());
                *missing == 0
            }
            #[cfg(feature = "alloc")]
            ChunkStage::Lost => {
                self.gathered.pass(input, usize::MAX);
                self.gathered.next_frame();
                false
            }
        })
    }

    /// Gathers until it is clear what the bytes are: the preface, or the header of a frame. §3.4
    #[inline(never)]
    fn opening(&mut self, input: &mut &[u8]) -> Result<bool, ConnectionError> {
        loop {
            match Start::detect(self.order.role(), self.gathered.octets()) {
                Start::Preface => return Ok(true),
                Start::Broken(rule) => return self.receiver.fail(ConnectionError::frame(rule)),
                Start::Frame => {
                    self.stage = ChunkStage::Header;
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
        self.gathered.frame_len = FrameHeader::LEN.saturating_add(length);
        let stage = match self.order.check(&header, &self.options.parse(self.announced.max_frame_size)) {
            Ok(checked) if checked.fields_len().is_none() => ChunkStage::Whole(checked),
            Ok(checked) => ChunkStage::Fields(checked),
            Err(Refused::Stream(error)) => ChunkStage::Skip(length, header, error),
            // The header stays for `first_go_away`.
            Err(Refused::Connection(error)) => return self.receiver.fail(error),
        };
        self.gathered.clear();
        self.stage = stage;
        Ok(())
    }

    /// A frame is there as a whole. What is not on the way to fields is out of line: `read` in one piece, with what its caller
    /// keeps, takes 1.2 KiB more on a Cortex-M.
    #[inline(never)]
    fn whole<'r, 'i>(
        &'r mut self,
        checked: &CheckedHeader,
    ) -> Result<Option<Chunk<'r, 'i, Fields<'r, 'i, M>>>, ConnectionError> {
        // The frame is complete; its bytes stay in place until the next call.
        self.stage = ChunkStage::Padding(0);
        let header = checked.header();
        let frame = match checked.parse(self.gathered.octets()) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(None),
            Err(error) => match Refused::from(error) {
                Refused::Connection(error) => return self.receiver.fail(error),
                Refused::Stream(error) => {
                    let error = self.receiver.stream_error(error, &self.options, &mut self.counters)?;
                    return Ok(Some(Chunk::StreamError { header, error }));
                }
            },
        };
        // A frame that is gathered starts no block.
        if let Frame::Settings(Settings::List(list)) = &frame
            && let Err(error) = self.order.check_settings(list)
        {
            return self.receiver.fail(error);
        }
        self.order.record_once(&header);
        if frame == Frame::Settings(Settings::Ack) {
            self.announced.acknowledge();
            self.order.push_enabled = self.announced.push_enabled;
            if self.announced.unexpected {
                self.counters.count_unexpected_ack();
            }
        }
        self.counters.count(&frame, frame.payload().len());
        Ok(Some(Chunk::Frame { header, frame }))
    }

    /// The fields of a frame are there; its payload comes in pieces.
    fn fields<'r, 'i>(
        &'r mut self,
        checked: &CheckedHeader,
    ) -> Result<Option<Chunk<'r, 'i, Fields<'r, 'i, M>>>, ConnectionError> {
        let header = checked.header();
        let fields_len = self.gathered.octets().len();
        let frame = match checked.parse_fields(self.gathered.octets()) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(None),
            // No frame with a payload is an error of its stream by its fields.
            Err(error) => return self.receiver.fail(ConnectionError::frame(error.rule)),
        };
        let len = frame.payload_ref().copied().unwrap_or(0);
        let head = SectionHead::from_frame(&frame);
        if let Err(error) = self.order.accept_start(&header, head.as_ref(), len) {
            return self.receiver.fail(error);
        }
        let skips = self.receiver.skips_block(head.is_some());
        if let Some(head) = head
            && !skips
        {
            self.receiver.start_section(head, &self.options, &mut self.announced);
        }
        self.counters.count(&frame, len);

        let is_unknown = matches!(frame, Frame::Unknown(_));
        // The fields of an extension frame are bytes of its payload.
        let missing = if is_unknown { len.saturating_sub(fields_len) } else { len };
        let padding = header.length.to_usize().saturating_sub(fields_len).saturating_sub(missing);
        let remaining = Remaining { missing, padding };
        self.stage = match frame.field_block_fragment() {
            Some(_) if !skips => ChunkStage::Block(remaining, header.flags.contains(Flags::END_HEADERS)),
            _ => match self.gathered.octets().first_chunk() {
                Some(octets) if is_unknown => ChunkStage::Held(*octets, remaining),
                _ => ChunkStage::Payload(remaining),
            },
        };
        Ok(Some(Chunk::Start { header, frame }))
    }

    fn next_frame(&mut self) {
        self.stage = ChunkStage::Header;
        self.gathered.next_frame();
    }
}

impl<M> ChunkedReader<M> {
    /// Bytes taken so far or, after an error, the position of the frame that has it.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        let Gathered { offset, frame_taken, .. } = self.gathered;
        if self.receiver.failed().is_some() { offset.saturating_sub(frame_taken) } else { offset }
    }

    /// As [`Reader::first_go_away`](crate::Reader::first_go_away); `rest` is what was not taken of the input, with what came after it.
    /// The header was taken, so `rest` starts with the payload.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use h2wire::{ChunkedReader, Limits, Progress, Role};
    ///
    /// let mut rest = b"\0\0\x0a\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0bno".as_slice();
    /// let mut reader = ChunkedReader::new(Role::Client, &Limits::DEFAULT)?;
    /// assert_eq!(reader.read(&mut rest).unwrap_err().rule.name(), "first_frame");
    /// let Some(Progress::Item { item, .. }) = reader.first_go_away(rest) else { panic!("no GOAWAY") };
    /// assert_eq!(item.to_string(), "ENHANCE_YOUR_CALM: \"no\"");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn first_go_away<'a>(&self, rest: &'a [u8]) -> Option<Progress<GoAway<&'a [u8]>>> {
        if self.receiver.failed() != Some(ConnectionError::frame(FrameRule::FirstFrame)) {
            return None;
        }
        let header = self.gathered.octets().first_chunk().map(FrameHeader::parse)?;
        let checked = header.check(&self.options.parse(self.announced.max_frame_size)).ok()?;
        match checked.parse(rest) {
            Ok(Some(Frame::GoAway(item))) => {
                Some(Progress::Item { item, consumed: header.length.to_usize() })
            }
            Ok(None) if header.frame_type == FrameType::GOAWAY => {
                Some(Progress::Needed(header.length.to_usize().saturating_sub(rest.len())))
            }
            _ => None,
        }
    }

    /// What is missing if no more bytes come.
    ///
    /// # Errors
    /// The connection error, if there was one.
    pub fn end_of_input(&self) -> Result<EndOfInput, ConnectionError> {
        if let Some(error) = self.receiver.failed() {
            return Err(error);
        }
        let Gathered { frame_taken, frame_len: need, .. } = self.gathered;
        let have = usize::try_from(frame_taken).unwrap_or(usize::MAX);
        // Either nothing of a frame is there, or all of it, though its end was not read yet.
        if have == 0 || have >= need {
            return Ok(self.order.end_of_input());
        }
        Ok(EndOfInput::InsideFrame { have, need })
    }
}
