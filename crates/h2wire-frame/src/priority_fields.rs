//! The priority fields of HEADERS and PRIORITY, RFC 9113 §5.3.2, §6.2 and §6.3 (deprecated, but still sent).
//!
//! ```text
//! +-+-------------------------------------------------------------+
//! |E|                  Stream Dependency (31)                     |
//! +-+-------------+-----------------------------------------------+
//! |  Weight (8)   |
//! +---------------+
//! ```

use crate::StreamId;

/// The priority of a stream in the scheme of RFC 7540. RFC 9113 §6.3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PriorityFields {
    /// The Exclusive bit.
    pub exclusive: bool,
    /// The stream that this one depends on. That a stream depends on itself is no error in RFC 9113: see
    /// `depends_on_itself` of the frames.
    pub stream_dependency: StreamId,
    /// The weight as it is on the wire, 0 to 255, one less than the weight meant.
    pub weight: u8,
}

impl PriorityFields {
    /// Bytes of the fields.
    pub const LEN: usize = 5;

    /// Writes the fields.
    #[must_use]
    pub const fn encode(&self) -> [u8; Self::LEN] {
        let [d0, d1, d2, d3] = self.stream_dependency.to_wire();
        let e = if self.exclusive { 0x80 } else { 0 };
        [d0 | e, d1, d2, d3, self.weight]
    }
}
