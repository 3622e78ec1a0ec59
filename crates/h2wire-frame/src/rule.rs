//! The rules a peer can break, each with its error code, its place in the RFCs, and what to do about it.

use core::fmt;

use crate::ErrorCode;

/// A rule of the framing layer that a peer broke.
///
/// The same name is the file name of its fixture in `testdata/frames/invalid/`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[rustfmt::skip]
#[allow(missing_docs, reason = "each variant is described by `Rule::sentence`")]
pub enum Rule {
    // The start of a connection
    Http1Response, Http1Request, TlsRecord, Preface, FirstFrame,
    // Any frame
    FrameLengthLimit, FrameInsideFieldBlock,
    // The ten frames, in the order of their types
    DataStreamId, DataLength, DataPadding,
    HeadersStreamId, HeadersLength, HeadersPadding, HeadersServerStream,
    PriorityStreamId, PriorityLength,
    RstStreamStreamId, RstStreamLength,
    SettingsStreamId, SettingsLength, SettingsAckLength, SettingsEnablePush, SettingsEnablePushByServer,
    SettingsInitialWindowSize, SettingsMaxFrameSize, SettingsEnableConnectProtocol, SettingsNoRfc7540Priorities,
    PushPromiseStreamId, PushPromiseLength, PushPromisePadding, PushPromisePromisedStreamId, PushPromiseToServer, PushPromiseDisabled,
    PingStreamId, PingLength,
    GoAwayStreamId, GoAwayLength,
    WindowUpdateLength, WindowUpdateIncrement,
    ContinuationStreamId, ContinuationWithoutHeaders, ContinuationOtherStream,
    // RFC 9218
    PriorityUpdateStreamId, PriorityUpdateLength, PriorityUpdatePrioritizedStreamId, PriorityUpdateToClient,
}

/// A section of an RFC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Section {
    /// The number of the RFC; 9113 for most rules.
    pub rfc: u16,
    /// The number of the section, `"6.5.2"` for instance.
    pub number: &'static str,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {} §{}", self.rfc, self.number)
    }
}

/// What is known of a rule.
struct Facts {
    name: &'static str,
    section: Section,
    code: ErrorCode,
    sentence: &'static str,
    remedy: &'static str,
}

