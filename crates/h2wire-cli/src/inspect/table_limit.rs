//! The table limit that the sender of a direction knows: `SETTINGS_HEADER_TABLE_SIZE` of its receiver, as it is
//! acknowledged. RFC 9113 §4.3.1, §6.5.3.

use std::collections::VecDeque;

/// The limit before any SETTINGS frame. RFC 9113 §6.5.2.
pub(crate) const INITIAL: u32 = 4096;

/// An unknown limit: any table is allowed.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// The most SETTINGS frames without acknowledgment; with more, the limit becomes unknown.
const MOST: usize = 1024;

/// The source of the limit.
pub(crate) enum TableLimit {
    /// The command line: known to the sender when it acknowledges, allowed at once.
    Given(u32),
    /// The SETTINGS frames of the other direction of a capture.
    Followed(Followed),
}

#[derive(Default)]
pub(crate) struct Followed {
    /// The table size in each unacknowledged frame, the oldest first.
    sent: VecDeque<Option<u32>>,
    /// Acknowledgments of unseen frames, which arrive late or are not in the capture.
    ahead: u64,
    lost: bool,
}

impl TableLimit {
    /// The limit at the start of the connection.
    pub(crate) fn initial(&self) -> u32 {
        match self {
            Self::Given(limit) => INITIAL.max(*limit),
            Self::Followed(_) => INITIAL,
        }
    }

    /// The receiver sends SETTINGS. Returns the limit if it changes now.
    pub(crate) fn settings_sent(&mut self, table_size: Option<u32>) -> Option<u32> {
        let Self::Followed(followed) = self else { return None };
        if let Some(ahead) = followed.ahead.checked_sub(1) {
            followed.ahead = ahead;
            return table_size.filter(|_| !followed.lost);
        }
        if followed.sent.len() < MOST {
            followed.sent.push_back(table_size);
            return None;
        }
        *followed = Followed { lost: true, ..Followed::default() };
        Some(UNKNOWN)
    }

    /// The sender acknowledges SETTINGS. Returns the limit if it changes now.
    pub(crate) fn acknowledge(&mut self) -> Option<u32> {
        match self {
            Self::Given(limit) => Some(*limit),
            Self::Followed(Followed { lost: true, .. }) => None,
            Self::Followed(followed) => followed.sent.pop_front().unwrap_or_else(|| {
                followed.ahead = followed.ahead.saturating_add(1);
                Some(UNKNOWN)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed() -> TableLimit {
        TableLimit::Followed(Followed::default())
    }

    #[test]
    fn settings_count_when_they_are_acknowledged() {
        let mut table = followed();
        assert_eq!(table.initial(), INITIAL);
        for size in [Some(100), None, Some(1 << 20)] {
            assert_eq!(table.settings_sent(size), None);
        }
        assert_eq!([(); 3].map(|()| table.acknowledge()), [Some(100), None, Some(1 << 20)]);
    }

    #[test]
    fn settings_that_come_late_count_at_once() {
        let mut table = followed();
        assert_eq!(table.acknowledge(), Some(UNKNOWN));
        assert_eq!(table.settings_sent(Some(100)), Some(100));
        assert_eq!(table.settings_sent(Some(200)), None);
        assert_eq!(table.acknowledge(), Some(200));
    }

    #[test]
    fn what_is_never_acknowledged_takes_no_memory() {
        let mut table = followed();
        let answers: Vec<_> = (0..3000).filter_map(|_| table.settings_sent(Some(0))).collect();
        assert_eq!(answers, [UNKNOWN, UNKNOWN]);
        assert_eq!(table.acknowledge(), None);
    }

    #[test]
    fn a_given_limit_is_allowed_at_once_and_demanded_when_acknowledged() {
        for (given, initial) in [(100, INITIAL), (8192, 8192)] {
            let mut table = TableLimit::Given(given);
            assert_eq!((table.initial(), table.settings_sent(Some(1))), (initial, None));
            assert_eq!(table.acknowledge(), Some(given));
        }
    }
}
