//! A session over a transport, until it ends one way or another.

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::report::Show;
use super::seen::{ExchangeEnd, Seen};
use super::session::{Session, SessionEvent};
use super::transport::Transport;

/// Sends and receives until the response is complete or has failed.
pub(crate) fn run(
    session: &mut Session,
    transport: &mut Transport,
    show: &mut Show,
    timeout: Duration,
) -> anyhow::Result<(Seen, ExchangeEnd)> {
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
            Err(error) => return Ok((seen, ended(session, Some(error)))),
        };
        seen.any_octets = true;
        show.received(octets)?;
        let mut ending = None;
        for event in session.receive(octets) {
            let next = seen.event(event);
            ending = match ending {
                None => next,
                Some(ending) => Some(unless_broken(ending, next)),
            };
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

/// The first ending counts, unless the peer broke a rule after a complete response: other clients would refuse the
/// response.
fn unless_broken(ending: ExchangeEnd, next: Option<ExchangeEnd>) -> ExchangeEnd {
    match (ending, next) {
        (ExchangeEnd::Complete, Some(broken @ ExchangeEnd::Broken { .. })) => broken,
        (ending, _) => ending,
    }
}

/// An error that was withheld counts first. A failed write is reported only now: the peer may have sent its reason before it
/// closed.
fn ended(session: &mut Session, failed: Option<io::Error>) -> ExchangeEnd {
    match (session.end_of_input(), failed) {
        (Some((broken, octets)), _) => ExchangeEnd::Broken { broken, octets },
        (None, Some(error)) => ExchangeEnd::Failed(error),
        (None, None) => ExchangeEnd::Closed { inside_frame: session.is_inside_frame() },
    }
}

/// Sends the pending output and shows it.
fn send(session: &mut Session, transport: &mut Transport, show: &mut Show) -> anyhow::Result<io::Result<()>> {
    let octets = session.take_output();
    if octets.is_empty() {
        return Ok(Ok(()));
    }
    show.sent(&octets)?;
    Ok(transport.write_all(&octets))
}

/// Sends GOAWAY and shows further bytes of the peer for a moment. Returns the final ending.
pub(crate) fn close(
    session: &mut Session,
    transport: &mut Transport,
    show: &mut Show,
    timeout: Duration,
    mut ending: ExchangeEnd,
) -> anyhow::Result<ExchangeEnd> {
    const MOMENT: Duration = Duration::from_millis(500);
    session.end();
    transport.set_deadline(timeout.min(MOMENT));
    let sent = send(session, transport, show)?;
    if sent.is_err() || transport.close().is_err() {
        return Ok(ending);
    }
    let mut buf = vec![0; 32 * 1024];
    while let Ok(read @ 1..) = transport.read(&mut buf) {
        let octets = buf.get(..read).unwrap_or_default();
        show.received(octets)?;
        ending = behind_the_end(session, octets, ending);
    }
    Ok(ending)
}

fn behind_the_end(session: &mut Session, octets: &[u8], ending: ExchangeEnd) -> ExchangeEnd {
    let broken = session.receive(octets).into_iter().find_map(|event| match event {
        SessionEvent::Broken { broken, octets } => Some(ExchangeEnd::Broken { broken, octets }),
        _ => None,
    });
    unless_broken(ending, broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use h2wire::frame::ErrorCode;

    use crate::probe::session::{Broken, Request};

    #[test]
    fn a_rule_that_is_broken_behind_a_response_is_not_lost() {
        let settings_and_response = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88";
        let data = b"\0\0\x01\0\x01\0\0\0\x01a";
        let session = || {
            let request = Request {
                method: "GET".to_owned(),
                scheme: "http",
                authority: "localhost".to_owned(),
                path: "/".to_owned(),
                fields: Vec::new(),
                content: Vec::new(),
            };
            Session::start(request).unwrap()
        };
        let is_closed = |ending| matches!(ending, ExchangeEnd::Broken { broken: Broken::StreamClosed, .. });

        // In one piece.
        let mut seen = Seen::default();
        let events = session().receive(&[settings_and_response.as_slice(), data].concat());
        let endings = events.into_iter().filter_map(|event| seen.event(event));
        assert!(endings.reduce(|ending, next| unless_broken(ending, Some(next))).is_some_and(is_closed));
        assert_eq!((seen.complete, seen.content_octets), (true, 0));

        // After GOAWAY.
        let mut session = session();
        session.receive(settings_and_response);
        session.end();
        let ending = behind_the_end(&mut session, b"\0\0\0\x04\x01\0\0\0\0", ExchangeEnd::Complete);
        assert!(matches!(ending, ExchangeEnd::Complete));
        assert!(is_closed(behind_the_end(&mut session, data, ending)));
        let reset = ExchangeEnd::Reset(ErrorCode::CANCEL);
        assert!(matches!(unless_broken(reset, Some(ExchangeEnd::Complete)), ExchangeEnd::Reset(_)));
    }
}
