//! The state of the connection, and its output.

use crate::render::printable;
use h2wire::frame::{
    Data, ErrorCode, Frame, GoAway, RstStream, SettingId, SettingList, Settings, StreamId, WindowUpdate,
};
use h2wire::{FieldLine, FieldList, Message, Role, SectionEnd, SectionHead, SectionKind, Writer};

use super::broken::Broken;
use super::event::{Request, SessionEvent};
use super::response::Response;
use super::windows::{Receiving, Sending};

pub(super) struct Conversation {
    writer: Writer<Vec<u8>>,
    /// Bytes to be sent.
    pub(super) out: Vec<u8>,
    stream_id: StreamId,
    /// The unsent content of the request; `None` once its end was sent.
    content: Option<Vec<u8>>,
    sending: Sending,
    receiving_connection: Receiving,
    receiving_stream: Receiving,
    response: Response,
}

impl Conversation {
    pub(super) fn start(request: Request, settings: &SettingList<&[u8]>) -> anyhow::Result<Self> {
        let mut writer = Writer::new(Role::Client, 4096);
        let mut out = Vec::new();
        writer.append_preface(&mut out)?;
        writer.append_settings(settings, &mut out)?;
        let stream_id = StreamId::new(1).unwrap_or(StreamId::MAX);
        let Request { method, scheme, authority, path, fields, content } = request;
        let is_connect = method == "CONNECT";
        let mut section =
            vec![FieldLine::from((":method", &method)), FieldLine::from((":authority", &authority))];
        if !is_connect {
            section.extend([FieldLine::from((":scheme", scheme)), FieldLine::from((":path", &path))]);
        }
        section.extend(fields.iter().map(|(name, value)| {
            let secret = matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie");
            let field = if secret { FieldLine::never_indexed } else { FieldLine::new };
            field(name.as_bytes(), value.as_bytes())
        }));
        let head = SectionHead::headers(stream_id, content.is_empty());
        writer.append_section(head, section, &mut out)?;
        let mut link = Self {
            writer,
            out,
            stream_id,
            content: (!content.is_empty()).then_some(content),
            sending: Sending::new(),
            receiving_connection: Receiving::new(),
            receiving_stream: Receiving::new(),
            response: Response::to(&method),
        };
        link.send_content();
        Ok(link)
    }

