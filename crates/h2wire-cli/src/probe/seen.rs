//! The received settings and response, and the ending.

use std::io;

use h2wire::frame::{ErrorCode, SettingId, StreamId};
use h2wire::{FieldList, StreamError};

use super::diagnosis::Phase;
use super::session::{Broken, SessionEvent};

/// The ending of the exchange.
#[derive(Debug)]
pub(crate) enum ExchangeEnd {
    Complete,
    Reset(ErrorCode),
    GoAway { last_stream_id: StreamId, error_code: ErrorCode, additional_debug_data: Vec<u8> },
    StreamBroken { error: StreamError, field: Option<String> },
    Broken { broken: Broken, octets: Vec<u8> },
    Closed { inside_frame: bool },
    Failed(io::Error),
}

/// The settings and response received so far.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    /// `None` until the peer's SETTINGS arrive.
    pub(crate) settings: Option<Vec<(SettingId, u32)>>,
    /// The final response.
    pub(crate) response: Option<(u16, FieldList)>,
    pub(crate) content_octets: usize,
    pub(crate) complete: bool,
    pub(crate) any_octets: bool,
    /// The peer announced a shutdown by GOAWAY, but continues this request.
    pub(crate) shuts_down: bool,
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

    /// Records an event. Returns the ending, if the event ends the exchange.
    pub(super) fn event(&mut self, event: SessionEvent) -> Option<ExchangeEnd> {
        match event {
            SessionEvent::Settings(settings) => self.settings.get_or_insert_default().extend(settings),
            SessionEvent::Response { status, fields } if status >= 200 => {
                self.response = Some((status, fields));
            }
            SessionEvent::Response { .. } => {}
            SessionEvent::Content(octets) => self.content_octets = self.content_octets.saturating_add(octets),
            SessionEvent::End => {
                self.complete = true;
                return Some(ExchangeEnd::Complete);
            }
            SessionEvent::Reset(error_code) => return Some(ExchangeEnd::Reset(error_code)),
            // The request continues.
            SessionEvent::GoAway { last_stream_id, error_code: ErrorCode::NO_ERROR, .. }
                if last_stream_id != StreamId::CONNECTION =>
            {
                self.shuts_down = true;
            }
            SessionEvent::GoAway { last_stream_id, error_code, additional_debug_data } => {
                return Some(ExchangeEnd::GoAway { last_stream_id, error_code, additional_debug_data });
            }
            SessionEvent::StreamBroken { error, field } => {
                return Some(ExchangeEnd::StreamBroken { error, field });
            }
            SessionEvent::Broken { broken, octets } => return Some(ExchangeEnd::Broken { broken, octets }),
        }
        None
    }
}
