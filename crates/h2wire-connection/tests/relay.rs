//! The example relay in memory, between a client and a server of the driver.

#![allow(unreachable_pub, reason = "parts of a program")]

#[path = "../examples/relay/head.rs"]
mod head;
#[path = "../examples/relay/pass.rs"]
mod pass;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2wire::{FieldLine, FieldList};
use h2wire_connection::driver::{Client, DriverError, Error, Incoming, Server, client, server};
use h2wire_connection::frame::ErrorCode;
use h2wire_connection::{Config, ResetReason};
use tokio::io::duplex;
use tokio::task::JoinHandle;

const OK: [(&str, &str); 1] = [(":status", "200")];

/// A client, a server, and how the connections end: the client's, the relay's, the server's.
struct Line {
    client: Client,
    server: Server,
    client_end: JoinHandle<Result<(), DriverError>>,
    relay_end: JoinHandle<std::io::Result<()>>,
    server_end: JoinHandle<Result<(), DriverError>>,
}

fn line() -> Line {
    let (here, relay_here) = duplex(4 << 10);
    let (relay_there, there) = duplex(4 << 10);
    let (client, client_driver) = client(here, &Config::DEFAULT).unwrap();
    let (server, server_driver) = server(there, &Config::DEFAULT).unwrap();
    Line {
        client,
        server,
        client_end: tokio::spawn(client_driver),
        relay_end: tokio::spawn(async { pass::relay(relay_here, relay_there, "inside.test:81").await }),
        server_end: tokio::spawn(server_driver),
    }
}

fn request(method: &str) -> FieldList {
    let head = [(":method", method), (":scheme", "http"), (":authority", "a.test"), (":path", "/")];
    head.into_iter().map(FieldLine::from).collect()
}

async fn read_all(body: &mut Incoming) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    while let Some(data) = body.data().await? {
        all.extend_from_slice(&data);
    }
    Ok(all)
}

fn names(fields: &FieldList) -> Vec<String> {
    fields.iter().map(|field| String::from_utf8_lossy(field.name).into_owned()).collect()
}

const fn reset(error_code: ErrorCode) -> Error {
    Error::Reset { error_code, reason: ResetReason::ByPeer }
}

#[tokio::test]
async fn heads_are_changed_and_trailers_kept() {
    let Line { client, mut server, .. } = line();
    let serve = async {
        let mut request = server.accept().await.unwrap();
        let expected = [":method", ":scheme", ":path", ":authority", "te", "cookie", "via"];
        assert_eq!(names(&request.fields), expected);
        assert_eq!(request.fields.get(b":authority"), Some(b"inside.test:81".as_slice()));
        assert_eq!(request.fields.get(b"via"), Some(b"2 h2wire".as_slice()));
        let cookie = request.fields.iter().find(|field| field.name == b"cookie").unwrap();
        assert_eq!(cookie, FieldLine::never_indexed(b"cookie", b"secret"));
        request.responder.send_interim([(":status", "103"), ("link", "x")]).unwrap();
        assert_eq!(read_all(&mut request.body).await.unwrap(), b"asked");
        let trailers = request.body.trailers().await.unwrap().unwrap();
        assert_eq!(trailers.get(b"checksum"), Some(b"1".as_slice()));
        let mut out =
            request.responder.send_response([(":status", "200"), ("proxy-authenticate", "x")]).unwrap();
        out.send_data("answered").await.unwrap();
        out.send_trailers([("grpc-status", "0")]).unwrap();
    };
    let ask = async {
        let mut head = request("POST");
        for (name, value) in [("host", "a.test"), ("te", "trailers"), ("proxy-authorization", "x")] {
            head.push(&FieldLine::from((name, value)));
        }
        head.push(&FieldLine::never_indexed(b"cookie", b"secret"));
        let (mut out, mut pending) = client.open(&head).await.unwrap();
        assert_eq!(names(&pending.interim().await.unwrap().unwrap()), [":status", "link", "via"]);
        out.send_data("asked").await.unwrap();
        out.send_trailers([("checksum", "1")]).unwrap();
        let mut response = pending.response().await.unwrap();
        assert_eq!(names(&response.fields), [":status", "via"]);
        assert_eq!(read_all(&mut response.body).await.unwrap(), b"answered");
        let trailers = response.body.trailers().await.unwrap().unwrap();
        assert_eq!(names(&trailers), ["grpc-status"]);
    };
    tokio::join!(serve, ask);
}

