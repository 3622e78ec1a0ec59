//! The rules that a connection keeps: those that streams, windows and time decide.

use core::fmt;

use h2wire::frame::{ErrorCode, FrameHeader, FrameRule, RfcSection};
use h2wire::{ConnectionError, Rule, StreamError};

h2wire_frame::rule_table! {
    /// A rule that the state of a stream, a window or the time decides. The codec has the others: [`Rule`].
    pub enum ConnectionRule {
        DataOnIdle: "data_on_idle", RFC 9113 "5.1", PROTOCOL_ERROR,
            "DATA came on a stream that nobody opened",
            "open the stream with HEADERS first";
        HeadersOnIdle: "headers_on_idle", RFC 9113 "5.1", PROTOCOL_ERROR,
            "a server responded on a stream that nobody opened",
            "respond only on streams of requests and promises";
        RstStreamOnIdle: "rst_stream_on_idle", RFC 9113 "6.4", PROTOCOL_ERROR,
            "RST_STREAM came on a stream that nobody opened",
            "reset only streams that were opened or promised";
        WindowUpdateOnIdle: "window_update_on_idle", RFC 9113 "5.1", PROTOCOL_ERROR,
            "WINDOW_UPDATE came on a stream that nobody opened",
            "open the stream before its window, or widen that of the connection on stream 0";
        FrameOnReserved: "frame_on_reserved", RFC 9113 "5.1", PROTOCOL_ERROR,
            "a frame came on a promised stream that is not allowed there before the response",
            "wait for the HEADERS of the promised response";
        DataOnClosed: "data_on_closed", RFC 9113 "5.1", STREAM_CLOSED,
            "DATA came on a stream that its sender had ended or reset",
            "send nothing after END_STREAM or RST_STREAM";
        HeadersOnClosed: "headers_on_closed", RFC 9113 "5.1", STREAM_CLOSED,
            "HEADERS came on a stream that its sender had ended or reset",
            "use a new stream for each request";
        StreamIdNotGrowing: "stream_id_not_growing", RFC 9113 "5.1.1", PROTOCOL_ERROR,
            "a stream was opened or promised below one that was used before",
            "take the next higher identifier for each new stream";
        TooManyStreams: "too_many_streams", RFC 9113 "5.1.2", REFUSED_STREAM,
            "more streams were opened than SETTINGS_MAX_CONCURRENT_STREAMS allows",
            "wait until a stream is closed; a request that was refused may be sent again";
        SelfDependency: "self_dependency", RFC 7540 "5.3.1", PROTOCOL_ERROR,
            "a stream depends on itself",
            "name another stream, or send no priorities: RFC 9113 deprecates them";
        ConnectionWindowExceeded: "connection_window_exceeded", RFC 9113 "6.9.1", FLOW_CONTROL_ERROR,
            "more DATA came than the window of the connection has room for",
            "count the whole payload of DATA on all streams, padding too, and wait for WINDOW_UPDATE on stream 0";
        StreamWindowExceeded: "stream_window_exceeded", RFC 9113 "6.9.1", FLOW_CONTROL_ERROR,
            "more DATA came than the window of its stream has room for",
            "count the whole payload of DATA, padding too, and wait for WINDOW_UPDATE on the stream";
        ConnectionWindowOverflow: "connection_window_overflow", RFC 9113 "6.9.1", FLOW_CONTROL_ERROR,
            "WINDOW_UPDATE makes the window of the connection larger than 2^31-1",
            "give back only bytes that were received";
        StreamWindowOverflow: "stream_window_overflow", RFC 9113 "6.9.1", FLOW_CONTROL_ERROR,
            "WINDOW_UPDATE makes the window of a stream larger than 2^31-1",
            "give back only bytes that were received on that stream";
        WindowOverflowBySettings: "window_overflow_by_settings", RFC 9113 "6.9.2", FLOW_CONTROL_ERROR,
            "SETTINGS_INITIAL_WINDOW_SIZE makes the window of a stream larger than 2^31-1",
            "keep the initial window and the increments of each stream below 2^31 together";
        SectionOrder: "section_order", RFC 9113 "8.1", PROTOCOL_ERROR,
            "HEADERS came out of order: a second head, or trailers before the final response",
            "send one head, then content, then at most one section of trailers, with no :status in it";
        StatusMissing: "status_missing", RFC 9113 "8.3.2", PROTOCOL_ERROR,
            "a response has no :status",
            "begin each response, interim ones too, with :status";
        DataBeforeHead: "data_before_head", RFC 9113 "8.1", PROTOCOL_ERROR,
            "DATA came before the head of the final response",
            "send HEADERS with a status of 200 or above first";
        ContentTooLong: "content_too_long", RFC 9113 "8.1.1", PROTOCOL_ERROR,
            "a message has more content than its content-length says, or content where there can be none",
            "make content-length the sum of all DATA, and send no content with 204, 304 or in answer to HEAD";
        ContentTooShort: "content_too_short", RFC 9113 "8.1.1", PROTOCOL_ERROR,
            "a message ended with less content than its content-length says",
            "make content-length the sum of all DATA, where padding does not count, or leave it out";
        PromiseOnIdle: "promise_on_idle", RFC 9113 "6.6", PROTOCOL_ERROR,
            "PUSH_PROMISE came on a stream that is neither open nor half-closed",
            "promise on the stream of a request before its response has ended";
        FrameInTunnel: "frame_in_tunnel", RFC 9113 "8.5", PROTOCOL_ERROR,
            "a field section or a promise came in a tunnel that CONNECT has opened",
            "send only DATA in a tunnel";
        PriorityUpdateOnIdlePush: "priority_update_on_idle_push", RFC 9218 "7.1", PROTOCOL_ERROR,
            "PRIORITY_UPDATE names a push stream that was not promised",
            "wait for the promise of the stream";
        PriorityUpdateTooMany: "priority_update_too_many", RFC 9218 "7.1", PROTOCOL_ERROR,
            "PRIORITY_UPDATE names more streams to come than may be opened",
            "prioritize streams as they are opened: with the open ones they are bounded by SETTINGS_MAX_CONCURRENT_STREAMS";
        SettingsTimeout: "settings_timeout", RFC 9113 "6.5.3", SETTINGS_TIMEOUT,
            "SETTINGS were not acknowledged in time",
            "acknowledge each SETTINGS frame at once";
        IdleTimeout: "idle_timeout", RFC 9113 "9.1", NO_ERROR,
            "no message came or went for too long",
            "open a new connection when it is needed, or raise idle_timeout";
        FieldBlockTimeout: "field_block_timeout", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "a field block was not ended in time",
            "send HEADERS and its CONTINUATION frames without a pause";
        KeepAliveTimeout: "keep_alive_timeout", RFC 9113 "6.7", NO_ERROR,
            "PING was not answered in time: the peer, or the path to it, is gone",
            "open a new connection; if the peer is only slow, raise the timeout of keep_alive";
        ResetFlood: "reset_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer resets streams faster than they can be of use",
            "cancel fewer requests, or raise floods.resets";
        StreamErrorFlood: "stream_error_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer caused too many stream errors",
            "send what is valid and within the announced limits, or raise floods.stream_errors";
        PingFlood: "ping_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends too many PING frames",
            "send fewer, or raise floods.pings";
        SettingsFlood: "settings_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends too many SETTINGS or GOAWAY frames",
            "change settings together and rarely, or raise floods.settings";
        EmptyDataFlood: "empty_data_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends too many DATA frames without content",
            "send empty DATA only to end a stream, or raise floods.empty_data";
        PriorityFlood: "priority_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends too many PRIORITY or PRIORITY_UPDATE frames",
            "send the priority with the request, or raise floods.priorities";
        WindowUpdateFlood: "window_update_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends more WINDOW_UPDATE frames than the DATA sent to it justifies",
            "give back several frames at once, or raise floods.window_updates";
        UnknownFlood: "unknown_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends too many frames of unknown types",
            "send fewer, or raise floods.unknown";
        InterimFlood: "interim_flood", RFC 9113 "10.5", ENHANCE_YOUR_CALM,
            "the peer sends too many interim responses or promises",
            "send the final response, or raise floods.interim";
    }
}

