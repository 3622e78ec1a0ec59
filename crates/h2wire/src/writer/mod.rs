//! Frames and field sections in, octets out: nothing that a peer must refuse.

#[cfg(feature = "alloc")]
mod append; // output that grows
mod data; // content to DATA frames
mod layout; // a field block in its frames
mod padding; // how many octets hide a length
mod section; // fields to frames

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use h2wire_frame::{
    EncodeError, Frame, FrameHeader, PREFACE, ParseOptions, PayloadLength, SettingId, SettingList, Settings,
    StreamId,
};
use h2wire_hpack::{BufferTooSmall, Encoder, HuffmanPolicy, MemoryTooSmall};

use crate::order::{Order, Refused};
use crate::{Limits, Malformed, Role, Rule};
#[cfg(feature = "alloc")]
pub use append::Output;
pub use data::DataFrames;
pub use padding::Padding;
pub use section::SectionWriter;

/// Writes one direction of a connection into buffers of the caller.
///
/// It keeps to the rules that a [`Reader`](crate::Reader) at the other end applies: their order, who may send what, the
/// peer's frame size, and what a field section may contain. What the peer wants otherwise is told by [`apply`](Self::apply).
/// Windows, stream states and what goes with them (that identifiers grow, that GOAWAY does not take back what it said, that
/// a setting does not go back) are the caller's. To write what is *not* allowed, for tests of other implementations, there is
/// [`FrameHeader::encode_raw`].
///
/// ```
/// use h2wire::frame::{SettingBuffer, SettingId, Settings, StreamId};
/// use h2wire::{Encoder, FieldLine, Role, SectionHead, Writer};
///
/// let mut writer = Writer::new(Role::Client, 4096, [0; Encoder::memory_len(4096)])?;
/// let mut buf = [0; 256];
/// let mut len = writer.preface(&mut buf)?;
///
/// let mut settings = SettingBuffer::<1>::new();
/// settings.push(SettingId::ENABLE_PUSH, 0)?;
/// len += writer.frame(&Settings::List(settings.list()).into(), &mut buf[len..])?;
///
/// let mut section = writer.section(SectionHead::headers(StreamId::new(1).unwrap(), true), &mut buf[len..])?;
/// for (name, value) in [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "example.com")] {
///     section.field(&FieldLine::from((name, value)))?;
/// }
/// section.field(&FieldLine::never_indexed(b"authorization", b"secret"))?;
/// len += section.finish()?;
/// # assert!(len > 24 + 15 + 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Writer<M> {
    /// The longest payload that the peer takes, in octets. Default 16,384. It may be less, for frames that are easier on a
    /// small peer, but not less than 16, which is what counts then.
    pub max_frame_size: PayloadLength,
    /// How DATA frames and field blocks are padded. Default not.
    pub padding: Padding,
    /// Whether field sections are checked as [`FieldValidator`](crate::FieldValidator) does. Default on. Off is for who passes
    /// on what others have checked.
    pub validate_fields: bool,
    /// Whether `:protocol` may be sent. A client may from when the server has sent `SETTINGS_ENABLE_CONNECT_PROTOCOL` 1, which
    /// [`apply`](Self::apply) sees to. RFC 8441 §3.
    pub extended_connect: bool,
    encoder: Encoder<M>,
    order: Order,
    preface: Preface,
    /// A section was begun, and neither finished nor dropped.
    unfinished: bool,
}

/// Whether the preface is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Preface {
    /// It must be, now.
    Due,
    /// It may be, now: a relay does not say whose frames it passes on.
    Allowed,
    /// It was, or must not be.
    Over,
}

/// A place in the order of frames.
#[cfg(feature = "tokio")]
pub(crate) struct Place {
    order: Order,
    preface: Preface,
}

/// Why something cannot be written. Nothing is to be sent of it, whatever is in the buffer, and it can be tried again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is no such frame, or no room for it.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The peer would have to refuse it, after what was sent before, or as it is longer than the peer takes.
    #[error("the peer must refuse this: {} ({})", .0.sentence(), .0.section())]
    Refused(Rule),
    /// A HEADERS, `PUSH_PROMISE` or CONTINUATION frame is written by [`Writer::section`], which keeps HPACK in step.
    #[error("a frame of a field block is written as a section")]
    FieldBlock,
    /// A `PUSH_PROMISE` frame has neither `END_STREAM` nor priority fields. RFC 9113 §6.6.
    #[error("a PUSH_PROMISE frame has neither END_STREAM nor priority fields")]
    PromiseHead,
    /// The connection has to start with the preface: see [`Writer::preface`].
    #[error("the client connection preface comes first")]
    PrefaceMissing,
    /// The preface is a client's, and the first that it sends.
    #[error("the preface is only sent by a client, at the start")]
    PrefaceMisplaced,
}

