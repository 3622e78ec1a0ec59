//! Errors of the peer, detected by the codec or by the connection.

use h2wire::frame::{ErrorCode, Scope, StreamId};
use h2wire::{ConnectionError, Rule, StreamError};

/// A rule was broken that ends a stream or the connection. RFC 9113 §5.4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    pub scope: Scope,
    pub code: ErrorCode,
    /// For GOAWAY and for logs.
    pub reason: &'static str,
    /// The rule, if the codec found it.
    pub rule: Option<Rule>,
}

impl Failure {
    pub const fn connection(code: ErrorCode, reason: &'static str) -> Self {
        Self { scope: Scope::Connection, code, reason, rule: None }
    }

    pub const fn stream(stream_id: StreamId, code: ErrorCode, reason: &'static str) -> Self {
        Self { scope: Scope::Stream(stream_id), code, reason, rule: None }
    }

    /// A malformed request. §8.1.1
    pub const fn malformed(stream_id: StreamId, reason: &'static str) -> Self {
        Self::stream(stream_id, ErrorCode::PROTOCOL_ERROR, reason)
    }
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Self {
        let ConnectionError { rule, .. } = error;
        Self { scope: Scope::Connection, code: error.code(), reason: rule.name(), rule: Some(rule) }
    }
}

impl From<StreamError> for Failure {
    fn from(error: StreamError) -> Self {
        let StreamError { stream_id, rule, .. } = error;
        Self { scope: Scope::Stream(stream_id), code: error.code(), reason: rule.name(), rule: Some(rule) }
    }
}
