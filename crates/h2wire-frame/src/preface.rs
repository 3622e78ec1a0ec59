//! The client connection preface, RFC 9113 §3.4, and what stands in its place when the peer does not speak HTTP/2.

use crate::FrameRule;

/// The 24 bytes that a client's connection starts with; a SETTINGS frame follows. RFC 9113 §3.4.
pub const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Matches the preface as it comes in, in any pieces.
///
/// ```
/// use h2wire_frame::{PREFACE, PrefaceMatch, PrefaceMatcher};
///
/// let mut matcher = PrefaceMatcher::new();
/// assert_eq!(matcher.advance(&PREFACE[..20]), PrefaceMatch::Needed(4));
/// assert_eq!(
///     matcher.advance(b"\r\n\r\nand more"),
///     PrefaceMatch::Complete { consumed: 4 },
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PrefaceMatcher {
    matched: usize,
}

/// How far a [`PrefaceMatcher`] got. Closed: bytes match in part, match completely, or differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrefaceMatch {
    /// All bytes so far match; this many are missing.
    Needed(usize),
    /// The preface ends after `consumed` bytes of the last piece.
    Complete {
        /// Bytes of the last piece that belong to the preface.
        consumed: usize,
    },
    /// The bytes are no preface.
    Mismatch,
}

impl PrefaceMatcher {
    /// A matcher at the start of a connection.
    #[must_use]
    pub const fn new() -> Self {
        Self { matched: 0 }
    }

    /// Takes the next bytes. After a mismatch the matcher stays where it was.
    pub fn advance(&mut self, octets: &[u8]) -> PrefaceMatch {
        let missing = PREFACE.get(self.matched..).unwrap_or_default();
        let len = missing.len().min(octets.len());
        if missing.get(..len) != octets.get(..len) {
            return PrefaceMatch::Mismatch;
        }
        self.matched = self.matched.saturating_add(len);
        match missing.len().saturating_sub(len) {
            0 => PrefaceMatch::Complete { consumed: len },
            needed => PrefaceMatch::Needed(needed),
        }
    }
}

/// What the first bytes of a connection say about a peer that should speak HTTP/2.
///
/// Closed: [`FrameRule`] names the other protocols, and it can grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// Too few bytes to say, and no more than [`Opening::LONGEST`] are needed.
    Undecided,
    /// The peer speaks something else. The rule is one of [`FrameRule::Http1Response`], [`FrameRule::Http1Request`] and
    /// [`FrameRule::TlsRecord`], which name the cause. Parsed as a frame, these bytes would give a misleading
    /// `FRAME_SIZE_ERROR`.
    Foreign(FrameRule),
    /// Nothing that is recognised; HTTP/2 perhaps.
    Other,
}

/// How other protocols start.
#[rustfmt::skip]
const FOREIGN: [(FrameRule, &[&[u8]]); 2] = [
    // An error page without a status line: some servers take the preface for a request of HTTP/0.9.
    (FrameRule::Http1Response, &[b"HTTP/1.", b"<!DOCTYP", b"<!doctyp", b"<html", b"<HTML"]),
    (FrameRule::Http1Request, &[
        b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"CONNECT ", b"OPTIONS ", b"TRACE ", b"PATCH ",
    ]),
];

impl Opening {
    /// The most bytes that are needed to decide.
    pub const LONGEST: usize = 8;

    /// Looks at the first bytes of a connection, as many as there are.
    ///
    /// Once it is not [`Undecided`](Self::Undecided), more bytes do not change the answer.
    #[must_use]
    pub fn detect(octets: &[u8]) -> Self {
        // A record of alerts or of a handshake, protocol version 3.0 to 3.4.
        match octets {
            [0x15 | 0x16, 3, 0..=4, ..] => return Self::Foreign(FrameRule::TlsRecord),
            [] | [0x15 | 0x16] | [0x15 | 0x16, 3] => return Self::Undecided,
            _ => {}
        }
        let mut answer = Self::Other;
        for (rule, starts) in &FOREIGN {
            for start in *starts {
                if octets.starts_with(start) {
                    return Self::Foreign(*rule);
                }
                if start.starts_with(octets) {
                    answer = Self::Undecided;
                }
            }
        }
        answer
    }
}

impl FrameRule {
    /// Whether the peer does not speak HTTP/2 at all: its bytes are not frames.
    #[must_use]
    pub const fn is_other_protocol(self) -> bool {
        matches!(self, Self::Http1Response | Self::Http1Request | Self::TlsRecord | Self::Preface)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_in_any_pieces() {
        for cut in 0..PREFACE.len() {
            let mut matcher = PrefaceMatcher::new();
            let (head, tail) = PREFACE.split_at(cut);
            assert_eq!(matcher.advance(head), PrefaceMatch::Needed(tail.len()));
            assert_eq!(
                matcher.advance(&[tail, b"more"].concat()),
                PrefaceMatch::Complete { consumed: tail.len() }
            );
        }
    }

    #[test]
    fn a_wrong_octet_is_a_mismatch_wherever_it_is() {
        for wrong in 0..PREFACE.len() {
            let mut octets = *PREFACE;
            octets[wrong] ^= 0x20;
            assert_eq!(PrefaceMatcher::new().advance(&octets), PrefaceMatch::Mismatch);
            let mut matcher = PrefaceMatcher::new();
            assert_eq!(matcher.advance(&octets[..wrong]), PrefaceMatch::Needed(24 - wrong));
            assert_eq!(matcher.advance(&octets[wrong..]), PrefaceMatch::Mismatch);
        }
    }

    #[test]
    fn recognises_what_is_not_http2() {
        for (octets, rule) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], FrameRule::Http1Response),
            (b"HTTP/1.0 505 \r\n", FrameRule::Http1Response),
            (b"<!DOCTYPE HTML>\n<html lang=\"en\">\n", FrameRule::Http1Response),
            (b"GET / HTTP/1.1\r\n", FrameRule::Http1Request),
            (b"PATCH /x HTTP/1.1\r\n", FrameRule::Http1Request),
            (b"\x16\x03\x01\x02\x00\x01\x00", FrameRule::TlsRecord),
            (b"\x15\x03\x03\x00\x02\x02\x46", FrameRule::TlsRecord),
        ] {
            assert_eq!(Opening::detect(octets), Opening::Foreign(rule), "{octets:?}");
        }
        for octets in
            [&PREFACE[..], b"\0\0\0\x04\0\0\0\0\0", b"HTTP/2", b"SSH-2.0-x", b"\x17\x03\x03", b"GETX"]
        {
            assert_eq!(Opening::detect(octets), Opening::Other, "{octets:?}");
        }
    }

    #[test]
    fn more_octets_never_change_a_decision() {
        let tls = [0x15, 0x16].map(|record| [0, 1, 2, 3, 4].map(|version| vec![record, 3, version]));
        let tls = tls.into_iter().flatten().map(|start| (FrameRule::TlsRecord, start));
        let text =
            FOREIGN.iter().flat_map(|(rule, starts)| starts.iter().map(|start| (*rule, start.to_vec())));
        for (rule, start) in text.chain(tls) {
            assert!(start.len() <= Opening::LONGEST);
            for len in 0..start.len() {
                assert_eq!(Opening::detect(&start[..len]), Opening::Undecided);
            }
            assert_eq!(Opening::detect(&[&start[..], b"\0"].concat()), Opening::Foreign(rule));
        }
    }
}
