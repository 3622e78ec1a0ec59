//! Reads frames and the fields in them from contiguous bytes.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use h2wire_frame::{Flags, Frame, FrameHeader, GoAway, PayloadLength, Progress, SettingList, Settings};

use super::event::{Block, BlockPart, Event, ReaderError};
#[cfg(feature = "alloc")]
use crate::FieldList;
use crate::receive::Receiver;
use crate::{
    ConnectionError, Counters, EndOfInput, Fields, FrameEvent, FrameReader, Limits, Options, Role,
    SectionEnd, SectionHead, SettingsSentError,
};

/// Reads one direction of a connection from contiguous bytes: frames, and the fields of requests and responses.
///
/// The caller keeps the bytes, as with [`FrameReader`]. [`Reader::new`] takes memory for HPACK from the allocator;
/// [`new_in`](Self::new_in) uses an array or slice of [`Limits::memory_len`] bytes.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use h2wire::{Event, FieldStep, Limits, Progress, Reader, Role, SectionKind};
///
/// let octets = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
///     \0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84";
/// let mut reader = Reader::new(Role::Server, &Limits::DEFAULT)?;
///
/// let mut rest = octets.as_slice();
/// while let Progress::Item { item, consumed } = reader.read(rest)? {
///     rest = &rest[consumed..];
///     match item {
///         Event::Preface => {}
///         Event::Frame { header, .. } => println!("{header}"),
///         Event::Fields { mut fields, .. } => loop {
///             match fields.next()? {
///                 FieldStep::Field(field) => println!("{field:?}"),
///                 FieldStep::FragmentEnd => break, // CONTINUATION comes next
///                 FieldStep::SectionEnd(end) => {
///                     break assert_eq!(end.kind, Ok(SectionKind::Request));
///                 }
///             }
///         },
///         Event::StreamError { error, .. } => {
///             println!("send {:?}", error.rst_stream());
///         }
///         _ => {}
///     }
/// }
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<M> {
    /// What the reader accepts and how it judges. It may be changed between two reads.
    pub options: Options,
    /// Counts of received frames.
    pub counters: Counters,
    pub(super) frames: FrameReader,
    pub(super) receiver: Receiver<M>,
    /// Where the last item starts.
    item_offset: u64,
    /// The fields of a section that is not complete, for `read_message`.
    #[cfg(feature = "alloc")]
    pub(super) list: FieldList,
    /// The memory that the fields of the last section took: the best guess for the next one.
    #[cfg(feature = "alloc")]
    pub(super) list_len: usize,
    /// Whether they are all there so far.
    #[cfg(feature = "alloc")]
    pub(super) collecting: bool,
}

