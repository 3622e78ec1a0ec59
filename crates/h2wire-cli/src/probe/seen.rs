//! The received settings and response, and the ending.

use std::io;

use h2wire::FieldList;
use h2wire::frame::{ErrorCode, FrameHeader, SettingId, StreamId};
use h2wire_connection::{Cause, ConnectionRule, Event, FieldsKind, ResetReason};

use super::diagnosis::Phase;
use crate::render::printable;

/// The ending of the exchange.
#[derive(Debug)]
pub(crate) enum ExchangeEnd {
    Complete,
    Reset(ErrorCode),
    GoAway {
        last_stream_id: StreamId,
        error_code: ErrorCode,
        debug_data: Vec<u8>,
    },
    /// The response cannot be used.
    StreamBroken {
        cause: Cause,
        /// The field that broke it, in words.
        field: Option<String>,
    },
    /// The connection cannot be used; the bytes are those available of the frame, if the codec refused it.
    Broken {
        cause: Cause,
        octets: Vec<u8>,
    },
    Closed {
        inside_frame: bool,
    },
    Failed(io::Error),
}

impl ExchangeEnd {
    /// The first ending counts, unless the peer broke a rule after a complete response: other clients would refuse the
    /// response.
    pub(super) fn unless_broken(self, next: Option<Self>) -> Self {
        match (self, next) {
            (Self::Complete, Some(broken @ Self::Broken { .. })) => broken,
            (ending, _) => ending,
        }
    }
}

/// The settings and response received so far.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    /// `None` until the peer's SETTINGS arrive.
    pub(crate) settings: Option<Vec<(SettingId, u32)>>,
    /// The final response.
    pub(crate) response: Option<(u16, FieldList)>,
    pub(crate) content_octets: usize,
    /// The first bytes of the content.
    pub(crate) content: Vec<u8>,
    pub(crate) trailers: Option<FieldList>,
    pub(crate) complete: bool,
    /// The first bytes of the peer, as many as tell what it speaks.
    pub(crate) first: Vec<u8>,
    /// The peer announced a shutdown by GOAWAY, but continues this request.
    pub(crate) shuts_down: bool,
    /// The frame that ended the exchange.
    pub(crate) last_frame: Option<FrameHeader>,
}

impl Seen {
    /// The current step.
    pub(crate) fn phase(&self) -> Phase {
        match (&self.settings, &self.response) {
            (_, Some(_)) => Phase::Content,
            (Some(_), None) => Phase::Response,
            (None, None) => Phase::Settings,
        }
    }

    /// Keeps the bytes, if they are among the first.
    pub(super) fn received(&mut self, octets: &[u8]) {
        const MOST: usize = 256;
        self.first.extend(octets.iter().take(MOST.saturating_sub(self.first.len())));
    }

    /// Records an event and the fields that belong to it. Returns the ending, if the event ends the exchange.
    pub(super) fn event(&mut self, event: Event, fields: &FieldList) -> Option<ExchangeEnd> {
        match event {
            Event::Fields { kind, end_stream, .. } => {
                match kind {
                    FieldsKind::Response => self.response(fields),
                    FieldsKind::Trailers => self.trailers = Some(fields.clone()),
                    _ => {}
                }
                end_stream.then(|| self.ended())
            }
            Event::Data { end_stream: true, .. } => Some(self.ended()),
            Event::Reset { reason: ResetReason::Broken { cause, field }, .. } => {
                let is_too_short = cause == ConnectionRule::ContentTooShort.into();
                if is_too_short && self.response.is_none() {
                    // It ended with its head.
                    self.response(fields);
                }
                let field = field.and_then(|index| {
                    let found = fields.iter().nth(usize::try_from(index).ok()?)?;
                    let (name, value) = (printable(found.name), printable(found.value));
                    Some(format!("field at index {index}, {name}: \"{value}\""))
                });
                Some(ExchangeEnd::StreamBroken { cause, field })
            }
            Event::Reset { reason: ResetReason::ByPeer, error_code, .. } => {
                Some(ExchangeEnd::Reset(error_code))
            }
            // The request continues.
            Event::GoAway { last_stream_id, error_code: ErrorCode::NO_ERROR, .. }
                if last_stream_id != StreamId::CONNECTION =>
            {
                self.shuts_down = true;
                None
            }
            Event::GoAway { last_stream_id, error_code, debug_data } => {
                let debug_data = debug_data.to_vec();
                Some(ExchangeEnd::GoAway { last_stream_id, error_code, debug_data })
            }
            // A GOAWAY comes after the resets that it brings.
            _ => None,
        }
    }

    fn response(&mut self, fields: &FieldList) {
        let status = fields.get(b":status").and_then(|status| str::from_utf8(status).ok());
        let status = status.and_then(|status| status.parse().ok()).unwrap_or(0);
        self.response = Some((status, fields.clone()));
    }

    const fn ended(&mut self) -> ExchangeEnd {
        self.complete = true;
        ExchangeEnd::Complete
    }
}
