//! The HTTP/1.1 request whose answer comes on stream 1, after an upgrade. RFC 7540 §3.2.

/// What is known of it: all but the host, if the capture has its first line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct UpgradedRequest {
    pub(crate) method: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) host: Option<String>,
}