#[cfg(feature = "alloc")]
impl Reader<Vec<u8>> {
    /// A reader with memory from the allocator: none before the first field that needs it, and no more than
    /// [`Limits::memory_len`] bytes, for a table of at least 4,096.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] when a limit is 0.
    pub fn new(role: Role, limits: &Limits) -> Result<Self, ReaderError> {
        let receiver = Receiver::growing(role, limits);
        Ok(Self::with_parts(FrameReader::with_limits(role, limits)?, receiver))
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Reader<M> {
    /// A reader at the start of a connection, in your memory, whose contents do not matter.
    ///
    /// # Errors
    /// [`ReaderError`] when a limit is 0 or the memory is less than [`Limits::memory_len`].
    pub fn new_in(role: Role, limits: &Limits, memory: M) -> Result<Self, ReaderError> {
        let frames = FrameReader::with_limits(role, limits)?;
        let receiver = Receiver::new(role, limits, memory)?;
        Ok(Self::with_parts(frames, receiver))
    }

    /// Records a SETTINGS frame that the receiver of these bytes sends: your own, or for an observer one of the other direction.
    /// Call it for every SETTINGS frame, empty ones too, before the frame is sent: the peer's acknowledgments are counted.
    ///
    /// The peer acknowledges such frames in their order; later reads then apply `SETTINGS_HEADER_TABLE_SIZE`,
    /// `SETTINGS_ENABLE_PUSH` and `SETTINGS_MAX_FRAME_SIZE`, which takes effect at once if it is larger than before.
    /// `SETTINGS_ENABLE_CONNECT_PROTOCOL` 1 allows `:protocol` from now on. RFC 9113 §6.5.3, §4.3.1, RFC 8441 §3.
    ///
    /// An acknowledgment of settings that were never recorded changes nothing, because a peer may send one whenever it likes.
    /// [`Counters::unexpected_acks`] counts them: if it is not 0 with an honest peer, a call of this function is missing. An
    /// observer expects it, as it may see the acknowledgment before the SETTINGS.
    ///
    /// If one call is missing while others are made, an acknowledgment is taken for that of later settings, which come into force
    /// too early: a good peer gets `COMPRESSION_ERROR` or `FRAME_SIZE_ERROR` then.
    ///
    /// # Errors
    /// [`SettingsSentError`]. Do not send the frame then. For an observer there are none.
    pub fn settings_sent<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
    ) -> Result<(), SettingsSentError> {
        let receiver = &self.receiver;
        self.frames.announce(|announced| receiver.settings_sent(settings, announced))
    }

    /// Changes the limits from the next frame on, within the memory of [`new_in`](Self::new_in); that of [`new`](Reader::new) grows. Raise them before you announce them, lower
    /// them once the peer has acknowledged them: [`Limits::changed_settings`] says which SETTINGS are to be sent.
    ///
    /// # Errors
    /// [`ReaderError::Limit`] if a limit is 0, [`ReaderError::Memory`] if the memory is too small, and
    /// [`ReaderError::FieldBlockOpen`] between the frames of a field block. Nothing has changed then.
    pub fn set_limits(&mut self, limits: &Limits) -> Result<(), ReaderError> {
        limits.check()?;
        self.receiver.set_limits(limits)?;
        self.frames.set_limits(limits);
        Ok(())
    }

    /// Reads the next item at the start of `input`: everything received and not yet consumed.
    ///
    /// The item borrows the reader as long as it lends fields, so `self.reader.read(input)` in a loop does not allow
    /// `self.some_method()` in the same `match`. [`read_with`](Self::read_with) and, where there is an allocator,
    /// [`read_message`](Self::read_message) do.
    ///
    /// # Errors
    /// The first rule that the peer broke and that ends the connection. Every later call returns the same error.
    pub fn read<'r, 'i>(
        &'r mut self,
        input: &'i [u8],
    ) -> Result<Progress<Event<'i, Fields<'r, 'i, M>>>, ConnectionError> {
        if let Some(Block { header, frame, consumed, part }) = self.plain_block(input) {
            let fields = self.fields(part);
            return Ok(Progress::Item { item: Event::Fields { header, frame, fields }, consumed });
        }
        if let Some((header, frame, consumed)) = self.plain_data(input) {
            return Ok(Progress::Item { item: Event::Frame { header, frame }, consumed });
        }
        match self.read_frame(input) {
            Ok(Progress::Item { item, consumed }) => {
                Ok(Progress::Item { item: item.map_fields(|part| self.fields(part)), consumed })
            }
            Ok(Progress::Needed(missing)) => Ok(Progress::Needed(missing)),
            Err(error) => Err(error),
        }
    }

