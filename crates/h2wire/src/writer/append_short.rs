//! The same frames to buffers that grow.

use core::num::NonZeroU32;

use h2wire_frame::{AltSvc, ErrorCode, FrameHeader, Origin, PriorityUpdate, SettingList, StreamId};

use super::append::Output;
use super::{WriteError, Writer};

/// Bytes of a PING frame, and of a GOAWAY frame without debug data.
const EIGHT_LEN: usize = FrameHeader::LEN + 8;
/// Bytes of a `WINDOW_UPDATE` or `RST_STREAM` frame.
const FOUR_LEN: usize = FrameHeader::LEN + 4;

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Appends what [`ping`](Self::ping) writes to `out`.
    ///
    /// # Errors
    /// As [`ping`](Self::ping); `out` is unchanged then.
    pub fn append_ping(&mut self, opaque_data: [u8; 8], out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, EIGHT_LEN, |writer, buf| writer.ping(opaque_data, buf))
    }

    /// Appends what [`ping_ack`](Self::ping_ack) writes to `out`.
    ///
    /// # Errors
    /// As [`ping_ack`](Self::ping_ack); `out` is unchanged then.
    pub fn append_ping_ack(&mut self, opaque_data: [u8; 8], out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, EIGHT_LEN, |writer, buf| writer.ping_ack(opaque_data, buf))
    }

    /// Appends what [`settings`](Self::settings) writes to `out`.
    ///
    /// # Errors
    /// As [`settings`](Self::settings); `out` is unchanged then.
    pub fn append_settings<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, settings.octets().len().saturating_add(FrameHeader::LEN), |writer, buf| {
            writer.settings(settings, buf)
        })
    }

    /// Appends what [`acknowledge`](Self::acknowledge) writes to `out`.
    ///
    /// # Errors
    /// As [`acknowledge`](Self::acknowledge); `out` is unchanged then, and nothing is applied.
    pub fn append_acknowledge<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, FrameHeader::LEN, |writer, buf| writer.acknowledge(settings, buf))
    }

    /// Appends what [`settings_ack`](Self::settings_ack) writes to `out`.
    ///
    /// # Errors
    /// As [`settings_ack`](Self::settings_ack); `out` is unchanged then.
    pub fn append_settings_ack(&mut self, out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, FrameHeader::LEN, Self::settings_ack)
    }

    /// Appends what [`window_update`](Self::window_update) writes to `out`.
    ///
    /// # Errors
    /// As [`window_update`](Self::window_update); `out` is unchanged then.
    pub fn append_window_update(
        &mut self,
        stream_id: StreamId,
        window_size_increment: NonZeroU32,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, FOUR_LEN, |writer, buf| writer.window_update(stream_id, window_size_increment, buf))
    }

    /// Appends what [`rst_stream`](Self::rst_stream) writes to `out`.
    ///
    /// # Errors
    /// As [`rst_stream`](Self::rst_stream); `out` is unchanged then.
    pub fn append_rst_stream(
        &mut self,
        stream_id: StreamId,
        error_code: ErrorCode,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, FOUR_LEN, |writer, buf| writer.rst_stream(stream_id, error_code, buf))
    }

    /// Appends what [`go_away`](Self::go_away) writes to `out`.
    ///
    /// # Errors
    /// As [`go_away`](Self::go_away); `out` is unchanged then.
    pub fn append_go_away(
        &mut self,
        last_stream_id: StreamId,
        error_code: ErrorCode,
        additional_debug_data: &[u8],
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, additional_debug_data.len().saturating_add(EIGHT_LEN), |writer, buf| {
            writer.go_away(last_stream_id, error_code, additional_debug_data, buf)
        })
    }

    /// Appends what [`priority_update`](Self::priority_update) writes to `out`.
    ///
    /// # Errors
    /// As [`priority_update`](Self::priority_update); `out` is unchanged then.
    pub fn append_priority_update(
        &mut self,
        frame: &PriorityUpdate<'_>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, frame.encoded_len(), |writer, buf| writer.priority_update(frame, buf))
    }

    /// Appends what [`alt_svc`](Self::alt_svc) writes to `out`.
    ///
    /// # Errors
    /// As [`alt_svc`](Self::alt_svc); `out` is unchanged then.
    pub fn append_alt_svc(&mut self, frame: &AltSvc<'_>, out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, frame.encoded_len(), |writer, buf| writer.alt_svc(frame, buf))
    }

    /// Appends what [`origin`](Self::origin) writes to `out`.
    ///
    /// # Errors
    /// As [`origin`](Self::origin); `out` is unchanged then.
    pub fn append_origin(&mut self, frame: &Origin<'_>, out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, frame.encoded_len(), |writer, buf| writer.origin(frame, buf))
    }
}
