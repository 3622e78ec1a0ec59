//! One request over a connection: bytes in, the ending and bytes out. No sockets.

mod request; // the request
#[cfg(test)]
mod tests;

use std::time::Instant;

use bytes::BytesMut;
use h2wire::Limits;
use h2wire::frame::{ErrorCode, Frame, FrameHeader, GoAway, Progress, StreamId};
use h2wire_connection::{Cause, Config, Connection, Event, Failure, INITIAL_WINDOW_SIZE};

use super::seen::{ExchangeEnd, Seen};
use crate::render::first_go_away;
pub(crate) use request::Request;

/// The limits of the probe are those of a browser, to accept the responses of any server.
pub(crate) const LIMITS: Limits = Limits::DEFAULT.with_max_section_size(256 * 1024);

/// The smallest windows, which show how the server keeps them; and no times, as each step of the probe has its own.
const CONFIG: Config = Config::DEFAULT
    .with_limits(LIMITS)
    .with_stream_window(INITIAL_WINDOW_SIZE)
    .with_connection_window(INITIAL_WINDOW_SIZE)
    .with_auto_release(true)
    .with_settings_timeout(None)
    .with_idle_timeout(None)
    .with_field_block_timeout(None);

pub(crate) struct Session {
    connection: Connection,
    stream_id: StreamId,
    start: Instant,
    /// Bytes of a frame that is not complete.
    input: BytesMut,
    /// All bytes that came.
    received: u64,
    /// Those up to the end of the frame that brought the ending.
    ended_at: u64,
    /// A rule that was broken, while there is more to say of it.
    withheld: Option<Failure>,
    /// The failure was reported.
    failed: bool,
    /// The GOAWAY at the end.
    farewell: Vec<u8>,
}

impl Session {
    /// Starts with the preface, SETTINGS and the request.
    pub(crate) fn start(request: Request) -> anyhow::Result<Self> {
        let mut connection = Connection::client(&CONFIG)?;
        let stream_id = request.send(&mut connection)?;
        Ok(Self {
            connection,
            stream_id,
            start: Instant::now(),
            input: BytesMut::new(),
            received: 0,
            ended_at: 0,
            withheld: None,
            failed: false,
            farewell: Vec::new(),
        })
    }

    /// Takes the next bytes of the peer. Returns the ending, if there is one.
    pub(crate) fn receive(&mut self, octets: &[u8], seen: &mut Seen) -> Option<ExchangeEnd> {
        if self.failed {
            return None;
        }
        self.input.extend_from_slice(octets);
        self.received = self.received.saturating_add(len(octets));
        let mut ending: Option<ExchangeEnd> = None;
        let add = |ending: Option<ExchangeEnd>, next| match ending {
            Some(ending) => Some(ending.unless_broken(next)),
            None => next,
        };
        loop {
            match self.connection.poll_event(&mut self.input, self.start.elapsed()) {
                // The server may not have seen yet that push is off.
                Ok(Some(Event::Promise { promised_stream_id, .. })) => self.give_up(promised_stream_id),
                Ok(Some(event)) => {
                    let next = seen.event(event, self.connection.fields());
                    if ending.is_none() && next.is_some() {
                        self.note_place();
                    }
                    ending = add(ending, next);
                }
                Ok(None) => return ending,
                // The text of a GOAWAY in place of SETTINGS is waited for: it says why.
                Err(failure) if is_refusal(failure.cause, &self.input) => {
                    self.withheld = Some(failure);
                    return ending;
                }
                Err(failure) => {
                    return add(ending, Some(self.broken(failure)));
                }
            }
        }
    }

    /// No more bytes come. Returns the ending, if there was one that was not reported.
    pub(crate) fn end_of_input(&mut self) -> Option<ExchangeEnd> {
        let failure = self.withheld.take().filter(|_| !self.failed)?;
        Some(self.broken(failure))
    }

    fn give_up(&mut self, stream_id: StreamId) {
        if let Some(stream) = self.connection.stream(stream_id) {
            stream.reset(ErrorCode::CANCEL);
        }
    }

    fn broken(&mut self, failure: Failure) -> ExchangeEnd {
        self.failed = true;
        self.note_place();
        // What the codec refuses is left in the input.
        ExchangeEnd::Broken { cause: failure.cause, octets: self.input.split().to_vec() }
    }

    fn note_place(&mut self) {
        self.ended_at = self.received.saturating_sub(len(&self.input));
    }

    /// How many bytes came up to the end of the frame that brought the ending.
    pub(crate) const fn ended_at(&self) -> u64 {
        self.ended_at
    }

    /// The bytes to be sent.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        let (mut out, mut buf) = (Vec::new(), [0; 16 << 10]);
        while let filled @ 1.. = self.connection.fill(&mut buf) {
            out.extend_from_slice(buf.get(..filled).unwrap_or_default());
        }
        out.append(&mut self.farewell);
        out
    }

    /// Whether the peer's bytes end inside a frame.
    pub(crate) fn is_inside_frame(&self) -> bool {
        !self.input.is_empty()
    }

    /// Ends the connection from the client.
    pub(crate) fn end(&mut self) {
        if self.connection.is_closed() {
            return;
        }
        self.give_up(self.stream_id);
        // The connection would read nothing after a GOAWAY of its own, but what the server sends after its response is
        // judged too. The server has opened no stream.
        let (last_stream_id, error_code) = (StreamId::CONNECTION, ErrorCode::NO_ERROR);
        let go_away = GoAway { last_stream_id, error_code, additional_debug_data: [].as_slice() };
        let mut buf = [0; FrameHeader::LEN + 8];
        let written = Frame::from(go_away).encode(&mut buf);
        debug_assert!(written.is_ok(), "{written:?}");
        self.farewell = buf.to_vec();
    }
}

/// Whether the rest of a GOAWAY is missing that came in place of SETTINGS.
fn is_refusal(cause: Cause, octets: &[u8]) -> bool {
    matches!(cause, Cause::Codec(rule) if matches!(first_go_away(rule, octets), Some(Progress::Needed(_))))
}

fn len(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}
