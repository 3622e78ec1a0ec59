//! The cases of a conformance suite: bytes in, error codes and responses out. Every case is run with its bytes in one piece
//! and one by one.

mod errors; // GOAWAY
mod flow; // windows
mod hpack; // field blocks
mod life; // settings, shutdown, timeouts, floods
mod messages; // requests
mod peer; // a client that sends anything
mod random; // whatever comes, in any order
mod streams; // states

use h2wire::frame::ErrorCode;

use peer::*;

/// The result of a case.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Expect {
    /// GOAWAY, and the connection is closed.
    Connection(ErrorCode),
    /// `RST_STREAM`; the connection continues.
    Stream(u32, ErrorCode),
    /// A response to its end, and no error.
    Answered(u32),
    /// No error, and no response.
    Nothing,
}

type Case = (&'static str, Vec<Vec<u8>>, Expect);

/// Runs cases after a handshake.
fn check(cases: Vec<Case>) {
    assert!(!cases.is_empty());
    for (name, frames, expect) in cases {
        let octets = frames.concat();
        for piece in [octets.len().max(1), 1] {
            let mut peer = Peer::after_handshake();
            let mut seen: Vec<Seen> = octets.chunks(piece).flat_map(|piece| peer.send(piece)).collect();
            check_one(&format!("{name} ({piece} at a time)"), &mut peer, &mut seen, expect);
        }
    }
}

fn check_one(name: &str, peer: &mut Peer, seen: &mut Vec<Seen>, expect: Expect) {
    let errors: Vec<&Seen> = seen.iter().filter(|seen| seen.is_error()).collect();
    match expect {
        Expect::Connection(code) => {
            assert!(
                matches!(errors.last(), Some(Seen::GoAway(_, seen)) if *seen == code),
                "{name}: {seen:?}"
            );
            assert!(peer.connection.is_closed(), "{name}");
            assert_eq!(peer.send(&ping(b"too late")), [], "{name}");
            return;
        }
        Expect::Stream(id, code) => assert_eq!(errors, [&Seen::Reset(id, code)], "{name}: {seen:?}"),
        Expect::Answered(id) => {
            assert!(errors.is_empty(), "{name}: {seen:?}");
            assert!(seen.contains(&Seen::Response(id, 200, false)), "{name}: {seen:?}");
            assert!(seen.contains(&Seen::Data(id, CONTENT.len(), true)), "{name}: {seen:?}");
        }
        Expect::Nothing => {
            assert!(errors.is_empty(), "{name}: {seen:?}");
            assert!(!seen.iter().any(|seen| matches!(seen, Seen::Response(..))), "{name}: {seen:?}");
        }
    }
    assert_eq!(peer.send(&ping(b"going on")), [Seen::Pong(*b"going on")], "{name}");
    assert!(!peer.connection.is_closed(), "{name}");
}

#[test]
fn an_http1_client_is_told_in_its_own_words() {
    for request in ["GET / HTTP/1.1\r\nhost: a\r\n\r\n", "POST /a HTTP/1.0\r\n\r\n"] {
        let mut peer = Peer::new();
        let answer = String::from_utf8(peer.send_raw(request.as_bytes())).unwrap();
        assert!(answer.starts_with("HTTP/1.1 505 "), "{answer}");
        let (head, content) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", content.len())));
        assert!(peer.connection.is_closed());
    }
}

/// §3.2
#[test]
fn where_alpn_chose_http1_no_http2_is_spoken() {
    let preface = [h2wire::frame::PREFACE.as_slice(), &settings(&[]), &get(1)].concat();
    for octets in
        [preface.as_slice(), b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"what is this, which is no request?"]
    {
        for piece in [octets.len(), 1] {
            let mut peer = Peer::with(crate::protocol::Config { is_http1: true, ..Default::default() });
            let answer: Vec<u8> = octets.chunks(piece).flat_map(|piece| peer.send_raw(piece)).collect();
            assert!(answer.starts_with(b"HTTP/1.1 505 "), "{}", answer.escape_ascii());
            assert!(peer.connection.is_closed() && peer.events.is_empty());
        }
    }
    let mut peer = Peer::with(crate::protocol::Config { is_http1: true, ..Default::default() });
    peer.connection.shut_down();
    assert!(peer.connection.is_closed() && peer.send_raw(b"").is_empty());
}

#[test]
fn a_tls_client_in_cleartext_is_told_nothing() {
    let mut peer = Peer::new();
    assert!(peer.send_raw(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03hello").is_empty());
    assert!(peer.connection.is_closed());
}
