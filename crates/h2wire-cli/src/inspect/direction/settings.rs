//! SETTINGS: what is announced, and when it counts.

use h2wire::frame::{Frame, SettingId, SettingList, Settings};

use super::Direction;

impl Direction {
    /// Hands on the SETTINGS of this direction since the last call, or that some were lost. They limit what its receiver sends.
    pub(crate) fn announce_to(&mut self, replies: &mut Self) -> anyhow::Result<()> {
        for announced in std::mem::take(&mut self.announced) {
            replies.settings_sent(&announced)?;
        }
        if std::mem::take(&mut self.lost_settings) {
            replies.settings_lost();
        }
        Ok(())
    }

    /// The receiver of this direction sends SETTINGS: they count when they are acknowledged, larger frames at once.
    fn settings_sent(&mut self, settings: &SettingList<Vec<u8>>) -> anyhow::Result<()> {
        self.advised_list_size = settings.get(SettingId::MAX_HEADER_LIST_SIZE).or(self.advised_list_size);
        self.reader.settings_sent(settings)?;
        self.follow_settings();
        Ok(())
    }

    /// SETTINGS of the receiver may have been lost.
    fn settings_lost(&mut self) {
        self.reader.settings_lost();
        self.follow_settings();
    }

    /// Applies the limits that came into force, where the command line does not say otherwise.
    pub(super) fn follow_settings(&mut self) {
        if let Some(max_frame_size) = self.mode.max_frame_size {
            self.reader.options.max_frame_size = max_frame_size;
        }
        let limits = self.reader.take_table_limits();
        if let (Some(limits), None, Some(sections)) =
            (limits, self.mode.header_table_size, &mut self.sections)
        {
            sections.set_table_limits(limits);
        }
    }

    pub(super) fn settings(&mut self, frame: &Frame<&[u8]>) {
        match frame {
            Frame::Settings(Settings::Ack) => {
                self.follow_settings();
                // Known to the sender from its first acknowledgment on.
                if let (Some(given), Some(sections)) = (self.mode.header_table_size, &mut self.sections) {
                    sections.set_table_limits([given; 2]);
                }
            }
            Frame::Settings(Settings::List(list)) if self.flow.is_some() => {
                self.announced.push(list.map(<[u8]>::to_vec));
            }
            _ => {}
        }
    }
}
