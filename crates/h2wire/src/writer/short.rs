//! A frame in one call, without its type.

use core::num::NonZeroU32;

use h2wire_frame::{
    AltSvc, EncodeError, ErrorCode, Frame, FrameType, GoAway, Origin, Ping, PriorityUpdate, RstStream,
    SettingList, Settings, StreamId, WindowUpdate,
};

use super::{WriteError, Writer};
use crate::Role;

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Writes a PING frame that asks for an answer. RFC 9113 §6.7.
    ///
    /// ```
    /// use h2wire::{Role, Writer};
    /// use h2wire::frame::SettingList;
    ///
    /// let memory = [0; Writer::memory_len(4096)];
    /// let mut writer = Writer::new_in(Role::Server, 4096, memory)?;
    /// let mut buf = [0; 64];
    /// let mut len = writer.settings(&SettingList::<&[u8]>::default(), &mut buf)?;
    /// len += writer.ping(*b"12345678", &mut buf[len..])?;
    /// assert_eq!(len, 9 + 17);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn ping(&mut self, opaque_data: [u8; 8], buf: &mut [u8]) -> Result<usize, WriteError> {
        self.frame::<&[u8]>(&Frame::Ping(Ping { ack: false, opaque_data }), buf)
    }

    /// Writes the answer to a PING frame with this data. RFC 9113 §6.7.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn ping_ack(&mut self, opaque_data: [u8; 8], buf: &mut [u8]) -> Result<usize, WriteError> {
        self.frame::<&[u8]>(&Frame::Ping(Ping { ack: true, opaque_data }), buf)
    }

    /// Writes a SETTINGS frame. Pass the same list to `settings_sent` of the reader before it is sent. RFC 9113 §6.5.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn settings<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        self.frame(&Frame::Settings(Settings::List(settings.as_borrowed())), buf)
    }

    /// Writes an acknowledgment of SETTINGS alone. [`acknowledge`](Self::acknowledge) also applies them. RFC 9113 §6.5.3.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn settings_ack(&mut self, buf: &mut [u8]) -> Result<usize, WriteError> {
        self.frame::<&[u8]>(&Frame::Settings(Settings::Ack), buf)
    }

    /// Writes a `WINDOW_UPDATE` frame, for the connection on stream 0. RFC 9113 §6.9.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn window_update(
        &mut self,
        stream_id: StreamId,
        window_size_increment: NonZeroU32,
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        let frame = WindowUpdate { stream_id, window_size_increment };
        self.frame::<&[u8]>(&Frame::WindowUpdate(frame), buf)
    }

    /// Writes an `RST_STREAM` frame. Not for a stream that is idle: there it is a connection error of the sender.
    /// RFC 9113 §6.4.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn rst_stream(
        &mut self,
        stream_id: StreamId,
        error_code: ErrorCode,
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        self.frame::<&[u8]>(&Frame::RstStream(RstStream { stream_id, error_code }), buf)
    }

    /// Writes a GOAWAY frame. `last_stream_id` is the highest stream of the peer that was or may be processed.
    /// RFC 9113 §6.8.
    ///
    /// # Errors
    /// As [`frame`](Self::frame).
    pub fn go_away(
        &mut self,
        last_stream_id: StreamId,
        error_code: ErrorCode,
        additional_debug_data: &[u8],
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        self.frame(&Frame::GoAway(GoAway { last_stream_id, error_code, additional_debug_data }), buf)
    }

    /// Writes a `PRIORITY_UPDATE` frame of a client. RFC 9218 §7.1.
    ///
    /// # Errors
    /// As [`frame`](Self::frame); [`WriteError::Refused`] for a server.
    pub fn priority_update(
        &mut self,
        frame: &PriorityUpdate<'_>,
        buf: &mut [u8],
    ) -> Result<usize, WriteError> {
        self.extension(buf, |buf| frame.encode(buf))
    }

    /// Writes an ALTSVC frame of a server. RFC 7838 §4.
    ///
    /// # Errors
    /// As [`frame`](Self::frame); [`WriteError::OnlyByServer`] for a client; [`EncodeError::StreamId`] when the stream and
    /// the origin do not go together.
    pub fn alt_svc(&mut self, frame: &AltSvc<'_>, buf: &mut [u8]) -> Result<usize, WriteError> {
        self.check_server(FrameType::ALTSVC)?;
        self.extension(buf, |buf| frame.encode(buf))
    }

    /// Writes an ORIGIN frame of a server. RFC 8336 §2.
    ///
    /// # Errors
    /// As [`frame`](Self::frame); [`WriteError::OnlyByServer`] for a client.
    pub fn origin(&mut self, frame: &Origin<'_>, buf: &mut [u8]) -> Result<usize, WriteError> {
        self.check_server(FrameType::ORIGIN)?;
        self.extension(buf, |buf| frame.encode(buf))
    }

    fn check_server(&self, frame_type: FrameType) -> Result<(), WriteError> {
        // The receiver of what a client writes is a server.
        if self.receiver.role() == Role::Server { Err(WriteError::OnlyByServer(frame_type)) } else { Ok(()) }
    }

    fn extension(
        &mut self,
        buf: &mut [u8],
        encode: impl FnOnce(&mut [u8]) -> Result<usize, EncodeError>,
    ) -> Result<usize, WriteError> {
        self.check_preface()?;
        let written = encode(buf)?;
        self.record(buf)?;
        Ok(written)
    }
}
