//! Octets in, frames out: one at a time, in order, or the reason why not.

use h2wire_frame::{
    ConnectionError, Frame, FrameError, FrameHeader, Opening, ParseOptions, PrefaceMatch, PrefaceMatcher,
    Rule, Settings, StreamError,
};

use crate::Role;
use crate::order::Order;

/// Reads the frames of one direction of a connection from contiguous octets.
///
/// The caller keeps the octets: it hands over all that are not consumed yet, and drops `consumed` of them with each
/// item. However the octets are cut, the same items come out. After a connection error every call returns that error.
///
/// ```
/// use h2wire::frame::{Frame, PREFACE};
/// use h2wire::{FrameReader, Item, Progress, Role};
///
/// let input = [PREFACE.as_slice(), b"\0\0\0\x04\0\0\0\0\0", b"\0\0\x08\x06\0\0\0"].concat();
/// let mut reader = FrameReader::new(Role::Server);
/// let mut rest = input.as_slice();
/// let mut seen = Vec::new();
/// let needed = loop {
///     match reader.read(rest)? {
///         Progress::Item { item, consumed } => {
///             rest = &rest[consumed..];
///             seen.push(match item {
///                 Item::Preface => "preface",
///                 Item::Frame { frame: Frame::Settings(_), .. } => "SETTINGS",
///                 Item::Frame { .. } => "another frame",
///                 Item::StreamError { .. } => "reset that stream, go on",
///             });
///         }
///         Progress::Needed(octets) => break octets,
///     }
/// };
/// assert_eq!(seen, ["preface", "SETTINGS"]);
/// assert_eq!((rest.len(), needed, reader.offset()), (7, 2, 33)); // a PING without the end of its header
/// # Ok::<(), h2wire::frame::ConnectionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FrameReader {
    /// What is accepted. It may be changed between two reads, as when the peer has acknowledged new settings.
    pub options: ParseOptions,
    role: Role,
    /// `None` for a reader without state.
    order: Option<Order>,
    offset: u64,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Nothing is consumed yet.
    Opening,
    Frames,
    Failed(ConnectionError),
}

/// What a reader found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item<B> {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A frame.
    Frame {
        /// Its header with all bits.
        header: FrameHeader,
        /// The frame; `&[u8]` payloads are in the input.
        frame: Frame<B>,
    },
    /// A frame that ends its stream, not the connection. It is skipped.
    StreamError {
        /// Its header with all bits.
        header: FrameHeader,
        /// What is wrong with it.
        error: StreamError,
    },
}

/// The answer of a reader that has not failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress<'a> {
    /// The next item.
    Item {
        /// The item.
        item: Item<&'a [u8]>,
        /// Octets of it, to be dropped by the caller.
        consumed: usize,
    },
    /// At least so many more octets are needed. Nothing is consumed.
    Needed(usize),
}

impl<B> Item<B> {
    /// Changes the type that holds the payload. The octets must stay the same.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Item<C> {
        match self {
            Self::Preface => Item::Preface,
            Self::Frame { header, frame } => Item::Frame { header, frame: frame.map(f) },
            Self::StreamError { header, error } => Item::StreamError { header, error },
        }
    }
}

impl FrameReader {
    /// A reader at the start of a connection, with default [`ParseOptions`].
    #[must_use]
    pub fn new(role: Role) -> Self {
        let options = ParseOptions::default();
        Self { options, role, order: Some(Order::default()), offset: 0, stage: Stage::Opening }
    }

    /// A reader that takes each frame by itself, without a preface and without rules about order and roles: for octets
    /// from the middle of a connection, starting at a frame.
    #[must_use]
    pub fn stateless() -> Self {
        Self { order: None, stage: Stage::Frames, ..Self::new(Role::Observer) }
    }

    /// The same reader with other options.
    #[must_use]
    pub fn with_options(self, options: ParseOptions) -> Self {
        Self { options, ..self }
    }

