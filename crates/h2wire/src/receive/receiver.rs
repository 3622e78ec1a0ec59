//! What a reader of frames and fields remembers, whatever way the bytes come.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use h2wire_frame::{Setting, SettingId, SettingList};
#[cfg(feature = "alloc")]
use h2wire_hpack::Decoder;
use h2wire_hpack::{MemoryTooSmall, SetLimitsError, TableLimitError};

use super::sections::Sections;
use super::{Announced, Counters, Fields, SettingsSentError};
#[cfg(feature = "alloc")]
use crate::Rule;
use crate::{ConnectionError, Limits, Options, Role, SectionEnd, SectionHead, StreamError};

/// The field sections of one direction, and the failure that is final.
#[derive(Clone, Debug)]
pub(crate) struct Receiver<M> {
    sections: Sections<M>,
    pub(crate) max_table_size: u32,
    #[cfg(feature = "alloc")]
    decoded: Decoded,
}

/// Which field blocks are decoded.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Decoded {
    All,
    /// Those whose start will be seen. That of the next frame's was perhaps not.
    FromNext,
    None,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Receiver<M> {
    pub(crate) fn new(role: Role, limits: &Limits, memory: M) -> Result<Self, MemoryTooSmall> {
        Ok(Self {
            sections: Sections::new(role, limits, memory)?,
            max_table_size: limits.max_table_size,
            #[cfg(feature = "alloc")]
            decoded: Decoded::All,
        })
    }

    /// Starts a section, judged by what is announced.
    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    pub(crate) fn start_section(&mut self, head: SectionHead, options: &Options, announced: &mut Announced) {
        if let Some(limits) = announced.take_table_limits() {
            self.set_table_limits(limits);
        }
        // RFC 8441 §3
        let extended_connect = announced.extended_connect || announced.is_observer;
        self.sections.start(head, options, extended_connect);
    }

    #[cold]
    fn set_table_limits(&mut self, limits: [u32; 2]) {
        for limit in limits {
            let decoder = &mut self.sections.decoder;
            // What is not known, or was announced before lower limits, is all that there is memory for.
            if let Err(TableLimitError::TooLarge { max }) = decoder.set_table_limit(limit) {
                // It fails only if the last block was abandoned, and then so does this one.
                let _ = decoder.set_table_limit(max);
            }
        }
    }

    /// Changes the limits of sections.
    pub(crate) fn set_limits(&mut self, limits: &Limits) -> Result<(), SetLimitsError> {
        self.sections.decoder.set_limits(&limits.decoder_limits())?;
        self.max_table_size = limits.max_table_size;
        Ok(())
    }

    /// Continues with a fragment of the field block; `last` says that it ends the block.
    pub(crate) fn feed<'r, 'i>(
        &'r mut self,
        fragment: &'i [u8],
        last: bool,
        counters: &'r mut Counters,
    ) -> Fields<'r, 'i, M> {
        self.sections.feed(fragment, last, counters)
    }

    /// The receiver sends settings. There must be memory for the table.
    pub(crate) fn settings_sent<B: AsRef<[u8]>>(
        &self,
        settings: &SettingList<B>,
        announced: &mut Announced,
    ) -> Result<(), SettingsSentError> {
        let max = self.max_table_size;
        let is_too_large =
            |setting: Setting| setting.id == SettingId::HEADER_TABLE_SIZE && setting.value > max;
        // What an observer sees is sent already.
        if !announced.is_observer && settings.iter().any(is_too_large) {
            return Err(SettingsSentError::TableSize { max });
        }
        announced.send(settings)
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

#[cfg(feature = "alloc")]
impl Receiver<Vec<u8>> {
    /// A receiver whose memory grows when it is needed.
    pub(crate) fn growing(role: Role, limits: &Limits) -> Self {
        // The peer may use the initial table before it has seen any SETTINGS.
        let decoder_limits = limits.with_initial_table().decoder_limits();
        let sections = Sections::with_decoder(role, Decoder::new(&decoder_limits));
        Self { sections, max_table_size: limits.max_table_size, decoded: Decoded::All }
    }

    /// The same in the middle of a connection, whose table may always be as large as at the start.
    pub(crate) fn joined(role: Role, limits: &Limits) -> Self {
        let mut receiver = Self::growing(role, &limits.with_initial_table());
        receiver.join();
        receiver
    }
}

impl<M> Receiver<M> {
    /// The error that ended the connection.
    pub(crate) const fn failed(&self) -> Option<ConnectionError> {
        self.sections.failed()
    }

    /// How the section ended whose fields were read last; `None` if it goes on.
    pub(crate) const fn section_end(&self) -> Option<&SectionEnd> {
        self.sections.end()
    }

    #[cold]
    pub(crate) fn fail<T>(&mut self, error: ConnectionError) -> Result<T, ConnectionError> {
        Err(*self.sections.failed_mut().insert(error))
    }
}

impl<M> Receiver<M> {
    /// Whether nothing has failed, and every block is decoded.
    #[inline(always)]
    pub(crate) fn decodes_all(&self) -> bool {
        #[cfg(feature = "alloc")]
        if self.decoded != Decoded::All {
            return false;
        }
        self.failed().is_none()
    }

    /// Whether the block of this frame is not decoded; `starts` says that it starts with it.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn skips_block(&mut self, starts: bool) -> bool {
        self.decoded != Decoded::All && self.skips_block_late(starts)
    }

    #[cfg(not(feature = "alloc"))]
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "with an allocator it is of use")]
    pub(crate) const fn skips_block(&mut self, _: bool) -> bool {
        false
    }
}

#[cfg(feature = "alloc")]
impl<M> Receiver<M> {
    #[cold]
    fn skips_block_late(&mut self, starts: bool) -> bool {
        if starts && self.decoded == Decoded::FromNext {
            self.decoded = Decoded::All;
        }
        self.decoded != Decoded::All
    }

    /// The next frame is anywhere in a connection: whatever failed, and whatever was known, is forgotten.
    pub(crate) fn join(&mut self) {
        *self.sections.failed_mut() = None;
        self.sections.decoder.rejoin();
        self.decoded = Decoded::FromNext;
    }

    /// Gives up the open block and the table of HPACK, and forgets an error of HPACK. Whether blocks that start later are
    /// decoded is up to `again`. Another error stays.
    pub(crate) fn forget_fields(&mut self, again: bool) {
        if matches!(self.failed(), Some(ConnectionError { rule: Rule::Hpack(_), .. })) {
            *self.sections.failed_mut() = None;
        }
        self.sections.decoder.rejoin();
        self.decoded = if again { Decoded::FromNext } else { Decoded::None };
    }

    /// The same when bytes of a block were lost, whether blocks are decoded or not.
    pub(crate) fn lose_fields(&mut self) {
        self.forget_fields(self.decoded != Decoded::None);
    }
}