/// The rule that the peer broke.
///
/// Closed: the codec judges by what one direction shows, the connection by the states of streams.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cause {
    /// A rule of the codec.
    Codec(Rule),
    /// A rule of streams, windows or time.
    Connection(ConnectionRule),
}

impl Cause {
    /// Whether there were no frames at all, but other bytes.
    pub(crate) const fn is_other_protocol(self) -> bool {
        matches!(self, Self::Codec(rule) if rule.is_other_protocol())
    }

    /// The name in snake case. Stable: scripts may depend on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Codec(rule) => rule.name(),
            Self::Connection(rule) => rule.name(),
        }
    }

    /// The section that states the rule.
    #[must_use]
    pub const fn section(self) -> RfcSection {
        match self {
            Self::Codec(rule) => rule.section(),
            Self::Connection(rule) => rule.section(),
        }
    }

    /// The error code that is sent to the peer.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Codec(rule) => rule.code(),
            Self::Connection(rule) => rule.code(),
        }
    }

    /// What the peer did, in one sentence without a full stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Codec(rule) => rule.sentence(),
            Self::Connection(rule) => rule.sentence(),
        }
    }

    /// The usual cause and how to mend it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Codec(rule) => rule.remedy(),
            Self::Connection(rule) => rule.remedy(),
        }
    }
}

