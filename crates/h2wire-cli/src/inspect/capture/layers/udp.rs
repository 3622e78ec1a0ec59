//! Tunnels inside of UDP, by their ports.

use super::layer::{Layer, u16_at};
use super::step::{Step, after};
use super::unread::Reason;

/// What a UDP packet between these ports carries.
pub(super) fn read(from: u16, to: u16, payload: &[u8]) -> Step<'_> {
    match (tunnel(to, payload), tunnel(from, payload)) {
        (Some((_, Some(step))), _) | (_, Some((_, Some(step)))) => step,
        (Some((header, None)), _) => Step::Unread(Reason::Tunnel(to, header)),
        // The sender chose that port by chance.
        _ => Step::Unread(Reason::UdpPort(from.min(to))),
    }
}

/// The name of the tunnel with this port, and what is inside.
fn tunnel(port: u16, payload: &[u8]) -> Option<(&'static str, Option<Step<'_>>)> {
    Some(match port {
        // Linux took the second before the first was assigned.
        4789 | 8472 => ("VXLAN", vxlan(payload)),
        4790 => ("VXLAN-GPE", vxlan_gpe(payload)),
        6081 => ("Geneve", geneve(payload)),
        4754 => ("GRE", Some(Step::Next(Layer::Gre, payload))),
        6635 => ("MPLS", Some(Step::Next(Layer::Mpls, payload))),
        2152 => ("GTP-U", gtp(payload)),
        1701 => ("L2TP", l2tp(payload)),
        3544 => ("Teredo", teredo(payload)),
        _ => return None,
    })
}

/// RFC 7348 §5
fn vxlan(payload: &[u8]) -> Option<Step<'_>> {
    const HEADER: usize = 8;
    const HAS_NETWORK: u8 = 0x08;
    (payload.first()? & HAS_NETWORK != 0).then(|| after(Layer::Ethernet, payload, HEADER))?
}

fn vxlan_gpe(payload: &[u8]) -> Option<Step<'_>> {
    const HEADER: usize = 8;
    let layer = match payload.get(3)? {
        1 | 2 => Layer::Ip,
        3 => Layer::Ethernet,
        5 => Layer::Mpls,
        protocol => return Some(Step::Unread(Reason::Inside("VXLAN-GPE", u16::from(*protocol)))),
    };
    after(layer, payload, HEADER)
}

/// RFC 8926 §3.4
fn geneve(payload: &[u8]) -> Option<Step<'_>> {
    const HEADER: usize = 8;
    let first = *payload.first()?;
    let options = usize::from(first & 0x3f).saturating_mul(4);
    let protocol = u16_at(payload, 2)?;
    match (first >> 6, protocol) {
        (0, 0x0800 | 0x86dd | 0x6558 | 0x8847 | 0x8848 | 0x8100 | 0x88a8) => {
            after(Layer::EtherType(protocol), payload, HEADER.saturating_add(options))
        }
        (0, _) => Some(Step::Unread(Reason::Inside("Geneve", protocol))),
        _ => None,
    }
}

/// 3GPP TS 29.281 §5: user packets.
fn gtp(payload: &[u8]) -> Option<Step<'_>> {
    const USER_PACKET: u8 = 0xff;
    const EXTENSION: u8 = 0x04;
    const OPTIONAL: u8 = 0x07;
    let flags = *payload.first()?;
    // Version 1, and GTP rather than GTP'.
    if flags >> 4 != 3 {
        return None;
    }
    let message = *payload.get(1)?;
    if message != USER_PACKET {
        return Some(Step::Unread(Reason::Inside("GTP-U", message.into())));
    }
    let mut header: usize = if flags & OPTIONAL == 0 { 8 } else { 12 };
    let mut has_more = flags & EXTENSION != 0 && *payload.get(11)? != 0;
    while has_more {
        let words = *payload.get(header)?;
        let len = usize::from(words.max(1)).saturating_mul(4);
        header = header.saturating_add(len);
        has_more = *payload.get(header.saturating_sub(1))? != 0;
    }
    after(Layer::Ip, payload, header)
}

/// RFC 2661 §3.1: data messages.
fn l2tp(payload: &[u8]) -> Option<Step<'_>> {
    let flags = u16_at(payload, 0)?;
    let has = |flag| flags & flag != 0;
    if flags & 0x0f != 2 {
        return None;
    }
    if has(0x8000) {
        return Some(Step::Unread(Reason::Inside("L2TP control", flags)));
    }
    let mut header: usize = 6;
    for (flag, octets) in [(0x4000, 2), (0x0800, 4)] {
        header = header.saturating_add(if has(flag) { octets } else { 0 });
    }
    if has(0x0200) {
        let offset = u16_at(payload, header)?;
        header = header.saturating_add(2).saturating_add(offset.into());
    }
    after(Layer::Ppp, payload, header)
}

/// RFC 4380 §5.1.1
fn teredo(payload: &[u8]) -> Option<Step<'_>> {
    let mut rest = payload;
    if rest.starts_with(&[0, 1]) {
        let lens = rest.get(2..4)?.iter().map(|len| usize::from(*len)).sum::<usize>();
        rest = rest.get(lens.saturating_add(13)..)?;
    }
    if rest.starts_with(&[0, 0]) {
        rest = rest.get(8..)?;
    }
    (rest.first()? >> 4 == 6).then_some(Step::Next(Layer::Ip, rest))
}
