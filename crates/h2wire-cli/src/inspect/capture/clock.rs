//! The number and time of each packet of a capture.

use std::cell::Cell;

use pcap_parser::{Block, PcapBlockOwned};

use crate::inspect::capture::obsolete::ObsoletePacket;
use crate::moment::{Moment, Time};

/// The packet that is read now, for whom its contents concern.
pub(super) type Now = Cell<Option<Moment>>;

const SECOND: i128 = 1_000_000_000;

/// Counts packets, and knows the clocks of their interfaces.
#[derive(Default)]
pub(super) struct Clock {
    packets: u64,
    first: Option<i128>,
    interfaces: Vec<Interface>,
    /// The byte order of the section.
    is_big_endian: bool,
}

/// How an interface notes the time.
#[derive(Clone, Copy)]
struct Interface {
    /// Units in a second.
    resolution: u64,
    /// Seconds to add.
    offset: i64,
}

impl Clock {
    /// Notes a block, and the packet in it in `now`.
    pub(super) fn note(&mut self, block: &PcapBlockOwned<'_>, now: &Now) {
        let since_epoch = match block {
            PcapBlockOwned::LegacyHeader(header) => {
                let resolution = if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
                self.interfaces = vec![Interface { resolution, offset: 0 }];
                return;
            }
            PcapBlockOwned::NG(Block::SectionHeader(section)) => {
                self.interfaces.clear();
                self.is_big_endian = section.big_endian();
                return;
            }
            PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                let resolution = resolution(interface.if_tsresol).unwrap_or(1_000_000);
                // `pcap-parser` 0.17 takes it for little-endian.
                let offset = interface.ts_offset();
                let offset = if self.is_big_endian { offset.swap_bytes() } else { offset };
                self.interfaces.push(Interface { resolution, offset });
                return;
            }
            PcapBlockOwned::Legacy(block) => self.time(0, 0, block.ts_sec.into(), block.ts_usec.into()),
            PcapBlockOwned::NG(Block::EnhancedPacket(block)) => {
                self.time(block.if_id, block.ts_high, 0, block.ts_low.into())
            }
            PcapBlockOwned::NG(Block::SimplePacket(_)) => None,
            PcapBlockOwned::NG(Block::Unknown(block)) => {
                match ObsoletePacket::parse(block, self.is_big_endian) {
                    Some(packet) => self.time(packet.interface, packet.ts_high, 0, packet.ts_low.into()),
                    None => return,
                }
            }
            PcapBlockOwned::NG(_) => return,
        };
        self.packets = self.packets.saturating_add(1);
        let time = since_epoch.map(|since_epoch| {
            let first = *self.first.get_or_insert(since_epoch);
            Time { since_epoch, since_start: since_epoch.saturating_sub(first) }
        });
        now.set(Some(Moment { packet: self.packets, time }));
    }

    /// Nanoseconds since 1970 of seconds and of units, whose upper half is given too.
    fn time(&self, interface: u32, high: u32, seconds: i128, low: i128) -> Option<i128> {
        let interface = self.interfaces.get(usize::try_from(interface).ok()?)?;
        let units = i128::from(high).checked_shl(32)?.checked_add(low)?;
        let fraction = units.checked_mul(SECOND)?.checked_div(interface.resolution.into())?;
        let whole = seconds.checked_add(interface.offset.into())?.checked_mul(SECOND)?;
        whole.checked_add(fraction)
    }
}

/// Units in a second, which the upper bit of the option makes powers of two. `pcap-parser` 0.17 does not read those.
fn resolution(if_tsresol: u8) -> Option<u64> {
    let exponent = u32::from(if_tsresol & 0x7f);
    if if_tsresol & 0x80 == 0 { 10_u64.checked_pow(exponent) } else { 1_u64.checked_shl(exponent) }
}
