//! Errors in words: the evidence, the receiver's reaction, a hint for the caller.

use h2wire::frame::{
    ErrorCode, Frame, FrameHeader, FrameRule, FrameType, GoAway, Opening, PREFACE, ParseOptions, Progress,
    Scope,
};
use h2wire::hpack::HpackError;
use h2wire::{Limit, Rule};

use crate::event::Fault;

/// What a GOAWAY in place of SETTINGS means.
pub(crate) const REFUSED: &str = "the sender refuses the connection: its error code and text say why";

/// A label and what it says.
pub(crate) type Fact = (&'static str, String);

/// The labels of sentences.
pub(crate) const PROSE: [&str; 2] = ["remedy", "hint"];

/// The reaction of the receiver to what only both directions show.
pub(crate) fn reaction(code: ErrorCode, scope: Scope) -> String {
    match scope {
        Scope::Connection => format!("connection error {code}: GOAWAY, then close"),
        Scope::Stream(id) => {
            format!("stream error {code}: RST_STREAM on stream {id}; the connection continues")
        }
    }
}

/// The reaction of the receiver.
pub(crate) fn answer(error: Fault) -> String {
    match error.scope {
        Scope::Connection if error.rule.is_other_protocol() => {
            format!("connection error {}: close; GOAWAY is optional", error.code())
        }
        scope => reaction(error.code(), scope),
    }
}

/// The bytes in readable form, quoting the sender where possible.
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
            (same > 3).then(|| format!("the first {same} bytes of the preface, then other bytes"))
        }
        _ => {
            let header = octets.first_chunk().map(FrameHeader::parse)?;
            let go_away = match first_go_away(rule, octets) {
                Some(Progress::Item { item, .. }) => format!(": {item}"),
                _ => String::new(),
            };
            Some(format!("{header}{go_away}"))
        }
    }
}

/// The GOAWAY in place of SETTINGS, which says why the peer does not want the connection, or how much of it is missing.
pub(crate) fn first_go_away(rule: Rule, octets: &[u8]) -> Option<Progress<GoAway<&[u8]>>> {
    if rule != Rule::Frame(FrameRule::FirstFrame) || !is_go_away(octets) {
        return None;
    }
    match Frame::parse(octets, &ParseOptions::default()) {
        Ok(Progress::Item { item: (_, Frame::GoAway(item)), consumed }) => {
            Some(Progress::Item { item, consumed })
        }
        Ok(Progress::Needed(missing)) => Some(Progress::Needed(missing)),
        _ => None,
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

/// The bytes of the broken frame that have arrived.
pub(crate) fn frame_octets(rule: Rule, octets: &[u8]) -> &[u8] {
    match octets.first_chunk().map(FrameHeader::parse) {
        Some(header) if !rule.is_other_protocol() && rule != Rule::Frame(FrameRule::FirstFrame) => {
            octets.get(..header.length.to_usize().saturating_add(FrameHeader::LEN)).unwrap_or(octets)
        }
        _ => octets,
    }
}

/// An option that may help the caller.
pub(crate) fn hint(rule: Rule, octets: &[u8]) -> Option<&'static str> {
    match rule {
        Rule::Frame(rule) => frame_hint(rule, octets),
        Rule::Hpack(HpackError::SizeUpdateAboveLimit) => {
            Some("pass the table limit the receiver announced with --header-table-size")
        }
        Rule::Limit(Limit::SectionSize) => Some("raise it with --max-header-list-size"),
        Rule::Limit(Limit::BlockLength) => Some("raise it with --max-header-block"),
        Rule::Limit(Limit::Fields) => Some("raise it with --max-header-fields"),
        Rule::Limit(Limit::Continuations) => Some("raise it with --max-continuations"),
        _ => None,
    }
}

fn frame_hint(rule: FrameRule, octets: &[u8]) -> Option<&'static str> {
    let is_preface = octets.starts_with(PREFACE);
    match rule {
        FrameRule::FrameLengthLimit if is_preface => {
            Some("the input is the preface of a connection: leave out --stateless")
        }
        FrameRule::FirstFrame if is_preface => {
            Some("a client sent this input: use --role server, or leave out --role")
        }
        FrameRule::FirstFrame if is_go_away(octets) => Some(REFUSED),
        FrameRule::FirstFrame if is_plausible(octets) => {
            Some("add --stateless to read a single frame or the middle of a connection")
        }
        FrameRule::FirstFrame => Some(
            "the input does not look like HTTP/2: check that it is decrypted and complete from its start",
        ),
        FrameRule::FrameLengthLimit if matches!(Opening::detect(octets), Opening::Foreign(_)) => {
            Some("the input is not HTTP/2: leave out --stateless to see what it is")
        }
        FrameRule::FrameLengthLimit => Some("raise it with --max-frame-size"),
        _ => None,
    }
}

fn is_go_away(octets: &[u8]) -> bool {
    octets.first_chunk().map(FrameHeader::parse).is_some_and(|header| header.frame_type == FrameType::GOAWAY)
}

/// Whether bytes could be a frame from the middle of a connection.
fn is_plausible(octets: &[u8]) -> bool {
    octets.first_chunk().map(FrameHeader::parse).is_some_and(|header| {
        header.frame_type.name().is_some()
            && !header.reserved
            && header.check(&ParseOptions::default()).is_ok()
            || header.frame_type.name().is_some() && header.length.get() < 256
    })
}
