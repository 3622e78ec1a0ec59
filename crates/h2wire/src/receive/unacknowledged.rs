//! Settings of this endpoint that the peer has not acknowledged yet.
//! RFC 9113 §6.5.3.

use h2wire_frame::{PayloadLength, SettingId, SettingList};

/// SETTINGS frames that can be unacknowledged at a time.
const MOST: usize = 8;

/// SETTINGS frames that were sent and are not acknowledged yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnacknowledgedSettings {
    /// The oldest first.
    sent: [SentSettings; MOST],
    len: usize,
}

/// What a SETTINGS frame changes for the reader of what the peer sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct SentSettings {
    /// The lowest of its table sizes, and the last. RFC 7541 §4.2.
    pub(crate) table_sizes: Option<[u32; 2]>,
    pub(crate) max_frame_size: Option<PayloadLength>,
    pub(crate) enable_push: Option<bool>,
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
    /// The peer has not acknowledged eight SETTINGS frames.
    #[error("the peer has not acknowledged 8 SETTINGS frames yet")]
    TooManyUnacknowledged,
}

impl UnacknowledgedSettings {
    /// Records settings that are sent. If a setting repeats, the last value wins; for the table size the lowest matters too.
    pub(crate) fn send<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        max_table_size: u32,
    ) -> Result<SentSettings, SettingsSentError> {
        let sizes = settings.iter().filter(|setting| setting.id == SettingId::HEADER_TABLE_SIZE);
        let table_sizes = sizes.map(|setting| setting.value).fold(None, |sizes: Option<[u32; 2]>, size| {
            Some([sizes.map_or(size, |[lowest, _]| lowest.min(size)), size])
        });
        let sent = SentSettings {
            table_sizes,
            max_frame_size: settings.get(SettingId::MAX_FRAME_SIZE).and_then(PayloadLength::new),
            enable_push: settings.get(SettingId::ENABLE_PUSH).map(|value| value != 0),
        };
        if table_sizes.is_some_and(|sizes| sizes.iter().any(|size| *size > max_table_size)) {
            return Err(SettingsSentError::TableSize { max: max_table_size });
        }
        *self.sent.get_mut(self.len).ok_or(SettingsSentError::TooManyUnacknowledged)? = sent;
        self.len = self.len.saturating_add(1);
        Ok(sent)
    }

    /// The longest frame that the peer may use because of what it has not acknowledged yet.
    pub(crate) fn max_frame_size(&self) -> Option<PayloadLength> {
        self.sent.iter().take(self.len).filter_map(|sent| sent.max_frame_size).max()
    }

    /// The peer acknowledged the oldest. `None` if there is none: no rule forbids that.
    pub(crate) fn acknowledge(&mut self) -> Option<SentSettings> {
        self.len = self.len.checked_sub(1)?;
        // `rotate_left` would be the only one to link `memmove`, 1.5 KiB of flash.
        let next = SentSettings::default();
        Some(self.sent.iter_mut().rev().fold(next, |next, place| core::mem::replace(place, next)))
    }
}

#[cfg(test)]
mod tests {
    use h2wire_frame::SettingBuffer;

    use super::*;

    fn send(
        unacknowledged: &mut UnacknowledgedSettings,
        table_size: u32,
    ) -> Result<SentSettings, SettingsSentError> {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(SettingId::HEADER_TABLE_SIZE, table_size).unwrap();
        unacknowledged.send(&settings.list(), 4096)
    }

    #[test]
    fn are_acknowledged_in_the_order_they_were_sent() {
        let mut unacknowledged = UnacknowledgedSettings::default();
        assert_eq!(unacknowledged.acknowledge(), None);
        for round in 0..3 {
            for size in 0..8 {
                send(&mut unacknowledged, round + size).unwrap();
            }
            assert_eq!(send(&mut unacknowledged, 9), Err(SettingsSentError::TooManyUnacknowledged));
            for size in 0..8 {
                assert_eq!(unacknowledged.acknowledge().unwrap().table_sizes, Some([round + size; 2]));
            }
            assert_eq!(unacknowledged.acknowledge(), None);
        }
    }

    #[test]
    fn a_table_for_which_there_is_no_memory_is_refused() {
        let mut unacknowledged = UnacknowledgedSettings::default();
        send(&mut unacknowledged, 4096).unwrap();
        assert_eq!(send(&mut unacknowledged, 4097), Err(SettingsSentError::TableSize { max: 4096 }));
        assert_eq!(unacknowledged.acknowledge().unwrap().table_sizes, Some([4096; 2]));
        assert_eq!(unacknowledged.acknowledge(), None);
    }
}
