//! The rules of the framing layer that a peer can break.

use core::fmt;

crate::rule_table! {
    /// A rule of the framing layer that a peer broke.
    ///
    /// The name of a rule is also the name of its fixture in `testdata/frames/invalid/`.
    pub enum FrameRule {
        Http1Response: "http1_response", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the peer answers in HTTP/1.x where an HTTP/2 frame was expected",
            "the server does not speak HTTP/2 here: over TLS offer `h2` by ALPN and use HTTP/2 only if the server chose it; without TLS use prior knowledge only with servers known to speak HTTP/2, and check that the port is not one for TLS";
        Http1Request: "http1_request", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the peer sends an HTTP/1.x request where the HTTP/2 connection preface was expected",
            "the client did not choose HTTP/2: it must offer `h2` by ALPN over TLS, or use prior knowledge in cleartext (curl --http2-prior-knowledge); or serve HTTP/1.1 on this port too";
        TlsRecord: "tls_record", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the peer sends a TLS record where HTTP/2 in cleartext was expected",
            "one side uses TLS and the other does not: connect with TLS and ALPN `h2` (https), or make both sides use cleartext prior knowledge (http)";
        Preface: "preface", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the connection does not start with the 24 octets of the HTTP/2 client preface",
            "the client does not speak HTTP/2 (negotiate with ALPN over TLS), or something on the way changed its octets, as a copy in text mode changes line ends";
        FirstFrame: "first_frame", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the first frame of the connection is not a SETTINGS frame that carries settings",
            "each side starts with its own SETTINGS, which may be empty; octets from the middle of a connection can only be read frame by frame";
        FrameLengthLimit: "frame_length_limit", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "the frame is longer than the SETTINGS_MAX_FRAME_SIZE in force at its receiver",
            "a sender splits at the receiver's limit (16,384 octets unless it announced more); if the receiver announced more, read with that limit";
        FrameInsideFieldBlock: "frame_inside_field_block", RFC 9113 "6.10", PROTOCOL_ERROR,
            "another frame stands between the HEADERS or PUSH_PROMISE and the CONTINUATION frames of one field block",
            "send the whole field block, END_HEADERS on its last frame, before any other frame on any stream";
        DataStreamId: "data_stream_id", RFC 9113 "6.1", PROTOCOL_ERROR,
            "a DATA frame is on stream 0",
            "send it on the stream of its request; stream 0 is the connection itself";
        DataLength: "data_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a DATA frame is too short for the Pad Length octet that its PADDED flag announces",
            "a sender or something between the peers counts octets wrong, or a flag is set by mistake";
        DataPadding: "data_padding", RFC 9113 "6.1", PROTOCOL_ERROR,
            "the padding of a DATA frame is as long as its payload or longer",
            "Pad Length counts the octets of padding alone; it must leave room for the other fields in the frame's length";
        HeadersStreamId: "headers_stream_id", RFC 9113 "6.2", PROTOCOL_ERROR,
            "a HEADERS frame is on stream 0",
            "send it on the stream of its request; stream 0 is the connection itself";
        HeadersLength: "headers_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a HEADERS frame is too short for the fields that its PADDED and PRIORITY flags announce",
            "a sender or something between the peers counts octets wrong, or a flag is set by mistake";
        HeadersPadding: "headers_padding", RFC 9113 "6.2", PROTOCOL_ERROR,
            "the padding of a HEADERS frame is longer than what its other fields leave",
            "Pad Length counts the octets of padding alone; it must leave room for the other fields in the frame's length";
        HeadersServerStream: "headers_server_stream", RFC 9113 "5.1.1", PROTOCOL_ERROR,
            "a client sent HEADERS on a stream of the server's",
            "clients open odd streams; nothing but RST_STREAM, WINDOW_UPDATE and PRIORITY is sent back on a pushed one";
        PriorityStreamId: "priority_stream_id", RFC 9113 "6.3", PROTOCOL_ERROR,
            "a PRIORITY frame is on stream 0",
            "send it on the stream of its request; stream 0 is the connection itself";
        PriorityLength: "priority_length", RFC 9113 "6.3", FRAME_SIZE_ERROR,
            "the payload of a PRIORITY frame is not 5 octets long",
            "the length is fixed: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to";
        RstStreamStreamId: "rst_stream_stream_id", RFC 9113 "6.4", PROTOCOL_ERROR,
            "a RST_STREAM frame is on stream 0",
            "end a connection with GOAWAY, a stream with RST_STREAM on that stream";
        RstStreamLength: "rst_stream_length", RFC 9113 "6.4", FRAME_SIZE_ERROR,
            "the payload of a RST_STREAM frame is not 4 octets long",
            "the length is fixed: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to";
        SettingsStreamId: "settings_stream_id", RFC 9113 "6.5", PROTOCOL_ERROR,
            "a SETTINGS frame is not on stream 0",
            "send it on stream 0: it is about the connection as a whole";
        SettingsLength: "settings_length", RFC 9113 "6.5", FRAME_SIZE_ERROR,
            "the payload of a SETTINGS frame is not a multiple of 6 octets",
            "each setting has 6 octets: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to";
        SettingsAckLength: "settings_ack_length", RFC 9113 "6.5", FRAME_SIZE_ERROR,
            "a SETTINGS acknowledgment has a payload",
            "acknowledge with an empty frame; send settings of your own in another one";
        SettingsEnablePush: "settings_enable_push", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "SETTINGS_ENABLE_PUSH is neither 0 nor 1",
            "send 0 or 1, or leave the setting out";
        SettingsEnablePushByServer: "settings_enable_push_by_server", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "a server set SETTINGS_ENABLE_PUSH to 1",
            "only a client may allow push; a server leaves the setting out or sends 0";
        SettingsInitialWindowSize: "settings_initial_window_size", RFC 9113 "6.5.2", FLOW_CONTROL_ERROR,
            "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1",
            "choose a window of at most 2,147,483,647 octets";
        SettingsMaxFrameSize: "settings_max_frame_size", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "SETTINGS_MAX_FRAME_SIZE is outside of 2^14 to 2^24-1",
            "choose 16,384 to 16,777,215 octets";
        SettingsEnableConnectProtocol: "settings_enable_connect_protocol", RFC 8441 "3", PROTOCOL_ERROR,
            "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1",
            "send 0 or 1, or leave the setting out";
        SettingsNoRfc7540Priorities: "settings_no_rfc7540_priorities", RFC 9218 "2.1", PROTOCOL_ERROR,
            "SETTINGS_NO_RFC7540_PRIORITIES is neither 0 nor 1",
            "send 0 or 1, or leave the setting out";
        PushPromiseStreamId: "push_promise_stream_id", RFC 9113 "6.6", PROTOCOL_ERROR,
            "a PUSH_PROMISE frame is on stream 0 or on a stream of the server's",
            "send it on the stream of the request that the push belongs to";
        PushPromiseLength: "push_promise_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a PUSH_PROMISE frame is too short for its promised stream identifier and the Pad Length octet, if announced",
            "a sender or something between the peers counts octets wrong, or a flag is set by mistake";
        PushPromisePadding: "push_promise_padding", RFC 9113 "6.6", PROTOCOL_ERROR,
            "the padding of a PUSH_PROMISE frame is longer than what its other fields leave",
            "Pad Length counts the octets of padding alone; it must leave room for the other fields in the frame's length";
        PushPromisePromisedStreamId: "push_promise_promised_stream_id", RFC 9113 "6.6", PROTOCOL_ERROR,
            "the promised stream identifier of a PUSH_PROMISE frame is not one a server can open",
            "promise an even stream identifier above all earlier ones";
        PushPromiseToServer: "push_promise_to_server", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a client sent PUSH_PROMISE",
            "only servers push; check who is client and who is server on this connection";
        PushPromiseDisabled: "push_promise_disabled", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "a server sent PUSH_PROMISE after it had acknowledged that push is disabled",
            "a client that sends SETTINGS_ENABLE_PUSH 0 must not be pushed to";
        PingStreamId: "ping_stream_id", RFC 9113 "6.7", PROTOCOL_ERROR,
            "a PING frame is not on stream 0",
            "send it on stream 0: it is about the connection as a whole";
        PingLength: "ping_length", RFC 9113 "6.7", FRAME_SIZE_ERROR,
            "the payload of a PING frame is not 8 octets long",
            "the length is fixed: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to";
        GoAwayStreamId: "goaway_stream_id", RFC 9113 "6.8", PROTOCOL_ERROR,
            "a GOAWAY frame is not on stream 0",
            "send it on stream 0: it is about the connection as a whole";
        GoAwayLength: "goaway_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a GOAWAY frame is shorter than its 8 octets of last stream identifier and error code",
            "a sender or something between the peers counts octets wrong, or a flag is set by mistake";
        WindowUpdateLength: "window_update_length", RFC 9113 "6.9", FRAME_SIZE_ERROR,
            "the payload of a WINDOW_UPDATE frame is not 4 octets long",
            "the length is fixed: a sender or something between the peers counts octets wrong, or the octets before this frame were cut or added to";
        WindowUpdateIncrement: "window_update_increment", RFC 9113 "6.9", PROTOCOL_ERROR,
            "the increment of a WINDOW_UPDATE frame is 0",
            "send no WINDOW_UPDATE when there is nothing to add";
        ContinuationStreamId: "continuation_stream_id", RFC 9113 "6.10", PROTOCOL_ERROR,
            "a CONTINUATION frame is on stream 0",
            "continue on the stream of the HEADERS or PUSH_PROMISE frame";
        ContinuationWithoutHeaders: "continuation_without_headers", RFC 9113 "6.10", PROTOCOL_ERROR,
            "a CONTINUATION frame does not follow a HEADERS, PUSH_PROMISE or CONTINUATION frame without END_HEADERS",
            "set END_HEADERS on the last frame of the block only";
        ContinuationOtherStream: "continuation_other_stream", RFC 9113 "6.10", PROTOCOL_ERROR,
            "a CONTINUATION frame is on another stream than the field block it must continue",
            "continue on the stream of the HEADERS or PUSH_PROMISE frame, and finish one block before the next";
        PriorityUpdateStreamId: "priority_update_stream_id", RFC 9218 "7.1", PROTOCOL_ERROR,
            "a PRIORITY_UPDATE frame is not on stream 0",
            "send it on stream 0: it is about the connection as a whole";
        PriorityUpdateLength: "priority_update_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a PRIORITY_UPDATE frame is shorter than its prioritized stream identifier of 4 octets",
            "a sender or something between the peers counts octets wrong, or a flag is set by mistake";
        PriorityUpdatePrioritizedStreamId: "priority_update_prioritized_stream_id", RFC 9218 "7.1", PROTOCOL_ERROR,
            "a PRIORITY_UPDATE frame prioritizes stream 0",
            "name the request or push stream whose priority changes";
        PriorityUpdateToClient: "priority_update_to_client", RFC 9218 "7.1", PROTOCOL_ERROR,
            "a server sent PRIORITY_UPDATE",
            "only clients send it; check who is client and who is server on this connection";
    }
}

/// A section of an RFC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RfcSection {
    /// The number of the RFC; 9113 for most rules.
    pub rfc: u16,
    /// The number of the section, `"6.5.2"` for example.
    pub number: &'static str,
}

impl fmt::Display for RfcSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {} §{}", self.rfc, self.number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_follow_the_variant() {
        let names: HashSet<_> = FrameRule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), FrameRule::ALL.len());
        for rule in FrameRule::ALL {
            assert_eq!(rule.name().replace('_', ""), format!("{rule:?}").to_lowercase());
        }
    }

    #[test]
    fn sentences_and_remedies_say_something() {
        for rule in FrameRule::ALL {
            assert!(!rule.sentence().ends_with('.') && rule.sentence().len() > 20, "{rule:?}");
            assert!(!rule.remedy().ends_with('.') && rule.remedy().len() > 20, "{rule:?}");
        }
    }
}
