//! One client's connection, and one to the server for it: messages are passed on as they come, and the slower side sets the pace.

use std::io;
use std::sync::Arc;

use h2wire::frame::ErrorCode;
use h2wire_connection::driver::{
    self, Client, DriverError, Error, Incoming, Outgoing, PendingResponse, Request, Responder,
};
use h2wire_connection::{Config, ResetReason};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use crate::head;

/// Relays a connection to its end. When the server sends GOAWAY, the client gets one too, and the other way round; what is under way is
/// finished.
pub async fn relay<C, S>(client: C, server: S, authority: &str) -> io::Result<()>
where
    C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut requests, downstream) = driver::server(client, &Config::DEFAULT).map_err(io::Error::other)?;
    let (upstream, driver) = driver::client(server, &Config::DEFAULT).map_err(io::Error::other)?;
    let downstream = tokio::spawn(downstream);
    let (mut driver, mut has_left) = (tokio::spawn(driver), false);
    let authority = Arc::<str>::from(authority);
    let mut exchanges = JoinSet::new();
    loop {
        tokio::select! {
            request = requests.accept() => match request {
                Some(request) => drop(exchanges.spawn(exchange(request, upstream.clone(), authority.clone()))),
                None => break,
            },
            Some(passed) = exchanges.join_next() => if matches!(passed, Ok(Passed::Refused)) {
                requests.shut_down();
            },
            _ = &mut driver, if !has_left => {
                has_left = true;
                requests.shut_down();
            }
        }
    }
    exchanges.join_all().await;
    drop(upstream);
    if !has_left {
        // Each of its requests got what went wrong there.
        let _ = driver.await;
    }
    match downstream.await {
        Ok(Err(DriverError::Io(error))) => Err(error),
        Ok(Err(error)) => Err(io::Error::other(error)),
        _ => Ok(()),
    }
}

/// What became of a request.
#[derive(Debug)]
pub enum Passed {
    Done,
    /// The server takes no more of them on this connection.
    Refused,
}

async fn exchange(request: Request, upstream: Client, authority: Arc<str>) -> Passed {
    let Request { fields, body, mut responder, .. } = request;
    if fields.get(b":method") == Some(b"CONNECT") {
        say(responder, "501");
        return Passed::Done;
    }
    let head = head::request(&fields, &authority);
    let opened = tokio::select! {
        opened = open(&upstream, &head, &body) => opened,
        _ = responder.cancelled() => return Passed::Done,
    };
    match opened {
        Ok((out, pending)) => {
            tokio::join!(upload(body, out), answer(pending, responder));
            Passed::Done
        }
        Err(error) => {
            let passed = if error.is_unprocessed() { Passed::Refused } else { Passed::Done };
            refuse(responder, error);
            passed
        }
    }
}

/// A request that has ended with its head is passed on as one.
async fn open(
    upstream: &Client,
    head: &h2wire::FieldList,
    body: &Incoming,
) -> Result<(Option<Outgoing>, PendingResponse), Error> {
    if body.is_ended() {
        return Ok((None, upstream.start_request(head, "").await?));
    }
    let (out, pending) = upstream.open(head).await?;
    Ok((Some(out), pending))
}

/// The content of a request. That the server does not want the rest is no error: its response says why.
async fn upload(body: Incoming, out: Option<Outgoing>) {
    if let Some(out) = out {
        pass(body, out).await;
    }
}

/// The response. When the client has given it up, so does the relay.
async fn answer(mut pending: PendingResponse, mut responder: Responder) {
    loop {
        let interim = tokio::select! {
            interim = pending.interim() => interim,
            error = responder.cancelled() => return pending.reset(given_up(error)),
        };
        match interim {
            Ok(Some(fields)) => {
                if let Err(error) = responder.send_interim(&head::response(&fields)) {
                    return pending.reset(given_up(error));
                }
            }
            Ok(None) => break,
            Err(error) => return refuse(responder, error),
        }
    }
    let response = match pending.response().await {
        Ok(response) => response,
        Err(error) => return refuse(responder, error),
    };
    let head = head::response(&response.fields);
    if response.body.is_ended() {
        // An error says that the client has gone.
        let _ = responder.respond(&head, "");
        return;
    }
    match responder.send_response(&head) {
        Ok(out) => {
            if let Some((body, error)) = pass(response.body, out).await {
                body.reset(given_up(error));
            }
        }
        Err(error) => response.body.reset(given_up(error)),
    }
}

/// Content and trailers, the same bytes in the same memory. The sender may send more when the receiver has taken what there is. Returns the
/// rest, and why the receiver does not take it, if so.
async fn pass(mut body: Incoming, mut out: Outgoing) -> Option<(Incoming, Error)> {
    loop {
        let data = tokio::select! {
            data = body.data() => data,
            error = out.cancelled() => return Some((body, error)),
        };
        match data {
            Ok(Some(data)) => {
                if let Err(error) = out.ready().await {
                    return Some((body, error));
                }
                if body.is_ended() {
                    return out.finish(data).err().map(|error| (body, error));
                }
                if let Err(error) = out.send_data(data).await {
                    return Some((body, error));
                }
            }
            Ok(None) => break,
            Err(error) => {
                out.reset(code(error));
                return None;
            }
        }
    }
    // An error says that the receiver has gone. There is nothing to give up any more.
    let _ = match body.trailers().await {
        Ok(Some(trailers)) => out.send_trailers(&head::trailers(&trailers)),
        Ok(None) => out.finish(""),
        Err(error) => {
            out.reset(code(error));
            Ok(())
        }
    };
    None
}

/// There is no response. A client may send again what the server has not processed. RFC 9113 §8.7
fn refuse(responder: Responder, error: Error) {
    match error {
        _ if error.is_unprocessed() => responder.reset(ErrorCode::REFUSED_STREAM),
        Error::Reset { error_code, reason: ResetReason::ByPeer } => responder.reset(error_code),
        // What came breaks no rule, and yet it must not be sent: it has control octets, for example.
        Error::Open(_) => say(responder, "400"),
        _ => say(responder, "502"),
    }
}

fn say(responder: Responder, status: &str) {
    // An error says that the client has gone.
    let _ = responder.respond([(":status", status), ("content-length", "0")], "");
}

/// The error code for a receiver whose sender did not come to an end.
const fn code(error: Error) -> ErrorCode {
    match error {
        Error::Reset { error_code, reason: ResetReason::ByPeer } => error_code,
        Error::Cancelled => ErrorCode::CANCEL,
        _ => ErrorCode::INTERNAL_ERROR,
    }
}

/// The error code for a server whose response nobody waits for any more.
const fn given_up(error: Error) -> ErrorCode {
    match error {
        Error::Reset { error_code, reason: ResetReason::ByPeer } => error_code,
        _ => ErrorCode::CANCEL,
    }
}
