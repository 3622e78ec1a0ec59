//! A session over a transport, until it ends one way or another.

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::report::Show;
use super::seen::{ExchangeEnd, Seen};
use super::session::Session;
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
        match unsent {
            None => unsent = send(session, transport, show)?.err(),
            // Nobody takes it.
            Some(_) => drop(session.take_output()),
        }
        let octets = match transport.read(&mut buf) {
            Ok(0) => return Ok((seen, ended(session, unsent))),
            Ok(read) => buf.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Ok((seen, ended(session, unsent)));
            }
            Err(error) => return Ok((seen, ended(session, Some(error)))),
        };
        seen.received(octets);
        let now = show.now();
        show.received(octets)?;
        show.tell(&mut seen);
        let ending = session.receive(octets, &mut seen);
        show.see(&seen, now);
        if let Some(ending) = ending {
            seen.last_frame = show.frame_before(session.ended_at());
            return Ok((seen, ending));
        }
        if seen.phase() != phase {
            phase = seen.phase();
            transport.set_deadline(timeout);
        }
    }
}

/// An error that was withheld counts first. A failed write is reported only now: the peer may have sent its reason before it
/// closed.
fn ended(session: &mut Session, failed: Option<io::Error>) -> ExchangeEnd {
    match (session.end_of_input(), failed) {
        (Some(ending), _) => ending,
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
    seen: &mut Seen,
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
        let was_complete = matches!(ending, ExchangeEnd::Complete);
        ending = behind_the_end(session, octets, ending);
        if was_complete && matches!(ending, ExchangeEnd::Broken { .. }) {
            seen.last_frame = show.frame_before(session.ended_at());
        }
        drop(session.take_output());
    }
    Ok(ending)
}

/// What comes then is not of the response any more.
fn behind_the_end(session: &mut Session, octets: &[u8], ending: ExchangeEnd) -> ExchangeEnd {
    ending.unless_broken(session.receive(octets, &mut Seen::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use h2wire::frame::ErrorCode;
    use h2wire_connection::ConnectionRule;

    use crate::probe::session::Request;

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
        let is_closed = |ending| {
            let closed = ConnectionRule::DataOnClosed.into();
            matches!(ending, ExchangeEnd::Broken { cause, .. } if cause == closed)
        };

        // In one piece.
        let mut seen = Seen::default();
        let ending = session().receive(&[settings_and_response.as_slice(), data].concat(), &mut seen);
        assert!(ending.is_some_and(is_closed));
        assert!(seen.complete);

        // After GOAWAY.
        let mut session = session();
        session.receive(settings_and_response, &mut seen);
        session.end();
        let ending = behind_the_end(&mut session, b"\0\0\0\x04\x01\0\0\0\0", ExchangeEnd::Complete);
        assert!(matches!(ending, ExchangeEnd::Complete));
        assert!(is_closed(behind_the_end(&mut session, data, ending)));
        let reset = ExchangeEnd::Reset(ErrorCode::CANCEL);
        assert!(matches!(reset.unless_broken(Some(ExchangeEnd::Complete)), ExchangeEnd::Reset(_)));
    }
}
