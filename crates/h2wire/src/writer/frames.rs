//! Constructors, the preface, and frames without a field block.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use h2wire_frame::{
    EncodeError, Frame, FrameHeader, PREFACE, ParseOptions, PayloadLength, SettingId, SettingList, Settings,
    StreamId,
};
use h2wire_hpack::{Encoder, HuffmanPolicy, MemoryTooSmall};

#[cfg(feature = "tokio")]
use super::WriterPlace;
use super::{DataFrames, Padding, Preface, WriteError, Writer};
use crate::receive::Order;
use crate::{Limits, MalformedSet, Role};

#[cfg(feature = "alloc")]
impl Writer<Vec<u8>> {
    /// A writer at the start of a connection, with memory from the allocator as it is needed. `role` is the side that
    /// writes; `max_table_size` limits how much of the peer's HPACK table is used; 4,096 is usual.
    ///
    /// Writing a section panics if memory cannot be allocated, as `Vec` does.
    #[must_use]
    pub fn new(role: Role, max_table_size: u32) -> Self {
        Self::with_encoder(role, Encoder::new(max_table_size))
    }
}

impl Writer<()> {
    /// Bytes of memory that a writer needs for HPACK tables of `max_table_size` bytes.
    #[must_use]
    pub const fn memory_len(max_table_size: u32) -> usize {
        Encoder::memory_len(max_table_size)
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// A writer at the start of a connection, in the caller's memory. `role` is the side that writes;
    /// [`Role::Observer`] suits relays, and applies the rules of neither side. `max_table_size` limits how much of
    /// the peer's HPACK table is used; 4,096 is usual.
    ///
    /// # Errors
    /// [`MemoryTooSmall`] with less than [`Writer::memory_len`] bytes.
    pub fn new_in(role: Role, max_table_size: u32, memory: M) -> Result<Self, MemoryTooSmall> {
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

    /// Writes a frame without a field block. Returns the number of bytes written.
    ///
    /// # Errors
    /// [`WriteError`] if the frame must not be sent now or at all, or there is no room for it.
    pub fn frame<B: AsRef<[u8]>>(&mut self, frame: &Frame<B>, buf: &mut [u8]) -> Result<usize, WriteError> {
        self.checked(frame, buf, Frame::encode)
    }

    /// Writes what comes before the payload, for a vectored write: at most
    /// [`MAX_HEAD_LEN`](h2wire_frame::MAX_HEAD_LEN) bytes. Then send the payload and [`Frame::padding`].
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
            && self.receiver.role() == Role::Server
            && data.stream_id.is_server_initiated()
        {
            return Err(EncodeError::StreamId(data.stream_id).into());
        }
        let written = encode(frame, buf)?;
        if let Frame::Settings(Settings::List(list)) = frame {
            self.receiver.check_settings(list).map_err(|error| WriteError::Refused(error.rule))?;
        }
        self.record(buf)?;
        Ok(written)
    }

    /// Checks and records the frame that is written at the start of `buf`.
    pub(super) fn record(&mut self, buf: &[u8]) -> Result<(), WriteError> {
        let Some(header) = buf.first_chunk().map(FrameHeader::parse) else { return Ok(()) };
        self.check_header(&header)?;
        self.receiver.record(&header);
        self.preface = Preface::Over;
        Ok(())
    }

    /// Returns an iterator that cuts content into DATA frames that fit the peer's frame size, padded by [`padding`](Self::padding). `budget`
    /// is what the windows of stream and connection allow now; padding counts. `end_stream` applies to the last
    /// frame.
    ///
    /// It writes nothing: pass each frame to [`frame`](Self::frame) or `append_frame`, or its head to
    /// [`frame_head`](Self::frame_head).
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// # use h2wire::{Role, Writer, frame::StreamId};
    /// let writer = Writer::new(Role::Server, 4096);
    /// let content = [0; 40_000];
    /// let mut frames = writer.data(StreamId::new(1).unwrap(), &content, true, 30_000);
    /// let lens: Vec<_> = frames.by_ref().map(|frame| frame.data.len()).collect();
    /// assert_eq!(lens, [16_384, 13_616]);
    /// assert_eq!(frames.rest().len(), 10_000); // no END_STREAM yet
    /// # }
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

    /// Applies the peer's SETTINGS without an acknowledgment, for SETTINGS that HTTP/1.1 carried, or for relays. Else use
    /// [`acknowledge`](Self::acknowledge).
    ///
    /// It cannot fail: the reader has checked the values. It sets the frame size, the table size, whether a server may push,
    /// and whether a client may use extended CONNECT. RFC 9113 §6.5.3.
    pub fn settings_received<B: AsRef<[u8]>>(&mut self, settings: &SettingList<B>) {
        for setting in settings.iter() {
            match setting.id {
                // Each in its order: the lowest counts too. RFC 7541 §4.2.
                SettingId::HEADER_TABLE_SIZE => self.encoder.set_table_limit(setting.value),
                SettingId::MAX_FRAME_SIZE => {
                    self.peer_max_frame_size =
                        PayloadLength::new(setting.value).unwrap_or(self.peer_max_frame_size);
                }
                SettingId::ENABLE_PUSH => self.receiver.push_enabled = setting.value != 0,
                SettingId::ENABLE_CONNECT_PROTOCOL => self.extended_connect = setting.value != 0,
                _ => {}
            }
        }
    }

    /// Applies the peer's SETTINGS and writes their acknowledgment: nothing that follows it goes beyond them. RFC 9113 §6.5.3.
    ///
    /// The windows of streams are the caller's: `SETTINGS_INITIAL_WINDOW_SIZE` changes them (§6.9.2).
    ///
    /// # Errors
    /// As [`frame`](Self::frame); nothing is applied then.
    pub fn acknowledge<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        let written = self.settings_ack(buf)?;
        self.settings_received(settings);
        Ok(written)
    }
}

