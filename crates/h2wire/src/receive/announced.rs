//! Settings of the endpoint that receives, from when it sends them until its peer acknowledges them.
//! RFC 9113 §6.5.3.

use h2wire_frame::{PayloadLength, SettingId, SettingList};

use crate::Role;

/// SETTINGS frames that can be unacknowledged at a time.
const MOST: usize = 8;

/// The limit of tables that nothing was announced about. RFC 9113 §6.5.2.
const INITIAL_TABLE: u32 = 4_096;

/// An observer does not know which table is allowed.
const ANY_TABLE: u32 = u32::MAX;

/// The observer has seen more SETTINGS than it can remember: it knows no limit any more.
const LOST: u32 = u32::MAX;

/// What the receiver of a direction has announced, and what of it its peer may and must follow.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub(crate) struct Announced {
    /// The SETTINGS are seen, not sent: they may be missing or late.
    pub(crate) is_observer: bool,
    /// What is in force after each SETTINGS frame that is not acknowledged, the oldest first.
    sent: [InForce; MOST],
    len: u8,
    /// Acknowledgments that an observer saw before the SETTINGS, or `LOST`.
    ahead: u32,
    /// There were no settings for the last acknowledgment.
    pub(crate) unexpected: bool,
    /// What is acknowledged.
    in_force: InForce,
    /// Table limits that came into force, the lowest and the last, until the decoder gets them.
    table_limits: Option<[u32; 2]>,
    /// The longest frame that the peer may send now.
    pub(crate) max_frame_size: PayloadLength,
    /// Whether a server may push.
    pub(crate) push_enabled: bool,
    /// `SETTINGS_ENABLE_CONNECT_PROTOCOL` 1 was sent. RFC 8441 §3.
    pub(crate) extended_connect: bool,
}

/// The settings that concern the reader of what the peer sends. The default is none of them, all zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct InForce {
    /// The lowest table size of the SETTINGS frame, and the last. RFC 7541 §4.2.
    table_sizes: [u32; 2],
    max_frame_size: PayloadLength,
    push_enabled: bool,
}

/// Settings that must not be sent: the reader could not follow them once they are acknowledged. Nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsSentError {
    /// `SETTINGS_HEADER_TABLE_SIZE` is above [`Limits::max_table_size`](crate::Limits::max_table_size): the memory is made
    /// for that.
    #[error("SETTINGS_HEADER_TABLE_SIZE is above {max}, the max_table_size that the memory is made for")]
    TableSize {
        /// The limit.
        max: u32,
    },
    /// The peer has not acknowledged eight SETTINGS frames. Not for observers.
    #[error("8 SETTINGS frames wait for their acknowledgment: send no more until one arrives")]
    TooManyUnacknowledged,
}

impl InForce {
    /// What is in force after these settings. If one repeats, the last value wins; of the table size the lowest matters too.
    fn after<B: AsRef<[u8]>>(mut self, settings: &SettingList<B>) -> Self {
        let mut sizes = settings.iter().filter(|setting| setting.id == SettingId::HEADER_TABLE_SIZE);
        let [_, last] = self.table_sizes;
        let first = sizes.next().map_or(last, |setting| setting.value);
        self.table_sizes =
            sizes.fold([first; 2], |[lowest, _], setting| [lowest.min(setting.value), setting.value]);
        let max_frame_size = settings.get(SettingId::MAX_FRAME_SIZE).and_then(PayloadLength::new);
        self.max_frame_size = max_frame_size.unwrap_or(self.max_frame_size);
        self.push_enabled =
            settings.get(SettingId::ENABLE_PUSH).map_or(self.push_enabled, |value| value != 0);
        self
    }
}

impl Announced {
    /// Nothing is announced: the protocol's defaults. RFC 9113 §6.5.2.
    pub(crate) const fn new(role: Role) -> Self {
        let max_frame_size = PayloadLength::INITIAL_MAX_FRAME_SIZE;
        let nothing = match PayloadLength::new(0) {
            Some(zero) => InForce { table_sizes: [0; 2], max_frame_size: zero, push_enabled: false },
            None => InForce { table_sizes: [0; 2], max_frame_size, push_enabled: false },
        };
        Self {
            is_observer: matches!(role, Role::Observer),
            sent: [nothing; MOST],
            len: 0,
            ahead: 0,
            unexpected: false,
            in_force: InForce { table_sizes: [INITIAL_TABLE; 2], max_frame_size, push_enabled: true },
            table_limits: None,
            max_frame_size,
            push_enabled: true,
            extended_connect: false,
        }
    }

