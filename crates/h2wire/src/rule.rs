//! The rules of all layers in one type.

use core::fmt;

use h2wire_frame::{ErrorCode, FrameRule, RfcSection};
use h2wire_hpack::HpackError;

use crate::{Limit, Malformed};

/// A rule that the peer broke: of a frame, of HPACK, of what a field section may contain, or a limit of this endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// A frame, or the order of frames. RFC 9113 §3.4 to §6.
    Frame(FrameRule),
    /// A field block. RFC 7541.
    Hpack(HpackError),
    /// What a field section may contain. RFC 9113 §8.2 and §8.3.
    Malformed(Malformed),
    /// More than this endpoint accepts. RFC 9113 §10.5.
    Limit(Limit),
}

impl Rule {
    /// The name in snake case, `ping_length` for example. Stable: scripts may depend on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frame(rule) => rule.name(),
            Self::Hpack(error) => error.name(),
            Self::Malformed(malformed) => malformed.name(),
            Self::Limit(limit) => limit.name(),
        }
    }

    /// The section that states the rule.
    #[must_use]
    pub const fn section(self) -> RfcSection {
        match self {
            Self::Frame(rule) => rule.section(),
            Self::Hpack(error) => error.section(),
            Self::Malformed(malformed) => malformed.section(),
            Self::Limit(limit) => limit.section(),
        }
    }

    /// The error code to send to a peer that breaks the rule.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Frame(rule) => rule.code(),
            Self::Hpack(error) => error.code(),
            Self::Malformed(malformed) => malformed.code(),
            Self::Limit(limit) => limit.code(),
        }
    }

    /// What the peer did, in one sentence without a full stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Frame(rule) => rule.sentence(),
            Self::Hpack(error) => error.sentence(),
            Self::Malformed(malformed) => malformed.sentence(),
            Self::Limit(limit) => limit.sentence(),
        }
    }

    /// The usual cause and how to mend it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Frame(rule) => rule.remedy(),
            Self::Hpack(error) => error.remedy(),
            Self::Malformed(malformed) => malformed.remedy(),
            Self::Limit(limit) => limit.remedy(),
        }
    }
}

impl Rule {
    /// Whether the peer does not speak HTTP/2 at all: its bytes are not frames.
    #[must_use]
    pub const fn is_other_protocol(self) -> bool {
        matches!(self, Self::Frame(rule) if rule.is_other_protocol())
    }
}

impl fmt::Display for Rule {
    /// The sentence and the section.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.sentence(), self.section())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_rules_share_a_name_or_a_remedy() {
        let frame = FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
        let hpack = HpackError::ALL.iter().map(|error| Rule::Hpack(*error));
        let malformed = Malformed::ALL.iter().map(|malformed| Rule::Malformed(*malformed));
        let limit = Limit::ALL.iter().map(|limit| Rule::Limit(*limit));
        let all: Vec<Rule> = frame.chain(hpack).chain(malformed).chain(limit).collect();
        let names: HashSet<_> = all.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), all.len());
        let remedies: HashSet<_> = all.iter().map(|rule| rule.remedy()).collect();
        assert_eq!(remedies.len(), all.len(), "a remedy mends one rule");
        for rule in all {
            assert!(rule.sentence().len() > 20 && rule.remedy().len() > 20, "{rule:?}");
            assert!(rule.code() != ErrorCode::NO_ERROR && rule.section().rfc >= 7541, "{rule:?}");
        }
    }
}
