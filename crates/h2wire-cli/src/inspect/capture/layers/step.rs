//! What one layer leads to.

use std::net::{IpAddr, SocketAddr};

use etherparse::TcpSlice;

use super::fragments::Fragment;
use super::layer::Layer;
use super::unread::Reason;

/// What one layer leads to.
pub(super) enum Step<'a> {
    Next(Layer, &'a [u8]),
    Fragment(Fragment<'a>),
    Found(Found<'a>),
    /// Bytes of a TCP stream without TCP.
    Bytes {
        from: SocketAddr,
        to: SocketAddr,
        sequence_number: Option<u32>,
        payload: &'a [u8],
    },
    Unread(Reason),
}

/// What TCP of a packet says.
pub(crate) enum Found<'a> {
    Tcp {
        from: IpAddr,
        to: IpAddr,
        tcp: TcpSlice<'a>,
        /// Bytes of its payload that were not captured.
        cut: u32,
    },
    /// The next bytes of a stream that was exported without TCP, with the number that TCP would have given them.
    Exported { from: SocketAddr, to: SocketAddr, sequence_number: u32, payload: &'a [u8] },
}

/// The rest after a header of this length.
pub(super) fn after(layer: Layer, octets: &[u8], header: usize) -> Option<Step<'_>> {
    octets.get(header..).map(|rest| Step::Next(layer, rest))
}
