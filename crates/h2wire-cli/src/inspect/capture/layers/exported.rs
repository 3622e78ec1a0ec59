//! Exported PDUs of Wireshark, link type 252: tags, then the bytes of a layer.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::layer::{Layer, u16_at};
use super::step::Step;
use super::udp;
use super::unread::Reason;

/// The tags of a PDU.
#[derive(Default)]
struct Tags<'a> {
    dissector: &'a [u8],
    /// A table of dissectors and the number in it.
    table: &'a [u8],
    table_number: Option<u32>,
    from: Option<IpAddr>,
    to: Option<IpAddr>,
    port_type: Option<u32>,
    from_port: Option<u16>,
    to_port: Option<u16>,
    /// The direction, between ends without addresses.
    is_received: bool,
    /// Of TCP, if the bytes are those of one segment.
    sequence_number: Option<u32>,
}

const TCP: u32 = 2;
const UDP: u32 = 3;

pub(super) fn read(packet: &[u8]) -> Option<Step<'_>> {
    let (tags, payload) = tags(packet)?;
    let number = tags.table_number.and_then(|number| u16::try_from(number).ok());
    let layer = match (tags.dissector, tags.table, number) {
        (b"eth" | b"eth_maybefcs" | b"eth_withoutfcs" | b"eth_withfcs", ..) => Some(Layer::Ethernet),
        (b"ip" | b"ipv4" | b"ipv6", ..) => Some(Layer::Ip),
        (b"ppp" | b"ppp_hdlc", ..) => Some(Layer::Ppp),
        (b"mpls", ..) => Some(Layer::Mpls),
        (b"gre", ..) => Some(Layer::Gre),
        (_, b"ethertype", Some(number)) => Some(Layer::EtherType(number)),
        // Its addresses may be those of what is inside.
        (_, b"udp.port", Some(number)) => return Some(udp::read(number, number, payload)),
        _ => None,
    };
    if let Some(layer) = layer {
        return Some(Step::Next(layer, payload));
    }
    if matches!(tags.dissector, b"http2" | b"http") && tags.from.is_none() && tags.to.is_none() {
        let [from, to] = if tags.is_received { [1, 0] } else { [0, 1] };
        let end = |port| SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
        return Some(Step::Bytes { from: end(from), to: end(to), sequence_number: None, payload });
    }
    let (Some(from), Some(to)) = (tags.from, tags.to) else {
        return Some(Step::Unread(Reason::Exported("without addresses")));
    };
    if tags.dissector == b"tcp" || tags.table == b"ip.proto" {
        let protocol = number.and_then(|number| u8::try_from(number).ok()).unwrap_or(6);
        return Some(Step::Next(Layer::Carried { protocol, from, to, cut: 0 }, payload));
    }
    let (Some(from_port), Some(to_port)) = (tags.from_port, tags.to_port) else {
        return Some(Step::Unread(Reason::Exported("without ports")));
    };
    match tags.port_type.unwrap_or(TCP) {
        TCP => Some(Step::Bytes {
            from: SocketAddr::new(from, from_port),
            to: SocketAddr::new(to, to_port),
            sequence_number: tags.sequence_number,
            payload,
        }),
        UDP => Some(udp::read(from_port, to_port, payload)),
        _ => Some(Step::Unread(Reason::Exported("of another transport than TCP and UDP"))),
    }
}

/// The tags, and the bytes after them.
fn tags(packet: &[u8]) -> Option<(Tags<'_>, &[u8])> {
    let mut tags = Tags::default();
    let mut rest = packet;
    loop {
        let (tag, len) = (u16_at(rest, 0)?, u16_at(rest, 2)?);
        let (value, after) = rest.get(4..)?.split_at_checked(len.into())?;
        rest = after;
        let name = || value.split(|octet| *octet == 0).next().unwrap_or_default();
        let number = || value.first_chunk().copied().map(u32::from_be_bytes);
        let port = || number().and_then(|number| u16::try_from(number).ok());
        let v4 = || value.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets).into());
        let v6 = || value.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets).into());
        match tag {
            0 => return Some((tags, rest)),
            12 | 13 => tags.dissector = name(),
            14 => tags.table = name(),
            20 => tags.from = v4(),
            21 => tags.to = v4(),
            22 => tags.from = v6(),
            23 => tags.to = v6(),
            24 => tags.port_type = number(),
            25 => tags.from_port = port(),
            26 => tags.to_port = port(),
            32 => tags.table_number = number(),
            34 => tags.sequence_number = sequence_number(value),
            35 => tags.is_received = number() == Some(1),
            _ => {}
        }
    }
}

/// The sequence number in what the tag of TCP has: a version, three numbers, and whether segments were put together.
fn sequence_number(tcp: &[u8]) -> Option<u32> {
    const IS_REASSEMBLED: usize = 14;
    let number = tcp.get(2..)?.first_chunk().copied().map(u32::from_be_bytes);
    number.filter(|_| tcp.get(IS_REASSEMBLED) == Some(&0))
}

/// The streams without TCP: their bytes were exported in order, so that the numbers of TCP can be made up.
#[derive(Default, Debug)]
pub(super) struct Streams(HashMap<(SocketAddr, SocketAddr), u32>);

impl Streams {
    /// The sequence number of these bytes, unless it is known.
    pub(super) fn number(
        &mut self,
        from: SocketAddr,
        to: SocketAddr,
        known: Option<u32>,
        payload: &[u8],
    ) -> u32 {
        let next = self.0.entry((from, to)).or_default();
        let number = known.unwrap_or(*next);
        // Numbers wrap, and no packet of a capture has 4 GiB.
        *next = number.wrapping_add(u32::try_from(payload.len()).unwrap_or(0));
        number
    }
}