    /// As [`read`](Self::read), but lends the fields to `visit` alone. The item has what `visit` returns, and does not borrow the
    /// reader.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use h2wire::{ConnectionError, Event, FieldStep, Limits, Progress, Reader, Role};
    ///
    /// struct Server {
    ///     reader: Reader<Vec<u8>>,
    ///     requests: u32,
    /// }
    ///
    /// impl Server {
    ///     fn receive(&mut self, mut rest: &[u8]) -> Result<(), ConnectionError> {
    ///         while let Progress::Item { item, consumed } =
    ///             self.reader.read_with(rest, |fields| matches!(fields.skip(), Ok(FieldStep::SectionEnd(_))))?
    ///         {
    ///             rest = &rest[consumed..];
    ///             if let Event::Fields { fields: true, .. } = item {
    ///                 self.section();
    ///             }
    ///         }
    ///         Ok(())
    ///     }
    ///
    ///     fn section(&mut self) {
    ///         self.requests += 1;
    ///     }
    /// }
    ///
    /// let reader = Reader::new(Role::Client, &Limits::DEFAULT)?;
    /// let mut server = Server { reader, requests: 0 };
    /// server.receive(b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88")?;
    /// assert_eq!(server.requests, 1);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read), and the rule of HPACK that the fields break.
    #[inline]
    pub fn read_with<'i, T>(
        &mut self,
        input: &'i [u8],
        visit: impl FnOnce(&mut Fields<'_, 'i, M>) -> T,
    ) -> Result<Progress<Event<'i, T>>, ConnectionError> {
        let Block { header, frame, consumed, part } = if let Some(block) = self.plain_block(input) {
            block
        } else if let Some((header, frame, consumed)) = self.plain_data(input) {
            return Ok(Progress::Item { item: Event::Frame { header, frame }, consumed });
        } else {
            // Each answer is a case of its own: a wide one that is handed on goes through memory, and the processor waits for it.
            match self.read_frame(input) {
                Ok(Progress::Item { item: Event::Fields { header, frame, fields: part }, consumed }) => {
                    Block { header, frame, consumed, part }
                }
                Ok(Progress::Item { item: Event::Frame { header, frame }, consumed }) => {
                    return Ok(Progress::Item { item: Event::Frame { header, frame }, consumed });
                }
                Ok(Progress::Item { item: Event::StreamError { header, error }, consumed }) => {
                    return Ok(Progress::Item { item: Event::StreamError { header, error }, consumed });
                }
                Ok(Progress::Item { item: Event::Preface, consumed }) => {
                    return Ok(Progress::Item { item: Event::Preface, consumed });
                }
                Ok(Progress::Needed(missing)) => return Ok(Progress::Needed(missing)),
                Err(error) => return Err(error),
            }
        };
        let mut fields = self.fields(part);
        let result = visit(&mut fields);
        match fields.finish() {
            None => Ok(Progress::Item { item: Event::Fields { header, frame, fields: result }, consumed }),
            Some(error) => Err(error),
        }
    }

    /// As [`FrameReader::plain_headers`], where a section starts that is decoded.
    #[inline(always)]
    pub(crate) fn plain_block<'i>(&mut self, input: &'i [u8]) -> Option<Block<'i>> {
        if cfg!(feature = "small-huffman") || !self.receiver.decodes_all() {
            return None;
        }
        self.item_offset = self.frames.offset();
        let (header, frame) = self.frames.plain_headers(input)?;
        self.counters.count(&frame, frame.payload().len());
        let part = BlockPart {
            head: SectionHead::from_frame(&frame),
            fragment: frame.field_block_fragment().copied()?,
            last: true,
        };
        let consumed = header.length.to_usize().saturating_add(FrameHeader::LEN);
        Some(Block { header, frame, consumed, part })
    }

    /// As [`FrameReader::plain_data`].
    #[inline(always)]
    pub(crate) fn plain_data<'i>(
        &mut self,
        input: &'i [u8],
    ) -> Option<(FrameHeader, Frame<&'i [u8]>, usize)> {
        if cfg!(feature = "small-huffman") || self.receiver.failed().is_some() {
            return None;
        }
        self.item_offset = self.frames.offset();
        let (header, frame) = self.frames.plain_data(input)?;
        self.counters.count(&frame, frame.payload().len());
        Some((header, frame, header.length.to_usize().saturating_add(FrameHeader::LEN)))
    }

    /// Reads the next item. What there is to decode is not decoded yet.
    #[inline(never)]
    pub(super) fn read_frame<'i>(
        &mut self,
        input: &'i [u8],
    ) -> Result<Progress<Event<'i, BlockPart<'i>>>, ConnectionError> {
        if let Some(error) = self.receiver.failed() {
            return Err(error);
        }
        self.frames.options.extensions = self.options.extensions;
        self.item_offset = self.frames.offset();
        match self.frames.read(input)? {
            Progress::Needed(octets) => Ok(Progress::Needed(octets)),
            Progress::Item { item, consumed } => Ok(Progress::Item { item: self.event(item)?, consumed }),
        }
    }

    fn event<'i>(&mut self, item: FrameEvent<&'i [u8]>) -> Result<Event<'i, BlockPart<'i>>, ConnectionError> {
        let (header, frame) = match item {
            FrameEvent::Preface => return Ok(Event::Preface),
            FrameEvent::Frame { header, frame } => (header, frame),
            FrameEvent::StreamError { header, error } => {
                let error = self.receiver.stream_error(error, &self.options, &mut self.counters)?;
                return Ok(Event::StreamError { header, error });
            }
        };
        self.counters.count(&frame, frame.payload().len());
        if frame == Frame::Settings(Settings::Ack) && self.frames.announced.unexpected {
            self.counters.count_unexpected_ack();
        }
        let Some(fragment) = frame.field_block_fragment().copied() else {
            return Ok(Event::Frame { header, frame });
        };
        let head = SectionHead::from_frame(&frame);
        if self.receiver.skips_block(head.is_some()) {
            return Ok(Event::Frame { header, frame });
        }
        let fields = BlockPart { head, fragment, last: header.flags.contains(Flags::END_HEADERS) };
        Ok(Event::Fields { header, frame, fields })
    }

    /// The fields of a block, or of a part of it.
    #[inline(always)]
    pub(super) fn fields<'r, 'i>(&'r mut self, part: BlockPart<'i>) -> Fields<'r, 'i, M> {
        if let Some(head) = part.head {
            self.receiver.start_section(head, &self.options, &mut self.frames.announced);
        }
        #[cfg(feature = "alloc")]
        {
            self.collecting = false;
        }
        self.receiver.feed(part.fragment, part.last, &mut self.counters)
    }
}

