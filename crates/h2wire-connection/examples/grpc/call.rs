//! A unary call.

use std::time::Duration;

use bytes::Bytes;
use h2wire_connection::Config;
use h2wire_connection::driver::{self, Client, Error, Response};
use h2wire_connection::frame::ErrorCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::message::{CONTENT_TYPE, Status, frame, read};
use crate::serve::SAY;

/// One call on a connection of its own: the reply to a message.
pub async fn say<T>(socket: T, authority: &str, message: Vec<u8>, patience: Duration) -> Result<Bytes, Status>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let made = driver::client(socket, &Config::DEFAULT);
    let (client, driver) = made.map_err(|error| Status::new(Status::INTERNAL, error.to_string()))?;
    // When the client is dropped the connection ends. How it does that says nothing about the call.
    let (reply, _) = tokio::join!(call(client, SAY, authority, &message, patience), driver);
    reply
}

/// The reply of a method.
pub async fn call(
    client: Client,
    path: &str,
    authority: &str,
    message: &[u8],
    patience: Duration,
) -> Result<Bytes, Status> {
    let milliseconds = format!("{}m", patience.as_millis().min(99_999_999));
    let head = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", authority),
        // Says that trailers are passed on, without which there would be no status.
        ("te", "trailers"),
        ("grpc-timeout", &milliseconds),
        ("content-type", CONTENT_TYPE),
        ("user-agent", "h2wire-example"),
    ];
    let content = frame(message)?;
    let reply = async { reply(client.send_request(head, content).await?).await };
    match timeout(patience, reply).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => Err(status_of(error)),
        // The request is given up with that.
        Err(_) => Err(Status::new(Status::DEADLINE_EXCEEDED, "there was no reply in time")),
    }
}

async fn reply(response: Response) -> Result<Result<Bytes, Status>, Error> {
    let Response { fields, mut body, .. } = response;
    let unknown = |text: String| Ok(Err(Status::new(Status::UNKNOWN, text)));
    if fields.get(b":status") != Some(b"200") {
        let status = fields.get(b":status").unwrap_or_default();
        return unknown(format!("the status of HTTP is {}", status.escape_ascii()));
    }
    // Without a message the head may say all.
    if let Some(status) = Status::from_fields(&fields) {
        return Ok(Err(status));
    }
    if !fields.get(b"content-type").is_some_and(|value| value.starts_with(CONTENT_TYPE.as_bytes())) {
        return unknown("the response is not of gRPC".to_owned());
    }
    let message = read(&mut body).await?;
    Ok(match body.trailers().await?.as_ref().and_then(Status::from_fields) {
        Some(Status { code: Status::OK, .. }) => message,
        Some(status) => Err(status),
        None => Err(Status::new(Status::UNKNOWN, "there is no status")),
    })
}

/// What an error of HTTP/2 is for gRPC.
fn status_of(error: Error) -> Status {
    let code = match error {
        error if error.is_unprocessed() => Status::UNAVAILABLE,
        Error::Reset { error_code: ErrorCode::CANCEL, .. } => Status::CANCELLED,
        Error::Reset { error_code: ErrorCode::ENHANCE_YOUR_CALM, .. } => Status::RESOURCE_EXHAUSTED,
        Error::Io(_) | Error::Closed | Error::Failed(_) => Status::UNAVAILABLE,
        _ => Status::INTERNAL,
    };
    Status::new(code, error.to_string())
}
