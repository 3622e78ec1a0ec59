//! The layers of a packet from its link down to TCP, through tunnels. `etherparse` reads Ethernet, VLAN, `MACsec`, IP, UDP and
//! TCP; the headers that it does not know are read here. One layer is read at a time, and no packet has more than
//! [`MOST_LAYERS`].

mod ether; // Ethernet, MPLS, PPP
mod exported; // exported PDUs of Wireshark
mod fragments; // fragments of IP packets to whole ones
mod ip; // what IP carries: IP, UDP, TCP, GRE
mod layer; // kinds of headers
mod link; // the headers that link types put before a packet
mod step; // what one layer leads to
mod udp; // tunnels inside of UDP
mod unread; // what was not read, and how often

use exported::Streams;
use fragments::Fragments;
use layer::{Layer, MOST_LAYERS};
pub(crate) use step::Found;
use step::Step;
pub(crate) use unread::{Reason, Unread};

/// Reads the packets of a capture one after the other.
#[derive(Default, Debug)]
pub(crate) struct Layers {
    fragments: Fragments,
    streams: Streams,
    unread: Unread,
}

impl Layers {
    /// Passes on the TCP segment of a packet, if it has one.
    pub(crate) fn read(
        &mut self,
        link: i32,
        packet: &[u8],
        take: &mut dyn FnMut(&Found<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.walk(Layer::Link(link), packet, MOST_LAYERS, take)
    }

    fn walk(
        &mut self,
        layer: Layer,
        octets: &[u8],
        most: usize,
        take: &mut dyn FnMut(&Found<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (mut layer, mut octets) = (layer, octets);
        for left in (0..most).rev() {
            match read_layer(layer, octets) {
                Step::Next(next, rest) => (layer, octets) = (next, rest),
                Step::Found(found) => return take(&found),
                Step::Bytes { from, to, sequence_number, payload } => {
                    let sequence_number = self.streams.number(from, to, sequence_number, payload);
                    return take(&Found::Exported { from, to, sequence_number, payload });
                }
                Step::Fragment(fragment) => {
                    let carried = fragment.carried();
                    return match self.fragments.take(&fragment) {
                        Some(whole) => self.walk(carried, &whole, left, take),
                        None => Ok(()),
                    };
                }
                Step::Unread(reason) => {
                    self.unread.count(reason);
                    return Ok(());
                }
            }
        }
        self.unread.count(Reason::TooManyLayers);
        Ok(())
    }

    /// What was not read, once all packets have been.
    pub(crate) fn finish(mut self) -> Unread {
        self.unread.count_many(Reason::Fragment, self.fragments.lost());
        self.unread
    }
}

fn read_layer(layer: Layer, octets: &[u8]) -> Step<'_> {
    let next = match layer {
        Layer::Link(link) => link::read(link, octets),
        Layer::Ethernet => ether::ethernet(octets),
        Layer::EtherType(number) => ether::ether_type(number, octets),
        Layer::Ip => ip::ip(octets),
        Layer::Carried { protocol, from, to, cut } => ip::carried(protocol, (from, to), cut, octets),
        Layer::Gre => ip::gre(octets),
        Layer::Mpls => ether::mpls(octets),
        Layer::Ppp => ether::ppp(octets),
        Layer::Pppoe => ether::pppoe(octets),
    };
    next.unwrap_or(Step::Unread(Reason::Header(layer.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without an order, the same in each run.
    fn noise(seed: &mut u64) -> u8 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed.to_be_bytes()[0]
    }

    /// Packets of noise, and of noise after the start of each header.
    #[test]
    fn any_packet_ends() {
        const LINKS: [i32; 21] =
            [0, 1, 9, 12, 50, 51, 101, 104, 108, 109, 113, 117, 166, 192, 204, 219, 228, 239, 252, 258, 276];
        let starts: [&[u8]; 8] = [
            b"",
            b"\x45\0\x01\0\0\x01\0\0\x40",
            b"\x45\0\0\x40\0\x01\x20\0\x40\x06",
            b"\x60\0\0\0\0\x80",
            &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47],
            &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 5, 8, 0, 0x45],
            b"\0\x0c\0\x04http\0\x14\0\x04",
            b"\xff\x03\0\x21\x45",
        ];
        let (mut layers, mut seed, mut found) = (Layers::default(), 1, 0);
        for round in 0..40_000_usize {
            let mut packet = starts[round % starts.len()].to_vec();
            let len = usize::from(noise(&mut seed)) % 120;
            packet.extend((0..len).map(|_| noise(&mut seed)));
            let link = LINKS[round / starts.len() % LINKS.len()];
            let mut take = |_: &Found<'_>| {
                found += 1;
                Ok(())
            };
            layers.read(link, &packet, &mut take).unwrap();
        }
        assert!(layers.fragments.lost() > 0 && layers.unread.all().len() > 1000 && found > 0);
    }

    #[test]
    fn fragments_that_never_end_take_little_memory() {
        let mut layers = Layers::default();
        let mut packet = [0; 28];
        packet[..10].copy_from_slice(&[0x45, 0, 0, 28, 0, 0, 0x20, 0, 64, 6]);
        for number in 0..2000_u16 {
            packet[4..6].copy_from_slice(&number.to_be_bytes());
            layers.read(101, &packet, &mut |_| panic!("no packet is whole")).unwrap();
        }
        assert_eq!(layers.fragments.open(), 256);
        assert!(layers.finish().all().contains("not read (2000 packets)"));
    }
}
