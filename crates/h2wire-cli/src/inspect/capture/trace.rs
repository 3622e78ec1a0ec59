//! Which connection a segment belongs to.

use std::net::SocketAddr;

use crate::inspect::capture::packets::Segment;

/// What a segment between the same ends belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Belongs {
    Here,
    /// A connection of which the SYN is not in the capture.
    ToNextUnnumbered,
    ToNext,
}

/// What is kept of a connection that is over, for segments that are sent again.
pub(crate) struct Trace {
    pub(crate) number: u64,
    pub(crate) bases: [(SocketAddr, Option<u32>); 2],
}

impl Trace {
    /// What a segment belongs to. A SYN that is not a repeated one opens another connection; tshark counts those without ACK.
    pub(crate) fn belongs(&self, segment: &Segment<'_>) -> Belongs {
        let is_known = self.bases.iter().any(|(address, base)| {
            *address == segment.from && base.is_none_or(|base| base == segment.sequence_number)
        });
        match (segment.syn && !is_known, segment.ack) {
            (false, _) => Belongs::Here,
            (true, true) => Belongs::ToNextUnnumbered,
            (true, false) => Belongs::ToNext,
        }
    }
}
