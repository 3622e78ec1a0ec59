//! What a diagnosis is called: all that `probe` can print as a rule, so that `explain` knows it.

use h2wire::Rule;
use h2wire::frame::FrameRule;
use h2wire_connection::Cause;

use crate::finding::Finding;
use crate::status::Status;

/// What a diagnosis is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    /// A rule of HTTP/2 that the peer broke.
    Rule(Cause),
    Finding(Finding),
}

impl Name {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Rule(cause) => cause.name(),
            Self::Finding(finding) => finding.name(),
        }
    }

    pub(crate) const fn status(self) -> Status {
        match self {
            Self::Rule(Cause::Codec(Rule::Frame(FrameRule::Http1Response))) => Status::Http1,
            Self::Rule(Cause::Codec(Rule::Frame(FrameRule::TlsRecord))) => Status::TlsFailed,
            Self::Rule(_) => Status::Broken,
            Self::Finding(finding) => finding.status(),
        }
    }

    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Rule(cause) => cause.remedy(),
            Self::Finding(finding) => finding.remedy(),
        }
    }
}

impl From<Cause> for Name {
    fn from(cause: Cause) -> Self {
        Self::Rule(cause)
    }
}

impl From<Finding> for Name {
    fn from(finding: Finding) -> Self {
        Self::Finding(finding)
    }
}
