use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use h2wire::frame::{ErrorCode, Frame, Scope};
use h2wire::{FrameEvent, FrameReader, Progress, Role};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// All that the server says to these bytes. It panics if the server does, or
/// if it does not come to an end.
pub fn answer(octets: &[u8]) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (here, there) = tokio::io::duplex(1 << 16);
        let service = service_fn(|request: Request<Incoming>| async {
            let _ = request.into_body().collect().await;
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        });
        let server = http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(there), service);
        let server = tokio::spawn(server);
        let (mut from, mut to) = tokio::io::split(here);
        let mut said = Vec::new();
        let talk = async {
            tokio::join!(from.read_to_end(&mut said), async {
                let _ = to.write_all(octets).await; // it may have closed
                let _ = to.shutdown().await;
            })
        };
        let ended = tokio::time::timeout(Duration::from_secs(5), talk).await;
        ended.expect("the server hangs").0.expect("readable");
        let _ = server.await.expect("the server does not panic");
        said
    })
}

/// The first thing that the server does not like, and what it ends.
pub fn complaint(said: &[u8]) -> Option<(ErrorCode, Scope)> {
    let mut reader = FrameReader::new(Role::Client);
    let mut rest = said;
    while let Progress::Item { item, consumed } =
        reader.read(rest).expect("the server breaks no rule")
    {
        rest = &rest[consumed..];
        let (code, scope) = match item {
            FrameEvent::Frame { frame: Frame::GoAway(frame), .. } => {
                (frame.error_code, Scope::Connection)
            }
            FrameEvent::Frame { frame: Frame::RstStream(frame), .. } => {
                (frame.error_code, Scope::Stream(frame.stream_id))
            }
            _ => continue,
        };
        if code != ErrorCode::NO_ERROR {
            return Some((code, scope));
        }
    }
    None
}
