//! Messages out: as windows and the peer's frame size allow. RFC 9113 §6.1, §6.9, §8.1.

use alloc::boxed::Box;

use bytes::Bytes;
use h2wire::frame::{Data, ErrorCode};
use h2wire::{Expected, FieldLine, FieldList, FieldValidator, Role, SectionHead, WriteError};

use super::Connection;
use super::error::SendError;
use super::noted::{Noted, is_head};
use crate::Event;
use crate::budget::Flood;
use crate::streams::{Closed, Progress, Stream};

/// No more content is framed while so much waits to be written. An answer to PING waits for no more than this.
const ENOUGH: usize = 64 << 10;

impl Connection {
    /// A response, interim (1xx) or final.
    pub(super) fn send_response<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        index: u32,
        fields: impl IntoIterator<Item = F>,
        end_stream: bool,
    ) -> Result<(), SendError> {
        if self.role != Role::Server {
            return Err(SendError::NotServer);
        }
        let stream = self.streams.get(index).ok_or(SendError::Ended)?;
        match stream.sending {
            Progress::Head => {}
            Progress::Content => return Err(SendError::HeadSent),
            Progress::Ending | Progress::Ended => return Err(SendError::Ended),
        }
        // §5.1.2
        if stream.is_reserved && self.streams.local >= self.peer.max_concurrent_streams {
            return Err(SendError::TooManyStreams);
        }
        // RFC 9110 §9.3.2
        let end_stream = end_stream || stream.is_head;
        let mut noted = Noted::default();
        // `:status` is the first field, so that it is known whether this is interim before the head is written.
        let mut fields = fields.into_iter().map(Into::into).peekable();
        if !is_head(fields.peek()) {
            return Err(SendError::HeadMissing);
        }
        if let Some(first) = fields.peek() {
            noted.field(first.name, first.value);
        }
        let is_interim = (100..200).contains(&noted.status);
        let end_stream = end_stream && !is_interim;
        let head = SectionHead::headers(stream.id, end_stream);
        self.writer.append_section(head, fields, self.output.gathered())?;
        self.life.note_message(self.now);
        self.streams.leave_reserved(index);
        if is_interim {
            return Ok(());
        }
        if let Some(stream) = self.streams.get_mut(index) {
            stream.sending = Progress::Content;
            // §8.5
            stream.is_tunnel = stream.is_connect && noted.status < 300;
            if stream.is_tunnel {
                stream.content_left = None;
            }
        }
        if end_stream {
            self.end_sent(index);
        }
        Ok(())
    }

    /// Content. It is kept until the windows allow to send it.
    pub(super) fn send_data(&mut self, index: u32, data: Bytes, end_stream: bool) -> Result<(), SendError> {
        let connection_window = self.send_window.available();
        let may_send = self.output.len() < ENOUGH && self.streams.ready.is_empty();
        let stream = self.streams.get_mut(index).ok_or(SendError::Ended)?;
        stream.check_content()?;
        if data.is_empty() && !end_stream {
            return Ok(());
        }
        let longest = self.writer.longest_payload().to_usize();
        let room = stream.send_window.available().min(connection_window).min(longest);
        if stream.queued == 0 && (data.is_empty() || may_send && data.len() <= room) {
            self.put_data(index, data, end_stream);
            return Ok(());
        }
        stream.queue(data);
        stream.tells_drained = true;
        if end_stream {
            stream.sending = Progress::Ending;
        }
        self.make_ready(index);
        Ok(())
    }

    /// Fields after the content. They wait for it.
    pub(super) fn send_trailers<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        index: u32,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<(), SendError> {
        let stream = self.streams.get_mut(index).ok_or(SendError::Ended)?;
        stream.check_content()?;
        if stream.is_tunnel {
            return Err(SendError::Tunnel);
        }
        let mut fields = fields.into_iter().map(Into::into).peekable();
        if stream.queued == 0 && !is_head(fields.peek()) {
            let head = SectionHead::headers(stream.id, true);
            self.writer.append_section(head, fields, self.output.gathered())?;
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
        stream.trailers = Some(Box::new(fields));
        stream.sending = Progress::Ending;
        Ok(())
    }

    /// Lets a stream have turns, if it has something to send and its window is open.
    pub(super) fn make_ready(&mut self, index: u32) {
        let Some(stream) = self.streams.get(index) else { return };
        if stream.queued > 0 && stream.send_window.available() > 0 {
            self.streams.make_ready(index);
        }
    }

    /// Whether more content can be framed now.
    pub(super) fn can_pump(&self) -> bool {
        self.output.len() < ENOUGH && self.send_window.available() > 0 && !self.streams.ready.is_empty()
    }

    /// Makes frames of content, as streams have their turns.
    pub(super) fn pump(&mut self) {
        while self.can_pump() {
            let Some(index) = self.streams.next_ready() else { return };
            let longest = self.writer.longest_payload();
            let turn = self.streams.turn_left(index, longest.get());
            let longest = longest.to_usize();
            let connection_window = self.send_window.available();
            let Some(stream) = self.streams.get_mut(index) else { return };
            // §6.9.1
            let most = stream.send_window.available().min(connection_window).min(longest).min(turn);
            if most == 0 {
                // Its window was made smaller.
                self.streams.make_unready(index);
                continue;
            }
            let data = stream.take(most);
            let sent = data.len();
            let ends = stream.queued == 0 && stream.sending == Progress::Ending && stream.trailers.is_none();
            let stays = stream.queued > 0 && stream.send_window.available() > sent;
            self.put_data(index, data, ends);
            self.streams.note_sent(index, sent);
            if !stays {
                self.streams.make_unready(index);
            }
            self.drained(index);
        }
    }

    /// What follows when all content of a stream is in frames.
    fn drained(&mut self, index: u32) {
        let Some(stream) = self.streams.get_mut(index).filter(|stream| stream.queued == 0) else { return };
        let stream_id = stream.id;
        if let Some(trailers) = stream.trailers.take() {
            let head = SectionHead::headers(stream_id, true);
            let written = self.writer.append_section(head, trailers.iter(), self.output.gathered());
            self.check_written(written);
            self.end_sent(index);
        } else if core::mem::take(&mut stream.tells_drained) && stream.sending == Progress::Content {
            self.events.push_back(Event::Drained { stream_id });
        }
    }

    /// Puts a DATA frame into the output. The windows have room for it.
    fn put_data(&mut self, index: u32, data: Bytes, end_stream: bool) {
        let Some(stream) = self.streams.get_mut(index) else { return };
        stream.send_window.take(data.len());
        self.send_window.take(data.len());
        let frame = Data { end_stream, stream_id: stream.id, pad_length: None, data: &data[..] };
        let mut head = [0; h2wire::frame::MAX_HEAD_LEN];
        // Sections are written whole, so no field block is open: DATA may follow anything.
        let len = frame.encode_head(&mut head).unwrap_or(0);
        let before = self.output.len();
        self.output.gathered().extend_from_slice(head.get(..len).unwrap_or_default());
        self.budgets.earn(Flood::WindowUpdate, 4, &self.config.floods);
        // A long download is not idle, even if a client with a large window sends nothing.
        self.life.note_message(self.now);
        self.output.content(data);
        self.output.note_unasked(before);
        if end_stream {
            self.end_sent(index);
        }
    }

    /// `END_STREAM` was sent.
    fn end_sent(&mut self, index: u32) {
        self.budgets.earn(Flood::Reset, 1, &self.config.floods);
        self.budgets.earn(Flood::StreamError, 1, &self.config.floods);
        let Some(stream) = self.streams.get_mut(index) else { return };
        stream.sending = Progress::Ended;
        let id = stream.id;
        if !stream.is_receiving() {
            self.close(index, Closed::Ended);
        } else if self.role == Role::Server && !stream.is_tunnel {
            // §8.1: the rest of the request is not needed.
            self.reset(id, ErrorCode::NO_ERROR);
        }
    }
}

impl Stream {
    /// Whether content may follow.
    const fn check_content(&self) -> Result<(), SendError> {
        match self.sending {
            Progress::Content => Ok(()),
            Progress::Head => Err(SendError::HeadMissing),
            Progress::Ending | Progress::Ended => Err(SendError::Ended),
        }
    }
}
