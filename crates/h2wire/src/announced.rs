//! Settings of this endpoint, between the moment they are sent and the moment the peer acknowledges them.
//! RFC 9113 §6.5.3.

use h2wire_frame::{PayloadLength, SettingId, SettingList};

/// SETTINGS frames that can be on their way at a time.
const MOST: usize = 8;

/// What was sent and is not acknowledged yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Announced {
    /// The oldest first.
    sent: [Sent; MOST],
    len: usize,
}

/// What a SETTINGS frame changes for whoever reads what the peer sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sent {
    /// The lowest of its table sizes, and the last. RFC 7541 §4.2.
    pub(crate) table_sizes: Option<[u32; 2]>,
    pub(crate) max_frame_size: Option<PayloadLength>,
    pub(crate) enable_push: Option<bool>,
}

/// The settings cannot be kept until they are acknowledged. Nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnounceError {
    /// `SETTINGS_HEADER_TABLE_SIZE` is above [`Limits::max_table_size`](crate::Limits::max_table_size), for which memory
    /// was made.
    #[error("the table size is above {max}, for which there is memory")]
    TableSize {
        /// The limit.
        max: u32,
    },
    /// The peer has not acknowledged eight SETTINGS frames.
    #[error("the peer has not acknowledged 8 SETTINGS frames yet")]
    TooManyUnacknowledged,
}

impl Announced {
    /// Takes note of settings that are sent. Of repeats the last counts, of table sizes the lowest too.
    pub(crate) fn send<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        max_table_size: u32,
    ) -> Result<Sent, AnnounceError> {
        let sizes = settings.iter().filter(|setting| setting.id == SettingId::HEADER_TABLE_SIZE);
        let table_sizes = sizes.map(|setting| setting.value).fold(None, |sizes: Option<[u32; 2]>, size| {
            Some([sizes.map_or(size, |[lowest, _]| lowest.min(size)), size])
        });
        let sent = Sent {
            table_sizes,
            max_frame_size: settings.get(SettingId::MAX_FRAME_SIZE).and_then(PayloadLength::new),
            enable_push: settings.get(SettingId::ENABLE_PUSH).map(|value| value != 0),
        };
        if table_sizes.is_some_and(|sizes| sizes.iter().any(|size| *size > max_table_size)) {
            return Err(AnnounceError::TableSize { max: max_table_size });
        }
        *self.sent.get_mut(self.len).ok_or(AnnounceError::TooManyUnacknowledged)? = sent;
        self.len = self.len.saturating_add(1);
        Ok(sent)
    }

    /// The longest frame that the peer may use because of what it has not acknowledged yet.
    pub(crate) fn max_frame_size(&self) -> Option<PayloadLength> {
        self.sent.iter().take(self.len).filter_map(|sent| sent.max_frame_size).max()
    }

    /// The peer acknowledged the oldest. `None` if there is none: no rule forbids that.
    pub(crate) fn acknowledge(&mut self) -> Option<Sent> {
        self.len = self.len.checked_sub(1)?;
        // `rotate_left` would be the only one to link `memmove`, 1.5 KiB of flash.
        let next = Sent::default();
        Some(self.sent.iter_mut().rev().fold(next, |next, place| core::mem::replace(place, next)))
    }
}

#[cfg(test)]
mod tests {
    use h2wire_frame::SettingBuffer;

    use super::*;

    fn announce(announced: &mut Announced, table_size: u32) -> Result<Sent, AnnounceError> {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(SettingId::HEADER_TABLE_SIZE, table_size).unwrap();
        announced.send(&settings.list(), 4096)
    }

    #[test]
    fn are_acknowledged_in_the_order_they_were_sent() {
        let mut announced = Announced::default();
        assert_eq!(announced.acknowledge(), None);
        for round in 0..3 {
            for size in 0..8 {
                announce(&mut announced, round + size).unwrap();
            }
            assert_eq!(announce(&mut announced, 9), Err(AnnounceError::TooManyUnacknowledged));
            for size in 0..8 {
                assert_eq!(announced.acknowledge().unwrap().table_sizes, Some([round + size; 2]));
            }
            assert_eq!(announced.acknowledge(), None);
        }
    }

    #[test]
    fn a_table_for_which_there_is_no_memory_is_refused() {
        let mut announced = Announced::default();
        announce(&mut announced, 4096).unwrap();
        assert_eq!(announce(&mut announced, 4097), Err(AnnounceError::TableSize { max: 4096 }));
        assert_eq!(announced.acknowledge().unwrap().table_sizes, Some([4096; 2]));
        assert_eq!(announced.acknowledge(), None);
    }
}