    /// SETTINGS frames that are not acknowledged.
    #[allow(clippy::as_conversions, reason = "at most eight, in a constant function")]
    pub(crate) const fn unacknowledged(&self) -> usize {
        self.len as usize
    }

    /// The receiver sends settings. Larger frames may come at once; the rest comes into force when it is acknowledged.
    pub(crate) fn send<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
    ) -> Result<(), SettingsSentError> {
        let newest = self.len.checked_sub(1).and_then(|last| self.sent.get(usize::from(last)));
        let sent = newest.unwrap_or(&self.in_force).after(settings);
        match self.ahead {
            0 => match self.sent.get_mut(usize::from(self.len)) {
                Some(place) => {
                    *place = sent;
                    self.len = self.len.saturating_add(1);
                    self.max_frame_size = self.max_frame_size.max(sent.max_frame_size);
                }
                None if self.is_observer => {
                    (self.ahead, self.len) = (LOST, 0);
                    self.allow_all();
                }
                None => return Err(SettingsSentError::TooManyUnacknowledged),
            },
            LOST => {}
            ahead => {
                // Its acknowledgment was seen before.
                self.ahead = ahead.saturating_sub(1);
                self.enter(sent);
                if self.ahead > 0 {
                    self.allow_all();
                } else {
                    // The lowest size was followed when the acknowledgment was sent, before this call.
                    let [_, last] = sent.table_sizes;
                    self.note_table_limits([last; 2]);
                }
            }
        }
        self.extended_connect |= settings.get(SettingId::ENABLE_CONNECT_PROTOCOL) == Some(1);
        Ok(())
    }

    /// The peer acknowledges the oldest settings. If there are none, no rule forbids it and nothing changes; but an observer knows
    /// then that there are settings which it has not seen.
    pub(crate) fn acknowledge(&mut self) {
        let len = self.len.checked_sub(1);
        self.unexpected = len.is_none();
        if let Some(len) = len {
            self.len = len;
            // `rotate_left` would be the only one to link `memmove`, 1.5 KiB of flash.
            let next = InForce::default();
            let oldest = self.sent.iter_mut().rev().fold(next, |next, place| core::mem::replace(place, next));
            let [_, before] = self.in_force.table_sizes;
            if oldest.table_sizes != [before; 2] {
                self.note_table_limits(oldest.table_sizes);
            }
            self.enter(oldest);
        } else if self.is_observer {
            self.ahead = self.ahead.saturating_add(1);
            self.allow_all();
        }
    }

    /// Settings come into force.
    fn enter(&mut self, settings: InForce) {
        self.in_force = settings;
        self.push_enabled = settings.push_enabled;
        // What is not acknowledged may be in use.
        self.max_frame_size =
            self.sent.iter().fold(settings.max_frame_size, |most, sent| most.max(sent.max_frame_size));
    }

    /// Unknown settings are in force: what they may allow is allowed.
    fn allow_all(&mut self) {
        (self.max_frame_size, self.push_enabled) = (PayloadLength::MAX, true);
        self.note_table_limits([ANY_TABLE; 2]);
    }

    /// Settings and acknowledgments were not seen: what is in force is not known any more.
    #[cfg(feature = "alloc")]
    pub(crate) fn lose(&mut self) {
        (self.is_observer, self.ahead, self.len) = (true, LOST, 0);
        self.allow_all();
    }

    fn note_table_limits(&mut self, [lowest, last]: [u32; 2]) {
        let before = self.table_limits.map_or(lowest, |[before, _]| before);
        self.table_limits = Some([lowest.min(before), last]);
    }

    /// The table limits that came into force since the last call: the lowest, and the last. A decoder gets both, between two
    /// blocks.
    pub(crate) const fn take_table_limits(&mut self) -> Option<[u32; 2]> {
        self.table_limits.take()
    }
}

#[cfg(test)]
mod tests {
    use h2wire_frame::SettingBuffer;

    use super::*;

    fn settings(pairs: &[(SettingId, u32)]) -> SettingBuffer<4> {
        let mut settings = SettingBuffer::new();
        for (id, value) in pairs {
            settings.push(*id, *value).unwrap();
        }
        settings
    }

