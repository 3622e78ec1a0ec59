//! Reads frames one at a time from contiguous bytes.

use h2wire_frame::{Frame, FrameHeader, FrameRule, FrameType, GoAway, ParseOptions, Progress, SettingList};

use crate::receive::{Announced, Order, Start};
use crate::{ConnectionError, EndOfInput, LimitIsZero, Limits, Role, SettingsSentError, StreamError};

/// Reads the frames of one direction of a connection from contiguous bytes.
///
/// The caller keeps the bytes: it passes all that are not consumed yet, and drops `consumed` of them after each item.
/// The results do not depend on how the input is split. After a connection error every call returns that error.
///
/// Field blocks are not decoded. To get their fields use [`Reader`](crate::Reader).
///
/// ```
/// use h2wire::frame::PREFACE;
/// use h2wire::{FrameReader, FrameEvent, Progress, Role};
///
/// let settings = b"\0\0\0\x04\0\0\0\0\0";
/// let ping_start = b"\0\0\x08\x06\0\0\0"; // two bytes of its header are missing
/// let input = [PREFACE.as_slice(), settings, ping_start].concat();
/// let mut reader = FrameReader::new(Role::Server);
/// let mut rest = input.as_slice();
/// let mut seen = Vec::new();
/// let needed = loop {
///     match reader.read(rest)? {
///         Progress::Item { item, consumed } => {
///             rest = &rest[consumed..];
///             seen.push(match item {
///                 FrameEvent::Preface => "preface",
///                 FrameEvent::Frame { frame, .. } if frame.stream_id().is_connection() => {
///                     "on the connection"
///                 }
///                 FrameEvent::Frame { .. } => "another frame",
///                 _ => "a stream error: reset that stream, go on",
///             });
///         }
///         Progress::Needed(octets) => break octets,
///     }
/// };
/// assert_eq!(seen, ["preface", "on the connection"]);
/// assert_eq!((rest.len(), needed, reader.offset()), (7, 2, 33));
/// # Ok::<(), h2wire::ConnectionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FrameReader {
    /// What the reader accepts now: frames of 16,384 bytes at the start of a connection. [`settings_sent`](Self::settings_sent)
    /// and the peer's acknowledgments change the frame size. Set it by hand only where other SETTINGS are known to be in force,
    /// for a [`stateless`](Self::stateless) reader for example: it stays until SETTINGS change it.
    pub options: ParseOptions,
    /// `None` for a reader without state.
    pub(super) order: Option<Order>,
    pub(super) announced: Announced,
    pub(super) offset: u64,
    pub(super) stage: FramesStage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FramesStage {
    /// Nothing is consumed yet.
    Opening,
    Frames,
    Failed(ConnectionError),
}

/// What a connection starts with, or that it is over.
pub(super) enum Opened {
    /// There may be a frame.
    Frame,
    Preface,
    Needed,
    Failed(ConnectionError),
}

/// What there is at the start of the input.
pub(super) enum Judged {
    /// A frame that breaks no rule. What follows from it was done, but it is not consumed.
    Frame,
    Needed(usize),
    /// A frame that ends its stream. It is consumed.
    Skipped {
        header: FrameHeader,
        error: StreamError,
        consumed: usize,
    },
    Failed(ConnectionError),
}

/// What a [`FrameReader`] yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum FrameEvent<B> {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A frame.
    Frame {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame; `&[u8]` payloads are in the input.
        frame: Frame<B>,
    },
    /// A frame that ends its stream, not the connection. It is skipped.
    StreamError {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The error: send its `RST_STREAM`, unless the stream is idle.
        error: StreamError,
    },
}

impl<B> FrameEvent<B> {
    /// Changes the type that holds the payload. The content must stay the same.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> FrameEvent<C> {
        match self {
            Self::Preface => FrameEvent::Preface,
            Self::Frame { header, frame } => FrameEvent::Frame { header, frame: frame.map(f) },
            Self::StreamError { header, error } => FrameEvent::StreamError { header, error },
        }
    }
}

