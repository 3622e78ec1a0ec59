//! IP, and what it carries: IP, TCP, UDP, GRE.

use std::net::IpAddr;

use etherparse::{
    IpNumber, Ipv6ExtensionSlice, Ipv6ExtensionsSlice, Ipv6Header, LaxIpSlice, TcpSlice, UdpSlice,
};

use super::fragments::Fragment;
use super::layer::{Layer, u16_at};
use super::step::{Found, Step, after};
use super::udp;
use super::unread::Reason;

pub(super) fn ip(octets: &[u8]) -> Option<Step<'_>> {
    let (packet, _) = LaxIpSlice::from_slice(octets).ok()?;
    let (from, to, payload) = (packet.source_addr(), packet.destination_addr(), packet.payload().clone());
    let protocol = packet.payload_ip_number().0;
    if !payload.fragmented {
        let cut = if payload.incomplete { sent(&packet).saturating_sub(payload.payload.len()) } else { 0 };
        let cut = u32::try_from(cut).unwrap_or(0);
        return Some(Step::Next(Layer::Carried { protocol, from, to, cut }, payload.payload));
    }
    let LaxIpSlice::Ipv4(packet) = &packet else { return ip6_fragment(&packet, octets) };
    let header = packet.header();
    let (identification, offset) = (header.identification().into(), header.fragments_offset());
    let (more, payload) = (header.more_fragments(), payload.payload);
    Some(Step::Fragment(Fragment { from, to, protocol, identification, offset, more, payload }))
}

/// The bytes after the headers that the packet had when it was sent.
fn sent(packet: &LaxIpSlice<'_>) -> usize {
    let (all, headers) = match packet {
        LaxIpSlice::Ipv4(packet) => (usize::from(packet.header().total_len()), packet.header().slice().len()),
        LaxIpSlice::Ipv6(packet) => {
            (usize::from(packet.header().payload_length()), packet.extensions().slice().len())
        }
    };
    all.saturating_sub(headers)
}

/// What follows the header of a fragment, further headers included: the first fragment has them, and the others do not.
fn ip6_fragment<'a>(packet: &LaxIpSlice<'a>, octets: &'a [u8]) -> Option<Step<'a>> {
    let LaxIpSlice::Ipv6(ip6) = packet else { return None };
    let (mut start, extensions) = (Ipv6Header::LEN, ip6.extensions());
    let end = start.checked_add(extensions.slice().len())?.checked_add(ip6.payload().payload.len())?;
    let header = extensions.clone().into_iter().find_map(|extension| {
        let (len, header) = match &extension {
            Ipv6ExtensionSlice::HopByHop(header)
            | Ipv6ExtensionSlice::Routing(header)
            | Ipv6ExtensionSlice::DestinationOptions(header) => (header.slice().len(), None),
            Ipv6ExtensionSlice::Authentication(header) => (header.slice().len(), None),
            Ipv6ExtensionSlice::Fragment(header) => (header.slice().len(), Some(header.to_header())),
        };
        start = start.saturating_add(len);
        header
    })?;
    Some(Step::Fragment(Fragment {
        from: packet.source_addr(),
        to: packet.destination_addr(),
        protocol: header.next_header.0,
        identification: header.identification,
        offset: header.fragment_offset,
        more: header.more_fragments,
        payload: octets.get(start..end)?,
    }))
}

pub(super) fn carried(
    protocol: u8,
    (from, to): (IpAddr, IpAddr),
    cut: u32,
    octets: &[u8],
) -> Option<Step<'_>> {
    match protocol {
        4 | 41 | 94 => Some(Step::Next(Layer::Ip, octets)),
        6 => TcpSlice::from_slice(octets).ok().map(|tcp| Step::Found(Found::Tcp { from, to, tcp, cut })),
        17 => {
            let packet = UdpSlice::from_slice_lax(octets).ok()?;
            Some(udp::read(packet.source_port(), packet.destination_port(), packet.payload()))
        }
        47 => Some(Step::Next(Layer::Gre, octets)),
        // EtherIP: its version, and Ethernet.
        97 => after(Layer::Ethernet, octets.strip_prefix(&[0x30])?, 1),
        137 => Some(Step::Next(Layer::Mpls, octets)),
        143 => Some(Step::Next(Layer::Ethernet, octets)),
        // After the fragment header of IPv6.
        0 | 43 | 51 | 60 | 135 | 139 | 140 => {
            let (_, next, rest, _) = Ipv6ExtensionsSlice::from_slice_lax(IpNumber(protocol), octets);
            let carried = Layer::Carried { protocol: next.0, from, to, cut };
            (rest.len() < octets.len()).then_some(Step::Next(carried, rest))
        }
        _ => Some(Step::Unread(Reason::IpProtocol(protocol))),
    }
}

/// RFC 2784, 2890; version 1 is that of RFC 2637.
pub(super) fn gre(octets: &[u8]) -> Option<Step<'_>> {
    const CHECKSUM: u16 = 0x8000;
    const ROUTING: u16 = 0x4000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const ACKNOWLEDGMENT: u16 = 0x0080;
    let (flags, protocol) = (u16_at(octets, 0)?, u16_at(octets, 2)?);
    let is_new = flags & 7 == 1;
    if flags & ROUTING != 0 || flags & 7 > 1 {
        return None;
    }
    let words = [CHECKSUM, KEY, SEQUENCE, if is_new { ACKNOWLEDGMENT } else { 0 }];
    let words = words.into_iter().filter(|flag| flags & flag != 0).count();
    let rest = octets.get(words.saturating_add(1).saturating_mul(4)..)?;
    match protocol {
        // An acknowledgment alone carries nothing.
        0x880b if rest.is_empty() => Some(Step::Unread(Reason::Inside("GRE", protocol))),
        // ERSPAN: type I has no header, and no sequence number either.
        0x88be => after(Layer::Ethernet, rest, if flags & SEQUENCE == 0 { 0 } else { 8 }),
        0x22eb => {
            let has_more = rest.get(11)? & 1 == 1;
            after(Layer::Ethernet, rest, if has_more { 20 } else { 12 })
        }
        0x0800 | 0x86dd | 0x6558 | 0x8847 | 0x8848 | 0x8100 | 0x88a8 | 0x8864 | 0x880b => {
            Some(Step::Next(Layer::EtherType(protocol), rest))
        }
        _ => Some(Step::Unread(Reason::Inside("GRE", protocol))),
    }
}