impl WriteError {
    /// The rule that the peer would find broken.
    #[must_use]
    pub const fn rule(&self) -> Option<Rule> {
        match self {
            Self::Refused(rule) => Some(*rule),
            Self::Encode(EncodeError::Refused(rule)) => Some(Rule::Frame(*rule)),
            _ => None,
        }
    }

    /// The octets that a buffer must have, if one was too small.
    #[must_use]
    pub const fn needed(&self) -> Option<usize> {
        match self {
            Self::Encode(EncodeError::BufferTooSmall { needed }) => Some(*needed),
            _ => None,
        }
    }
}

impl From<BufferTooSmall> for WriteError {
    fn from(error: BufferTooSmall) -> Self {
        EncodeError::BufferTooSmall { needed: error.needed }.into()
    }
}

impl From<Malformed> for WriteError {
    fn from(malformed: Malformed) -> Self {
        Self::Refused(Rule::Malformed(malformed))
    }
}

impl From<Refused> for WriteError {
    fn from(refused: Refused) -> Self {
        Self::Refused(match refused {
            Refused::Connection(error) => error.rule,
            Refused::Stream(error) => error.rule,
        })
    }
}

#[cfg(feature = "alloc")]
impl Writer<Vec<u8>> {
    /// A writer with memory from the allocator, once. `role` is who writes.
    ///
    /// # Panics
    /// As a `Vec` does that cannot have so much memory: 4,096 is a usual size.
    #[must_use]
    pub fn with_table_size(role: Role, max_table_size: u32) -> Self {
        Self::with_encoder(role, Encoder::new(max_table_size))
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// A writer at the start of a connection. `role` is who writes; an observer, as a relay may be, is held to the rules of
    /// neither side. `max_table_size` is the most octets used of the table that the peer offers.
    ///
    /// # Errors
    /// [`MemoryTooSmall`] with less than [`Encoder::memory_len`] octets.
    pub fn new(role: Role, max_table_size: u32, memory: M) -> Result<Self, MemoryTooSmall> {
        Ok(Self::with_encoder(role, Encoder::new_in(max_table_size, memory)?))
    }

    /// Writes the client connection preface; SETTINGS comes next. RFC 9113 §3.4.
    ///
    /// # Errors
    /// [`WriteError::PrefaceMisplaced`], or if there is no room.
    pub fn preface(&mut self, buf: &mut [u8]) -> Result<usize, WriteError> {
        if self.preface == Preface::Over {
            return Err(WriteError::PrefaceMisplaced);
        }
        let needed = PREFACE.len();
        buf.get_mut(..needed).ok_or(EncodeError::BufferTooSmall { needed })?.copy_from_slice(PREFACE);
        self.preface = Preface::Over;
        Ok(needed)
    }

    /// Writes a frame without a field block. Returns the octets written.
    ///
    /// # Errors
    /// [`WriteError`], when it must not be sent now, or not at all, or there is no room.
    pub fn frame<B: AsRef<[u8]>>(&mut self, frame: &Frame<B>, buf: &mut [u8]) -> Result<usize, WriteError> {
        self.checked(frame, buf, Frame::encode)
    }

    /// Writes what comes before the payload, for a vectored write: at most
    /// [`MAX_HEAD_LEN`](h2wire_frame::MAX_HEAD_LEN) octets. Send the payload and [`Frame::padding`] behind it.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn frame_head<B: AsRef<[u8]>>(
        &mut self,
        frame: &Frame<B>,
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        self.checked(frame, buf, Frame::encode_head)
    }

    fn checked<B: AsRef<[u8]>>(
        &mut self,
        frame: &Frame<B>,
        buf: &mut [u8],
        encode: impl FnOnce(&Frame<B>, &mut [u8]) -> Result<usize, EncodeError>,
    ) -> Result<usize, WriteError> {
        if frame.field_block_fragment().is_some() {
            return Err(WriteError::FieldBlock);
        }
        self.check_preface()?;
        // §5.1.1: content of a client is on a stream of a client.
        if let Frame::Data(data) = frame
            && self.order.role() == Role::Server
            && data.stream_id.is_server_initiated()
        {
            return Err(EncodeError::StreamId(data.stream_id).into());
        }
        let written = encode(frame, buf)?;
        let Some(header) = buf.first_chunk().map(FrameHeader::parse) else { return Ok(written) };
        self.check_header(&header)?;
        if let Frame::Settings(Settings::List(list)) = frame {
            self.order.check_settings(list).map_err(|error| WriteError::Refused(error.rule))?;
        }
        self.order.take(&header);
        self.preface = Preface::Over;
        Ok(written)
    }

