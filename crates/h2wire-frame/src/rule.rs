//! The rules of the framing layer that a peer can break.

crate::rule_table! {
    /// A rule of the framing layer that a peer broke.
    ///
    /// The name of a rule is also the name of its fixture in `testdata/frames/invalid/`.
    pub enum FrameRule {
        Http1Response: "http1_response", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the peer answered in HTTP/1.x where an HTTP/2 frame was expected",
            "the server does not speak HTTP/2 here: over TLS, offer `h2` by ALPN and use HTTP/2 only if the server selects it; without TLS, use prior knowledge only with servers known to speak HTTP/2, and check that the port is not a TLS port";
        Http1Request: "http1_request", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the peer sent an HTTP/1.x request where the HTTP/2 connection preface was expected",
            "the client did not choose HTTP/2: it must offer `h2` by ALPN over TLS, or use prior knowledge in cleartext (curl --http2-prior-knowledge); or serve HTTP/1.1 on this port too";
        TlsRecord: "tls_record", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the peer sent a TLS record where cleartext HTTP/2 was expected",
            "one side uses TLS and the other does not: connect with TLS and ALPN `h2` (https), or make both sides use cleartext prior knowledge (http)";
        Preface: "preface", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the connection does not start with the 24 bytes of the HTTP/2 client preface",
            "the client does not speak HTTP/2 (negotiate it by ALPN over TLS), or something in between changed the bytes, such as a text-mode copy that rewrites line ends";
        FirstFrame: "first_frame", RFC 9113 "3.4", PROTOCOL_ERROR,
            "the first frame of the connection is not SETTINGS, or is a SETTINGS acknowledgment",
            "send SETTINGS first, even if it is empty; to read bytes from the middle of a connection, parse frame by frame without state";
        FrameLengthLimit: "frame_length_limit", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "the frame is longer than the receiver's SETTINGS_MAX_FRAME_SIZE",
            "split at the receiver's limit, which is 16,384 bytes until the receiver announces more; if the receiver announced more, read with that limit; if the bytes are text or TLS, they are not HTTP/2";
        FrameInsideFieldBlock: "frame_inside_field_block", RFC 9113 "6.10", PROTOCOL_ERROR,
            "another frame comes between a HEADERS or PUSH_PROMISE frame and the CONTINUATION frames of its field block",
            "send the whole field block, with END_HEADERS on its last frame, before any other frame on any stream";
        DataStreamId: "data_stream_id", RFC 9113 "6.1", PROTOCOL_ERROR,
            "a DATA frame is on stream 0",
            "send content on the stream of its request; stream 0 carries no content";
        DataLength: "data_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a DATA frame with the PADDED flag has no Pad Length byte",
            "clear the PADDED flag, or put the Pad Length byte before the content and count it in the frame length";
        DataPadding: "data_padding", RFC 9113 "6.1", PROTOCOL_ERROR,
            "the padding of a DATA frame is at least as long as its payload",
            "set Pad Length to the number of padding bytes alone; it must be smaller than the frame length";
        HeadersStreamId: "headers_stream_id", RFC 9113 "6.2", PROTOCOL_ERROR,
            "a HEADERS frame is on stream 0",
            "open a request on the next odd stream, and answer on the same stream";
        HeadersLength: "headers_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a HEADERS frame is too short for the fields that its PADDED and PRIORITY flags announce",
            "clear the flags whose fields are not there: PADDED needs 1 byte and PRIORITY needs 5 before the field block";
        HeadersPadding: "headers_padding", RFC 9113 "6.2", PROTOCOL_ERROR,
            "the padding of a HEADERS frame is longer than the space left by its other fields",
            "set Pad Length to the number of padding bytes after the field block fragment; priority fields are not padding";
        HeadersServerStream: "headers_server_stream", RFC 9113 "5.1.1", PROTOCOL_ERROR,
            "a client sent HEADERS on a server-initiated stream",
            "use odd stream identifiers in clients; on a pushed stream a client sends only RST_STREAM, WINDOW_UPDATE and PRIORITY";
        PriorityStreamId: "priority_stream_id", RFC 9113 "6.3", PROTOCOL_ERROR,
            "a PRIORITY frame is on stream 0",
            "name the prioritized stream in the frame header, or do not send PRIORITY: RFC 9113 deprecates it";
        PriorityLength: "priority_length", RFC 9113 "6.3", FRAME_SIZE_ERROR,
            "the payload of a PRIORITY frame is not 5 bytes long",
            "send 4 bytes of stream dependency and 1 byte of weight, nothing else";
        RstStreamStreamId: "rst_stream_stream_id", RFC 9113 "6.4", PROTOCOL_ERROR,
            "a RST_STREAM frame is on stream 0",
            "end the connection with GOAWAY, and a stream with RST_STREAM on that stream";
        RstStreamLength: "rst_stream_length", RFC 9113 "6.4", FRAME_SIZE_ERROR,
            "the payload of a RST_STREAM frame is not 4 bytes long",
            "send the error code as 4 bytes, nothing else";
        SettingsStreamId: "settings_stream_id", RFC 9113 "6.5", PROTOCOL_ERROR,
            "a SETTINGS frame is not on stream 0",
            "send settings on stream 0: they apply to the whole connection";
        SettingsLength: "settings_length", RFC 9113 "6.5", FRAME_SIZE_ERROR,
            "the payload of a SETTINGS frame is not a multiple of 6 bytes",
            "write each setting as 2 bytes of identifier and 4 bytes of value; if the sender does, bytes were lost or inserted before this frame";
        SettingsAckLength: "settings_ack_length", RFC 9113 "6.5", FRAME_SIZE_ERROR,
            "a SETTINGS acknowledgment has a payload",
            "acknowledge with an empty frame, and send your own settings in another one";
        SettingsEnablePush: "settings_enable_push", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "SETTINGS_ENABLE_PUSH is neither 0 nor 1",
            "send SETTINGS_ENABLE_PUSH 0 to refuse push, or leave it out";
        SettingsEnablePushByServer: "settings_enable_push_by_server", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "a server set SETTINGS_ENABLE_PUSH to 1",
            "leave the setting out of a server's SETTINGS, or send 0: only a client may allow push";
        SettingsInitialWindowSize: "settings_initial_window_size", RFC 9113 "6.5.2", FLOW_CONTROL_ERROR,
            "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1",
            "choose an initial window of at most 2,147,483,647 bytes";
        SettingsMaxFrameSize: "settings_max_frame_size", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "SETTINGS_MAX_FRAME_SIZE is not between 2^14 and 2^24-1",
            "choose a frame size from 16,384 to 16,777,215 bytes";
        SettingsEnableConnectProtocol: "settings_enable_connect_protocol", RFC 8441 "3", PROTOCOL_ERROR,
            "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1",
            "send 1 to allow extended CONNECT, or leave the setting out";
        SettingsNoRfc7540Priorities: "settings_no_rfc7540_priorities", RFC 9218 "2.1", PROTOCOL_ERROR,
            "SETTINGS_NO_RFC7540_PRIORITIES is neither 0 nor 1",
            "send 1 if you ignore the priorities of RFC 7540, or leave the setting out";
        PushPromiseStreamId: "push_promise_stream_id", RFC 9113 "6.6", PROTOCOL_ERROR,
            "a PUSH_PROMISE frame is on stream 0 or on a server-initiated stream",
            "send it on the stream of the client's request that the push belongs to";
        PushPromiseLength: "push_promise_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a PUSH_PROMISE frame is too short for its promised stream identifier and the Pad Length byte, if flagged",
            "start the payload with Pad Length, if PADDED is set, and 4 bytes of promised stream identifier";
        PushPromisePadding: "push_promise_padding", RFC 9113 "6.6", PROTOCOL_ERROR,
            "the padding of a PUSH_PROMISE frame is longer than the space left by its other fields",
            "set Pad Length to the number of padding bytes after the field block fragment; the promised stream identifier is not padding";
        PushPromisePromisedStreamId: "push_promise_promised_stream_id", RFC 9113 "6.6", PROTOCOL_ERROR,
            "the promised stream identifier of a PUSH_PROMISE frame is 0 or odd",
            "promise an even stream identifier above all earlier ones";
        PushPromiseToServer: "push_promise_to_server", RFC 9113 "8.4", PROTOCOL_ERROR,
            "a client sent PUSH_PROMISE",
            "only servers push; check that the roles of the two directions are not swapped";
        PushPromiseDisabled: "push_promise_disabled", RFC 9113 "6.5.2", PROTOCOL_ERROR,
            "a server sent PUSH_PROMISE after it had acknowledged that push is disabled",
            "stop pushing to a client that sent SETTINGS_ENABLE_PUSH 0";
        PingStreamId: "ping_stream_id", RFC 9113 "6.7", PROTOCOL_ERROR,
            "a PING frame is not on stream 0",
            "send PING on stream 0: it measures the connection";
        PingLength: "ping_length", RFC 9113 "6.7", FRAME_SIZE_ERROR,
            "the payload of a PING frame is not 8 bytes long",
            "send exactly 8 bytes of opaque data, and answer with the same 8";
        GoAwayStreamId: "goaway_stream_id", RFC 9113 "6.8", PROTOCOL_ERROR,
            "a GOAWAY frame is not on stream 0",
            "send GOAWAY on stream 0: it ends the connection; to end one stream send RST_STREAM";
        GoAwayLength: "goaway_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a GOAWAY frame is shorter than its 8 bytes of last stream identifier and error code",
            "send 4 bytes of last stream identifier and 4 bytes of error code before any debug data";
        WindowUpdateLength: "window_update_length", RFC 9113 "6.9", FRAME_SIZE_ERROR,
            "the payload of a WINDOW_UPDATE frame is not 4 bytes long",
            "send the increment as 4 bytes, nothing else";
        WindowUpdateIncrement: "window_update_increment", RFC 9113 "6.9", PROTOCOL_ERROR,
            "the increment of a WINDOW_UPDATE frame is 0",
            "send no WINDOW_UPDATE when there is nothing to add";
        ContinuationStreamId: "continuation_stream_id", RFC 9113 "6.10", PROTOCOL_ERROR,
            "a CONTINUATION frame is on stream 0",
            "use the stream identifier of the HEADERS or PUSH_PROMISE frame that it continues";
        ContinuationWithoutHeaders: "continuation_without_headers", RFC 9113 "6.10", PROTOCOL_ERROR,
            "a CONTINUATION frame does not follow a HEADERS, PUSH_PROMISE or CONTINUATION frame without END_HEADERS",
            "set END_HEADERS on the last frame of a field block only, and send CONTINUATION directly after the frame it continues";
        ContinuationOtherStream: "continuation_other_stream", RFC 9113 "6.10", PROTOCOL_ERROR,
            "a CONTINUATION frame is on another stream than the open field block",
            "finish one field block, on its own stream, before starting the next";
        PriorityUpdateStreamId: "priority_update_stream_id", RFC 9218 "7.1", PROTOCOL_ERROR,
            "a PRIORITY_UPDATE frame is not on stream 0",
            "send it on stream 0, with the prioritized stream in the payload";
        PriorityUpdateLength: "priority_update_length", RFC 9113 "4.2", FRAME_SIZE_ERROR,
            "a PRIORITY_UPDATE frame is shorter than its prioritized stream identifier of 4 bytes",
            "start the payload with 4 bytes of prioritized stream identifier";
        PriorityUpdatePrioritizedStreamId: "priority_update_prioritized_stream_id", RFC 9218 "7.1", PROTOCOL_ERROR,
            "a PRIORITY_UPDATE frame prioritizes stream 0",
            "name the request or push stream whose priority changes";
        PriorityUpdateToClient: "priority_update_to_client", RFC 9218 "7.1", PROTOCOL_ERROR,
            "a server sent PRIORITY_UPDATE",
            "only clients send it; a server that wants another priority uses the Priority response field";
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