impl<M> Reader<M> {
    /// How the section ended whose fields were read last; `None` if it goes on. A [`FieldStep`](crate::FieldStep) lends the same, and this
    /// is for who needs it after [`read_with`](Self::read_with).
    #[must_use]
    #[inline]
    pub const fn section_end(&self) -> Option<&SectionEnd> {
        self.receiver.section_end()
    }

    pub(super) fn with_parts(frames: FrameReader, receiver: Receiver<M>) -> Self {
        Self {
            options: Options::DEFAULT,
            counters: Counters::default(),
            frames,
            receiver,
            item_offset: 0,
            #[cfg(feature = "alloc")]
            list: FieldList::new(),
            #[cfg(feature = "alloc")]
            list_len: 0,
            #[cfg(feature = "alloc")]
            collecting: false,
        }
    }

    /// The same reader for an observer that knows the role of the receiver: the rules of the role apply, the receiver's SETTINGS
    /// may be seen after their acknowledgment, and `:protocol` is allowed. A reader for [`Role::Observer`] is one already.
    #[must_use]
    pub fn observing(mut self) -> Self {
        self.frames.announced.is_observer = true;
        self
    }

    /// SETTINGS frames of [`settings_sent`](Self::settings_sent) that the peer has not acknowledged.
    #[must_use]
    pub const fn unacknowledged(&self) -> usize {
        self.frames.unacknowledged()
    }

    /// The longest payload that the peer may send now: 16,384 bytes, or what was announced.
    #[must_use]
    pub const fn max_frame_size(&self) -> PayloadLength {
        self.frames.options.max_frame_size
    }

    /// Bytes consumed so far: the position of the next item or, after an error, of the frame that has it.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        if self.receiver.failed().is_some() { self.item_offset } else { self.frames.offset() }
    }

    /// As [`FrameReader::first_go_away`].
    #[must_use]
    pub fn first_go_away<'a>(&self, input: &'a [u8]) -> Option<Progress<GoAway<&'a [u8]>>> {
        self.frames.first_go_away(input)
    }

    /// What is missing if the input ends with `rest`, which is not consumed yet.
    ///
    /// # Errors
    /// The connection error, if there was one.
    pub fn end_of_input(&self, rest: &[u8]) -> Result<EndOfInput, ConnectionError> {
        if let Some(error) = self.receiver.failed() {
            return Err(error);
        }
        let options = self.options.parse(self.frames.options.max_frame_size);
        self.frames.clone().with_options(options).end_of_input(rest)
    }
}