    /// Cuts content into DATA frames for the peer's frame size, padded by the policy. `budget` are the octets that the
    /// windows of stream and connection allow now; padding counts. `end_stream` goes with the last octet.
    ///
    /// Write each with [`frame`](Self::frame), or its head with [`frame_head`](Self::frame_head).
    ///
    /// ```
    /// # use h2wire::{Role, Writer, frame::StreamId};
    /// let writer = Writer::with_table_size(Role::Server, 4096);
    /// let content = [0; 40_000];
    /// let mut frames = writer.data(StreamId::new(1).unwrap(), &content, true, 30_000);
    /// let lens: Vec<_> = frames.by_ref().map(|frame| frame.data.len()).collect();
    /// assert_eq!((lens, frames.rest().len()), (vec![16_384, 13_616], 10_000)); // no END_STREAM yet
    /// ```
    pub fn data<'a>(
        &self,
        stream_id: StreamId,
        content: &'a [u8],
        end_stream: bool,
        budget: usize,
    ) -> DataFrames<'a> {
        DataFrames {
            stream_id,
            rest: content,
            end_stream,
            end_is_due: end_stream && content.is_empty(),
            max_frame_size: self.longest_payload().to_usize(),
            budget,
            padding: self.padding,
        }
    }

    /// Takes the settings of the peer, when its SETTINGS frame is acknowledged: frame size, table size, whether a server may
    /// push and a client may use extended CONNECT. RFC 9113 §6.5.3.
    pub fn apply<B: AsRef<[u8]>>(&mut self, settings: &SettingList<B>) {
        for setting in settings.iter() {
            match setting.id {
                // Each in its order: the lowest counts too. RFC 7541 §4.2.
                SettingId::HEADER_TABLE_SIZE => self.encoder.set_table_limit(setting.value),
                SettingId::MAX_FRAME_SIZE => {
                    self.max_frame_size = PayloadLength::new(setting.value).unwrap_or(self.max_frame_size);
                }
                SettingId::ENABLE_PUSH => self.order.push_enabled = setting.value != 0,
                SettingId::ENABLE_CONNECT_PROTOCOL => self.extended_connect = setting.value != 0,
                _ => {}
            }
        }
    }
}

impl<M> Writer<M> {
    fn with_encoder(role: Role, encoder: Encoder<M>) -> Self {
        let receiver = match role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
            Role::Observer => Role::Observer,
        };
        // The peer has limits of its own, and does not tell them.
        let unlimited = Limits {
            max_block_len: u32::MAX,
            max_continuations: u32::MAX,
            max_settings: u32::MAX,
            ..Limits::DEFAULT
        };
        Self {
            max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE,
            padding: Padding::None,
            validate_fields: true,
            extended_connect: role != Role::Client,
            encoder,
            order: Order::new(receiver, &unlimited),
            preface: match role {
                Role::Client => Preface::Due,
                Role::Observer => Preface::Allowed,
                Role::Server => Preface::Over,
            },
            unfinished: false,
        }
    }

    /// When strings are Huffman-coded; it may be changed at any time.
    pub const fn huffman(&mut self) -> &mut HuffmanPolicy {
        &mut self.encoder.huffman
    }

    /// Whether the preface was not written yet, and must be.
    #[must_use]
    pub const fn preface_is_due(&self) -> bool {
        matches!(self.preface, Preface::Due)
    }

    /// Where in the order of frames the writer is.
    #[cfg(feature = "tokio")]
    pub(crate) fn place(&self) -> Place {
        Place { order: self.order.clone(), preface: self.preface }
    }

    /// Takes back what was written since then, other than sections.
    #[cfg(feature = "tokio")]
    pub(crate) fn return_to(&mut self, place: Place) {
        self.order = place.order;
        self.preface = place.preface;
    }

    fn longest_payload(&self) -> PayloadLength {
        // The fields of any frame, and some octets more.
        PayloadLength::new(self.max_frame_size.get().max(16)).unwrap_or(self.max_frame_size)
    }

    fn check_preface(&self) -> Result<(), WriteError> {
        if self.preface_is_due() { Err(WriteError::PrefaceMissing) } else { Ok(()) }
    }

    /// Whether a frame with this header may be sent now.
    fn check_header(&self, header: &FrameHeader) -> Result<(), WriteError> {
        let options = ParseOptions { max_frame_size: self.longest_payload(), extensions: true };
        self.order.check(header, &options)?;
        Ok(())
    }
}