    fn send(announced: &mut Announced, table_size: u32) -> Result<(), SettingsSentError> {
        announced.send(&settings(&[(SettingId::HEADER_TABLE_SIZE, table_size)]).list())
    }

    #[test]
    fn are_acknowledged_in_the_order_they_were_sent() {
        let mut announced = Announced::new(Role::Server);
        announced.acknowledge();
        assert!(announced.unexpected);
        for round in 0..3 {
            for size in 0..8 {
                send(&mut announced, round + size).unwrap();
            }
            assert_eq!(announced.unacknowledged(), 8);
            assert_eq!(send(&mut announced, 9), Err(SettingsSentError::TooManyUnacknowledged));
            for size in 0..8 {
                announced.acknowledge();
                assert_eq!(announced.take_table_limits(), Some([round + size; 2]));
            }
            announced.acknowledge();
            assert_eq!(announced.take_table_limits(), None);
        }
    }

    #[test]
    fn the_lowest_limit_between_two_blocks_counts() {
        let mut announced = Announced::new(Role::Server);
        for size in [300, 100, 200] {
            send(&mut announced, size).unwrap();
            assert_eq!(announced.take_table_limits(), None);
        }
        for _ in 0..3 {
            announced.acknowledge();
        }
        assert_eq!(announced.take_table_limits(), Some([100, 200]));
        assert_eq!(announced.take_table_limits(), None);
    }

    #[test]
    fn an_endpoint_does_not_count_acknowledgments_of_nothing() {
        let mut announced = Announced::new(Role::Client);
        announced.acknowledge();
        send(&mut announced, 100).unwrap();
        assert_eq!((announced.unacknowledged(), announced.take_table_limits()), (1, None));
        assert_eq!(announced.max_frame_size, PayloadLength::INITIAL_MAX_FRAME_SIZE);
        announced.acknowledge();
        assert_eq!(announced.take_table_limits(), Some([100; 2]));
    }

    #[test]
    fn an_observer_may_see_the_acknowledgment_first() {
        let mut announced = Announced::new(Role::Observer);
        let frames = |octets| (SettingId::MAX_FRAME_SIZE, octets);
        announced.send(&settings(&[frames(20_000), (SettingId::ENABLE_PUSH, 0)]).list()).unwrap();
        announced.acknowledge();
        assert!(!announced.push_enabled);
        // Two more, whose settings are not known yet: everything is allowed.
        for _ in 0..2 {
            announced.acknowledge();
            assert_eq!(announced.take_table_limits(), Some([ANY_TABLE; 2]));
            assert!(announced.push_enabled && announced.max_frame_size == PayloadLength::MAX);
        }
        send(&mut announced, 100).unwrap();
        assert_eq!(announced.take_table_limits(), Some([ANY_TABLE; 2]), "one is still missing");
        announced.send(&settings(&[frames(30_000)]).list()).unwrap();
        assert_eq!(announced.take_table_limits(), Some([100; 2]));
        assert_eq!((announced.max_frame_size.get(), announced.push_enabled), (30_000, false));
        // Not off by one after that.
        send(&mut announced, 200).unwrap();
        assert_eq!(announced.take_table_limits(), None);
        announced.acknowledge();
        assert_eq!(announced.take_table_limits(), Some([200; 2]));
    }

    #[test]
    fn without_a_table_size_the_protocols_default_is_known_again() {
        let mut announced = Announced::new(Role::Observer);
        announced.acknowledge();
        announced.send(&settings(&[]).list()).unwrap();
        // `ANY_TABLE` is never the lowest.
        assert_eq!(announced.take_table_limits(), Some([INITIAL_TABLE; 2]));
        assert_eq!(announced.max_frame_size, PayloadLength::INITIAL_MAX_FRAME_SIZE);
    }

    #[test]
    fn an_observer_loses_the_limits_but_not_the_connection() {
        let mut announced = Announced::new(Role::Observer);
        for _ in 0..8 {
            send(&mut announced, 0).unwrap();
        }
        assert_eq!(announced.take_table_limits(), None);
        send(&mut announced, 0).unwrap();
        announced.acknowledge();
        assert_eq!(announced.take_table_limits(), Some([ANY_TABLE; 2]));
        assert_eq!(announced.max_frame_size, PayloadLength::MAX);
    }
}
