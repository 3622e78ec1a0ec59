//! Fragments of IP packets to whole ones.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use etherparse::defrag::IpDefragBuf;
use etherparse::{IpFragOffset, IpNumber};

use super::layer::Layer;

/// The most packets that are put together at a time. Each has at most 64 KiB.
const MOST_OPEN: usize = 256;

/// A part of an IP packet.
pub(super) struct Fragment<'a> {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    pub(super) protocol: u8,
    pub(super) identification: u32,
    pub(super) offset: IpFragOffset,
    /// Whether others follow.
    pub(super) more: bool,
    pub(super) payload: &'a [u8],
}

/// The parts of one packet have this in common. For IPv6 the protocol is that of the first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Whole {
    from: IpAddr,
    to: IpAddr,
    identification: u32,
    protocol: u8,
}

#[derive(Default, Debug)]
pub(super) struct Fragments {
    /// The packets of which parts are missing, and how many have come.
    open: HashMap<Whole, (IpDefragBuf, u64)>,
    in_order: VecDeque<Whole>,
    lost: u64,
}

impl Fragment<'_> {
    /// What the whole packet carries.
    pub(super) const fn carried(&self) -> Layer {
        Layer::Carried { protocol: self.protocol, from: self.from, to: self.to, cut: 0 }
    }
}

impl Fragments {
    /// The payload of the whole packet, once its last part has come.
    pub(super) fn take(&mut self, fragment: &Fragment<'_>) -> Option<Vec<u8>> {
        let Fragment { from, to, protocol, identification, .. } = *fragment;
        let whole = Whole { from, to, identification, protocol };
        let (parts, count) = self.open.entry(whole).or_insert_with(|| {
            self.in_order.push_back(whole);
            (IpDefragBuf::new(IpNumber(protocol), Vec::new(), Vec::new()), 0)
        });
        *count = count.saturating_add(1);
        // A part that contradicts the others takes them with it.
        let is_broken = parts.add(fragment.offset, fragment.more, fragment.payload).is_err();
        if is_broken || parts.is_complete() {
            let payload = self.close(&whole)?;
            return (!is_broken).then_some(payload);
        }
        if self.in_order.len() > MOST_OPEN {
            self.in_order.front().copied().and_then(|oldest| self.close(&oldest));
        }
        None
    }

    fn close(&mut self, whole: &Whole) -> Option<Vec<u8>> {
        self.in_order.retain(|known| known != whole);
        self.open.remove(whole).map(|(parts, count)| {
            if !parts.is_complete() {
                self.lost = self.lost.saturating_add(count);
            }
            parts.take_bufs().0
        })
    }

    /// How many packets wait for parts.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    /// Fragments of packets that are not whole.
    pub(super) fn lost(&self) -> u64 {
        self.open.values().fold(self.lost, |lost, (_, count)| lost.saturating_add(*count))
    }
}
