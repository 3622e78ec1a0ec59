//! What a connection is made from.

use core::time::Duration;

use h2wire::frame::{EncodeError, SettingBuffer, SettingId};
use h2wire::{Limits, Options, ReaderError, Role, SettingsSentError};

use crate::Floods;
use crate::window::{INITIAL_WINDOW_SIZE, MAX_WINDOW_SIZE};

/// What a connection accepts and how long it waits. The preface and the SETTINGS follow from it, so that nothing is said twice.
///
/// ```
/// use h2wire_connection::{Config, Connection};
///
/// const CONFIG: Config = Config::DEFAULT.with_max_concurrent_streams(10).with_stream_window(1 << 20);
/// let connection = Connection::server(&CONFIG)?;
/// # let _ = connection;
/// # Ok::<(), h2wire_connection::ConfigError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "switches that are independent of each other")]
pub struct Config {
    /// The limits for frames and fields. [`Limits::accept_push`] lets a server push.
    pub limits: Limits,
    /// How the codec judges what it reads.
    pub options: Options,
    /// The streams that the peer may have open at a time: `SETTINGS_MAX_CONCURRENT_STREAMS`. Default 128.
    pub max_concurrent_streams: u32,
    /// The bytes of content that may come on a stream before they are released: `SETTINGS_INITIAL_WINDOW_SIZE`. Until the peer has
    /// acknowledged it, 65,535 may come whatever this says (RFC 9113 §6.9.2). Default 256 KiB.
    pub stream_window: u32,
    /// The same for all streams together. Less than 65,535 counts as that. Default 1 MiB.
    pub connection_window: u32,
    /// Whether content is released as it is handed out: then nothing slows the peer down. Default off: call
    /// [`Stream::release`](crate::Stream::release).
    pub auto_release: bool,
    /// The requests that a client may have open before the server's first SETTINGS say how many. Default 100, the least that RFC 9113
    /// §6.5.2 recommends to allow.
    pub initial_max_streams: u32,
    /// Whether extended CONNECT is allowed: a server announces `SETTINGS_ENABLE_CONNECT_PROTOCOL` 1. RFC 8441. Default off.
    pub extended_connect: bool,
    /// Whether the priorities of RFC 7540 are checked: a stream that depends on itself is an error of the stream. Default off, as RFC
    /// 9113 §5.3.2 has it; then `SETTINGS_NO_RFC7540_PRIORITIES` 1 is announced (RFC 9218 §2.1).
    pub rfc7540_priorities: bool,
    /// Whether frames of unknown types are reported. Default off: they are ignored (RFC 9113 §5.5).
    pub report_unknown: bool,
    /// Reading stops while this many bytes of output wait: the peer does not read its answers. Requests of this side are not counted, nor
    /// is content, of which no more than 128 KiB is ahead of what is written. 0 counts as 1. Default 256 KiB.
    pub max_pending_output: u32,
    /// How many streams that were reset are remembered, and how many that ended, to say what is wrong with a frame that comes late. Where
    /// it is not known any more, a frame that may have been under way is ignored. Each late frame looks through all of them. Default 256.
    pub remembered_streams: u32,
    /// Limits on frames that cost work without benefit.
    pub floods: Floods,
    /// How long the peer has to acknowledge SETTINGS. Default 30 s. This and the next two may not be 0: [`ConfigError::Timeout`].
    pub settings_timeout: Option<Duration>,
    /// How long a connection may be without a message or content in either direction, even with streams open. PING does not count: it
    /// would keep alive what nobody reads. Default 180 s. Use `None` if streams may be silent for long.
    pub idle_timeout: Option<Duration>,
    /// How long a field block may take from its HEADERS to its last CONTINUATION frame. Default 10 s.
    pub field_block_timeout: Option<Duration>,
    /// PING when nothing was received for a while. Default off.
    pub keep_alive: Option<KeepAlive>,
    /// How long a graceful shutdown waits for requests that are under way if the peer does not answer PING. Default 1 s.
    pub shutdown_grace: Duration,
    /// The seed of the table that finds streams. A peer that knows it can choose identifiers that make each look-up slow; use a random
    /// number if you allow thousands of streams. Default 0.
    pub hash_seed: u32,
}

/// PING when nothing was received for a while. RFC 9113 §6.7.
///
/// Closed: a time to wait, and a time to answer. Neither may be 0: [`ConfigError::KeepAlive`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeepAlive {
    /// Without input for so long, PING is sent.
    pub interval: Duration,
    /// Without any input for so long after it, the connection is over.
    pub timeout: Duration,
}

