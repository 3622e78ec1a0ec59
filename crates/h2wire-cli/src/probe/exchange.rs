//! A session over a transport, until it ends one way or another.

use std::io::{self, ErrorKind};
use std::time::Duration;

use h2wire::frame::{ErrorCode, SettingId, StreamId};
use h2wire::{FieldList, StreamError};

use super::diagnosis::Phase;
use super::report::Show;
use super::session::{Broken, Event, Session};
use super::transport::Transport;

/// How it ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Complete,
    Reset(ErrorCode),
    GoAway { last_stream_id: StreamId, error_code: ErrorCode, additional_debug_data: Vec<u8> },
    StreamBroken(StreamError),
    Broken { broken: Broken, octets: Vec<u8> },
    Closed { inside_frame: bool },
    Failed(io::Error),
}

/// What came before the end.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    /// `None` until the peer's SETTINGS have come.
    pub(crate) settings: Option<Vec<(SettingId, u32)>>,
    /// The final response.
    pub(crate) response: Option<(u16, FieldList)>,
    pub(crate) content_octets: usize,
    pub(crate) complete: bool,
    pub(crate) any_octets: bool,
    /// The peer said by GOAWAY that it shuts down, and went on with the request.
    pub(crate) shuts_down: bool,
}

impl Seen {
    /// What is waited for.
    pub(crate) fn phase(&self) -> Phase {
        match (&self.settings, &self.response) {
            (_, Some(_)) => Phase::Content,
            (Some(_), None) => Phase::Response,
            (None, None) => Phase::Settings,
        }
    }

    /// Takes note of an event. Returns how the exchange ends with it.
    fn event(&mut self, event: Event) -> Option<Ending> {
        match event {
            Event::Settings(settings) => self.settings.get_or_insert_default().extend(settings),
            Event::Response { status, fields } if status >= 200 => self.response = Some((status, fields)),
            Event::Response { .. } => {}
            Event::Content(octets) => self.content_octets = self.content_octets.saturating_add(octets),
            Event::End => {
                self.complete = true;
                return Some(Ending::Complete);
            }
            // §8.1: the server has answered, and does not need the rest of the request.
            Event::Reset(error_code) => return Some(Ending::Reset(error_code)),
            // The request goes on.
            Event::GoAway { last_stream_id, error_code: ErrorCode::NO_ERROR, .. }
                if last_stream_id != StreamId::CONNECTION =>
            {
                self.shuts_down = true;
            }
            Event::GoAway { last_stream_id, error_code, additional_debug_data } => {
                return Some(Ending::GoAway { last_stream_id, error_code, additional_debug_data });
            }
            Event::StreamBroken(error) => return Some(Ending::StreamBroken(error)),
            Event::Broken { broken, octets } => return Some(Ending::Broken { broken, octets }),
        }
        None
    }
}

/// Sends and receives until the response is there, or will not come.
pub(crate) fn run(
    session: &mut Session,
    transport: &mut Transport,
    show: &mut Show,
    timeout: Duration,
) -> anyhow::Result<(Seen, Ending)> {
    let mut seen = Seen::default();
    let mut phase = seen.phase();
    let mut buf = vec![0; 32 * 1024];
    let mut unsent = None;
    transport.set_deadline(timeout);
    loop {
        if unsent.is_none() {
            unsent = send(session, transport, show)?.err();
        }
        let octets = match transport.read(&mut buf) {
            Ok(0) => return Ok((seen, ended(session, unsent))),
            Ok(read) => buf.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Ok((seen, ended(session, unsent)));
            }
            Err(error) => return Ok((seen, Ending::Failed(error))),
        };
        seen.any_octets = true;
        show.received(octets)?;
        let mut ending = None;
        for event in session.receive(octets) {
            ending = ending.or(seen.event(event));
        }
        if let Some(ending) = ending {
            return Ok((seen, ending));
        }
        if seen.phase() != phase {
            phase = seen.phase();
            transport.set_deadline(timeout);
        }
    }
}

/// A peer that closed may have said why before: that is read first.
fn ended(session: &Session, unsent: Option<io::Error>) -> Ending {
    match unsent {
        Some(error) => Ending::Failed(error),
        None => Ending::Closed { inside_frame: session.is_inside_frame() },
    }
}

/// Sends what is to be sent, and shows it.
fn send(session: &mut Session, transport: &mut Transport, show: &mut Show) -> anyhow::Result<io::Result<()>> {
    let octets = session.take_output();
    if octets.is_empty() {
        return Ok(Ok(()));
    }
    show.sent(&octets)?;
    Ok(transport.write_all(&octets))
}

/// Says goodbye, and shows what still comes, for a moment.
pub(crate) fn close(
    session: &mut Session,
    transport: &mut Transport,
    show: &mut Show,
    timeout: Duration,
) -> anyhow::Result<()> {
    const MOMENT: Duration = Duration::from_millis(500);
    session.end();
    transport.set_deadline(timeout.min(MOMENT));
    let sent = send(session, transport, show)?;
    if sent.is_err() || transport.close().is_err() {
        return Ok(());
    }
    let mut buf = vec![0; 32 * 1024];
    while let Ok(read @ 1..) = transport.read(&mut buf) {
        show.received(buf.get(..read).unwrap_or_default())?;
    }
    Ok(())
}