#[tokio::test]
async fn content_goes_through_both_ways_and_all_ends() {
    let line = line();
    let content: Bytes = (0..500_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut server = line.server;
    let serve = async {
        // What has ended with its head arrives so.
        let request = server.accept().await.unwrap();
        assert!(request.body.is_ended());
        request.responder.respond(OK, "").unwrap();
        let mut request = server.accept().await.unwrap();
        let mut out = request.responder.send_response(OK).unwrap();
        while let Some(data) = request.body.data().await.unwrap() {
            out.send_data(data).await.unwrap();
        }
        out.finish("").unwrap();
        assert!(server.accept().await.is_none());
    };
    let ask = async {
        let response = line.client.send_request(&request("GET"), "").await.unwrap();
        assert!(response.body.is_ended());
        let mut response = line.client.send_request(&request("POST"), content.clone()).await.unwrap();
        assert!(read_all(&mut response.body).await.unwrap() == content);
        drop((response, line.client));
    };
    tokio::join!(serve, ask);
    line.client_end.await.unwrap().unwrap();
    line.relay_end.await.unwrap().unwrap();
    line.server_end.await.unwrap().unwrap();
}

/// The windows of the two connections and what is in hand: more does not go to one who does not read.
const MOST: usize = 1 << 20;

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_not_sent_to() {
    let Line { client, mut server, .. } = line();
    let sent = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
    let (down, up) = (sent[0].clone(), sent[1].clone());
    let piece = Bytes::from(vec![0; 10_000]);
    let (here, there) = (piece.clone(), piece);
    tokio::spawn(async move {
        let request = server.accept().await.unwrap();
        let mut out = request.responder.send_response(OK).unwrap();
        while out.send_data(here.clone()).await.is_ok() {
            down.fetch_add(here.len(), Ordering::Relaxed);
        }
        drop(request.body);
    });
    let (mut out, pending) = client.open(&request("POST")).await.unwrap();
    tokio::spawn(async move {
        while out.send_data(there.clone()).await.is_ok() {
            up.fetch_add(there.len(), Ordering::Relaxed);
        }
    });
    let mut response = pending.response().await.unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = sent.each_ref().map(|sent| sent.load(Ordering::Relaxed));
    assert!(before.iter().all(|sent| (100_000..MOST).contains(sent)), "{before:?}");
    // Who reads gets more.
    let mut read = 0;
    while read < 2 * MOST {
        read += response.body.data().await.unwrap().unwrap().len();
    }
    assert!(sent[0].load(Ordering::Relaxed) >= 2 * MOST);
    assert_eq!(sent[1].load(Ordering::Relaxed), before[1]);
}

#[tokio::test]
async fn a_download_that_is_given_up_ends_at_the_server() {
    let Line { client, mut server, .. } = line();
    // Before there is a response, and while there is no content.
    let pending = client.start_request(&request("GET"), "").await.unwrap();
    let mut asked = server.accept().await.unwrap();
    drop(pending);
    assert_eq!(asked.responder.cancelled().await, reset(ErrorCode::CANCEL));
    let pending = client.start_request(&request("GET"), "").await.unwrap();
    let mut out = server.accept().await.unwrap().responder.send_response(OK).unwrap();
    let mut response = pending.response().await.unwrap();
    out.send_data("some of it").await.unwrap();
    assert_eq!(response.body.data().await.unwrap().unwrap(), "some of it");
    drop(response);
    assert_eq!(out.cancelled().await, reset(ErrorCode::CANCEL));
    // And an upload.
    let (sent, pending) = client.open(&request("POST")).await.unwrap();
    let mut asked = server.accept().await.unwrap();
    sent.reset(ErrorCode::NO_ERROR);
    assert_eq!(asked.body.data().await, Err(reset(ErrorCode::NO_ERROR)));
    drop(pending);
}

#[tokio::test]
async fn resets_of_the_server_keep_their_code() {
    let (Line { client, mut server, .. }, get) = (line(), request("GET"));
    for code in [ErrorCode::REFUSED_STREAM, ErrorCode::ENHANCE_YOUR_CALM] {
        let serve = async { server.accept().await.unwrap().responder.reset(code) };
        let (response, ()) = tokio::join!(client.send_request(&get, ""), serve);
        let error = response.unwrap_err();
        assert_eq!((error, error.is_unprocessed()), (reset(code), code == ErrorCode::REFUSED_STREAM));
    }
    let serve = async {
        let mut out = server.accept().await.unwrap().responder.send_response(OK).unwrap();
        out.send_data("some of it").await.unwrap();
        out
    };
    let (response, out) = tokio::join!(client.send_request(&get, ""), serve);
    let mut response = response.unwrap();
    assert_eq!(response.body.data().await.unwrap().unwrap(), "some of it");
    out.reset(ErrorCode::INTERNAL_ERROR);
    assert_eq!(response.body.data().await, Err(reset(ErrorCode::INTERNAL_ERROR)));
}

#[tokio::test]
async fn a_server_that_leaves_is_not_asked_again() {
    let mut line = line();
    let pending = line.client.start_request(&request("GET"), "").await.unwrap();
    let asked = line.server.accept().await.unwrap();
    drop(line.server);
    // GOAWAY may not have come yet: then the request comes back as one that was not processed.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = line.client.send_request(&request("GET"), "").await.unwrap_err();
    assert!(error.is_unprocessed(), "{error}");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = line.client.send_request(&request("GET"), "").await.unwrap_err();
    assert_eq!(error, Error::Open(h2wire_connection::OpenError::GoingAway));
    // What is under way is finished.
    asked.responder.respond(OK, "late").unwrap();
    let mut response = pending.response().await.unwrap();
    assert_eq!(read_all(&mut response.body).await.unwrap(), b"late");
    drop(response);
    line.client_end.await.unwrap().unwrap();
    line.relay_end.await.unwrap().unwrap();
    line.server_end.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_bad_gateway() {
    let mut line = line();
    let pending = line.client.start_request(&request("GET"), "").await.unwrap();
    let asked = line.server.accept().await.unwrap();
    line.server_end.abort();
    let response = pending.response().await.unwrap();
    assert_eq!(response.fields.get(b":status"), Some(b"502".as_slice()));
    drop((asked, response, line.client));
    line.client_end.await.unwrap().unwrap();
    line.relay_end.await.unwrap().unwrap();
}
