//! The headers that link types put before a packet. <https://www.tcpdump.org/linktypes.html>

use super::exported;
use super::layer::{Layer, u16_at};
use super::step::{Step, after};
use super::unread::Reason;

pub(super) fn read(link: i32, packet: &[u8]) -> Option<Step<'_>> {
    match link {
        1 => Some(Step::Next(Layer::Ethernet, packet)),
        // BSD loopback: the address family, whose numbers differ between systems.
        0 | 108 => after(Layer::Ip, packet, 4),
        12 | 14 | 101 | 228 | 229 => Some(Step::Next(Layer::Ip, packet)),
        9 | 50 => ppp(packet),
        51 => Some(Step::Next(Layer::Pppoe, packet)),
        104 => cisco(packet),
        // OpenBSD: encapsulating interfaces, and the packet filter's log, whose header has its length.
        109 => after(Layer::Ip, packet, 12),
        117 => after(Layer::Ip, packet, usize::from(*packet.first()?).next_multiple_of(4)),
        // The protocol is at the end of the first header and at the start of the second.
        113 => after(Layer::EtherType(u16_at(packet, 14)?), packet, 16),
        276 => after(Layer::EtherType(u16_at(packet, 0)?), packet, 20),
        // PPP with a direction instead of the address, and before it.
        166 => Some(Step::Next(Layer::Ppp, packet.get(1..)?.strip_prefix(&[0x03])?)),
        204 => after(Layer::Ppp, packet, 1),
        192 => ppi(packet),
        219 => Some(Step::Next(Layer::Mpls, packet)),
        239 => nflog(packet),
        252 => exported::read(packet),
        258 => pktap(packet),
        link => Some(Step::Unread(Reason::LinkType(link))),
    }
}

/// PPP, or Cisco's HDLC under the same link type.
fn ppp(packet: &[u8]) -> Option<Step<'_>> {
    if matches!(packet.first()?, 0x0f | 0x8f) { cisco(packet) } else { Some(Step::Next(Layer::Ppp, packet)) }
}

fn cisco(packet: &[u8]) -> Option<Step<'_>> {
    after(Layer::EtherType(u16_at(packet, 2)?), packet, 4)
}

fn little_u32(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// A header with its length, and the link type of the packet.
fn ppi(packet: &[u8]) -> Option<Step<'_>> {
    let len = packet.get(2..)?.first_chunk().copied().map(u16::from_le_bytes)?;
    let link = i32::try_from(little_u32(packet, 4)?).ok()?;
    (len >= 8).then(|| after(Layer::Link(link), packet, len.into()))?
}

/// Apple's header: its length, 1 for a packet, the link type.
fn pktap(packet: &[u8]) -> Option<Step<'_>> {
    const PACKET: u32 = 1;
    let (len, kind, link) = (little_u32(packet, 0)?, little_u32(packet, 4)?, little_u32(packet, 8)?);
    let (len, link) = (usize::try_from(len).ok()?, i32::try_from(link).ok()?);
    (kind == PACKET && len >= 12).then(|| after(Layer::Link(link), packet, len))?
}

/// The packet is an attribute; lengths and types have the byte order of the machine that captured it.
fn nflog(packet: &[u8]) -> Option<Step<'_>> {
    const HEADER: usize = 4;
    let attributes = packet.get(HEADER..)?;
    let payload = [u16::from_le_bytes, u16::from_be_bytes]
        .into_iter()
        .find_map(|u16| nflog_payload(attributes, u16))?;
    Some(Step::Next(Layer::Ip, payload))
}

fn nflog_payload(attributes: &[u8], u16: fn([u8; 2]) -> u16) -> Option<&[u8]> {
    const HEADER: usize = 4;
    const PAYLOAD: u16 = 9;
    let mut rest = attributes;
    loop {
        let len = usize::from(u16(*rest.first_chunk()?));
        let kind = u16(*rest.get(2..)?.first_chunk()?);
        // A packet that is cut off is read as far as it goes.
        let value = rest.get(HEADER..len.min(rest.len()))?;
        // The upper bits are flags.
        if kind & 0x3fff == PAYLOAD {
            return Some(value);
        }
        rest = rest.get(len.next_multiple_of(4)..)?;
    }
}
