//! Whether the first bytes of the peer can be HTTP/2, and what else they look like.

use h2wire::frame::{FrameHeader, FrameType, PREFACE, ParseOptions, PayloadLength, Setting, StreamId};

use crate::render::{both, printable};

/// Bytes that are shown.
const SHOWN: usize = 16;
/// The longest line that is shown.
const LONGEST: usize = 80;

/// Whether a server that speaks HTTP/2 can have sent these first bytes, with whatever frame.
pub(super) fn may_be_http2(start: &[u8]) -> bool {
    let Some((octets, payload)) = start.split_first_chunk() else { return may_become_header(start) };
    let header = FrameHeader::parse(octets);
    if header.frame_type.name().is_some() {
        return is_known(&header);
    }
    // A frame of an unknown type is ignored, so nothing of it is certain but what follows.
    let next = payload.get(header.length.to_usize()..).and_then(<[u8]>::first_chunk);
    header.length <= PayloadLength::INITIAL_MAX_FRAME_SIZE
        && !header.reserved
        && header.flags.0 == 0
        && header.stream_id.get() <= StreamId::FIRST_CLIENT.get()
        && next.map(FrameHeader::parse).is_none_or(|next| is_known(&next))
}

/// Whether this is the header of a frame that an RFC defines, and breaks none of its rules.
fn is_known(header: &FrameHeader) -> bool {
    let named = header.flags.names(header.frame_type).count();
    let is_right = match header.frame_type {
        FrameType::SETTINGS => is_settings(header),
        frame_type => frame_type.name().is_some() && header.check(&ParseOptions::DEFAULT).is_ok(),
    };
    is_right && !header.reserved && u32::try_from(named) == Ok(header.flags.0.count_ones())
}

/// The same for the frame that is expected, which may break one rule: that is what to report then.
fn is_settings(header: &FrameHeader) -> bool {
    let length = header.length;
    let kept = [
        length <= PayloadLength::INITIAL_MAX_FRAME_SIZE,
        length.to_usize().is_multiple_of(Setting::LEN),
        header.stream_id.is_connection(),
    ];
    kept.into_iter().filter(|is_kept| !is_kept).count() <= 1
}

/// Whether the start of a header can become one.
fn may_become_header(start: &[u8]) -> bool {
    match start {
        [] | [0] => true,
        [0, high] | [0, high, _] => *high <= 0x40,
        _ => (0..=1).any(|stream| {
            let mut header = [0, 0, 0, 0, 0, 0, 0, 0, stream];
            header.iter_mut().zip(start).for_each(|(octet, sent)| *octet = *sent);
            is_known(&FrameHeader::parse(&header))
        }),
    }
}

/// The protocols of these starts.
#[rustfmt::skip]
const STARTS: [(&[u8], &str); 24] = [
    (b"SSH-", "SSH"),
    (b"RFB ", "VNC"),
    (b"AMQP", "AMQP"),
    (b"* OK", "IMAP"),
    (b"+OK", "POP3"),
    (b"-ERR", "Redis"),
    (b"-NOAUTH", "Redis"),
    (b"-DENIED", "Redis"),
    (b"ERROR\r\n", "memcached"),
    (b"INFO {", "NATS"),
    (b"@RSYNCD", "rsync"),
    (b"E\0\0", "PostgreSQL"),
    (b"R\0\0\0", "PostgreSQL"),
    (b"\x03\0\0", "RDP"),
    (b"\x05\xff", "SOCKS5"),
    (b"\0\x5b", "SOCKS4"),
    (b"\x20\x02", "MQTT"),
    (b"\xff\xfb", "Telnet"),
    (b"\xff\xfd", "Telnet"),
    (b"\x14\x03", "TLS"),
    (b"\x15\x03", "TLS"),
    (b"\x16\x03", "TLS"),
    (b"\x17\x03", "TLS"),
    (b"HTTP/", "HTTP/1.x"),
];