impl FrameReader {
    /// A reader at the start of a connection, with the default [`Limits`].
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self::with_checked_limits(role, &Limits::DEFAULT)
    }

    /// A reader at the start of a connection, with other limits. Only the limits that concern frames apply.
    ///
    /// # Errors
    /// [`LimitIsZero`] if a limit is 0.
    pub const fn with_limits(role: Role, limits: &Limits) -> Result<Self, LimitIsZero> {
        match limits.check() {
            Ok(()) => Ok(Self::with_checked_limits(role, limits)),
            Err(error) => Err(error),
        }
    }

    pub(crate) const fn with_checked_limits(role: Role, limits: &Limits) -> Self {
        let order = Some(Order::new(role, limits));
        Self {
            options: ParseOptions::DEFAULT,
            order,
            announced: Announced::new(role),
            offset: 0,
            stage: FramesStage::Opening,
        }
    }

    /// A reader of single frames, without preface and without rules about order and roles. In the middle of a connection
    /// `joined` (feature `alloc`) keeps those rules.
    #[must_use]
    pub const fn stateless() -> Self {
        Self { order: None, stage: FramesStage::Frames, ..Self::new(Role::Observer) }
    }

    /// The same reader with other options.
    #[must_use]
    pub const fn with_options(self, options: ParseOptions) -> Self {
        Self { options, ..self }
    }

    /// The same reader for an observer that knows the role of the receiver: the rules of the role apply, and the receiver's
    /// SETTINGS may be seen after their acknowledgment. A reader for [`Role::Observer`] is one already.
    #[must_use]
    pub const fn observing(mut self) -> Self {
        self.announced.is_observer = true;
        self
    }

    /// Reads the next item at the start of `input`: everything received and not yet consumed.
    ///
    /// # Errors
    /// The first rule that the peer broke and that ends the connection. Every later call returns the same error.
    #[inline(always)]
    pub fn read<'a>(&mut self, input: &'a [u8]) -> Result<Progress<FrameEvent<&'a [u8]>>, ConnectionError> {
        if self.stage != FramesStage::Frames {
            match self.open(input) {
                Opened::Frame => {}
                Opened::Preface => {
                    return Ok(Progress::Item { item: FrameEvent::Preface, consumed: Start::MAX_LEN });
                }
                // The next byte may be the one that is wrong.
                Opened::Needed => return Ok(Progress::Needed(1)),
                Opened::Failed(error) => return Err(error),
            }
        }
        self.read_frame(input)
    }

    /// Bytes consumed so far: the position of the next item or of the error.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Records a SETTINGS frame that the receiver of these frames sends: your own, or for an observer one of the other
    /// direction. Call it for every SETTINGS frame, empty ones too, before the frame is sent.
    ///
    /// The peer acknowledges them in their order. Then `SETTINGS_MAX_FRAME_SIZE` and `SETTINGS_ENABLE_PUSH` are applied by
    /// themselves; a larger frame size at once. RFC 9113 §6.5.3.
    ///
    /// # Errors
    /// [`SettingsSentError::TooManyUnacknowledged`]. Do not send the frame then.
    pub fn settings_sent<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
    ) -> Result<(), SettingsSentError> {
        self.announce(|announced| announced.send(settings))
    }

    /// SETTINGS frames of [`settings_sent`](Self::settings_sent) that the peer has not acknowledged.
    #[must_use]
    pub const fn unacknowledged(&self) -> usize {
        self.announced.unacknowledged()
    }

    /// The HPACK table limits that came into force since the last call, for a decoder of your own: the lowest of them, and the
    /// last. Call [`set_table_limit`](h2wire_hpack::Decoder::set_table_limit) with both, before a field block starts.
    ///
    /// `u32::MAX` is an unknown limit: an observer has seen an acknowledgment and not yet the SETTINGS, or more than 8
    /// unacknowledged SETTINGS frames.
    pub const fn take_table_limits(&mut self) -> Option<[u32; 2]> {
        self.announced.take_table_limits()
    }

    pub(super) const fn set_limits(&mut self, limits: &Limits) {
        if let Some(order) = &mut self.order {
            order.set_limits(limits);
        }
    }

    /// Changes what is announced, and then what is accepted.
    pub(super) fn announce<T>(&mut self, change: impl FnOnce(&mut Announced) -> T) -> T {
        let before = self.announced.max_frame_size;
        let result = change(&mut self.announced);
        if self.announced.max_frame_size != before {
            self.options.max_frame_size = self.announced.max_frame_size;
        }
        if let Some(order) = &mut self.order {
            order.push_enabled = self.announced.push_enabled;
        }
        result
    }

    /// The GOAWAY that the peer sent where its SETTINGS must be, after the error `first_frame`: its code and debug data say why the
    /// peer does not want the connection. `input` is what was not consumed. `None` if that is not what happened; `Needed` if the
    /// frame is not there as a whole. RFC 9113 §3.4, §6.8.
    ///
    /// ```
    /// use h2wire::{FrameReader, Progress, Role};
    ///
    /// let input = b"\0\0\x0a\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0bno";
    /// let mut reader = FrameReader::new(Role::Client);
    /// assert_eq!(reader.read(input).unwrap_err().rule.name(), "first_frame");
    /// let Some(Progress::Item { item, .. }) = reader.first_go_away(input) else { panic!("no GOAWAY") };
    /// assert_eq!(item.to_string(), "ENHANCE_YOUR_CALM: \"no\"");
    /// ```
    #[must_use]
    pub fn first_go_away<'a>(&self, input: &'a [u8]) -> Option<Progress<GoAway<&'a [u8]>>> {
        match self.stage {
            FramesStage::Failed(error) if error == ConnectionError::frame(FrameRule::FirstFrame) => {}
            _ => return None,
        }
        let header = input.first_chunk().map(FrameHeader::parse)?;
        if header.frame_type != FrameType::GOAWAY {
            return None;
        }
        match Frame::parse(input, &self.options) {
            Ok(Progress::Item { item: (_, Frame::GoAway(item)), consumed }) => {
                Some(Progress::Item { item, consumed })
            }
            Ok(Progress::Needed(missing)) => Some(Progress::Needed(missing)),
            _ => None,
        }
    }

    /// What is missing if the input ends with `rest`, which is not consumed yet. Read all complete items first: they
    /// do not count as missing.
    ///
    /// # Errors
    /// The connection error, if there was one.
    pub fn end_of_input(&self, rest: &[u8]) -> Result<EndOfInput, ConnectionError> {
        let have = rest.len();
        match self.clone().read(rest)? {
            // A complete item that was not read is not missing.
            Progress::Item { .. } => Ok(EndOfInput::Clean),
            Progress::Needed(missing) if have > 0 => {
                let missing = match self.start(rest) {
                    Start::Needed(octets) if self.stage == FramesStage::Opening => octets,
                    _ => missing,
                };
                Ok(EndOfInput::InsideFrame { have, need: have.saturating_add(missing) })
            }
            Progress::Needed(_) => Ok(match &self.order {
                Some(order) => order.end_of_input(),
                None => EndOfInput::Clean,
            }),
        }
    }

    pub(super) fn start(&self, input: &[u8]) -> Start {
        Start::detect(self.order.as_ref().map_or(Role::Observer, Order::role), input)
    }

    /// The item is made here alone. If a function that is not in line returned one too, were it only for errors, the compiler
    /// would keep all items in memory, and the processor would wait for them.
    #[inline(always)]
    fn read_frame<'a>(&mut self, input: &'a [u8]) -> Result<Progress<FrameEvent<&'a [u8]>>, ConnectionError> {
        let judged = match Frame::parse(input, &self.options) {
            Ok(Progress::Item { item: (header, frame), consumed }) => {
                let judged = if self.is_plain(&header) { Judged::Frame } else { self.judge(input) };
                if matches!(judged, Judged::Frame) {
                    self.offset = advance(self.offset, consumed);
                    return Ok(Progress::Item { item: FrameEvent::Frame { header, frame }, consumed });
                }
                judged
            }
            _ => self.judge(input),
        };
        match judged {
            Judged::Failed(error) => Err(error),
            Judged::Skipped { header, error, consumed } => {
                Ok(Progress::Item { item: FrameEvent::StreamError { header, error }, consumed })
            }
            Judged::Needed(missing) => Ok(Progress::Needed(missing)),
            // Never: it was parsed.
            Judged::Frame => Ok(Progress::Needed(1)),
        }
    }

    /// Whether nothing but its type judges a frame with this header, and nothing follows from it.
    #[inline(always)]
    pub(super) fn is_plain(&self, header: &FrameHeader) -> bool {
        match &self.order {
            Some(order) => order.is_plain(header),
            None => header.frame_type != FrameType::SETTINGS,
        }
    }

    #[inline(always)]
    pub(super) fn consume(&mut self, octets: usize) {
        self.stage = FramesStage::Frames;
        self.offset = advance(self.offset, octets);
    }
}

#[inline(always)]
fn advance(offset: u64, octets: usize) -> u64 {
    offset.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX))
}
