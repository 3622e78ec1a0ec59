//! Whether a TCP connection speaks HTTP/2, by the first bytes of both sides.

use h2wire::frame::{Flags, FrameHeader, FrameRule, FrameType, Opening, PREFACE, PayloadLength};

/// The bytes of each side that are examined; an HTTP/1.1 request that asks for an upgrade may be long.
const MOST: usize = 64 * 1024;

/// The verdict on the first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Undecided,
    /// At least one side speaks HTTP/2, so the other side should too.
    Http2 {
        /// Bytes of HTTP/1.1 before it, if the connection was upgraded.
        client_offset: usize,
        server_offset: usize,
    },
    /// TLS, which has to be decrypted.
    Tls,
    /// Another protocol, in words.
    Other(&'static str),
    /// No known protocol.
    Unknown(&'static str),
}

const FROM_THE_START: Verdict = Verdict::Http2 { client_offset: 0, server_offset: 0 };

/// Judges the bytes each side has sent so far; `ended` when no more follow.
pub(crate) fn recognise(client: &[u8], server: &[u8], ended: bool) -> Verdict {
    if client.starts_with(PREFACE) || is_preface_settings(server) {
        return FROM_THE_START;
    }
    if !client.is_empty() && PREFACE.starts_with(client) {
        return if ended { FROM_THE_START } else { Verdict::Undecided };
    }
    let ended = ended || client.len().max(server.len()) >= MOST;
    let is_request = Opening::detect(client) == Opening::Foreign(FrameRule::Http1Request);
    if is_request && server.starts_with(b"HTTP/1.1 101 ") {
        return upgraded(client, server)
            .unwrap_or(undecided_or(Verdict::Other("began an upgrade that did not lead to HTTP/2"), ended));
    }
    if server.len() < FrameHeader::LEN && !ended {
        return Verdict::Undecided;
    }
    let other = match (Opening::detect(client), Opening::detect(server)) {
        (Opening::Foreign(FrameRule::TlsRecord), _) | (_, Opening::Foreign(FrameRule::TlsRecord)) => {
            Verdict::Tls
        }
        (Opening::Foreign(_), _) | (_, Opening::Foreign(_)) => Verdict::Other("spoke HTTP/1.x"),
        _ if [client, server].into_iter().any(is_tls_content) => {
            Verdict::Other("spoke TLS (the capture lacks the handshake)")
        }
        _ => Verdict::Unknown(
            "spoke another protocol, or the capture lacks the start (--stateless reads it anyway)",
        ),
    };
    // A request may still be answered by a SETTINGS frame or an upgrade.
    undecided_or(other, ended || server.len() >= b"HTTP/1.1 101 ".len())
}

/// Whether bytes start like a record of TLS with content, as they do in the middle of a connection.
const fn is_tls_content(octets: &[u8]) -> bool {
    matches!(octets, [0x17, 3, 1..=3, 0..=0x48, _, ..])
}

const fn undecided_or(verdict: Verdict, decided: bool) -> Verdict {
    if decided { verdict } else { Verdict::Undecided }
}

/// Whether a server starts with a SETTINGS frame, as required. RFC 9113 §3.4.
pub(crate) fn is_preface_settings(server: &[u8]) -> bool {
    server.first_chunk().map(FrameHeader::parse).is_some_and(|header| {
        header.frame_type == FrameType::SETTINGS
            && !header.flags.contains(Flags::ACK)
            && header.stream_id.is_connection()
            && header.length <= PayloadLength::INITIAL_MAX_FRAME_SIZE
            && header.length.get().is_multiple_of(6)
    })
}

/// HTTP/2 after an HTTP/1.1 upgrade: after the 101 response, and from the preface on. RFC 7540 §3.2.
fn upgraded(client: &[u8], server: &[u8]) -> Option<Verdict> {
    let server_offset = find(server, b"\r\n\r\n")?.checked_add(4)?;
    let client_offset = find(client, PREFACE)?;
    Some(Verdict::Http2 { client_offset, server_offset })
}

fn find(octets: &[u8], pattern: &[u8]) -> Option<usize> {
    octets.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &[u8] = b"\0\0\x06\x04\0\0\0\0\0";
    const GET: &[u8] = b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n";

    #[test]
    fn one_side_that_speaks_http2_is_enough() {
        for server in [b"".as_slice(), SETTINGS, b"HTTP/1.1 400 \r\n", b"\x15\x03\x03\0\x02\x02\x46"] {
            assert_eq!(recognise(PREFACE, server, false), FROM_THE_START);
        }
        for client in [b"".as_slice(), GET, b"\x16\x03\x01\0\xc4\x01"] {
            assert_eq!(recognise(client, SETTINGS, false), FROM_THE_START);
        }
    }

    #[test]
    fn it_waits_for_enough_octets() {
        assert_eq!(recognise(&PREFACE[..10], b"", false), Verdict::Undecided);
        assert_eq!(recognise(&PREFACE[..10], b"", true), FROM_THE_START);
        assert_eq!(recognise(b"", &SETTINGS[..8], false), Verdict::Undecided);
        assert_eq!(recognise(GET, b"HTTP/1.1 1", false), Verdict::Undecided);
        assert_eq!(recognise(GET, b"", false), Verdict::Undecided);
    }

    #[test]
    fn an_upgrade_is_followed() {
        let client = [GET, PREFACE].concat();
        let head = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
        let server = [head, SETTINGS].concat();
        let verdict = Verdict::Http2 { client_offset: GET.len(), server_offset: head.len() };
        assert_eq!(recognise(&client, &server, false), verdict);
        assert_eq!(recognise(GET, &server, false), Verdict::Undecided);
        assert!(matches!(recognise(GET, &server, true), Verdict::Other(_)));
    }

    #[test]
    fn other_protocols_are_named() {
        let other = |client: &[u8], server: &[u8]| match recognise(client, server, true) {
            Verdict::Other(name) | Verdict::Unknown(name) => name,
            verdict => panic!("{verdict:?}"),
        };
        assert_eq!(other(GET, b"HTTP/1.1 200 OK\r\n"), "spoke HTTP/1.x");
        assert_eq!(recognise(b"\x16\x03\x01\0\xc4\x01", b"\x16\x03\x03\0\x10", true), Verdict::Tls);
        assert!(other(b"\x17\x03\x03\0\xc4\x01", b"").starts_with("spoke TLS"));
        assert!(
            other(b"\0\0\x08\x06\0\0\0\0\0deadbeef", b"\0\0\x08\x06\x01\0\0\0\0deadbeef").contains("start")
        );
    }
}
