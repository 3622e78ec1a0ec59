//! The example client and the example server in memory, and the client with servers that break the rules.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::frame::ErrorCode;
use h2wire::{FieldLine, FieldList};

use crate::client::{Client, ClientError, Event, request};
use crate::content::Site;
use crate::exchange::Exchanges;
use crate::protocol::{Config, Connection};

/// The output a client received.
#[derive(Debug, Default, PartialEq)]
struct Response {
    statuses: Vec<String>,
    content: Vec<u8>,
    ended: bool,
}

impl Response {
    fn take(&mut self, event: Event) {
        match event {
            Event::Response(fields) => {
                let status = fields.get(b":status").unwrap_or_default();
                self.statuses.push(String::from_utf8_lossy(status).into_owned());
            }
            Event::Content(content) => self.content.extend_from_slice(&content),
            Event::Trailers(_) => {}
            Event::End => self.ended = true,
        }
    }
}

/// A request and its response, passed on in pieces of limited length.
fn talk(fields: &FieldList, content: &[u8], piece: usize) -> Response {
    let mut client = Client::new(fields, Bytes::copy_from_slice(content)).unwrap();
    let mut server = Connection::new(Config::default()).unwrap();
    let mut exchanges = Exchanges::new(Arc::new(Site { root: "/nowhere".into() }));
    let mut response = Response::default();
    let (mut to_server, mut to_client) = (BytesMut::new(), BytesMut::new());
    let (mut server_input, mut client_input) = (BytesMut::new(), BytesMut::new());
    while !(client.is_done() && server.is_closed()) {
        to_server.unsplit(client.take_output().unwrap());
        server_input.extend_from_slice(&to_server.split_to(piece.min(to_server.len())));
        while let Some(event) = server.next_event(&mut server_input, Duration::ZERO) {
            exchanges.handle(event, &mut server);
        }
        to_client.unsplit(server.take_output());
        client_input.extend_from_slice(&to_client.split_to(piece.min(to_client.len())));
        while let Some(event) = client.next_event(&mut client_input).unwrap() {
            response.take(event);
        }
    }
    response
}

#[test]
fn content_comes_back_however_it_is_cut() {
    let content: Vec<u8> = (0..600_000_u32).flat_map(u32::to_le_bytes).collect();
    let fields = request("POST", "http", "a", "/echo");
    for (len, piece) in [(0, 1), (1, 1), (2_000, 1), (70_000, 7), (2_400_000, 1_000), (2_400_000, 1 << 20)] {
        let response = talk(&fields, &content[..len], piece);
        assert_eq!((response.statuses, response.ended), (vec!["200".to_owned()], true));
        assert!(response.content == content[..len], "{len} in pieces of {piece}");
    }
}

#[test]
fn answers_without_files() {
    let expects = |mut fields: FieldList| {
        fields.push(&FieldLine::new(b"expect", b"100-continue"));
        fields
    };
    let post = request("POST", "http", "a", "/any");
    for (fields, content, statuses, answer) in [
        (post.clone(), b"hello".as_slice(), vec!["200"], b"5 octets\n".as_slice()),
        (expects(post), b"hello", vec!["100", "200"], b"5 octets\n"),
        (request("DELETE", "http", "a", "/"), b"", vec!["405"], b""),
        (request("OPTIONS", "http", "a", "*"), b"", vec!["204"], b""),
    ] {
        let response = talk(&fields, content, 1_000);
        assert_eq!(response.statuses, statuses);
        assert_eq!((response.content.as_slice(), response.ended), (answer, true));
    }
}

/// Frames of a server, after its SETTINGS.
fn answered(octets: &[u8]) -> (Response, Result<(), ClientError>) {
    answered_to("GET", octets)
}

fn answered_to(method: &str, octets: &[u8]) -> (Response, Result<(), ClientError>) {
    let fields = request(method, "http", "a", "/");
    let mut client = Client::new(&fields, Bytes::new()).unwrap();
    let mut input = BytesMut::from([b"\0\0\0\x04\0\0\0\0\0".as_slice(), octets].concat().as_slice());
    let mut response = Response::default();
    loop {
        match client.next_event(&mut input) {
            Ok(Some(event)) => response.take(event),
            Ok(None) => return (response, client.closed(&input)),
            Err(error) => return (response, Err(error)),
        }
    }
}

#[test]
fn a_client_takes_what_is_right() {
    let (response, ended) = answered(
        b"\0\0\x01\x01\x04\0\0\0\x01\x88\0\0\x05\0\x01\0\0\0\x01hello", // :status 200, then DATA
    );
    assert!(ended.is_ok() && response.ended && response.content == b"hello");
    let (response, ended) = answered(
        b"\0\0\x05\x01\x04\0\0\0\x01\x08\x03103\0\0\x01\x01\x05\0\0\0\x01\x89", // 103, then 204
    );
    assert!(ended.is_ok() && response.ended && response.statuses == ["103", "204"]);
}

