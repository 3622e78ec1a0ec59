//! Ethernet and what its types stand for: VLAN, `MACsec`, MPLS, `PPPoE` and PPP.

use etherparse::{Ethernet2Slice, LaxMacsecSlice, SingleVlanSlice};

use super::layer::{Layer, u16_at};
use super::step::{Step, after};
use super::unread::Reason;

/// Below it, the type is the length of an 802.3 frame.
const LEAST_TYPE: u16 = 0x0600;

pub(super) fn ethernet(octets: &[u8]) -> Option<Step<'_>> {
    let frame = Ethernet2Slice::from_slice_without_fcs(octets).ok()?;
    Some(Step::Next(Layer::EtherType(frame.ether_type().0), frame.payload_slice()))
}

pub(super) fn ether_type(number: u16, octets: &[u8]) -> Option<Step<'_>> {
    match number {
        0x0800 | 0x86dd => Some(Step::Next(Layer::Ip, octets)),
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => {
            let tag = SingleVlanSlice::from_slice(octets).ok()?;
            Some(Step::Next(Layer::EtherType(tag.ether_type().0), tag.payload_slice()))
        }
        0x88e5 => Some(match LaxMacsecSlice::from_slice(octets).ok()?.ether_payload() {
            Some(payload) => Step::Next(Layer::EtherType(payload.ether_type.0), payload.payload),
            None => Step::Unread(Reason::EtherType(number)),
        }),
        // Ethernet in GRE, Geneve and Linux cooked captures.
        0x6558 => Some(Step::Next(Layer::Ethernet, octets)),
        0x8847 | 0x8848 => Some(Step::Next(Layer::Mpls, octets)),
        0x8864 => Some(Step::Next(Layer::Pppoe, octets)),
        // PPP in GRE.
        0x880b => Some(Step::Next(Layer::Ppp, octets)),
        number if number < LEAST_TYPE => llc(number, octets),
        _ => Some(Step::Unread(Reason::EtherType(number))),
    }
}

/// 802.2 LLC, with the Ethernet type after SNAP.
fn llc(number: u16, octets: &[u8]) -> Option<Step<'_>> {
    const SNAP: &[u8] = &[0xaa, 0xaa, 0x03];
    const HEADER: usize = 8;
    if !octets.starts_with(SNAP) {
        return Some(Step::Unread(Reason::EtherType(number)));
    }
    let ether_type = u16_at(octets, 6).filter(|ether_type| *ether_type >= LEAST_TYPE)?;
    after(Layer::EtherType(ether_type), octets, HEADER)
}

/// Labels, and what the last one carries: nothing says which it is.
pub(super) fn mpls(octets: &[u8]) -> Option<Step<'_>> {
    const CONTROL_WORD: usize = 4;
    let mut rest = octets;
    loop {
        let (label, after) = rest.split_first_chunk::<4>()?;
        rest = after;
        if label[2] & 1 == 1 {
            break;
        }
    }
    let is_ethernet = |at: usize| u16_at(rest, at.saturating_add(12)).is_some_and(is_carried);
    match rest.first()? >> 4 {
        4 | 6 => Some(Step::Next(Layer::Ip, rest)),
        _ if is_ethernet(0) => Some(Step::Next(Layer::Ethernet, rest)),
        0 if is_ethernet(CONTROL_WORD) => after(Layer::Ethernet, rest, CONTROL_WORD),
        nibble => Some(Step::Unread(Reason::Inside("MPLS", nibble.into()))),
    }
}

/// Whether Ethernet inside of MPLS has this type.
const fn is_carried(ether_type: u16) -> bool {
    matches!(ether_type, 0x0800 | 0x86dd | 0x8100 | 0x88a8 | 0x8847 | 0x8864)
}

pub(super) fn pppoe(octets: &[u8]) -> Option<Step<'_>> {
    const HEADER: usize = 6;
    const VERSION_AND_TYPE: u8 = 0x11;
    const SESSION: u8 = 0;
    match octets.get(..2)? {
        [VERSION_AND_TYPE, SESSION] => after(Layer::Ppp, octets, HEADER),
        [VERSION_AND_TYPE, _] => Some(Step::Unread(Reason::EtherType(0x8863))),
        _ => None,
    }
}

/// PPP with or without address and control, and with a protocol of one byte or two.
pub(super) fn ppp(octets: &[u8]) -> Option<Step<'_>> {
    let octets = octets.strip_prefix(&[0xff, 0x03]).unwrap_or(octets);
    let first = *octets.first()?;
    // The last byte of a protocol is odd.
    let (protocol, header) = if first & 1 == 1 { (u16::from(first), 1) } else { (u16_at(octets, 0)?, 2) };
    match protocol {
        0x0021 | 0x0057 => after(Layer::Ip, octets, header),
        0x0281 | 0x0283 => after(Layer::Mpls, octets, header),
        // A bridged frame: flags and type of the MAC, then Ethernet.
        0x0031 if u16_at(octets, header)? & 0xff == 1 => {
            after(Layer::Ethernet, octets, header.saturating_add(2))
        }
        _ => Some(Step::Unread(Reason::Ppp(protocol))),
    }
}
