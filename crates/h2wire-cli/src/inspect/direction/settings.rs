//! SETTINGS: what is announced, and when it counts.

use h2wire::frame::{Frame, SettingId, SettingList, Settings};

use super::Direction;

impl Direction {
    /// The receiver of this direction sends SETTINGS: they count when they are acknowledged, larger frames at once.
    pub(crate) fn settings_sent(&mut self, settings: &SettingList<Vec<u8>>) -> anyhow::Result<()> {
        self.advised_list_size = settings.get(SettingId::MAX_HEADER_LIST_SIZE).or(self.advised_list_size);
        self.reader.settings_sent(settings)?;
        self.follow_settings();
        Ok(())
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

    /// The SETTINGS frames of this direction since the last call.
    pub(crate) fn take_announced(&mut self) -> Vec<SettingList<Vec<u8>>> {
        std::mem::take(&mut self.announced)
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