    pub(super) fn take(
        &mut self,
        message: Message<&[u8]>,
        events: &mut Vec<SessionEvent>,
    ) -> Result<(), Broken> {
        match message {
            Message::Frame { frame, .. } => self.frame(&frame, events),
            Message::Section { end, fields, .. } | Message::RefusedSection { end, fields, .. } => {
                self.section(&end, &fields, events)
            }
            Message::StreamError { error, .. } => {
                self.append(&error.rst_stream().into());
                events.push(SessionEvent::StreamBroken { error, field: None });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn section(
        &mut self,
        end: &SectionEnd,
        fields: &FieldList,
        events: &mut Vec<SessionEvent>,
    ) -> Result<(), Broken> {
        if end.head.stream_id != self.stream_id {
            return Err(Broken::StreamIdle);
        }
        if end.head.promised_stream_id.is_some() {
            return Err(Broken::PushDisabled);
        }
        if !self.response.goes_on()? {
            return Ok(());
        }
        match end.kind {
            Ok(SectionKind::Response) => self.response.head(fields, end.content_length, events)?,
            Ok(_) => self.response.trailers()?,
            Err(error) => {
                self.append(&error.rst_stream().into());
                self.content = None;
                self.response.give_up();
                let index = error.field().and_then(|index| usize::try_from(index).ok());
                let field = index.and_then(|index| Some((index, fields.iter().nth(index)?)));
                let field = field.map(|(index, field)| {
                    format!(
                        "field at index {index}, {}: \"{}\"",
                        printable(field.name),
                        printable(field.value)
                    )
                });
                events.push(SessionEvent::StreamBroken { error, field });
            }
        }
        if end.head.end_stream { self.response.end(events) } else { Ok(()) }
    }

    fn frame(&mut self, frame: &Frame<&[u8]>, events: &mut Vec<SessionEvent>) -> Result<(), Broken> {
        match frame {
            Frame::Settings(Settings::List(list)) => self.settings(list, events)?,
            Frame::Ping(ping) if !ping.ack => self.append(&ping.answer().into()),
            Frame::WindowUpdate(update) => {
                let on_connection = update.stream_id == StreamId::CONNECTION;
                self.check_stream(update.stream_id)?;
                self.sending.more(on_connection, update.window_size_increment)?;
                self.send_content();
            }
            Frame::Data(data) => self.data(data, events)?,
            Frame::RstStream(reset) => {
                self.check_stream(reset.stream_id)?;
                self.content = None;
                if self.response.give_up() {
                    events.push(SessionEvent::Reset(reset.error_code));
                }
            }
            Frame::GoAway(go_away) => events.push(SessionEvent::GoAway {
                last_stream_id: go_away.last_stream_id,
                error_code: go_away.error_code,
                additional_debug_data: go_away.additional_debug_data.to_vec(),
            }),
            _ => {}
        }
        Ok(())
    }

    /// Takes content, and refills the windows.
    fn data(&mut self, data: &Data<&[u8]>, events: &mut Vec<SessionEvent>) -> Result<(), Broken> {
        self.check_stream(data.stream_id)?;
        self.response.content(data.data.len(), events)?;
        let octets = data.flow_controlled_len();
        let (on_connection, on_stream) =
            (self.receiving_connection.take(octets)?, self.receiving_stream.take(octets)?);
        let on_stream = on_stream.filter(|_| !data.end_stream && !self.response.is_over());
        for (stream_id, more) in [(StreamId::CONNECTION, on_connection), (self.stream_id, on_stream)] {
            if let Some(window_size_increment) = more {
                self.append(&WindowUpdate { stream_id, window_size_increment }.into());
            }
        }
        if data.end_stream { self.response.end(events) } else { Ok(()) }
    }

    /// Applies settings and acknowledges them. RFC 9113 §6.5.3.
    fn settings(&mut self, list: &SettingList<&[u8]>, events: &mut Vec<SessionEvent>) -> Result<(), Broken> {
        let appended = self.writer.append_acknowledge(list, &mut self.out);
        debug_assert!(appended.is_ok(), "{appended:?}");
        for setting in list.iter().filter(|setting| setting.id == SettingId::INITIAL_WINDOW_SIZE) {
            self.sending.set_initial(setting.value)?;
        }
        events.push(SessionEvent::Settings(list.iter().map(|setting| (setting.id, setting.value)).collect()));
        self.send_content();
        Ok(())
    }

    /// Only one stream was opened. RFC 9113 §5.1.
    fn check_stream(&self, stream_id: StreamId) -> Result<(), Broken> {
        if stream_id == StreamId::CONNECTION || stream_id == self.stream_id {
            Ok(())
        } else {
            Err(Broken::StreamIdle)
        }
    }

    /// Sends as much content as the windows allow.
    fn send_content(&mut self) {
        let Some(content) = self.content.take() else { return };
        let mut frames = self.writer.data(self.stream_id, &content, true, self.sending.budget());
        let mut is_done = false;
        let mut written = Vec::new();
        for data in frames.by_ref() {
            self.sending.sent(data.flow_controlled_len());
            is_done |= data.end_stream;
            written.push(Frame::from(data));
        }
        let rest = frames.rest().to_vec();
        for frame in &written {
            self.append(frame);
        }
        self.content = (!is_done).then_some(rest);
    }

    /// Adds a frame that is valid by construction.
    fn append(&mut self, frame: &Frame<&[u8]>) {
        let appended = self.writer.append_frame(frame, &mut self.out);
        debug_assert!(appended.is_ok(), "{appended:?}");
    }

    /// Sends GOAWAY for a broken rule, but nothing to a peer that does not speak HTTP/2 (RFC 9113 §3.4).
    pub(super) fn give_up(&mut self, broken: Broken) {
        if !matches!(broken, Broken::Codec(rule) if rule.is_other_protocol()) {
            self.go_away(broken.code(), broken.name().as_bytes());
        }
    }

    pub(super) fn end(&mut self) {
        if self.response.give_up() || self.content.is_some() {
            self.append(&RstStream { stream_id: self.stream_id, error_code: ErrorCode::CANCEL }.into());
        }
        self.content = None;
        self.go_away(ErrorCode::NO_ERROR, &[]);
    }

    fn go_away(&mut self, error_code: ErrorCode, additional_debug_data: &[u8]) {
        // The peer opened no stream.
        let last_stream_id = StreamId::CONNECTION;
        self.append(&GoAway { last_stream_id, error_code, additional_debug_data }.into());
    }
}