impl<M> Writer<M> {
    fn with_encoder(role: Role, encoder: Encoder<M>) -> Self {
        let receiver = match role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
            Role::Observer => Role::Observer,
        };
        // The limits of the peer are not known.
        let unlimited = Limits::DEFAULT
            .with_max_block_len(u32::MAX)
            .with_max_continuations(u32::MAX)
            .with_max_settings(u32::MAX);
        Self {
            max_frame_size: PayloadLength::MAX,
            padding: Padding::None,
            validate_fields: true,
            allowed: MalformedSet::EMPTY,
            extended_connect: role != Role::Client,
            peer_max_frame_size: PayloadLength::INITIAL_MAX_FRAME_SIZE,
            encoder,
            receiver: Order::new(receiver, &unlimited),
            preface: match role {
                Role::Client => Preface::Due,
                Role::Observer => Preface::Allowed,
                Role::Server => Preface::Over,
            },
            unfinished: false,
        }
    }

    /// Sets when strings are Huffman-coded. It may be changed at any time.
    pub const fn set_huffman(&mut self, policy: HuffmanPolicy) {
        self.encoder.huffman = policy;
    }

    /// Whether the preface was not written yet, and must be.
    #[must_use]
    pub const fn preface_is_due(&self) -> bool {
        matches!(self.preface, Preface::Due)
    }

    /// The current position in the order of frames.
    #[cfg(feature = "tokio")]
    pub(crate) fn place(&self) -> WriterPlace {
        WriterPlace { order: self.receiver.clone(), preface: self.preface }
    }

    /// Takes back what was written since then, other than sections.
    #[cfg(feature = "tokio")]
    pub(crate) fn return_to(&mut self, place: WriterPlace) {
        self.receiver = place.order;
        self.preface = place.preface;
    }

    /// The longest payload that is sent now, in bytes: what the peer accepts, 16,384 if its SETTINGS do not say otherwise, and not
    /// more than [`max_frame_size`](Self::max_frame_size).
    #[must_use]
    pub fn longest_payload(&self) -> PayloadLength {
        let most = self.max_frame_size.min(self.peer_max_frame_size);
        // The fields of any frame, and some bytes more.
        PayloadLength::new(most.get().max(16)).unwrap_or(most)
    }

    pub(super) fn check_preface(&self) -> Result<(), WriteError> {
        if self.preface_is_due() { Err(WriteError::PrefaceMissing) } else { Ok(()) }
    }

    /// Whether a frame with this header may be sent now.
    pub(super) fn check_header(&self, header: &FrameHeader) -> Result<(), WriteError> {
        let options = ParseOptions::DEFAULT.with_max_frame_size(self.longest_payload());
        self.receiver.check(header, &options)?;
        Ok(())
    }
}
