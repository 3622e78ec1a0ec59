//! Regular fields that have rules of their own.

/// A field about a connection of HTTP/1.1, or one whose value is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Regular {
    ConnectionSpecific,
    Te,
    Host,
    ContentLength,
}

// A list, not a pattern: see the pseudo-header fields of the validator.
const REGULAR: [(&[u8], Regular); 8] = [
    (b"connection", Regular::ConnectionSpecific),
    (b"proxy-connection", Regular::ConnectionSpecific),
    (b"keep-alive", Regular::ConnectionSpecific),
    (b"transfer-encoding", Regular::ConnectionSpecific),
    (b"upgrade", Regular::ConnectionSpecific),
    (b"te", Regular::Te),
    (b"host", Regular::Host),
    (b"content-length", Regular::ContentLength),
];

impl Regular {
    /// In any case: an upper-case name is a breach by itself, and hides nothing.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        let known = REGULAR.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, regular)| *regular)
    }
}