#[test]
fn a_client_refuses_what_is_wrong() {
    let status = b"\0\0\x01\x01\x04\0\0\0\x01\x88".as_slice();
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("DATA first", b"\0\0\x01\0\x01\0\0\0\x01a".to_vec(), "PROTOCOL_ERROR: DATA where"),
        ("DATA elsewhere", [status, b"\0\0\x01\0\0\0\0\0\x03a"].concat(), "PROTOCOL_ERROR: DATA where"),
        ("HEADERS elsewhere", b"\0\0\x01\x01\x05\0\0\0\x02\x88".to_vec(), "PROTOCOL_ERROR: a field section"),
        (
            "a push",
            b"\0\0\x07\x05\x04\0\0\0\x01\0\0\0\x02\x82\x86\x84".to_vec(),
            "PROTOCOL_ERROR: a field section",
        ),
        ("two responses", [status, status].concat(), "PROTOCOL_ERROR: a field section out of order"),
        (
            "an interim end",
            b"\0\0\x05\x01\x05\0\0\0\x01\x08\x03103".to_vec(),
            "stream error PROTOCOL_ERROR on stream 1: field at index 0: a response with a 1xx status",
        ),
        ("no status", b"\0\0\x03\x01\x04\0\0\0\x01\x10\x01a".to_vec(), "connection error COMPRESSION_ERROR"),
        (
            "a reset",
            b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x02".to_vec(),
            "the server has reset the stream: INTERNAL_ERROR",
        ),
        ("a window too large", b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff".to_vec(), "FLOW_CONTROL_ERROR"),
        (
            "a refusal",
            b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0b".to_vec(),
            "the server has refused the request",
        ),
    ];
    for (name, octets, text) in cases {
        let (_, ended) = answered(&octets);
        let error = ended.expect_err(name).to_string();
        assert!(error.starts_with(text), "{name}: {error}");
    }
}

/// `:status` by its index in the static table, content-length 5, then the rest.
fn five_octets(status: u8, end_stream: bool, more: &[u8]) -> Vec<u8> {
    let block = [status, 0x0f, 0x0d, 1, b'5'];
    let flags = if end_stream { 5 } else { 4 };
    [[0, 0, 5, 1, flags, 0, 0, 0, 1].as_slice(), &block, more].concat()
}

#[test]
fn a_response_is_as_long_as_its_content_length() {
    const OK: u8 = 0x88;
    let trailers = b"\0\0\x05\x01\x05\0\0\0\x01\0\x01a\x01b".as_slice();
    let data =
        |len: u8, flags| [&[0, 0, len, 0, flags, 0, 0, 0, 1], vec![b'a'; len.into()].as_slice()].concat();
    let with_trailers = |len| [&data(len, 0), trailers].concat();
    for (name, method, octets, is_right) in [
        ("content", "GET", five_octets(OK, false, &data(5, 1)), true),
        ("content, trailers", "GET", five_octets(OK, false, &with_trailers(5)), true),
        ("no content to HEAD", "HEAD", five_octets(OK, true, b""), true),
        ("no content to HEAD, trailers", "HEAD", five_octets(OK, false, trailers), true),
        ("204", "GET", five_octets(0x89, true, b""), true),
        ("304", "GET", five_octets(0x8b, true, b""), true),
        ("too much", "GET", five_octets(OK, false, &data(6, 0)), false),
        ("too little", "GET", five_octets(OK, false, &data(4, 1)), false),
        ("too little, trailers", "GET", five_octets(OK, false, &with_trailers(4)), false),
        ("no content, trailers", "GET", five_octets(OK, false, trailers), false),
        ("no content", "GET", five_octets(OK, true, b""), false),
    ] {
        let (response, ended) = answered_to(method, &octets);
        assert_eq!((response.ended, ended.is_ok()), (is_right, is_right), "{name}: {ended:?}");
        if let Err(error) = ended {
            let error = error.to_string();
            assert!(error.ends_with("content than content-length says"), "{name}: {error}");
        }
    }
}

#[test]
fn a_client_tells_where_the_server_stopped() {
    let (_, ended) = answered(b"\0\0\x01\x01\x04\0\0\0\x01");
    assert!(ended.unwrap_err().to_string().contains("InsideFrame"));
}

#[test]
fn a_client_says_that_the_server_speaks_http1() {
    let mut client = Client::new(&request("GET", "http", "a", "/"), Bytes::new()).unwrap();
    let error = client.next_event(&mut BytesMut::from("HTTP/1.1 400 Bad Request\r\n")).unwrap_err();
    assert!(error.to_string().contains("ALPN"), "{error}");
    let ClientError::Connection(error) = error else { panic!("{error:?}") };
    assert_eq!((error.rule.name(), error.code()), ("http1_response", ErrorCode::PROTOCOL_ERROR));
}