impl fmt::Display for Cause {
    /// The sentence and the section.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Codec(rule) => rule.fmt(f),
            Self::Connection(rule) => rule.fmt(f),
        }
    }
}

impl From<ConnectionRule> for Cause {
    fn from(rule: ConnectionRule) -> Self {
        Self::Connection(rule)
    }
}

impl From<StreamError> for Cause {
    fn from(error: StreamError) -> Self {
        Self::Codec(error.rule)
    }
}

impl From<ConnectionError> for Cause {
    fn from(error: ConnectionError) -> Self {
        Self::Codec(error.rule)
    }
}

/// Why a connection is over: the peer broke a rule that ends it, or a time ran out. A GOAWAY that says so is in the output.
/// RFC 9113 §5.4.1.
///
/// As text it says the code, the rule, its section, and where; [`Cause::remedy`] is what to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The rule.
    pub cause: Cause,
    /// The frame in which that was seen: the last one that was read. `None`: a time ran out, or there are no frames yet.
    pub frame: Option<FrameHeader>,
    /// The bytes of input before that frame, or before what is no frame. `None`: a time ran out.
    pub offset: Option<u64>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connection error {}: {}", self.code(), self.cause)?;
        if let Some(frame) = self.frame {
            write!(f, ", in {frame}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, ", at byte {offset}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Failure {}

impl Failure {
    pub(crate) const fn new(cause: Cause) -> Self {
        Self { cause, frame: None, offset: None }
    }

    /// The error code that is sent to the peer.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.cause.code()
    }

    /// Whether the peer speaks HTTP/1.x or TLS instead: nothing is sent to it, and you may answer in its own words.
    #[must_use]
    pub const fn is_other_protocol(self) -> bool {
        // A mere fault in the preface gets its GOAWAY. §3.4
        self.cause.is_other_protocol() && !matches!(self.cause, Cause::Codec(Rule::Frame(FrameRule::Preface)))
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::string::ToString;

    use h2wire::{Limit, Malformed};

    use super::*;

    #[test]
    fn rules_have_names_and_remedies_of_their_own() {
        let all = ConnectionRule::ALL;
        let names: BTreeSet<_> = all.iter().map(|rule| rule.name()).collect();
        let remedies: BTreeSet<_> = all.iter().map(|rule| rule.remedy()).collect();
        assert_eq!((names.len(), remedies.len()), (all.len(), all.len()));
        // Nor do they share them with the codec, which judges first.
        let codec = FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
        let codec = codec.chain(Malformed::ALL.iter().map(|rule| Rule::Malformed(*rule)));
        for rule in codec.chain(Limit::ALL.iter().map(|rule| Rule::Limit(*rule))) {
            assert!(!names.contains(rule.name()) && !remedies.contains(rule.remedy()), "{rule:?}");
        }
        for rule in all {
            let cause = Cause::from(*rule);
            assert!(!rule.sentence().is_empty() && cause.sentence() == rule.sentence());
            assert_eq!(cause.remedy(), rule.remedy());
            assert_eq!(rule.name().replace('_', ""), alloc::format!("{rule:?}").to_lowercase());
        }
    }

    #[test]
    fn a_failure_says_code_rule_and_section() {
        let failure = Failure::new(ConnectionRule::DataOnIdle.into());
        assert_eq!(
            failure.to_string(),
            "connection error PROTOCOL_ERROR: DATA came on a stream that nobody opened (RFC 9113 §5.1)"
        );
        let frame = FrameHeader::parse(b"\0\0\x05\0\x01\0\0\0\x09");
        let failure = Failure { frame: Some(frame), offset: Some(60), ..failure };
        assert!(failure.to_string().ends_with("§5.1), in DATA stream 9, 5 bytes, END_STREAM, at byte 60"));
    }
}
