//! A client on the host talks with the server: `h2wire-connection`, which refuses what breaks a rule, windows among them.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cortex_m_demo::{Memory, Outside, PIECE, Server};
use h2wire_connection::frame::StreamId;
use h2wire_connection::{Config, Connection, Event, ResetReason};

#[derive(Default)]
struct Sent(Vec<u8>);

impl Outside for Sent {
    fn send(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    fn say(&mut self, _line: &[u8]) {}
}

/// Status and content of each response.
type Answers = BTreeMap<StreamId, (String, Vec<u8>)>;

/// Lets both sides talk until neither has anything to say.
fn talk(client: &mut Connection, server: &mut Server<'_>, sent: &mut Sent) -> Answers {
    let (mut answers, mut input, mut buf) = (Answers::new(), BytesMut::new(), [0; 4096]);
    loop {
        let filled = client.fill(&mut buf);
        for piece in buf[..filled].chunks(PIECE) {
            server.receive(piece, sent).unwrap();
        }
        if filled == 0 && sent.0.is_empty() {
            return answers;
        }
        input.extend_from_slice(&std::mem::take(&mut sent.0));
        while let Some(event) = client.poll_event(&mut input, Duration::ZERO).unwrap() {
            match event {
                Event::Fields { stream_id, .. } => {
                    let status = client.fields().get(b":status").unwrap_or_default();
                    answers.insert(stream_id, (String::from_utf8_lossy(status).into(), Vec::new()));
                }
                Event::Data { stream_id, data, .. } => {
                    answers.get_mut(&stream_id).unwrap().1.extend_from_slice(&data);
                }
                Event::Reset { reason: reason @ ResetReason::Broken { .. }, .. } => panic!("{reason}"),
                _ => {}
            }
        }
        assert!(input.is_empty(), "whole frames come");
    }
}

fn open(client: &mut Connection, method: &str, path: &str, more: (&str, &str), ends: bool) -> StreamId {
    let fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "demo"), more];
    client.open(fields, ends).unwrap()
}

#[test]
fn a_live_client_is_answered_and_finds_no_rule_broken() {
    let (mut memory, mut sent) = (Memory::new(), Sent::default());
    let mut server = Server::new(&mut memory).unwrap();
    server.start(&mut sent).unwrap();
    let mut client = Connection::client(&Config::DEFAULT.with_auto_release(true)).unwrap();

    let get = open(&mut client, "GET", "/page", ("accept", "*/*"), true);
    let head = open(&mut client, "HEAD", "/page", ("accept", "*/*"), true);
    let answers = talk(&mut client, &mut server, &mut sent);
    let (status, content) = &answers[&get];
    assert_eq!(status, "200");
    assert!(content.starts_with(b"GET /page fields 5 "), "{}", content.escape_ascii());
    assert_eq!((answers[&head].0.as_str(), answers[&head].1.len()), ("200", 0));

    // Three times the windows that a connection starts with, and trailers.
    let post = open(&mut client, "POST", "/upload", ("te", "trailers"), false);
    let mut stream = client.stream(post).unwrap();
    stream.send_data(Bytes::from(vec![b'x'; 200_000]), false).unwrap();
    stream.send_trailers([("x-check", "done")]).unwrap();
    let answers = talk(&mut client, &mut server, &mut sent);
    assert!(String::from_utf8_lossy(&answers[&post].1).contains(" fields 6 "));
    assert!(String::from_utf8_lossy(&answers[&post].1).contains(" content 200000 "));

    // More fields than the server takes: it answers, and its table is still that of the client.
    let large = open(&mut client, "GET", "/page", ("x-large", &"y".repeat(2_000)), true);
    let after = open(&mut client, "GET", "/page", ("accept", "*/*"), true);
    let answers_after = talk(&mut client, &mut server, &mut sent);
    assert_eq!(answers_after[&large].0, "431");
    assert_eq!(answers_after[&after].1, *content, "the same request has the same answer");

    assert_eq!(client.open_streams(), 0);
    client.shut_down();
    talk(&mut client, &mut server, &mut sent);
    assert!(client.is_closed() && client.failure().is_none());
}