impl Rule {
    /// All rules.
    #[rustfmt::skip]
    pub const ALL: &'static [Self] = &[
        Self::Http1Response, Self::Http1Request, Self::TlsRecord, Self::Preface, Self::FirstFrame,
        Self::FrameLengthLimit, Self::FrameInsideFieldBlock,
        Self::DataStreamId, Self::DataLength, Self::DataPadding,
        Self::HeadersStreamId, Self::HeadersLength, Self::HeadersPadding, Self::HeadersServerStream,
        Self::PriorityStreamId, Self::PriorityLength,
        Self::RstStreamStreamId, Self::RstStreamLength,
        Self::SettingsStreamId, Self::SettingsLength, Self::SettingsAckLength, Self::SettingsEnablePush,
        Self::SettingsEnablePushByServer, Self::SettingsInitialWindowSize, Self::SettingsMaxFrameSize,
        Self::SettingsEnableConnectProtocol, Self::SettingsNoRfc7540Priorities,
        Self::PushPromiseStreamId, Self::PushPromiseLength, Self::PushPromisePadding,
        Self::PushPromisePromisedStreamId, Self::PushPromiseToServer, Self::PushPromiseDisabled,
        Self::PingStreamId, Self::PingLength,
        Self::GoAwayStreamId, Self::GoAwayLength,
        Self::WindowUpdateLength, Self::WindowUpdateIncrement,
        Self::ContinuationStreamId, Self::ContinuationWithoutHeaders, Self::ContinuationOtherStream,
        Self::PriorityUpdateStreamId, Self::PriorityUpdateLength, Self::PriorityUpdatePrioritizedStreamId,
        Self::PriorityUpdateToClient,
    ];

    /// The rule's name in snake case, `ping_length` for instance. Stable: scripts may depend on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Where the rule stands.
    #[must_use]
    pub const fn section(self) -> Section {
        self.facts().section
    }

    /// The error code that answers a breach.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.facts().code
    }

    /// What the peer did, in one sentence without a full stop.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        self.facts().sentence
    }

    /// The usual cause and what to do about it, in one or two sentences.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        self.facts().remedy
    }

    // Where one column is asked for the others are not linked: all sentences together are 10 KiB of flash.
    #[inline(always)]
    #[allow(clippy::too_many_lines, reason = "one table: a row a rule")]
    #[rustfmt::skip]
    const fn facts(self) -> Facts {
        use ErrorCode as E;
        match self {
            Self::Http1Response => row("http1_response", "3.4", E::PROTOCOL_ERROR,
                "the peer answers in HTTP/1.x where an HTTP/2 frame was expected",
                "the server does not speak HTTP/2 here: over TLS offer `h2` by ALPN and use HTTP/2 only if the server chose it; without TLS use prior knowledge only with servers known to speak HTTP/2, and check that the port is not one for TLS"),
            Self::Http1Request => row("http1_request", "3.4", E::PROTOCOL_ERROR,
                "the peer sends an HTTP/1.x request where the HTTP/2 connection preface was expected",
                "the client did not choose HTTP/2: it must offer `h2` by ALPN over TLS, or use prior knowledge in cleartext (curl --http2-prior-knowledge); or serve HTTP/1.1 on this port too"),
            Self::TlsRecord => row("tls_record", "3.4", E::PROTOCOL_ERROR,
                "the peer sends a TLS record where HTTP/2 in cleartext was expected",
                "one side uses TLS and the other does not: connect with TLS and ALPN `h2` (https), or make both sides use cleartext prior knowledge (http)"),
            Self::Preface => row("preface", "3.4", E::PROTOCOL_ERROR,
                "the connection does not start with the 24 octets of the HTTP/2 client preface",
                "the client does not speak HTTP/2 (negotiate with ALPN over TLS), or something on the way changed its octets, as a copy in text mode changes line ends"),
            Self::FirstFrame => row("first_frame", "3.4", E::PROTOCOL_ERROR,
                "the first frame of the connection is not a SETTINGS frame that carries settings",
                "each side starts with its own SETTINGS, which may be empty; octets from the middle of a connection can only be read frame by frame"),
            Self::FrameLengthLimit => row("frame_length_limit", "4.2", E::FRAME_SIZE_ERROR,
                "the frame is longer than the SETTINGS_MAX_FRAME_SIZE in force at its receiver",
                "a sender splits at the receiver's limit (16,384 octets unless it announced more); if the receiver announced more, read with that limit"),
            Self::FrameInsideFieldBlock => row("frame_inside_field_block", "6.10", E::PROTOCOL_ERROR,
                "another frame stands between the HEADERS or PUSH_PROMISE and the CONTINUATION frames of one field block",
                "send the whole field block, END_HEADERS on its last frame, before any other frame on any stream"),
            Self::DataStreamId => row("data_stream_id", "6.1", E::PROTOCOL_ERROR,
                "a DATA frame is on stream 0", ON_A_STREAM),
            Self::DataLength => row("data_length", "4.2", E::FRAME_SIZE_ERROR,
                "a DATA frame is too short for the Pad Length octet that its PADDED flag announces", TOO_SHORT),
            Self::DataPadding => row("data_padding", "6.1", E::PROTOCOL_ERROR,
                "the padding of a DATA frame is as long as its payload or longer", PADDING),
            Self::HeadersStreamId => row("headers_stream_id", "6.2", E::PROTOCOL_ERROR,
                "a HEADERS frame is on stream 0", ON_A_STREAM),
            Self::HeadersLength => row("headers_length", "4.2", E::FRAME_SIZE_ERROR,
                "a HEADERS frame is too short for the fields that its PADDED and PRIORITY flags announce", TOO_SHORT),
            Self::HeadersPadding => row("headers_padding", "6.2", E::PROTOCOL_ERROR,
                "the padding of a HEADERS frame is longer than what its other fields leave", PADDING),
            Self::HeadersServerStream => row("headers_server_stream", "5.1.1", E::PROTOCOL_ERROR,
                "a client sent HEADERS on a stream of the server's", "clients open odd streams; nothing but RST_STREAM, WINDOW_UPDATE and PRIORITY is sent back on a pushed one"),
            Self::PriorityStreamId => row("priority_stream_id", "6.3", E::PROTOCOL_ERROR,
                "a PRIORITY frame is on stream 0", ON_A_STREAM),
            Self::PriorityLength => row("priority_length", "6.3", E::FRAME_SIZE_ERROR,
                "the payload of a PRIORITY frame is not 5 octets long", FIXED),
            Self::RstStreamStreamId => row("rst_stream_stream_id", "6.4", E::PROTOCOL_ERROR,
                "a RST_STREAM frame is on stream 0", "end a connection with GOAWAY, a stream with RST_STREAM on that stream"),
            Self::RstStreamLength => row("rst_stream_length", "6.4", E::FRAME_SIZE_ERROR,
                "the payload of a RST_STREAM frame is not 4 octets long", FIXED),
            Self::SettingsStreamId => row("settings_stream_id", "6.5", E::PROTOCOL_ERROR,
                "a SETTINGS frame is not on stream 0", ON_THE_CONNECTION),
            Self::SettingsLength => row("settings_length", "6.5", E::FRAME_SIZE_ERROR,
                "the payload of a SETTINGS frame is not a multiple of 6 octets", "each setting has 6 octets: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to"),
            Self::SettingsAckLength => row("settings_ack_length", "6.5", E::FRAME_SIZE_ERROR,
                "a SETTINGS acknowledgment has a payload", "acknowledge with an empty frame; send settings of your own in another one"),
            Self::SettingsEnablePush => row("settings_enable_push", "6.5.2", E::PROTOCOL_ERROR,
                "SETTINGS_ENABLE_PUSH is neither 0 nor 1", ZERO_OR_ONE),
            Self::SettingsEnablePushByServer => row("settings_enable_push_by_server", "6.5.2", E::PROTOCOL_ERROR,
                "a server set SETTINGS_ENABLE_PUSH to 1", "only a client may allow push; a server leaves the setting out or sends 0"),
            Self::SettingsInitialWindowSize => row("settings_initial_window_size", "6.5.2", E::FLOW_CONTROL_ERROR,
                "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1", "choose a window of at most 2,147,483,647 octets"),
            Self::SettingsMaxFrameSize => row("settings_max_frame_size", "6.5.2", E::PROTOCOL_ERROR,
                "SETTINGS_MAX_FRAME_SIZE is outside of 2^14 to 2^24-1", "choose 16,384 to 16,777,215 octets"),
            Self::SettingsEnableConnectProtocol => row_of(8441, "settings_enable_connect_protocol", "3", E::PROTOCOL_ERROR,
                "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1", ZERO_OR_ONE),
            Self::SettingsNoRfc7540Priorities => row_of(9218, "settings_no_rfc7540_priorities", "2.1", E::PROTOCOL_ERROR,
                "SETTINGS_NO_RFC7540_PRIORITIES is neither 0 nor 1", ZERO_OR_ONE),
            Self::PushPromiseStreamId => row("push_promise_stream_id", "6.6", E::PROTOCOL_ERROR,
                "a PUSH_PROMISE frame is on stream 0 or on a stream of the server's", "send it on the stream of the request that the push belongs to"),
            Self::PushPromiseLength => row("push_promise_length", "4.2", E::FRAME_SIZE_ERROR,
                "a PUSH_PROMISE frame is too short for its promised stream identifier and the Pad Length octet, if announced", TOO_SHORT),
            Self::PushPromisePadding => row("push_promise_padding", "6.6", E::PROTOCOL_ERROR,
                "the padding of a PUSH_PROMISE frame is longer than what its other fields leave", PADDING),
            Self::PushPromisePromisedStreamId => row("push_promise_promised_stream_id", "6.6", E::PROTOCOL_ERROR,
                "the promised stream identifier of a PUSH_PROMISE frame is not one a server can open", "promise an even stream identifier above all earlier ones"),
            Self::PushPromiseToServer => row("push_promise_to_server", "8.4", E::PROTOCOL_ERROR,
                "a client sent PUSH_PROMISE", "only servers push; check who is client and who is server on this connection"),
            Self::PushPromiseDisabled => row("push_promise_disabled", "6.5.2", E::PROTOCOL_ERROR,
                "a server sent PUSH_PROMISE after it had acknowledged that push is disabled", "a client that sends SETTINGS_ENABLE_PUSH 0 must not be pushed to"),
            Self::PingStreamId => row("ping_stream_id", "6.7", E::PROTOCOL_ERROR,
                "a PING frame is not on stream 0", ON_THE_CONNECTION),
            Self::PingLength => row("ping_length", "6.7", E::FRAME_SIZE_ERROR,
                "the payload of a PING frame is not 8 octets long", FIXED),
            Self::GoAwayStreamId => row("goaway_stream_id", "6.8", E::PROTOCOL_ERROR,
                "a GOAWAY frame is not on stream 0", ON_THE_CONNECTION),
            Self::GoAwayLength => row("goaway_length", "4.2", E::FRAME_SIZE_ERROR,
                "a GOAWAY frame is shorter than its 8 octets of last stream identifier and error code", TOO_SHORT),
            Self::WindowUpdateLength => row("window_update_length", "6.9", E::FRAME_SIZE_ERROR,
                "the payload of a WINDOW_UPDATE frame is not 4 octets long", FIXED),
            Self::WindowUpdateIncrement => row("window_update_increment", "6.9", E::PROTOCOL_ERROR,
                "the increment of a WINDOW_UPDATE frame is 0", "send no WINDOW_UPDATE when there is nothing to add"),
            Self::ContinuationStreamId => row("continuation_stream_id", "6.10", E::PROTOCOL_ERROR,
                "a CONTINUATION frame is on stream 0", "continue on the stream of the HEADERS or PUSH_PROMISE frame"),
            Self::ContinuationWithoutHeaders => row("continuation_without_headers", "6.10", E::PROTOCOL_ERROR,
                "a CONTINUATION frame does not follow a HEADERS, PUSH_PROMISE or CONTINUATION frame without END_HEADERS",
                "set END_HEADERS on the last frame of the block only"),
            Self::ContinuationOtherStream => row("continuation_other_stream", "6.10", E::PROTOCOL_ERROR,
                "a CONTINUATION frame is on another stream than the field block it must continue",
                "continue on the stream of the HEADERS or PUSH_PROMISE frame, and finish one block before the next"),
            Self::PriorityUpdateStreamId => row_of(9218, "priority_update_stream_id", "7.1", E::PROTOCOL_ERROR,
                "a PRIORITY_UPDATE frame is not on stream 0", ON_THE_CONNECTION),
            Self::PriorityUpdateLength => row("priority_update_length", "4.2", E::FRAME_SIZE_ERROR,
                "a PRIORITY_UPDATE frame is shorter than its prioritized stream identifier of 4 octets", TOO_SHORT),
            Self::PriorityUpdatePrioritizedStreamId => row_of(9218, "priority_update_prioritized_stream_id", "7.1", E::PROTOCOL_ERROR,
                "a PRIORITY_UPDATE frame prioritizes stream 0", "name the request or push stream whose priority changes"),
            Self::PriorityUpdateToClient => row_of(9218, "priority_update_to_client", "7.1", E::PROTOCOL_ERROR,
                "a server sent PRIORITY_UPDATE", "only clients send it; check who is client and who is server on this connection"),
        }
    }
}

