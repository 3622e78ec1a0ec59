//! The kinds of headers in a packet.

use std::net::IpAddr;

/// The most layers of a packet that are read.
pub(super) const MOST_LAYERS: usize = 32;

/// The kind of header that the next bytes start with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layer {
    Link(i32),
    Ethernet,
    /// What an Ethernet type stands for.
    EtherType(u16),
    /// Either version.
    Ip,
    /// What an IP packet of this protocol carries.
    Carried {
        protocol: u8,
        from: IpAddr,
        to: IpAddr,
        /// Bytes at the end that were not captured.
        cut: u32,
    },
    Gre,
    Mpls,
    Ppp,
    Pppoe,
}

impl Layer {
    /// The header that these bytes are expected to have.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Link(_) => "link-layer",
            Self::Ethernet => "Ethernet",
            Self::EtherType(0x8100 | 0x88a8 | 0x9100 | 0x9200) => "VLAN",
            Self::EtherType(0x88e5) => "MACsec",
            Self::EtherType(_) => "LLC",
            Self::Ip => "IP",
            Self::Carried { protocol: 6, .. } => "TCP",
            Self::Carried { protocol: 17, .. } => "UDP",
            Self::Carried { .. } => "extension",
            Self::Gre => "GRE",
            Self::Mpls => "MPLS",
            Self::Ppp => "PPP",
            Self::Pppoe => "PPPoE",
        }
    }
}

/// The number at this place, the most significant byte first.
pub(super) fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
}
