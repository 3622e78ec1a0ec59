//! The example of gRPC in memory: a call and its server, and what either is not to take.

#![allow(unreachable_pub, reason = "parts of a program")]

#[path = "../examples/grpc/call.rs"]
mod call;
#[path = "../examples/grpc/message.rs"]
mod message;
#[path = "../examples/grpc/serve.rs"]
mod serve;
#[path = "../examples/grpc/text.rs"]
mod text;

use std::time::Duration;

use bytes::Bytes;
use h2wire_connection::Config;
use h2wire_connection::driver::{Client, Server, client, server};
use h2wire_connection::frame::ErrorCode;
use tokio::io::duplex;

use message::{Status, frame};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn what_is_said_comes_back() {
    for said in ["", "hello", "\u{1f980}", &"a".repeat(3_000_000)] {
        let (here, there) = duplex(4 << 10);
        let served = tokio::spawn(serve::serve(there));
        let reply = call::say(here, "a.test", text::encode(said), PATIENCE).await.unwrap();
        assert_eq!(text::decode(&reply).as_deref(), Some(said));
        served.await.unwrap();
    }
}

/// A client of the example server.
fn client_of_server() -> Client {
    let (here, there) = duplex(4 << 10);
    tokio::spawn(serve::serve(there));
    let (client, driver) = client(here, &Config::DEFAULT).unwrap();
    tokio::spawn(driver);
    client
}

/// The status of HTTP, and that of gRPC if there is one.
async fn ask(client: &Client, method: &str, content_type: &str, content: Bytes) -> (String, Option<u32>) {
    let head = [
        (":method", method),
        (":scheme", "http"),
        (":path", serve::SAY),
        (":authority", "a.test"),
        ("content-type", content_type),
    ];
    let response = client.send_request(head, content).await.unwrap();
    let status = response.fields.get(b":status").unwrap().escape_ascii().to_string();
    let code = |fields: &h2wire::FieldList| Status::from_fields(fields).map(|status| status.code);
    let early = code(&response.fields);
    let trailers = response.body.trailers().await.unwrap();
    (status, early.or(trailers.as_ref().and_then(code)))
}

#[tokio::test]
async fn the_server_says_what_it_does_not_take() {
    let client = client_of_server();
    for (method, content_type, content, expected) in [
        ("POST", "application/grpc+proto", frame(b"a").unwrap(), ("200", Some(0))),
        ("POST", "application/grpc", "".into(), ("200", Some(Status::INTERNAL))),
        ("POST", "application/grpc", "\0\0\0\0\u{2}a".into(), ("200", Some(Status::INTERNAL))),
        ("POST", "application/grpc", "\u{1}\0\0\0\u{1}a".into(), ("200", Some(Status::UNIMPLEMENTED))),
        ("POST", "application/grpc", frame(&vec![0; 4 << 20]).unwrap(), ("200", Some(0))),
        (
            "POST",
            "application/grpc",
            frame(&vec![0; 5 << 20]).unwrap(),
            ("200", Some(Status::RESOURCE_EXHAUSTED)),
        ),
        ("POST", "application/json", "{}".into(), ("415", None)),
        ("GET", "application/grpc", "".into(), ("415", None)),
    ] {
        let (status, code) = ask(&client, method, content_type, content).await;
        assert_eq!((status.as_str(), code), expected, "{method} {content_type}");
    }
    let error = call::call(client, "/h2wire.Echo/Shout", "a.test", b"", PATIENCE).await.unwrap_err();
    assert_eq!(error, Status::new(Status::UNIMPLEMENTED, "there is no such method"));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_does_not_come_is_not_waited_for() {
    let client = client_of_server();
    let head = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", serve::SAY),
        (":authority", "a.test"),
        ("content-type", "application/grpc"),
        ("grpc-timeout", "2S"),
    ];
    let (_out, pending) = client.open(head).await.unwrap();
    let response = pending.response().await.unwrap();
    assert_eq!(Status::from_fields(&response.fields).unwrap().code, Status::DEADLINE_EXCEEDED);
}

/// The example client, and a server that answers as it likes.
fn call_of_client() -> (tokio::task::JoinHandle<Result<Bytes, Status>>, Server) {
    let (here, there) = duplex(4 << 10);
    let (server, driver) = server(there, &Config::DEFAULT).unwrap();
    tokio::spawn(driver);
    (tokio::spawn(call::say(here, "a.test", b"ask".to_vec(), PATIENCE)), server)
}

#[tokio::test(start_paused = true)]
async fn the_client_takes_the_status_from_where_it_is() {
    const HEAD: [(&str, &str); 2] = [(":status", "200"), ("content-type", "application/grpc")];
    type Answer = (
        Option<&'static str>,
        &'static [(&'static str, &'static str)],
        &'static [(&'static str, &'static str)],
    );
    let answers: [(&str, Answer, Result<&str, u32>); 6] = [
        ("in trailers", (Some("\0\0\0\0\u{1}a"), &HEAD, &[("grpc-status", "0")]), Ok("a")),
        ("an error in trailers", (Some("\0\0\0\0\u{1}a"), &HEAD, &[("grpc-status", "7")]), Err(7)),
        ("a broken message", (Some("\0\0"), &HEAD, &[("grpc-status", "0")]), Err(Status::INTERNAL)),
        ("in the head", (None, &[(":status", "200"), ("grpc-status", "5")], &[]), Err(5)),
        ("nowhere", (Some("\0\0\0\0\u{1}a"), &HEAD, &[]), Err(Status::UNKNOWN)),
        ("of HTTP", (None, &[(":status", "503")], &[]), Err(Status::UNKNOWN)),
    ];
    for (name, (content, head, trailers), expected) in answers {
        let (call, mut server) = call_of_client();
        let request = server.accept().await.unwrap();
        assert_eq!(request.fields.get(b"te"), Some(b"trailers".as_slice()));
        match content {
            None => request.responder.respond(head.iter().copied(), "").unwrap(),
            Some(content) => {
                let mut out = request.responder.send_response(head.iter().copied()).unwrap();
                out.send_data(content).await.unwrap();
                match trailers {
                    [] => out.finish("").unwrap(),
                    trailers => out.send_trailers(trailers.iter().copied()).unwrap(),
                }
            }
        }
        let reply = call.await.unwrap().map_err(|status| status.code);
        assert_eq!(reply, expected.map(Bytes::from), "{name}");
    }
    // No reply at all, and one that may be asked for again.
    let (call, mut server) = call_of_client();
    let mut asked = server.accept().await.unwrap();
    assert_eq!(call.await.unwrap().unwrap_err().code, Status::DEADLINE_EXCEEDED);
    asked.responder.cancelled().await;
    for (error_code, code) in [
        (ErrorCode::REFUSED_STREAM, Status::UNAVAILABLE),
        (ErrorCode::CANCEL, Status::CANCELLED),
        (ErrorCode::ENHANCE_YOUR_CALM, Status::RESOURCE_EXHAUSTED),
        (ErrorCode::INTERNAL_ERROR, Status::INTERNAL),
    ] {
        let (call, mut server) = call_of_client();
        server.accept().await.unwrap().responder.reset(error_code);
        assert_eq!(call.await.unwrap().unwrap_err().code, code);
    }
}
