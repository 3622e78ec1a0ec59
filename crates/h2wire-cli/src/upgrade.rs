//! The HTTP/1.1 request whose answer comes on stream 1, after an upgrade. RFC 7540 §3.2.

/// What is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct UpgradedRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) host: Option<String>,
}