const ON_A_STREAM: &str = "send it on the stream of its request; stream 0 is the connection itself";
const ON_THE_CONNECTION: &str = "send it on stream 0: it is about the connection as a whole";
const FIXED: &str = "the length is fixed: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to";
const TOO_SHORT: &str =
    "a sender or something between the peers counts octets wrong, or a flag is set by mistake";
const PADDING: &str = "Pad Length counts the octets of padding alone; it must leave room for the other fields in the frame's length";
const ZERO_OR_ONE: &str = "send 0 or 1, or leave the setting out";

const fn row(
    name: &'static str,
    section: &'static str,
    code: ErrorCode,
    sentence: &'static str,
    remedy: &'static str,
) -> Facts {
    row_of(9113, name, section, code, sentence, remedy)
}

const fn row_of(
    rfc: u16,
    name: &'static str,
    section: &'static str,
    code: ErrorCode,
    sentence: &'static str,
    remedy: &'static str,
) -> Facts {
    Facts { name, section: Section { rfc, number: section }, code, sentence, remedy }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_lists_each_rule_once() {
        for (index, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(*rule as usize, index, "{rule} is out of order or missing before it");
        }
        assert_eq!(Rule::ALL.last(), Some(&Rule::PriorityUpdateToClient), "the last variant ends the list");
    }

    #[test]
    fn names_are_unique_and_follow_the_variant() {
        let names: HashSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            let variant = format!("{rule:?}").to_lowercase();
            assert_eq!(rule.name().replace('_', ""), variant);
        }
    }

    #[test]
    fn sentences_are_sentences() {
        for rule in Rule::ALL {
            assert!(!rule.sentence().ends_with('.') && rule.sentence().len() > 20, "{rule}");
            assert!(!rule.remedy().ends_with('.') && rule.remedy().len() > 20, "{rule}");
        }
    }
}
