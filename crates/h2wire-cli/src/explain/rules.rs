//! The rules of every layer, and what `probe` finds beyond them.

use std::io;

use h2wire::frame::{FrameRule, RfcSection};
use h2wire::hpack::HpackError;
use h2wire::{Limit, Malformed, Rule};
use h2wire_connection::{Cause, ConnectionRule};

use super::layout::Sheet;
use crate::finding::Finding;

/// Every rule that a peer can break.
pub(super) fn rules() -> impl Iterator<Item = Cause> {
    let frame = FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
    let hpack = HpackError::ALL.iter().map(|error| Rule::Hpack(*error));
    let malformed = Malformed::ALL.iter().map(|malformed| Rule::Malformed(*malformed));
    let limit = Limit::ALL.iter().map(|limit| Rule::Limit(*limit));
    let codec = frame.chain(hpack).chain(malformed).chain(limit).map(Cause::Codec);
    codec.chain(ConnectionRule::ALL.iter().map(|rule| Cause::Connection(*rule)))
}

/// Everything that `probe` finds beyond them.
pub(super) fn findings() -> impl Iterator<Item = Finding> {
    Finding::ALL.iter().copied()
}

/// What ends because of it.
const fn scope(rule: Cause) -> &'static str {
    match rule {
        Cause::Codec(
            Rule::Malformed(_)
            | Rule::Limit(Limit::SectionSize | Limit::Fields)
            | Rule::Frame(FrameRule::PriorityLength),
        )
        | Cause::Connection(
            ConnectionRule::TooManyStreams
            | ConnectionRule::StreamWindowExceeded
            | ConnectionRule::StreamWindowOverflow
            | ConnectionRule::SectionOrder
            | ConnectionRule::StatusMissing
            | ConnectionRule::DataBeforeHead
            | ConnectionRule::ContentTooLong
            | ConnectionRule::ContentTooShort
            | ConnectionRule::FrameInTunnel,
        ) => "of a stream",
        Cause::Codec(Rule::Frame(FrameRule::WindowUpdateIncrement)) => {
            "of the stream, or of the connection on stream 0"
        }
        Cause::Connection(ConnectionRule::DataOnClosed | ConnectionRule::HeadersOnClosed) => {
            "of the connection, or of the stream if the peer has reset it before"
        }
        Cause::Connection(ConnectionRule::SelfDependency) => {
            "of the stream, or of the connection if the stream is not open yet"
        }
        _ => "of the connection",
    }
}

pub(super) fn print_rule(out: &mut impl Sheet, rule: Cause) -> io::Result<()> {
    out.title(rule.name(), "rule")?;
    out.paragraph(&format!("{}, {}: an error {}.", rule.section(), rule.code(), scope(rule)))?;
    out.label("What the peer did")?;
    out.paragraph(rule.sentence())?;
    out.label("What to do")?;
    out.paragraph(rule.remedy())
}

pub(super) fn print_finding(out: &mut impl Sheet, finding: Finding) -> io::Result<()> {
    out.title(finding.name(), "finding of probe")?;
    let status = finding.status().number();
    out.paragraph(&format!("{}. `h2wire probe` ends with status {status}.", finding.section()))?;
    out.label("What it means")?;
    out.paragraph(finding.sentence())?;
    out.label("What to do")?;
    out.paragraph(finding.remedy())
}

/// A section of an RFC, as people write it: `6.5.2`, `§6.5.2`, `RFC 9113 §6.5.2`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    rfc: Option<u16>,
    number: String,
}

impl Place {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let has_sign = text.contains('§');
        let upper = text.to_ascii_uppercase().replace('§', " ");
        let mut words = upper.split_whitespace().filter_map(|word| word.strip_prefix("RFC").or(Some(word)));
        let mut words = words.by_ref().filter(|word| !word.is_empty());
        let (first, second, rest) = (words.next()?, words.next(), words.next());
        let (rfc, number) = match second {
            Some(number) => (Some(first.parse().ok()?), number),
            None => (None, first),
        };
        let is_number = number.split('.').all(|part| part.parse::<u8>().is_ok());
        // A number alone is one of a registry.
        let is_place = rest.is_none() && is_number && (has_sign || rfc.is_some() || number.contains('.'));
        is_place.then(|| Self { rfc, number: number.to_owned() })
    }

    /// Whether a section is this one or a part of it.
    fn has(&self, section: RfcSection) -> bool {
        let rest = section.number.strip_prefix(self.number.as_str());
        self.rfc.is_none_or(|rfc| rfc == section.rfc)
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    pub(super) fn rules(&self) -> Vec<Cause> {
        rules().filter(|rule| self.has(rule.section())).collect()
    }

    /// The rules of the section, one in a line.
    pub(super) fn print(&self, out: &mut impl Sheet) -> io::Result<()> {
        out.title(&format!("§{}", self.number), "section")?;
        for rule in self.rules() {
            out.paragraph(&format!("{} ({}): {}", rule.name(), rule.section(), rule.sentence()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_as_people_write_them() {
        let place = |rfc, number: &str| Some(Place { rfc, number: number.to_owned() });
        for (text, expected) in [
            ("6.5.2", place(None, "6.5.2")),
            ("§6", place(None, "6")),
            ("RFC 9113 §6.5.2", place(Some(9113), "6.5.2")),
            ("rfc7541 6.1", place(Some(7541), "6.1")),
            ("9113 6", place(Some(9113), "6")),
            ("6", None),
            ("FRAME_SIZE_ERROR", None),
            ("6.x", None),
            ("RFC", None),
        ] {
            assert_eq!(Place::parse(text), expected, "{text}");
        }
        let rules = Place::parse("6.7").unwrap().rules();
        assert!(rules.len() > 1 && rules.iter().all(|rule| rule.section().number == "6.7"), "{rules:?}");
        assert!(Place::parse("7541 6.7").unwrap().rules().is_empty());
        assert!(Place::parse("6.5").unwrap().rules().iter().any(|rule| rule.section().number == "6.5.2"));
        assert!(Place::parse("6.1").unwrap().rules().iter().all(|rule| rule.section().number != "6.10"));
    }
}
