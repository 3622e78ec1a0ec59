//! Whether a TCP connection speaks HTTP/2, by the first bytes of both sides.

use h2wire::frame::{
    Flags, Frame, FrameHeader, FrameRule, FrameType, Opening, PREFACE, ParseOptions, PayloadLength, Progress,
};

use crate::event::Side;
use crate::inspect::capture::beginning::Beginning;
use crate::inspect::capture::http1::find;
use crate::inspect::capture::prologue::Prologue;
use crate::inspect::tls::is_client_hello;

/// The bytes of each side that are examined; an HTTP/1.1 request that asks for an upgrade may be long.
const MOST: usize = 64 * 1024;

/// The verdict on the first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Undecided,
    /// At least one side speaks HTTP/2, so the other side should too.
    Http2,
    /// TLS, which has to be decrypted.
    Tls,
    /// Another protocol, in words.
    Other(&'static str),
    /// No known protocol.
    Unknown(&'static str),
}

/// Judges the bytes each side has sent so far after a prologue; `ended` when no more follow.
pub(crate) fn recognise(prologue: &Prologue, client: &Beginning, server: &Beginning, ended: bool) -> Verdict {
    let ended = ended || client.octets.len().max(server.octets.len()) >= MOST;
    if prologue.is_inside(client, server) {
        return undecided_or(Verdict::Other(HTTP1), ended);
    }
    if prologue.is_upgraded {
        return undecided_or(Verdict::Http2, ended || !prologue.waits_for_client(client));
    }
    if prologue.is_other {
        return Verdict::Other(HTTP1);
    }
    let may_change = prologue.is_loose || prologue.is_early(client, server);
    match judge(&client.octets, &server.octets, ended, may_change) {
        // Only HTTP/1.1 was seen.
        Verdict::Unknown(_)
            if ended
                && client.octets.is_empty()
                && server.octets.is_empty()
                && (prologue.name.is_some() || !prologue.is_loose) =>
        {
            Verdict::Other(HTTP1)
        }
        verdict => verdict,
    }
}

const HTTP1: &str = "spoke HTTP/1.x";

fn judge(client: &[u8], server: &[u8], ended: bool, may_change: bool) -> Verdict {
    if client.starts_with(PREFACE) || is_preface_settings(server) {
        return Verdict::Http2;
    }
    if !client.is_empty() && PREFACE.starts_with(client) {
        return if ended { Verdict::Http2 } else { Verdict::Undecided };
    }
    if server.len() < FrameHeader::LEN && !ended {
        return Verdict::Undecided;
    }
    let other = match (Opening::detect(client), Opening::detect(server)) {
        (Opening::Foreign(FrameRule::TlsRecord), _) | (_, Opening::Foreign(FrameRule::TlsRecord)) => {
            Verdict::Tls
        }
        (Opening::Foreign(_), _) | (_, Opening::Foreign(_)) => Verdict::Other(HTTP1),
        _ if [client, server].into_iter().any(is_tls_content) => {
            Verdict::Other("spoke TLS (the capture lacks the handshake)")
        }
        _ => Verdict::Unknown(
            "spoke another protocol, or the capture lacks the start (--stateless reads it anyway)",
        ),
    };
    // A request may still be answered by a SETTINGS frame or an upgrade, or come late.
    let is_clear = !may_change || other == Verdict::Tls;
    undecided_or(other, ended || is_clear && server.len() >= b"HTTP/1.1 101 ".len())
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

/// Where a client turns to HTTP/2: at the start of these bytes or after an empty line, else only if SETTINGS follow.
pub(crate) fn preface_in(client: &[u8]) -> Option<usize> {
    const EMPTY_LINE: &[u8] = b"\r\n\r\n";
    let at = find(client, PREFACE)?;
    let (before, after) = client.split_at_checked(at)?;
    let settings = after.get(PREFACE.len()..)?;
    let is_at_start = before.is_empty() || before.ends_with(EMPTY_LINE);
    (is_preface_settings(settings) || is_at_start && settings.len() < FrameHeader::LEN).then_some(at)
}

/// Whether bytes start like those of a client: the preface, or a hello of TLS.
pub(crate) fn speaks_as_client(octets: &[u8]) -> bool {
    octets.starts_with(PREFACE)
        || (octets.len() > 2 && PREFACE.starts_with(octets))
        || is_client_hello(octets)
}

/// Who sends such frames, if a field block says so by its first field.
pub(crate) fn sent_by(mut octets: &[u8]) -> Option<Side> {
    let options = ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::MAX);
    while let Ok(Progress::Item { item: (_, frame), consumed }) = Frame::parse(octets, &options) {
        if let Frame::PushPromise(_) = frame {
            return Some(Side::Server);
        }
        if let Frame::Headers(frame) = frame
            && let Some(side) = first_field(frame.field_block_fragment)
        {
            return Some(side);
        }
        octets = octets.get(consumed..).unwrap_or_default();
    }
    None
}

/// Who sends a field block with this first field: pseudo-header fields come first. RFC 7541 §6, appendix A.
fn first_field(block: &[u8]) -> Option<Side> {
    let name = match *block {
        [0x00 | 0x10 | 0x40, len, ref rest @ ..] => {
            return match rest.get(..len.into())? {
                b":status" => Some(Side::Server),
                name if name.starts_with(b":") => Some(Side::Client),
                _ => None,
            };
        }
        [indexed @ 0x80..=0xff, ..] => indexed & 0x7f,
        [literal @ 0x40..=0x7f, ..] => literal & 0x3f,
        [literal @ 0x00..=0x1f, ..] => literal & 0x0f,
        _ => return None,
    };
    match name {
        1..=7 => Some(Side::Client),
        8..=14 => Some(Side::Server),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &[u8] = b"\0\0\x06\x04\0\0\0\0\0";
    const GET: &[u8] = b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n";

    #[test]
    fn one_side_that_speaks_http2_is_enough() {
        for server in [b"".as_slice(), SETTINGS, b"HTTP/1.1 400 \r\n", b"\x15\x03\x03\0\x02\x02\x46"] {
            assert_eq!(judge(PREFACE, server, false, false), Verdict::Http2);
        }
        for client in [b"".as_slice(), GET, b"\x16\x03\x01\0\xc4\x01"] {
            assert_eq!(judge(client, SETTINGS, false, false), Verdict::Http2);
        }
    }

    #[test]
    fn it_waits_for_enough_octets() {
        assert_eq!(judge(&PREFACE[..10], b"", false, false), Verdict::Undecided);
        assert_eq!(judge(&PREFACE[..10], b"", true, false), Verdict::Http2);
        assert_eq!(judge(b"", &SETTINGS[..8], false, false), Verdict::Undecided);
        assert_eq!(judge(GET, b"HTTP/1.1 1", false, false), Verdict::Undecided);
        assert_eq!(judge(GET, b"", false, false), Verdict::Undecided);
    }

    #[test]
    fn other_protocols_are_named() {
        let other = |client: &[u8], server: &[u8]| match judge(client, server, true, false) {
            Verdict::Other(name) | Verdict::Unknown(name) => name,
            verdict => panic!("{verdict:?}"),
        };
        assert_eq!(other(GET, b"HTTP/1.1 200 OK\r\n"), "spoke HTTP/1.x");
        assert_eq!(judge(b"\x16\x03\x01\0\xc4\x01", b"\x16\x03\x03\0\x10", true, false), Verdict::Tls);
        assert!(other(b"\x17\x03\x03\0\xc4\x01", b"").starts_with("spoke TLS"));
        assert!(
            other(b"\0\0\x08\x06\0\0\0\0\0deadbeef", b"\0\0\x08\x06\x01\0\0\0\0deadbeef").contains("start")
        );
    }
}