/// What they look like, if that is known.
pub(super) fn looks_like(start: &[u8]) -> Option<&'static str> {
    match start {
        // The length, a number and the version of the protocol, or an error.
        [_, _, 0, 0, 10 | 0xff, _, ..] => return Some("MySQL"),
        [0x30, _, 2, 1, ..] | [0x30, 0x84, _, _, _, _, 2, 1, ..] => return Some("LDAP"),
        [b'2', b'2', b'0', b' ' | b'-', ..] => return Some(greeting(start)),
        _ => {}
    }
    STARTS.iter().find_map(|(known, name)| start.starts_with(known).then_some(*name))
}

/// Mail and file transfer greet with the same number.
fn greeting(start: &[u8]) -> &'static str {
    let has = |word: &[u8]| start.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    if has(b"smtp") {
        "SMTP"
    } else if has(b"ftp") {
        "FTP"
    } else {
        "SMTP or FTP"
    }
}

/// Whether they are what this client has sent.
pub(super) fn is_echo(start: &[u8]) -> bool {
    start.starts_with(PREFACE)
}

/// The first line of text; other bytes in hexadecimal and as text.
pub(super) fn shown(start: &[u8]) -> Option<String> {
    let is_text = |octet: &u8| matches!(octet, b'\t' | b'\r' | b'\n' | 0x20..=0x7e);
    if start.iter().take(32).all(is_text) {
        let line = start.split(|octet| matches!(octet, b'\r' | b'\n')).find(|line| !line.is_empty())?;
        return Some(printable(line.get(..LONGEST).unwrap_or(line)));
    }
    let start = start.get(..SHOWN).unwrap_or(start);
    Some(both(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_whatever_its_type() {
        for start in [
            b"\0\0\0\x04\0\0\0\0\0".as_slice(),
            // SETTINGS that break another rule.
            b"\0\x60\0\x04\0\0\0\0\0",
            b"\0\0\x05\x04\0\0\0\0\0",
            b"\0\0\x06\x04\0\0\0\0\x01",
            b"\0\0\x04\x08\0\0\0\0\0\0\0\0\x01",
            b"\0\0\x08\x06\0\0\0\0\0abcdefgh",
            b"\0\0\x01\x01\x05\0\0\0\x01\x88",
            b"\0\x40\0\0\x01\0\0\0\x01",
            b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08",
            b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01",
            b"\0\0\x05\x0a\0\0\0\0\x01\0\0h2=",
            // Of an unknown type, alone or with SETTINGS after it.
            b"\0\0\x02\x2a\0\0\0\0\0",
            b"\0\0\x02\x2a\0\0\0\0\0ab\0\0\0\x04\0\0\0\0\0",
        ] {
            assert!(may_be_http2(start), "{}", both(start));
        }
        for start in [b"\0\0\0\x04\0\0\0\0\0", b"\0\x40\0\0\x01\0\0\0\x01"] {
            for len in 0..start.len() {
                assert!(may_be_http2(&start[..len]), "{len} of {}", both(start));
            }
        }
    }

    #[test]
    fn one_byte_that_no_frame_has_is_enough() {
        for start in [
            b"\0\x40\x01\0\x01\0\0\0\x01".as_slice(),
            b"\0\0\0\x04\x02\0\0\0\0",
            b"\0\0\0\x04\0\x80\0\0\0",
            b"\0\0\x05\x04\0\0\0\0\x01",
            b"\0\x40\x01\x04\0\0\0\0\0",
            b"\0\0\0\0\0\0\0\0\0",
            b"\0\0\x02\x2a\x01\0\0\0\0",
            b"\0\0\x02\x2a\0\0\0\0\x03",
            b"\0\0\x02\x2a\0\0\0\0\0ab\0\0\0\x04\x02\0\0\0\0",
            b"\x01",
            b"\0\x41",
            b"\0\0\0\x04\x02",
            b"\0\0\0\x2a",
        ] {
            assert!(!may_be_http2(start), "{}", both(start));
        }
    }

    #[test]
    fn what_is_no_text_is_hexadecimal() {
        assert_eq!(shown(b"\r\n-ERR no\r\nmore").as_deref(), Some("-ERR no"));
        assert_eq!(shown(b"J\0\0\0\n8.0").as_deref(), Some("4a 00 00 00 0a 38 2e 30  |J....8.0|"));
        assert_eq!(shown(b"\n"), None);
    }
}
