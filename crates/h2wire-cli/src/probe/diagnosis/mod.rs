//! The diagnosis: what went wrong, why, and what to do.

mod connecting; // names, TCP, TLS, ALPN
mod foreign; // what is not HTTP/2
mod name; // what a diagnosis is called
mod talking; // HTTP/2

use crate::finding::Finding;
use crate::status::Status;
pub(crate) use connecting::{cleartext_without_prior_knowledge, connect, handshake, not_chosen, resolve};
pub(crate) use name::Name;
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
    pub(crate) phase: Phase,
    pub(crate) name: Name,
    pub(crate) summary: String,
    /// The evidence, quoted from the peer where possible.
    pub(crate) seen: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) remedy: Option<String>,
}

impl Diagnosis {
    /// With the remedy of the name, which a more exact one replaces.
    pub(super) fn new(phase: Phase, name: impl Into<Name>, summary: impl Into<String>) -> Self {
        let (name, summary) = (name.into(), summary.into());
        Self { phase, name, summary, seen: None, cause: None, remedy: Some(name.remedy().to_owned()) }
    }

    pub(crate) const fn status(&self) -> Status {
        self.name.status()
    }

    pub(super) fn seen(self, seen: Option<String>) -> Self {
        Self { seen, ..self }
    }

    pub(super) fn cause(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    pub(super) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// A step took too long.
    fn timeout(phase: Phase, cause: &str, remedy: &str) -> Self {
        let summary = match phase {
            Phase::Resolve | Phase::Connect | Phase::Tls => format!("{} timed out", phase.words()),
            _ => format!("{} did not arrive in time", phase.words()),
        };
        Self::new(phase, Finding::Timeout, summary).cause(cause).remedy(remedy)
    }
}
