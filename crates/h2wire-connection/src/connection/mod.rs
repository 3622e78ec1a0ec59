//! A connection: what is known of it, and how it is called.

mod error; // what a caller cannot do
mod life; // where a connection stands

mod content; // DATA in
mod ending; // PING, GOAWAY, shutting down
mod open; // streams of this side
mod poll; // bytes in, events out
mod receive; // frames without fields and content in
mod section; // field sections in
mod send; // responses and content out
mod settings; // settings in and out
pub(crate) mod stream; // a stream, as the caller has it
mod time; // what is due when

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::time::Duration;

use h2wire::frame::{ErrorCode, PayloadLength, StreamId};
use h2wire::{FieldList, Malformed, Reader, Role, WriteError, Writer};

use crate::budget::{Budgets, Flood};
use crate::output::Output;
use crate::side::announced::OwnSettings;
use crate::side::noted::Noted;
use crate::side::section::PSEUDO_IN_TRAILERS;
use crate::side::{Refusal, Side};
use crate::streams::{Closed, Streams};
use crate::{Cause, Config, ConfigError, ConnectionRule, Event, Failure, PeerSettings, ResetReason};
pub use error::{OpenError, SendError};
use life::Life;

/// The memory for output that is kept when all is written, without any stream and with some.
const KEPT_IDLE: usize = 1 << 10;
const KEPT: usize = 32 << 10;

/// No longer frame is sent, whatever the peer takes: the next stream has to wait for its end.
const LONGEST: PayloadLength = match PayloadLength::new(64 << 10) {
    Some(length) => length,
    None => PayloadLength::INITIAL_MAX_FRAME_SIZE,
};

/// A connection without I/O, clock or runtime: bytes and the time in, events out; calls in, bytes out.
///
/// Both roles are one type, because streams, windows, settings, shutting down and time are the same for both. What one side alone may
/// do is refused to the other by an error that says so ([`OpenError::NotClient`], [`SendError::NotServer`]): a proxy keeps both kinds in
/// one table that way, without a type parameter on all that touches a connection.
#[derive(Debug)]
pub struct Connection {
    config: Config,
    reader: Reader<Vec<u8>>,
    writer: Writer<Vec<u8>>,
    side: Side,
    output: Output,
    events: VecDeque<Event>,
    /// The fields of the last section, and what the connection needs to know of them.
    fields: FieldList,
    noted: Noted,
    budgets: Budgets,
    life: Life,
    now: Duration,
}

impl Connection {
    /// The client's side of a connection that has just been made. All times are counted from here.
    ///
    /// # Errors
    /// [`ConfigError`] if the configuration contradicts the protocol.
    pub fn client(config: &Config) -> Result<Self, ConfigError> {
        Self::new(Role::Client, config)
    }

    /// The server's side of a connection that was just accepted. All times are counted from here.
    ///
    /// # Errors
    /// [`ConfigError`] if the configuration contradicts the protocol.
    pub fn server(config: &Config) -> Result<Self, ConfigError> {
        Self::new(Role::Server, config)
    }

