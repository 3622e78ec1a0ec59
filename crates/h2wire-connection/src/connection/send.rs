//! Messages out: as windows and the peer's frame size allow. RFC 9113 §6.1, §6.9, §8.1.

use alloc::boxed::Box;

use bytes::Bytes;
use h2wire::frame::{ErrorCode, Flags, FrameHeader, FrameType, PayloadLength};
use h2wire::{Expected, FieldLine, FieldList, FieldValidator, Role, SectionHead, WriteError};

use super::Connection;
use super::error::SendError;
use crate::Event;
use crate::budget::Flood;
use crate::side::noted::{Noted, is_head};
use crate::streams::{Closed, Phase, Stream};

/// No more content is framed while this much waits to be written. An answer to PING waits for that and the frame that exceeded it.
const ENOUGH: usize = 64 << 10;

/// Less content than this waits for more, or for the next [`Connection::transmit`], so that many small parts are few frames.
const SMALL: usize = 1_024;

impl Connection {
    /// A response, interim (1xx) or final.
    pub(super) fn send_response<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        index: u32,
        fields: impl IntoIterator<Item = F>,
        end_stream: bool,
    ) -> Result<(), SendError> {
        if self.side.role != Role::Server {
            return Err(SendError::NotServer);
        }
        let stream = self.side.streams.get(index).ok_or(SendError::Ended)?;
        match stream.sending {
            Phase::Head => {}
            Phase::Content => return Err(SendError::HeadSent),
            Phase::Ending | Phase::Ended => return Err(SendError::Ended),
        }
        // §5.1.2
        if stream.is_reserved && self.side.streams.local >= self.side.peer.max_concurrent_streams {
            return Err(SendError::TooManyStreams);
        }
        let mut noted = Noted::default();
        // `:status` is the first field, so that it is known whether this is interim before the head is written.
        let mut fields = fields.into_iter().map(Into::into);
        let first = fields.next();
        let Some(first) = first.filter(|first| is_head(Some(first))) else {
            return Err(SendError::StatusMissing);
        };
        noted.status(&first);
        let is_interim = (100..200).contains(&noted.status);
        // §8.1
        if is_interim && end_stream {
            return Err(SendError::InterimEnds);
        }
        // RFC 9110 §9.3.2
        let end_stream = end_stream || stream.is_head && !is_interim;
        let has_none = matches!(noted.status, 204 | 304);
        // §8.1.1
        noted.is_empty = end_stream && !stream.is_head && !has_none;
        let head = SectionHead::headers(stream.id, end_stream);
        let fields = Some(first).into_iter().chain(fields);
        let written =
            self.writer.append_section_with(head, fields, self.output.gathered(), |field| noted.sent(field));
        let length = noted.length.filter(|_| !has_none);
        if noted.contradicts {
            return Err(SendError::ContentLength { left: length.unwrap_or(0) });
        }
        written?;
        self.life.note_message(self.now);
        self.side.sent_response(index, noted.status);
        if is_interim {
            return Ok(());
        }
        if let Some(stream) = self.side.streams.get_mut(index).filter(|stream| !stream.is_tunnel) {
            stream.length_left = length.or(has_none.then_some(0));
        }
        if end_stream {
            self.end_sent(index);
        }
        Ok(())
    }

    /// Content. It is kept until the windows allow to send it.
    pub(super) fn send_data(&mut self, index: u32, data: Bytes, end_stream: bool) -> Result<(), SendError> {
        let may_send = self.output.len() < ENOUGH && self.side.streams.ready.is_empty();
        let stream = self.side.streams.get_mut(index).ok_or(SendError::Ended)?;
        stream.check_content()?;
        stream.count_length(data.len(), end_stream)?;
        if data.is_empty() && !end_stream {
            return Ok(());
        }
        // Small parts wait for others: they become one frame.
        let is_part = data.len() < SMALL && !end_stream;
        let is_next = stream.queued == 0 && (data.is_empty() || may_send && !is_part);
        if is_next && stream.padding == 0 {
            let window = stream.send_window.available().min(self.side.send_window.available());
            if data.len() <= window.min(self.writer.longest_payload().to_usize()) {
                self.put_content(index, data, end_stream);
                return Ok(());
            }
        }
        let is_empty = data.is_empty();
        self.side.streams.queue(index, data);
        if is_next && (is_empty || self.fits(index)) {
            self.put_all(index, end_stream);
            return Ok(());
        }
        let Some(stream) = self.side.streams.get_mut(index) else { return Ok(()) };
        stream.tells_drained = true;
        if end_stream {
            stream.sending = Phase::Ending;
        }
        self.make_ready(index);
        Ok(())
    }

    /// The longest payload that the windows and the peer allow in a frame now.
    fn room(&self, stream: &Stream) -> usize {
        let window = stream.send_window.available().min(self.side.send_window.available());
        window.min(self.writer.longest_payload().to_usize())
    }

    /// Whether all that waits on a stream can be in one frame now.
    fn fits(&self, index: u32) -> bool {
        let Some(stream) = self.side.streams.get(index) else { return false };
        stream.queued.saturating_add(stream.padded_len()) <= self.room(stream)
    }

    /// Puts all that waits on a stream into one frame.
    fn put_all(&mut self, index: u32, end_stream: bool) {
        let Some(stream) = self.side.streams.get(index) else { return };
        let (len, room) = (stream.queued, self.room(stream));
        self.put_data(index, len, stream.padded_len().min(room.saturating_sub(len)), end_stream);
    }

    /// Fields after the content. They wait for it.
    pub(super) fn send_trailers<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        index: u32,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<(), SendError> {
        let stream = self.side.streams.get_mut(index).ok_or(SendError::Ended)?;
        stream.check_content()?;
        // §8.5: the response to CONNECT, which may be under way, makes a tunnel of the stream.
        if stream.is_tunnel || stream.is_connect && self.side.role == Role::Client {
            return Err(SendError::Tunnel);
        }
        // §8.1.1
        stream.count_length(0, true)?;
        let stream_id = stream.id;
        let mut fields = fields.into_iter().map(Into::into).peekable();
        let is_trailers = !is_head(fields.peek());
        let may_send = self.output.len() < ENOUGH && self.side.streams.is_alone(index);
        let fits = self.side.streams.get(index).is_some_and(|stream| stream.queued == 0)
            || may_send && self.fits(index);
        if is_trailers && fits {
            let has_content = self.side.streams.get(index).is_some_and(|stream| stream.queued > 0);
            if has_content {
                self.put_all(index, false);
                self.side.streams.make_unready(index);
            }
            let head = SectionHead::headers(stream_id, true);
            let written = self.writer.append_section(head, fields, self.output.gathered());
            if written.is_err() && has_content {
                self.drained(index);
            }
            written?;
            self.end_sent(index);
            return Ok(());
        }
        // What is wrong with them is said now, not when they are sent.
        let fields: FieldList = fields.collect();
        let mut validator = FieldValidator::new(Expected::Trailers).sending();
        validator.allowed = self.writer.allowed;
        for field in &fields {
            validator.field(field.name, field.value);
        }
        validator.finish(true).map_err(WriteError::from)?;
        let stream = self.side.streams.get_mut(index).ok_or(SendError::Ended)?;
        stream.trailers = Some(Box::new(fields));
        stream.sending = Phase::Ending;
        Ok(())
    }

    /// Lets a stream have turns, if it has something to send and its window is open.
    pub(super) fn make_ready(&mut self, index: u32) {
        let Some(stream) = self.side.streams.get(index) else { return };
        if stream.queued > 0 && stream.send_window.available() > 0 {
            self.side.streams.make_ready(index);
        }
    }

    /// Whether more content can be framed now.
    pub(super) fn can_pump(&self) -> bool {
        self.output.len() < ENOUGH
            && self.side.send_window.available() > 0
            && !self.side.streams.ready.is_empty()
    }

    /// Makes frames of content, as streams have their turns.
    pub(super) fn pump(&mut self) {
        while self.can_pump() {
            let Some(index) = self.side.streams.next_ready() else { return };
            let turn = self.side.streams.turn_left(index, self.writer.longest_payload().get());
            let Some(stream) = self.side.streams.get(index) else { return };
            // §6.9.1
            let room = self.room(stream);
            // Where there is little room, half of it is for content.
            let padding = stream.padded_len().min(room / 2);
            let len = stream.queued.min(room.saturating_sub(padding)).min(turn);
            if len == 0 {
                // Its window was made smaller.
                self.side.streams.make_unready(index);
                continue;
            }
            let is_last = len == stream.queued;
            let ends = is_last && stream.sending == Phase::Ending && stream.trailers.is_none();
            let flow = len.saturating_add(padding);
            let stays = !is_last && stream.send_window.available() > flow;
            self.put_data(index, len, padding, ends);
            self.side.streams.note_sent(index, flow);
            if !stays {
                self.side.streams.make_unready(index);
            }
            self.drained(index);
        }
    }

    /// What follows when all content of a stream is in frames.
    fn drained(&mut self, index: u32) {
        let Some(stream) = self.side.streams.get_mut(index).filter(|stream| stream.queued == 0) else {
            return;
        };
        let stream_id = stream.id;
        if let Some(trailers) = stream.trailers.take() {
            let head = SectionHead::headers(stream_id, true);
            let written = self.writer.append_section(head, trailers.iter(), self.output.gathered());
            self.check_written(written);
            self.end_sent(index);
        } else if core::mem::take(&mut stream.tells_drained)
            && stream.sending == Phase::Content
            && !core::mem::replace(&mut stream.drained_waits, true)
        {
            self.events.push_back(Event::Drained { stream_id });
        }
    }

    /// Puts content into one DATA frame without padding. The windows have room for it, and nothing waits before it.
    #[inline(always)]
    fn put_content(&mut self, index: u32, content: Bytes, end_stream: bool) {
        let before = self.output.len();
        self.put_data_head(index, content.len(), None, end_stream);
        self.output.content(content);
        self.note_data(index, before, end_stream);
    }

    /// Puts a DATA frame into the output, with `len` bytes of what waits on the stream, and `padded_len` bytes of padding with its length.
    /// The windows have room for both.
    fn put_data(&mut self, index: u32, len: usize, padded_len: usize, end_stream: bool) {
        let before = self.output.len();
        let padding = padded_len.checked_sub(1).and_then(|padding| u8::try_from(padding).ok());
        self.put_data_head(index, len.saturating_add(padded_len), padding, end_stream);
        let Some(stream) = self.side.streams.get_mut(index) else { return };
        let mut left = len;
        while left > 0 {
            let content = stream.take(left);
            left = left.saturating_sub(content.len());
            self.output.content(content);
        }
        if let Some(padding) = padding {
            let padded = self.output.gathered().len().saturating_add(padding.into());
            self.output.gathered().resize(padded, 0);
        }
        self.note_data(index, before, end_stream);
    }

    /// The start of a DATA frame, whose payload uses up windows.
    #[inline(always)]
    fn put_data_head(&mut self, index: u32, flow: usize, padding: Option<u8>, end_stream: bool) {
        self.side.send_window.take(flow);
        let Some(stream) = self.side.streams.get_mut(index) else { return };
        stream.send_window.take(flow);
        let header = FrameHeader {
            // No payload is longer than what the peer takes.
            length: u32::try_from(flow).ok().and_then(PayloadLength::new).unwrap_or(PayloadLength::MAX),
            frame_type: FrameType::DATA,
            flags: Flags::END_STREAM.when(end_stream) | Flags::PADDED.when(padding.is_some()),
            stream_id: stream.id,
            reserved: false,
        };
        // Sections are written whole, so no field block is open: DATA may follow anything.
        let gathered = self.output.gathered();
        gathered.extend_from_slice(&header.encode());
        gathered.extend(padding);
    }

    /// DATA is in the output, after `before` bytes.
    #[inline(always)]
    fn note_data(&mut self, index: u32, before: usize, end_stream: bool) {
        self.budgets.earn(Flood::WindowUpdate, 4, &self.config.floods);
        // A long download is not idle, even if a client with a large window sends nothing.
        self.life.note_message(self.now);
        self.output.note_unasked(before);
        if end_stream {
            self.end_sent(index);
        }
    }

    /// `END_STREAM` was sent.
    fn end_sent(&mut self, index: u32) {
        self.budgets.earn(Flood::Reset, 1, &self.config.floods);
        self.budgets.earn(Flood::StreamError, 1, &self.config.floods);
        let is_over = self.side.sent_end(index);
        let Some(stream) = self.side.streams.get(index) else { return };
        let id = stream.id;
        if is_over {
            self.close(index, Closed::Ended);
        } else if self.side.role == Role::Server && !stream.is_tunnel {
            // §8.1: the rest of the request is not needed.
            self.reset(id, ErrorCode::NO_ERROR);
            self.events.push_back(Event::RequestStopped { stream_id: id });
        }
    }
}

impl Stream {
    /// Whether content may follow.
    const fn check_content(&self) -> Result<(), SendError> {
        match self.sending {
            Phase::Content => Ok(()),
            Phase::Head => Err(SendError::HeadMissing),
            Phase::Ending | Phase::Ended => Err(SendError::Ended),
        }
    }

    /// Counts content that is given, against what content-length announced. §8.1.1
    fn count_length(&mut self, len: usize, ends: bool) -> Result<(), SendError> {
        let Some(left) = self.length_left else { return Ok(()) };
        let rest = left.checked_sub(u64::try_from(len).unwrap_or(u64::MAX));
        let rest = rest.filter(|rest| !ends || *rest == 0).ok_or(SendError::ContentLength { left })?;
        self.length_left = Some(rest);
        Ok(())
    }

    /// The length of padding in a frame, and of its Pad Length.
    fn padded_len(&self) -> usize {
        if self.padding == 0 { 0 } else { usize::from(self.padding).saturating_add(1) }
    }
}
