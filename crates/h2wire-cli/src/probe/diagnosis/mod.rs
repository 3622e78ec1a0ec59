//! The diagnosis: what went wrong, why, and what to do.

mod connecting; // names, TCP, TLS, ALPN
mod talking; // HTTP/2

use crate::status::Status;
pub(crate) use connecting::{cleartext_without_prior_knowledge, connect, handshake, not_chosen, resolve};
pub(crate) use talking::exchange;

/// The step of the probe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    Resolve,
    Connect,
    Tls,
    Settings,
    Response,
    Content,
}

impl Phase {
    /// Stable: scripts may depend on it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Settings => "settings",
            Self::Response => "response",
            Self::Content => "content",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Resolve => "the name resolution",
            Self::Connect => "the TCP connection",
            Self::Tls => "the TLS handshake",
            Self::Settings => "the peer's SETTINGS",
            Self::Response => "the response",
            Self::Content => "the end of the content",
        }
    }
}

/// The result of a probe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Diagnosis {
    pub(crate) status: Status,
    pub(crate) phase: Phase,
    /// Stable: scripts may depend on it.
    pub(crate) rule: String,
    pub(crate) summary: String,
    /// The evidence, quoted from the peer where possible.
    pub(crate) seen: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) remedy: Option<String>,
}

impl Diagnosis {
    fn new(status: Status, phase: Phase, rule: &str, summary: impl Into<String>) -> Self {
        let (rule, summary) = (rule.to_owned(), summary.into());
        Self { status, phase, rule, summary, seen: None, cause: None, remedy: None }
    }

    fn seen(self, seen: Option<String>) -> Self {
        Self { seen, ..self }
    }

    fn cause(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// A step took too long.
    fn timeout(phase: Phase, cause: &str, remedy: &str) -> Self {
        let summary = match phase {
            Phase::Resolve | Phase::Connect | Phase::Tls => format!("{} timed out", phase.words()),
            _ => format!("{} did not arrive in time", phase.words()),
        };
        Self::new(Status::TimedOut, phase, "timeout", summary).cause(cause).remedy(remedy)
    }
}