    fn new(role: Role, config: &Config) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(role, &config.limits)?;
        reader.options = config.options;
        let mut writer = Writer::new(role, config.limits.max_table_size);
        writer.max_frame_size = LONGEST;
        let streams = Streams::new(role, config.remembered_streams, config.hash_seed);
        let mut side = Side::new(role, streams, config.initial_max_streams, OwnSettings::new(config));
        side.rfc7540_priorities = config.rfc7540_priorities;
        let mut connection = Self {
            reader,
            writer,
            side,
            output: Output::default(),
            events: VecDeque::new(),
            fields: FieldList::new(),
            noted: Noted::default(),
            budgets: Budgets::new(&config.floods),
            life: Life::default(),
            now: Duration::ZERO,
            config: *config,
        };
        connection.start()?;
        Ok(connection)
    }

    /// Which side this is.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.side.role
    }

    /// What the connection was made from, with its later changes.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The fields of the last event with fields, until the next event is asked for. Clone them to keep them: the copy is as large as
    /// they are, and the connection uses its own memory again.
    #[must_use]
    pub const fn fields(&self) -> &FieldList {
        &self.fields
    }

    /// Whether reading makes sense: not after the end, and not while much output waits
    /// ([`Config::max_pending_output`]), because a peer that does not read its answers shall not make more of them. Requests and content
    /// are not counted: otherwise both sides could wait for each other.
    #[must_use]
    pub fn wants_read(&self) -> bool {
        let most = usize::try_from(self.config.max_pending_output).unwrap_or(usize::MAX);
        // What would never read could not even say so, and before a server may write it has to read.
        !self.life.is_over() && (self.output.asked_len() < most.max(1) || !self.may_write())
    }

    /// Whether there is output to write.
    #[must_use]
    pub fn wants_write(&self) -> bool {
        self.may_write() && (self.output.len() > 0 || self.can_pump())
    }

    /// The bytes of output that wait to be written. Content that waits for windows is not among them: see
    /// [`Stream::queued`](crate::Stream::queued).
    #[must_use]
    pub fn pending_output(&self) -> usize {
        self.output.len()
    }

    /// A server says nothing before the peer's first bytes show that it speaks HTTP/2.
    const fn may_write(&self) -> bool {
        matches!(self.side.role, Role::Client) || self.life.preface_seen || self.life.is_over()
    }

    /// The output to write now, in pieces for a vectored write; the number of pieces. Call [`advance`](Self::advance) with the number
    /// of bytes that were written, before anything else. Large contents are the memory that you gave, small ones are gathered.
    ///
    /// DATA frames are made here, as windows and fairness allow, while less than 64 KiB of output wait. A frame has no more than 64 KiB, so
    /// what is urgent, an answer to PING for example, waits for 128 KiB at most. To make them can drain a stream or end the last one: ask
    /// for events again before you wait for input.
    #[must_use]
    pub fn transmit<'a>(&'a mut self, pieces: &mut [&'a [u8]]) -> usize {
        if !self.may_write() {
            return 0;
        }
        self.pump();
        self.output.pieces(pieces)
    }

    /// Bytes of [`transmit`](Self::transmit) were written.
    pub fn advance(&mut self, written: usize) {
        self.life.held_up = self.is_held_up();
        self.output.advance(written);
        self.output.shrink_to(if self.side.streams.is_empty() { KEPT_IDLE } else { KEPT });
    }

    /// Copies output to `buf` and counts it as written: for TLS and for buffers that the kernel keeps. The number of bytes; `buf` is
    /// filled if there is enough.
    pub fn fill(&mut self, buf: &mut [u8]) -> usize {
        let mut filled = 0_usize;
        loop {
            let mut piece = [[].as_slice()];
            let rest = buf.get_mut(filled..).unwrap_or_default();
            if rest.is_empty() || self.transmit(&mut piece) == 0 {
                return filled;
            }
            let [piece] = piece;
            let len = piece.len().min(rest.len());
            if let (Some(to), Some(from)) = (rest.get_mut(..len), piece.get(..len)) {
                to.copy_from_slice(from);
            }
            self.advance(len);
            filled = filled.saturating_add(len);
        }
    }

    /// Streams that are open, of both sides; promised ones are not among them.
    #[must_use]
    pub const fn open_streams(&self) -> u32 {
        self.side.streams.local.saturating_add(self.side.streams.remote)
    }

    /// The settings of the peer.
    #[must_use]
    pub const fn peer_settings(&self) -> &PeerSettings {
        &self.side.peer
    }

    /// Whether only writing the output and closing remain.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.life.is_over()
    }

    /// Why the connection is over, if that is the peer's fault or a time ran out.
    #[must_use]
    pub const fn failure(&self) -> Option<Failure> {
        self.life.failure
    }

    /// Something may happen once more, or the connection ends. §10.5
    fn spend(&mut self, flood: Flood) {
        if !self.budgets.spend(flood, &self.config.floods, self.now) {
            let rule = match flood {
                Flood::Reset => ConnectionRule::ResetFlood,
                Flood::StreamError => ConnectionRule::StreamErrorFlood,
                Flood::Ping => ConnectionRule::PingFlood,
                Flood::Settings => ConnectionRule::SettingsFlood,
                Flood::EmptyData => ConnectionRule::EmptyDataFlood,
                Flood::Priority => ConnectionRule::PriorityFlood,
                Flood::WindowUpdate => ConnectionRule::WindowUpdateFlood,
                Flood::Unknown => ConnectionRule::UnknownFlood,
                Flood::Interim => ConnectionRule::InterimFlood,
            };
            self.fail(rule.into());
        }
    }

    /// Ends the connection because of the peer. §5.4.1
    #[cold]
    fn fail(&mut self, cause: Cause) {
        if self.life.is_over() {
            return;
        }
        let failure = Failure::new(cause);
        self.life.failure = Some(failure);
        if failure.is_other_protocol() {
            // It would not understand it.
            self.output.clear();
        } else {
            self.put_go_away(cause.code(), self.life.last_processed, cause.name().as_bytes());
        }
        self.end();
    }

    /// Does what follows from a frame that is not taken.
    fn refuse(&mut self, refusal: Refusal) -> Option<Event> {
        self.refuse_on(refusal, |connection, stream_id| connection.side.streams.active(stream_id).is_some())
    }

    /// The same for what opens or promises a stream, which was not open before.
    fn refuse_new(&mut self, refusal: Refusal) -> Option<Event> {
        self.refuse_on(refusal, |_, _| true)
    }

    /// Of a stream that was over already there is nothing to report.
    #[cold]
    fn refuse_on(
        &mut self,
        refusal: Refusal,
        is_reported: impl FnOnce(&Self, StreamId) -> bool,
    ) -> Option<Event> {
        match refusal {
            Refusal::Connection(cause) => self.fail(cause),
            Refusal::Stream(stream_id, cause) => {
                let is_reported = is_reported(self, stream_id);
                return self.break_stream(stream_id, cause).filter(|_| is_reported);
            }
            Refusal::Late => {}
        }
        None
    }

    /// Ends a stream because of the peer. §5.4.2
    #[cold]
    fn fail_stream(&mut self, stream_id: StreamId, cause: Cause) -> Option<Event> {
        self.refuse(Refusal::Stream(stream_id, cause))
    }

    fn break_stream(&mut self, stream_id: StreamId, cause: Cause) -> Option<Event> {
        self.spend(Flood::StreamError);
        if self.life.is_over() {
            return None;
        }
        self.reset(stream_id, cause.code());
        let reason = ResetReason::Broken { cause, field: self.field_at_fault(stream_id, cause) };
        Some(Event::Reset { stream_id, error_code: cause.code(), reason })
    }

    /// The field that broke a rule, in the section that was just read. An older one cannot have broken it: its stream is gone.
    fn field_at_fault(&self, stream_id: StreamId, cause: Cause) -> Option<u32> {
        let error = self.reader.section_end()?.kind.err().filter(|error| error.stream_id == stream_id)?;
        match cause {
            PSEUDO_IN_TRAILERS if self.config.options.allowed.contains(Malformed::PseudoFieldLate) => None,
            PSEUDO_IN_TRAILERS => Some(0),
            _ => error.field().filter(|_| Cause::from(error) == cause),
        }
    }

    /// Sends `RST_STREAM`, and forgets the stream but for that. §6.4
    fn reset(&mut self, stream_id: StreamId, error_code: ErrorCode) {
        let written = self.writer.append_rst_stream(stream_id, error_code, self.output.gathered());
        self.check_written(written);
        match self.side.streams.active(stream_id) {
            Some(index) => self.close(index, Closed::ResetHere),
            None => self.side.streams.remember(stream_id, Closed::ResetHere),
        }
    }

    /// Removes a stream, and gives back its part of the connection's window.
    fn close(&mut self, index: u32, how: Closed) {
        if let Some(held @ 1..) = self.side.streams.close(index, how) {
            self.release_connection(held);
        }
    }

    fn release_connection(&mut self, bytes: u32) {
        let increment = self.side.receive_window.release(bytes);
        self.put_window_update(StreamId::CONNECTION, increment);
    }

    fn put_window_update(&mut self, stream_id: StreamId, increment: Option<NonZeroU32>) {
        if let Some(increment) = increment {
            let written = self.writer.append_window_update(stream_id, increment, self.output.gathered());
            self.check_written(written);
        }
    }

    fn put_go_away(&mut self, error_code: ErrorCode, last_stream_id: StreamId, debug_data: &[u8]) {
        let written =
            self.writer.append_go_away(last_stream_id, error_code, debug_data, self.output.gathered());
        self.check_written(written);
    }

    /// What this side makes can always be written. If not the connection cannot go on.
    fn check_written(&mut self, written: Result<(), WriteError>) {
        debug_assert!(written.is_ok(), "{written:?}");
        if written.is_err() && !self.life.is_over() {
            self.end();
            self.put_go_away(ErrorCode::INTERNAL_ERROR, self.life.last_processed, b"");
        }
    }

    /// Nothing more is said, but for what is in the output.
    fn end(&mut self) {
        self.life.close();
        self.side.streams.clear();
    }
}
