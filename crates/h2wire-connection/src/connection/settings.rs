//! Settings of both sides, and the preface. RFC 9113 §3.4, §6.5.

use h2wire::Role;
use h2wire::frame::{SettingBuffer, SettingId, SettingList, StreamId};

use super::Connection;
use crate::budget::Flood;
use crate::side::announced::Sent;
use crate::{Config, ConfigError, Event};

impl Connection {
    /// The connection preface. §3.4
    pub(super) fn start(&mut self) -> Result<(), ConfigError> {
        let mut settings = self.config.limits.settings(self.side.role);
        self.config.push_settings(self.side.role, &mut settings)?;
        if self.side.role == Role::Client {
            let written = self.writer.append_preface(self.output.gathered());
            self.check_written(written);
        }
        self.send_settings(&settings)?;
        // §6.9.2: the window of the connection starts at 65,535 bytes and is changed by WINDOW_UPDATE alone.
        let increment = self.side.receive_window.widen(self.config.connection_window);
        self.put_window_update(StreamId::CONNECTION, increment);
        // A server cannot write this before it has read something.
        self.output.note_unasked(0);
        Ok(())
    }

    /// The reader learns of SETTINGS as they are sent: it judges by what is acknowledged. §6.5.3
    fn send_settings(&mut self, settings: &SettingBuffer<8>) -> Result<(), ConfigError> {
        self.reader.settings_sent(&settings.list())?;
        let written = self.writer.append_settings(&settings.list(), self.output.gathered());
        self.check_written(written);
        let Config { stream_window: initial_window, max_concurrent_streams: max_streams, limits, .. } =
            self.config;
        self.side.sent_settings(Sent { at: self.now, initial_window, max_streams, limits });
        Ok(())
    }

    /// Changes limits, windows and times under way, and tells the peer what it has to know. What gets smaller holds once the peer has
    /// acknowledged it ([`Event::SettingsAcknowledged`]), what gets larger at once. RFC 9113 §6.5.3.
    ///
    /// [`Config::extended_connect`], [`Config::rfc7540_priorities`] and [`Limits::accept_push`](h2wire::Limits::accept_push) stay as they were, as does
    /// what a connection starts with: [`Config::initial_max_streams`], [`Config::remembered_streams`] and [`Config::hash_seed`]. A
    /// `connection_window` does not get smaller.
    ///
    /// # Errors
    /// [`ConfigError`]; nothing is changed then.
    pub fn update(&mut self, config: &Config) -> Result<(), ConfigError> {
        if self.life.is_over() {
            return Err(ConfigError::Closed);
        }
        let before = self.config;
        let limits = config.limits.with_accept_push(before.limits.accept_push);
        let Config { extended_connect, rfc7540_priorities, .. } = before;
        let config = Config { limits, extended_connect, rfc7540_priorities, ..*config };
        config.push_settings(self.side.role, &mut SettingBuffer::new())?;
        let mut settings = limits.changed_settings(&before.limits, self.side.role);
        for (id, old, new) in [
            (SettingId::MAX_CONCURRENT_STREAMS, before.max_concurrent_streams, config.max_concurrent_streams),
            (SettingId::INITIAL_WINDOW_SIZE, before.stream_window, config.stream_window),
        ] {
            if old != new {
                settings.push(id, new)?;
            }
        }
        self.reader.set_limits(&self.side.own.widest(&limits))?;
        self.config = config;
        if settings.list().iter().len() > 0
            && let Err(error) = self.send_settings(&settings)
        {
            // Eight that are not acknowledged: the reader did not take them.
            self.config = before;
            self.reader.set_limits(&self.side.own.widest(&before.limits))?;
            return Err(error);
        }
        self.reader.options = config.options;
        if config.auto_release {
            // Nobody else would release what was handed out before.
            for index in self.side.streams.indices() {
                self.release(index, u32::MAX);
            }
        }
        let increment = self.side.receive_window.widen(config.connection_window);
        self.put_window_update(StreamId::CONNECTION, increment);
        Ok(())
    }

    /// The peer has acknowledged the oldest SETTINGS. §6.5.3
    pub(super) fn settings_acknowledged(&mut self) -> Option<Event> {
        let (writer, gathered) = (&mut self.writer, self.output.gathered());
        let acknowledged = self.side.settings_acknowledged(|id, increment| {
            let written = writer.append_window_update(id, increment, gathered);
            debug_assert!(written.is_ok(), "{written:?}");
        });
        let Some(Sent { limits, .. }) = acknowledged else {
            // No rule forbids it, but nobody needs it.
            self.spend(Flood::Settings);
            return None;
        };
        let before = core::mem::replace(&mut self.side.own.limits, limits);
        if before != limits {
            // No field block is open while another frame is read.
            let set = self.reader.set_limits(&self.side.own.widest(&self.config.limits));
            debug_assert!(set.is_ok(), "{set:?}");
        }
        Some(Event::SettingsAcknowledged)
    }

    /// The peer's settings in their order, then the acknowledgment. §6.5.3
    pub(super) fn settings(&mut self, list: &SettingList<&[u8]>) -> Option<Event> {
        self.spend(Flood::Settings);
        match self.side.take_settings(list) {
            Ok(true) => self.side.streams.indices().into_iter().for_each(|index| self.make_ready(index)),
            Ok(false) => {}
            Err(refusal) => return self.refuse(refusal),
        }
        if self.life.is_over() {
            return None;
        }
        let written = self.writer.append_acknowledge(list, self.output.gathered());
        self.check_written(written);
        Some(Event::Settings)
    }
}
