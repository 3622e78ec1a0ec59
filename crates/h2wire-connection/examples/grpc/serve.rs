//! A server with one method.

use bytes::Bytes;
use h2wire_connection::Config;
use h2wire_connection::driver::{self, Error, Incoming, Request, Responder};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::message::{CONTENT_TYPE, Status, frame, parse_timeout, read};

/// The method that answers with what it was given.
pub const SAY: &str = "/h2wire.Echo/Say";

/// Serves a connection to its end.
pub async fn serve<T>(socket: T)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Ok((mut requests, driver)) = driver::server(socket, &Config::DEFAULT) else { return };
    let accept = async move {
        while let Some(request) = requests.accept().await {
            tokio::spawn(answer(request));
        }
    };
    let (ended, ()) = tokio::join!(driver, accept);
    if let Err(error) = ended {
        eprintln!("connection: {error}");
    }
}

async fn answer(request: Request) {
    let Request { fields, body, responder, .. } = request;
    let is_grpc = fields.get(b"content-type").is_some_and(|value| value.starts_with(CONTENT_TYPE.as_bytes()));
    // An error says that the client has gone.
    let _ = if fields.get(b":method") != Some(b"POST") || !is_grpc {
        responder.respond([(":status", "415"), ("content-length", "0")], "")
    } else if fields.get(b":path") != Some(SAY.as_bytes()) {
        end(responder, &Status::new(Status::UNIMPLEMENTED, "there is no such method"))
    } else {
        let patience = fields.get(b"grpc-timeout").and_then(parse_timeout);
        let reply = say(body);
        match patience {
            None => finish(responder, reply.await).await,
            Some(patience) => {
                let late =
                    Ok(Err(Status::new(Status::DEADLINE_EXCEEDED, "the message did not come in time")));
                finish(responder, timeout(patience, reply).await.unwrap_or(late)).await
            }
        }
    };
}

async fn say(mut body: Incoming) -> Result<Result<Bytes, Status>, Error> {
    Ok(read(&mut body).await?.and_then(|message| frame(&message)))
}

async fn finish(responder: Responder, reply: Result<Result<Bytes, Status>, Error>) -> Result<(), Error> {
    match reply? {
        Err(status) => end(responder, &status),
        Ok(content) => {
            let mut out = responder.send_response([(":status", "200"), ("content-type", CONTENT_TYPE)])?;
            out.send_data(content).await?;
            out.send_trailers([("grpc-status", "0")])
        }
    }
}

/// The head says all: there is no message.
fn end(responder: Responder, status: &Status) -> Result<(), Error> {
    let (code, message) = (status.code.to_string(), status.encoded_message());
    let head = [
        (":status", "200"),
        ("content-type", CONTENT_TYPE),
        ("grpc-status", &code),
        ("grpc-message", &message),
    ];
    responder.respond(head, "")
}
