//! What a reader of frames and fields remembers, whatever way the bytes come.

use h2wire_frame::SettingList;
use h2wire_hpack::{HpackError, MemoryTooSmall};

use super::sections::Sections;
use super::unacknowledged::UnacknowledgedSettings;
use super::{Counters, Fields, SettingsSentError};
use crate::{ConnectionError, Limits, Options, Role, SectionHead, StreamError};

/// The field sections of one direction, the settings that its sender has not acknowledged, and the failure that is final.
#[derive(Clone, Debug)]
pub(crate) struct Receiver<M> {
    sections: Sections<M>,
    unacknowledged: UnacknowledgedSettings,
    max_table_size: u32,
    failed: Option<ConnectionError>,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Receiver<M> {
    pub(crate) fn new(role: Role, limits: &Limits, memory: M) -> Result<Self, MemoryTooSmall> {
        Ok(Self {
            sections: Sections::new(role, limits, memory)?,
            unacknowledged: UnacknowledgedSettings::default(),
            max_table_size: limits.max_table_size,
            failed: None,
        })
    }

    /// Starts a section.
    pub(crate) fn start_section(&mut self, head: SectionHead, options: &Options) {
        self.sections.start(head, options);
    }

    /// Continues with a fragment of the field block; `last` says that it ends the block.
    pub(crate) fn feed<'r, 'i>(
        &'r mut self,
        fragment: &'i [u8],
        last: bool,
        counters: &'r mut Counters,
    ) -> Fields<'r, 'i, M> {
        self.sections.feed(fragment, last, counters, &mut self.failed)
    }

    /// This endpoint sends settings: larger frames may come at once.
    pub(crate) fn settings_sent<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        options: &mut Options,
    ) -> Result<(), SettingsSentError> {
        let sent = self.unacknowledged.send(settings, self.max_table_size)?;
        if let Some(max_frame_size) = sent.max_frame_size {
            options.max_frame_size = options.max_frame_size.max(max_frame_size);
        }
        Ok(())
    }

    /// The peer acknowledges the oldest settings that were sent. Returns whether it may push, if they say so.
    pub(crate) fn settings_acknowledged(
        &mut self,
        options: &mut Options,
    ) -> Result<Option<bool>, ConnectionError> {
        let Some(sent) = self.unacknowledged.acknowledge() else { return Ok(None) };
        for limit in sent.table_sizes.into_iter().flatten() {
            if self.sections.decoder.set_table_limit(limit).is_err() {
                // There is memory for it, so a block is open, whose fields nobody has dropped.
                return self.fail(HpackError::AbandonedBlock.into());
            }
        }
        if let Some(max_frame_size) = sent.max_frame_size {
            let unacknowledged = self.unacknowledged.max_frame_size();
            options.max_frame_size = unacknowledged.map_or(max_frame_size, |other| other.max(max_frame_size));
        }
        Ok(sent.enable_push)
    }

    /// Counts an error of a frame's stream; makes it one of the connection if the options say so.
    pub(crate) fn stream_error(
        &mut self,
        error: StreamError,
        options: &Options,
        counters: &mut Counters,
    ) -> Result<StreamError, ConnectionError> {
        counters.count_stream_error();
        // §5.4.1
        if options.escalate_stream_errors { self.fail(error.into()) } else { Ok(error) }
    }
}

impl<M> Receiver<M> {
    /// The error that ended the connection.
    pub(crate) const fn failed(&self) -> Option<ConnectionError> {
        self.failed
    }

    #[cold]
    pub(crate) fn fail<T>(&mut self, error: ConnectionError) -> Result<T, ConnectionError> {
        Err(*self.failed.insert(error))
    }
}
