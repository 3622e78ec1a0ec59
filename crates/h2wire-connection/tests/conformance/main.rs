//! The cases of a conformance suite: bytes in, error codes and responses out. Every case is run with its bytes in one piece,
//! one by one, and cut anywhere.

mod at_fault; // which field, and whose fields are lent
mod breaches; // of every rule
mod care; // what a careful embedder runs into
mod client; // what a server may do to a client
mod duties; // what it sends, and does not send, by itself
mod edges; // careless calls, numbers at their ends
mod errors; // GOAWAY
mod extensions; // CONNECT, priorities, unknown frames
mod flow; // windows
#[path = "../frames/mod.rs"]
mod frames; // by their bytes
mod hpack; // field blocks
mod life; // settings, shutdown, timeouts, floods
mod messages; // requests
mod peer; // a client that sends anything
mod random; // whatever comes, in any order
mod receiver; // of a conversation
mod rules; // each by its name
mod sending; // its length, padding, small parts
mod streams; // states
mod time; // timeouts, legitimate bursts, settings under way
mod words; // what is said of failures, of ends, and of what cannot be sent

use h2wire::frame::ErrorCode;

use frames::*;
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

/// Runs cases on a server after a handshake.
fn check(cases: Vec<Case>) {
    check_by(cases, Peer::after_handshake);
}

/// Runs cases on such a connection each.
fn check_by(cases: Vec<Case>, start: impl Fn() -> Peer) {
    assert!(!cases.is_empty());
    for (name, frames, expect) in cases {
        let octets = frames.concat();
        for cut in CUTS {
            let mut peer = start();
            let mut seen: Vec<Seen> = cut.pieces(&octets).flat_map(|piece| peer.send(piece)).collect();
            check_one(&format!("{name} ({cut:?})"), &mut peer, &mut seen, expect);
        }
    }
}

/// How the bytes of a case come.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Whole,
    Single,
    /// In pieces of whatever length, from such a start.
    Random(u32),
}

const CUTS: [Cut; 5] = [Cut::Whole, Cut::Single, Cut::Random(1), Cut::Random(2), Cut::Random(3)];

impl Cut {
    fn pieces(self, octets: &[u8]) -> impl Iterator<Item = &[u8]> {
        let (mut rest, mut random) = (octets, if let Self::Random(seed) = self { seed } else { 0 });
        core::iter::from_fn(move || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let len = match self {
                Self::Whole => rest.len(),
                Self::Single => 1,
                Self::Random(_) => usize::try_from(random >> 28).unwrap() + 1,
            };
            let (piece, after) = rest.split_at(len.min(rest.len()));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        })
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

/// A peer that speaks another protocol gets nothing that it would not understand.
#[test]
fn other_protocols() {
    let tls = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03hello".as_slice();
    for octets in [b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"POST /a HTTP/1.0\r\n\r\n".as_slice(), tls] {
        let mut peer = Peer::new();
        assert!(peer.send_raw(octets).is_empty());
        assert!(peer.connection.is_closed());
        assert!(peer.failure.unwrap().is_other_protocol());
    }
    let mut peer = Peer::of_client(&h2wire_connection::Config::default());
    peer.output();
    assert!(peer.send_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").is_empty());
    assert!(peer.failure.unwrap().is_other_protocol());
}