/// A connection cannot be made from this, or cannot be changed to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A limit is 0.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// A window is larger than 2^31-1 bytes.
    #[error("a window of {0} bytes is larger than 2^31-1")]
    Window(u32),
    /// A time of [`KeepAlive`] is 0: PING would follow every frame, or no answer could come in time.
    #[error(
        "the interval and the timeout of keep_alive must not be 0: leave keep_alive out to switch it off"
    )]
    KeepAlive,
    /// A time after which the connection ends is 0: it would end at once.
    #[error("settings_timeout, field_block_timeout and idle_timeout must not be 0: None switches them off")]
    Timeout,
    /// A setting cannot be sent.
    #[error(transparent)]
    Setting(#[from] EncodeError),
    /// SETTINGS cannot be sent now.
    #[error(transparent)]
    Settings(#[from] SettingsSentError),
    /// The connection is over.
    #[error("the connection is over")]
    Closed,
}

impl Config {
    /// The defaults, those of a careful server; they suit a client too.
    pub const DEFAULT: Self = Self {
        limits: Limits::DEFAULT,
        options: Options::DEFAULT,
        max_concurrent_streams: 128,
        stream_window: 256 << 10,
        connection_window: 1 << 20,
        auto_release: false,
        initial_max_streams: 100,
        extended_connect: false,
        rfc7540_priorities: false,
        report_unknown: false,
        max_pending_output: 256 << 10,
        remembered_streams: 256,
        floods: Floods::DEFAULT,
        settings_timeout: Some(Duration::from_secs(30)),
        idle_timeout: Some(Duration::from_secs(180)),
        field_block_timeout: Some(Duration::from_secs(10)),
        keep_alive: None,
        shutdown_grace: Duration::from_secs(1),
        hash_seed: 0,
    };

    /// The same with other [`limits`](Self::limits).
    #[must_use]
    pub const fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with other [`options`](Self::options).
    #[must_use]
    pub const fn with_options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// The same with another [`max_concurrent_streams`](Self::max_concurrent_streams).
    #[must_use]
    pub const fn with_max_concurrent_streams(self, streams: u32) -> Self {
        Self { max_concurrent_streams: streams, ..self }
    }

    /// The same with another [`stream_window`](Self::stream_window).
    #[must_use]
    pub const fn with_stream_window(self, bytes: u32) -> Self {
        Self { stream_window: bytes, ..self }
    }

    /// The same with another [`connection_window`](Self::connection_window).
    #[must_use]
    pub const fn with_connection_window(self, bytes: u32) -> Self {
        Self { connection_window: bytes, ..self }
    }

    /// The same with [`auto_release`](Self::auto_release) on or off.
    #[must_use]
    pub const fn with_auto_release(self, auto_release: bool) -> Self {
        Self { auto_release, ..self }
    }

    /// The same with another [`initial_max_streams`](Self::initial_max_streams).
    #[must_use]
    pub const fn with_initial_max_streams(self, streams: u32) -> Self {
        Self { initial_max_streams: streams, ..self }
    }

    /// The same with [`extended_connect`](Self::extended_connect) on or off.
    #[must_use]
    pub const fn with_extended_connect(self, extended_connect: bool) -> Self {
        Self { extended_connect, ..self }
    }

    /// The same with [`rfc7540_priorities`](Self::rfc7540_priorities) on or off.
    #[must_use]
    pub const fn with_rfc7540_priorities(self, rfc7540_priorities: bool) -> Self {
        Self { rfc7540_priorities, ..self }
    }

    /// The same with [`report_unknown`](Self::report_unknown) on or off.
    #[must_use]
    pub const fn with_report_unknown(self, report_unknown: bool) -> Self {
        Self { report_unknown, ..self }
    }

    /// The same with another [`max_pending_output`](Self::max_pending_output).
    #[must_use]
    pub const fn with_max_pending_output(self, bytes: u32) -> Self {
        Self { max_pending_output: bytes, ..self }
    }

    /// The same with another [`remembered_streams`](Self::remembered_streams).
    #[must_use]
    pub const fn with_remembered_streams(self, streams: u32) -> Self {
        Self { remembered_streams: streams, ..self }
    }

    /// The same with other [`floods`](Self::floods).
    #[must_use]
    pub const fn with_floods(self, floods: Floods) -> Self {
        Self { floods, ..self }
    }

    /// The same with another [`settings_timeout`](Self::settings_timeout).
    #[must_use]
    pub const fn with_settings_timeout(self, timeout: Option<Duration>) -> Self {
        Self { settings_timeout: timeout, ..self }
    }

    /// The same with another [`idle_timeout`](Self::idle_timeout).
    #[must_use]
    pub const fn with_idle_timeout(self, timeout: Option<Duration>) -> Self {
        Self { idle_timeout: timeout, ..self }
    }

    /// The same with another [`field_block_timeout`](Self::field_block_timeout).
    #[must_use]
    pub const fn with_field_block_timeout(self, timeout: Option<Duration>) -> Self {
        Self { field_block_timeout: timeout, ..self }
    }

    /// The same with another [`keep_alive`](Self::keep_alive).
    #[must_use]
    pub const fn with_keep_alive(self, keep_alive: Option<KeepAlive>) -> Self {
        Self { keep_alive, ..self }
    }

    /// The same with another [`shutdown_grace`](Self::shutdown_grace).
    #[must_use]
    pub const fn with_shutdown_grace(self, grace: Duration) -> Self {
        Self { shutdown_grace: grace, ..self }
    }

    /// The same with another [`hash_seed`](Self::hash_seed).
    #[must_use]
    pub const fn with_hash_seed(self, seed: u32) -> Self {
        Self { hash_seed: seed, ..self }
    }

    /// The SETTINGS that say so, beyond those of the limits; checks what cannot be kept.
    pub(crate) fn push_settings(
        &self,
        role: Role,
        settings: &mut SettingBuffer<8>,
    ) -> Result<(), ConfigError> {
        if let Some(window) =
            [self.stream_window, self.connection_window].into_iter().find(|n| *n > MAX_WINDOW_SIZE)
        {
            return Err(ConfigError::Window(window));
        }
        if self.keep_alive.is_some_and(|KeepAlive { interval, timeout }| interval.min(timeout).is_zero()) {
            return Err(ConfigError::KeepAlive);
        }
        let times = [self.settings_timeout, self.field_block_timeout, self.idle_timeout];
        if times.into_iter().flatten().any(|time| time.is_zero()) {
            return Err(ConfigError::Timeout);
        }
        // For a client it bounds pushes, so there is something to say only if they are accepted.
        if role == Role::Server || self.limits.accept_push {
            settings.push(SettingId::MAX_CONCURRENT_STREAMS, self.max_concurrent_streams)?;
        }
        if self.stream_window != INITIAL_WINDOW_SIZE {
            settings.push(SettingId::INITIAL_WINDOW_SIZE, self.stream_window)?;
        }
        // RFC 8441 §3
        if role == Role::Server && self.extended_connect {
            settings.push(SettingId::ENABLE_CONNECT_PROTOCOL, 1)?;
        }
        // RFC 9218 §2.1
        if !self.rfc7540_priorities {
            settings.push(SettingId::NO_RFC7540_PRIORITIES, 1)?;
        }
        Ok(())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Budget;

    /// A field that is added has to be added here.
    #[test]
    fn each_setter_sets_its_field() {
        let second = Duration::from_secs;
        let limits = Limits::DEFAULT.with_max_fields(7);
        let options = Options::DEFAULT.with_validate_fields(false);
        let floods = Floods::DEFAULT.with_pings(Budget::new(1, 2));
        let keep_alive = Some(KeepAlive { interval: second(1), timeout: second(2) });
        let set = Config::DEFAULT
            .with_limits(limits)
            .with_options(options)
            .with_max_concurrent_streams(1)
            .with_stream_window(2)
            .with_connection_window(3)
            .with_auto_release(true)
            .with_initial_max_streams(4)
            .with_extended_connect(true)
            .with_rfc7540_priorities(true)
            .with_report_unknown(true)
            .with_max_pending_output(5)
            .with_remembered_streams(6)
            .with_floods(floods)
            .with_settings_timeout(Some(second(7)))
            .with_idle_timeout(Some(second(8)))
            .with_field_block_timeout(Some(second(9)))
            .with_keep_alive(keep_alive)
            .with_shutdown_grace(second(10))
            .with_hash_seed(11);
        let expected = Config {
            limits,
            options,
            max_concurrent_streams: 1,
            stream_window: 2,
            connection_window: 3,
            auto_release: true,
            initial_max_streams: 4,
            extended_connect: true,
            rfc7540_priorities: true,
            report_unknown: true,
            max_pending_output: 5,
            remembered_streams: 6,
            floods,
            settings_timeout: Some(second(7)),
            idle_timeout: Some(second(8)),
            field_block_timeout: Some(second(9)),
            keep_alive,
            shutdown_grace: second(10),
            hash_seed: 11,
        };
        assert_eq!(set, expected);
    }
}
