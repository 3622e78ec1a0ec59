//! What is wrong, for people: what was seen, what a receiver does, what was perhaps meant.

use std::io::Read;

use h2wire::frame::{FrameHeader, FrameRule, PREFACE, ParseOptions, Scope};
use h2wire::hpack::HpackError;
use h2wire::{Limit, Rule};

use crate::event::Fault;
use crate::io::HexText;

/// What a receiver does.
pub(crate) fn answer(error: Fault) -> String {
    let code = error.code();
    match error.scope {
        Scope::Connection if error.rule.is_other_protocol() => {
            format!("connection error {code}: close; GOAWAY may be left out")
        }
        Scope::Connection => format!("connection error {code}: GOAWAY, then close"),
        Scope::Stream(id) => {
            format!("stream error {code}: RST_STREAM on stream {id}; the connection goes on")
        }
    }
}

/// What the octets are, in the words of whoever sent them.
pub(crate) fn evidence(rule: Rule, octets: &[u8]) -> Option<String> {
    match rule {
        Rule::Frame(FrameRule::Http1Response | FrameRule::Http1Request) => {
            let line = octets.split(|octet| matches!(octet, b'\r' | b'\n')).next()?;
            let line = line.get(..80).unwrap_or(line);
            Some(line.escape_ascii().to_string())
        }
        Rule::Frame(FrameRule::TlsRecord) => Some(match octets {
            [0x15, _, _, _, _, level, description, ..] => {
                let level = if *level == 2 { "fatal" } else { "warning" };
                format!("TLS alert, {level}: {}", alert(*description))
            }
            [0x15, ..] => "TLS alert".to_owned(),
            [_, _, _, _, _, 1, ..] => "TLS ClientHello".to_owned(),
            _ => "TLS handshake".to_owned(),
        }),
        Rule::Frame(FrameRule::Preface) => {
            let same = octets.iter().zip(PREFACE).take_while(|(octet, expected)| octet == expected).count();
            (same > 3).then(|| format!("the preface up to octet {same}, then other octets"))
        }
        _ => octets.first_chunk().map(|header| FrameHeader::parse(header).to_string()),
    }
}

/// The alerts of TLS that a peer is likely to send here. RFC 8446 §6, RFC 7301 §3.2.
fn alert(description: u8) -> String {
    match description {
        10 => "unexpected_message".to_owned(),
        40 => "handshake_failure".to_owned(),
        47 => "illegal_parameter".to_owned(),
        50 => "decode_error".to_owned(),
        70 => "protocol_version".to_owned(),
        80 => "internal_error".to_owned(),
        120 => "no_application_protocol".to_owned(),
        other => format!("description {other}"),
    }
}

/// The octets that an error is about: those of the frame, as far as they are at hand.
pub(crate) fn frame_octets(rule: Rule, octets: &[u8]) -> &[u8] {
    match octets.first_chunk().map(FrameHeader::parse) {
        Some(header) if !rule.is_other_protocol() && rule != Rule::Frame(FrameRule::FirstFrame) => {
            octets.get(..header.length.to_usize().saturating_add(FrameHeader::LEN)).unwrap_or(octets)
        }
        _ => octets,
    }
}

/// What was perhaps meant by the one who called.
pub(crate) fn hint(rule: Rule, octets: &[u8]) -> Option<&'static str> {
    match rule {
        Rule::Frame(rule) => frame_hint(rule, octets),
        Rule::Hpack(HpackError::SizeUpdateAboveLimit) => {
            Some("the table limit that the receiver announced is told with --header-table-size")
        }
        Rule::Limit(Limit::SectionSize | Limit::BlockLength) => {
            Some("a larger limit is set by --max-header-list-size")
        }
        Rule::Limit(Limit::Fields) => Some("a larger limit is set by --max-header-fields"),
        Rule::Limit(Limit::Continuations) => Some("a larger limit is set by --max-continuations"),
        _ => None,
    }
}

fn frame_hint(rule: FrameRule, octets: &[u8]) -> Option<&'static str> {
    let is_preface = octets.starts_with(PREFACE);
    match rule {
        FrameRule::FrameLengthLimit if is_preface => {
            Some("these octets are the preface of a connection: leave out --stateless")
        }
        FrameRule::FirstFrame if is_preface => {
            Some("these octets are what a client sends: the receiver is a server")
        }
        FrameRule::FirstFrame | FrameRule::FrameLengthLimit if is_hex_text(octets) => {
            Some("these octets look like hexadecimal text: add --hex")
        }
        FrameRule::FirstFrame if is_plausible(octets) => {
            Some("a frame by itself, or the middle of a connection, is read with --stateless")
        }
        FrameRule::FirstFrame => Some("these octets do not look like HTTP/2"),
        FrameRule::FrameLengthLimit => Some("a larger limit is set by --max-frame-size"),
        _ => None,
    }
}

/// Whether octets could be a frame, though not the first one of a connection.
fn is_plausible(octets: &[u8]) -> bool {
    octets.first_chunk().map(FrameHeader::parse).is_some_and(|header| {
        header.frame_type.name().is_some()
            && !header.reserved
            && header.check(&ParseOptions::default()).is_ok()
            || header.frame_type.name().is_some() && header.length.get() < 256
    })
}

/// Whether octets, up to the end of a line, are what `--hex` reads.
fn is_hex_text(octets: &[u8]) -> bool {
    let lines = octets.iter().rposition(|octet| *octet == b'\n').and_then(|end| octets.get(..end));
    let mut decoded = Vec::new();
    HexText::new(lines.unwrap_or(octets)).read_to_end(&mut decoded).is_ok() && !decoded.is_empty()
}
