//! What was not read, and how often.

use std::fmt;

use crate::inspect::capture::counts::Counts;

/// The most reasons that are told apart.
const MOST: usize = 256;

/// Why a packet was not read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Reason {
    LinkType(i32),
    EtherType(u16),
    IpProtocol(u8),
    UdpPort(u16),
    /// The port of a tunnel, and the header that does not follow.
    Tunnel(u16, &'static str),
    /// What a tunnel carries, by the number that it has there.
    Inside(&'static str, u16),
    Ppp(u16),
    /// A header that is cut off, or not what it should be.
    Header(&'static str),
    /// Bytes of an exported PDU without this.
    Exported(&'static str),
    Fragment,
    TooManyLayers,
    Others,
}

/// The packets that were not read, by reason.
#[derive(Default, Debug)]
pub(crate) struct Unread(Counts<Reason>);

impl Unread {
    pub(super) fn count(&mut self, reason: Reason) {
        self.count_many(reason, 1);
    }

    pub(super) fn count_many(&mut self, reason: Reason, packets: u64) {
        if packets == 0 {
            return;
        }
        self.0.add(reason, packets, MOST, Reason::Others);
    }

    /// What may hide HTTP/2: tunnels, link types and fragments, one in a line.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|(reason, _)| reason.may_hide_tcp()).map(line)
    }

    /// All, for a capture without TCP.
    pub(crate) fn all(&self) -> String {
        self.0.iter().map(line).collect::<Vec<_>>().join("; ")
    }
}

fn line((reason, count): (&Reason, u64)) -> String {
    let packets = if count == 1 { "packet" } else { "packets" };
    format!("{reason}: not read ({count} {packets})")
}

impl Reason {
    /// Whether one would expect that h2wire reads it.
    const fn may_hide_tcp(self) -> bool {
        match self {
            Self::EtherType(number) => matches!(number, 0x8847 | 0x8848 | 0x88e5 | 0x88e7 | 0x894f),
            Self::IpProtocol(number) => matches!(number, 50 | 97 | 115 | 137),
            Self::UdpPort(_) => false,
            _ => true,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::LinkType(number) => named(f, "link type", number, link_type(number)),
            Self::EtherType(number) => {
                named(f, "Ethernet type", format_args!("{number:#06x}"), ether_type(number))
            }
            Self::IpProtocol(number) => named(f, "IP protocol", number, ip_protocol(number)),
            Self::UdpPort(number) => named(f, "UDP port", number, udp_port(number)),
            Self::Tunnel(port, header) => write!(f, "UDP port {port} with no {header} header"),
            Self::Inside(tunnel, number) => write!(f, "{tunnel} with protocol {number:#06x}"),
            Self::Ppp(number) => write!(f, "PPP protocol {number:#06x}"),
            Self::Header(name) => write!(f, "packets whose {name} header is cut off or damaged"),
            Self::Exported(what) => write!(f, "exported PDUs {what}"),
            Self::Fragment => f.write_str("fragments of IP packets that are not whole in the capture"),
            Self::TooManyLayers => {
                write!(f, "packets with more than {} headers inside of each other", super::layer::MOST_LAYERS)
            }
            Self::Others => f.write_str("packets of other protocols"),
        }
    }
}

fn named(
    f: &mut fmt::Formatter<'_>,
    kind: &str,
    number: impl fmt::Display,
    name: Option<&str>,
) -> fmt::Result {
    write!(f, "{kind} {number}")?;
    name.map_or(Ok(()), |name| write!(f, " ({name})"))
}

/// Names of <https://www.tcpdump.org/linktypes.html>.
const fn link_type(number: i32) -> Option<&'static str> {
    Some(match number {
        6 => "Token Ring",
        8 => "SLIP",
        10 => "FDDI",
        105 => "802.11",
        119 => "802.11 with Prism",
        127 => "802.11 with radiotap",
        147..=162 => "for private use",
        163 => "802.11 with AVS",
        189 => "USB of Linux",
        195 => "802.15.4",
        197 => "ERF",
        201 => "Bluetooth HCI",
        220 => "USB of Linux, mapped",
        227 => "CAN of Linux",
        249 => "USBPcap",
        251 => "Bluetooth LE",
        253 => "netlink",
        265 => "ISO 14443",
        271 => "vsock",
        _ => return None,
    })
}

const fn ether_type(number: u16) -> Option<&'static str> {
    Some(match number {
        0x0806 => "ARP",
        0x8863 => "PPPoE discovery",
        0x888e => "802.1X",
        0x88cc => "LLDP",
        0x88e5 => "MACsec, encrypted",
        0x88e7 => "802.1ah",
        0x894f => "NSH",
        _ => return None,
    })
}

const fn ip_protocol(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "ICMP",
        2 => "IGMP",
        50 => "ESP, encrypted",
        58 => "ICMPv6",
        89 => "OSPF",
        97 => "EtherIP",
        112 => "VRRP",
        115 => "L2TP",
        132 => "SCTP",
        _ => return None,
    })
}

const fn udp_port(number: u16) -> Option<&'static str> {
    Some(match number {
        53 => "DNS",
        67 | 68 => "DHCP",
        123 => "NTP",
        443 => "QUIC, which carries HTTP/3",
        500 | 4500 => "IPsec, encrypted",
        5353 => "mDNS",
        51820 => "WireGuard, encrypted",
        _ => return None,
    })
}
