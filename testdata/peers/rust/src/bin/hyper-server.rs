//! `hyper-server ADDR`: an HTTP/2-only server without TLS.
//!
//! `POST /echo` sends the request body back, each DATA frame as it came, and counts it in a trailer.
//! `GET /endless` never stops by itself, `GET /goodbye` makes the server end the connection, with two GOAWAY frames;
//! anything else gets a short text.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, channel::Channel, combinators::BoxBody};
use hyper::{
    HeaderMap, Method, Request, Response, body::Incoming, header::HeaderValue, server::conn::http2,
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Notify};

type Body = BoxBody<Bytes, Infallible>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1).expect("usage: hyper-server ADDR");
    let listener = TcpListener::bind(addr).await?;
    loop {
        let (tcp, _) = listener.accept().await?;
        tokio::spawn(async move {
            let goodbye = Arc::new(Notify::new());
            let service = {
                let goodbye = goodbye.clone();
                service_fn(move |request| answer(request, goodbye.clone()))
            };
            let mut connection = pin!(
                http2::Builder::new(TokioExecutor::new())
                    .timer(TokioTimer::new())
                    .max_concurrent_streams(16)
                    .serve_connection(TokioIo::new(tcp), service)
            );
            let end = tokio::select! {
                end = connection.as_mut() => end,
                () = goodbye.notified() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = end {
                eprintln!("hyper-server: {error:?}");
            }
        });
    }
}

async fn answer(request: Request<Incoming>, goodbye: Arc<Notify>) -> Result<Response<Body>, Infallible> {
    if request.uri().path() == "/goodbye" {
        goodbye.notify_one();
    }
    let body = match (request.method(), request.uri().path()) {
        (&Method::POST, "/echo") => echo(request.into_body()),
        (_, "/endless") => endless(),
        (_, path) => Full::from(format!("hello from {path}\n")).boxed(),
    };
    Ok(Response::new(body))
}

fn echo(mut incoming: Incoming) -> Body {
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        let mut octets = 0;
        while let Some(Ok(frame)) = incoming.frame().await {
            // The request's trailers are not echoed: the response brings its own.
            let Ok(data) = frame.into_data() else { break };
            octets += data.len();
            if sender.send_data(data).await.is_err() {
                return;
            }
        }
        let trailers = HeaderMap::from_iter([(
            hyper::header::HeaderName::from_static("x-octets"),
            HeaderValue::from(octets),
        )]);
        let _ = sender.send_trailers(trailers).await;
    });
    body.boxed()
}

fn endless() -> Body {
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        while sender.send_data(Bytes::from_static(b"tick\n")).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    body.boxed()
}