    /// Octets consumed so far: where the next item, or the error, starts.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Looks for the next item at the start of `input`.
    #[inline]
    pub fn read<'a>(&mut self, input: &'a [u8]) -> Result<Progress<'a>, ConnectionError> {
        match self.stage {
            Stage::Frames => self.read_frame(input),
            Stage::Opening => self.read_opening(input),
            Stage::Failed(error) => Err(error),
        }
    }

    /// The preface where there is one, the first frame where there is none, or what else the peer speaks. §3.4
    fn read_opening<'a>(&mut self, input: &'a [u8]) -> Result<Progress<'a>, ConnectionError> {
        if self.role != Role::Client {
            match PrefaceMatcher::new().advance(input) {
                PrefaceMatch::Complete { consumed } => return Ok(self.item(Item::Preface, consumed)),
                PrefaceMatch::Needed(octets) if self.role == Role::Server || !input.is_empty() => {
                    return Ok(Progress::Needed(octets));
                }
                _ => {}
            }
        }
        match Opening::of(input) {
            // §3.4
            Opening::Foreign(rule) => self.fail(ConnectionError { rule }),
            Opening::Undecided => Ok(Progress::Needed(FrameHeader::LEN.saturating_sub(input.len()))),
            // §3.4
            Opening::Other if self.expects_preface(input) => {
                self.fail(ConnectionError { rule: Rule::Preface })
            }
            Opening::Other => self.read_frame(input),
        }
    }

    /// Whether the octets should have been the preface: a client's, or damaged ones that whoever listens takes for it.
    fn expects_preface(&self, input: &[u8]) -> bool {
        match self.role {
            Role::Server => true,
            Role::Client => false,
            Role::Observer => input.starts_with(b"PRI * HTTP/"),
        }
    }

    #[inline]
    fn read_frame<'a>(&mut self, input: &'a [u8]) -> Result<Progress<'a>, ConnectionError> {
        let Some((header, rest)) = input.split_first_chunk() else {
            return Ok(Progress::Needed(FrameHeader::LEN.saturating_sub(input.len())));
        };
        let header = FrameHeader::parse(header);
        if let Some(Err(error)) = self.order.as_ref().map(|order| order.check_header(&header)) {
            return self.fail(error);
        }
        let length = header.length.to_usize();
        let checked = match header.check(&self.options) {
            Ok(checked) => checked,
            Err(FrameError::Connection(error)) => return self.fail(error),
            Err(FrameError::Stream(error)) => return Ok(self.skip(header, error, rest)),
        };
        if let Err(error) = Order::check_sender(self.role, &header, self.options.extensions) {
            return self.fail(error);
        }
        match checked.parse(rest) {
            Ok(Some(frame)) => {
                if self.role == Role::Client
                    && let Frame::Settings(Settings::List(list)) = &frame
                    && let Err(error) = Order::check_server_settings(list)
                {
                    return self.fail(error);
                }
                if let Some(order) = &mut self.order {
                    order.take(&header);
                }
                Ok(self.item(Item::Frame { header, frame }, length.saturating_add(FrameHeader::LEN)))
            }
            Ok(None) => Ok(Progress::Needed(length.saturating_sub(rest.len()))),
            Err(FrameError::Connection(error)) => self.fail(error),
            Err(FrameError::Stream(error)) => Ok(self.skip(header, error, rest)),
        }
    }

    /// A stream error: known at once, told when the whole frame can be skipped.
    fn skip<'a>(&mut self, header: FrameHeader, error: StreamError, rest: &'a [u8]) -> Progress<'a> {
        let length = header.length.to_usize();
        match length.checked_sub(rest.len()) {
            None | Some(0) => {
                self.item(Item::StreamError { header, error }, length.saturating_add(FrameHeader::LEN))
            }
            Some(missing) => Progress::Needed(missing),
        }
    }

    #[inline]
    fn item<'a>(&mut self, item: Item<&'a [u8]>, consumed: usize) -> Progress<'a> {
        self.stage = Stage::Frames;
        self.offset = self.offset.saturating_add(u64::try_from(consumed).unwrap_or(u64::MAX));
        Progress::Item { item, consumed }
    }

    #[cold]
    fn fail<'a>(&mut self, error: ConnectionError) -> Result<Progress<'a>, ConnectionError> {
        self.stage = Stage::Failed(error);
        Err(error)
    }
}
