//! The frame types. RFC 9113 §6, and extensions.

use super::topic::Topic;

pub(super) const FRAMES: &[Topic] = &[
    Topic {
        name: "DATA",
        section: "RFC 9113 §6.1",
        meaning: "Carries the content of a request or response. Its whole payload, padding included, counts for the \
            flow-control windows of its stream and of the connection.",
        causes: &["sent after HEADERS, as far as both windows allow; END_STREAM ends the message"],
        checks: &["a transfer that stalls: WINDOW_UPDATE for the stream and for stream 0 must both come"],
    },
    Topic {
        name: "HEADERS",
        section: "RFC 9113 §6.2",
        meaning: "Opens a stream with the fields of a request, answers one, or ends a message with trailers. If END_HEADERS \
            is not set the field block goes on in CONTINUATION, and nothing else may come between.",
        causes: &["sent for every request, response, interim response (1xx) and trailer section"],
        checks: &["priority fields in it are deprecated and may be ignored, but are part of the layout"],
    },
    Topic {
        name: "PRIORITY",
        section: "RFC 9113 §6.3",
        meaning: "Said how a stream depends on another. Deprecated; it is read and ignored. It may come on streams in any state.",
        causes: &["sent by older browsers, nghttp and Python's h2"],
        checks: &["RFC 9218 replaces it: the `priority` field and PRIORITY_UPDATE"],
    },
    Topic {
        name: "RST_STREAM",
        section: "RFC 9113 §6.4",
        meaning: "Ends one stream at once, with an error code. The connection goes on.",
        causes: &[
            "a request that is given up (CANCEL), refused (REFUSED_STREAM) or malformed (PROTOCOL_ERROR)",
        ],
        checks: &["explain its error code"],
    },
    Topic {
        name: "SETTINGS",
        section: "RFC 9113 §6.5",
        meaning: "Says how its sender wants to be talked to. Each side sends one first of all, and acknowledges each of the \
            other's with an empty one with the ACK flag.",
        causes: &["sent at the start, seldom later"],
        checks: &["values come into force for the peer when it has acknowledged them"],
    },
    Topic {
        name: "PUSH_PROMISE",
        section: "RFC 9113 §6.6",
        meaning: "A server announces a response to a request that it makes up itself. Hardly used any more; clients switch it \
            off with SETTINGS_ENABLE_PUSH 0.",
        causes: &["sent before the response that refers to what is pushed"],
        checks: &[
            "its field block changes the HPACK table: it must be decoded, also where the push is refused",
        ],
    },
    Topic {
        name: "PING",
        section: "RFC 9113 §6.7",
        meaning: "Measures the round trip, or keeps a connection alive. It is answered with the same 8 octets and the ACK flag.",
        causes: &["keepalive of gRPC and load balancers; estimation of bandwidth"],
        checks: &[
            "no answer: the connection is dead, or the peer does not read",
            "too many are answered with ENHANCE_YOUR_CALM",
        ],
    },
    Topic {
        name: "GOAWAY",
        section: "RFC 9113 §6.8",
        meaning: "No new streams: the connection ends, gracefully (NO_ERROR) or by an error. Streams above last_stream_id were \
            not processed and may be repeated elsewhere.",
        causes: &["shutdown, idle timeout, a limit of age or requests, or a breach of the protocol"],
        checks: &["explain its error code; debug data often has the reason in words"],
    },
    Topic {
        name: "WINDOW_UPDATE",
        section: "RFC 9113 §6.9",
        meaning: "Lets the peer send so many octets of DATA more, on a stream, or on the connection (stream 0).",
        causes: &["sent as content is consumed"],
        checks: &["an increment of 0 is an error; a window has at most 2^31-1 octets"],
    },
    Topic {
        name: "CONTINUATION",
        section: "RFC 9113 §6.10",
        meaning: "Carries on a field block that does not fit into its HEADERS or PUSH_PROMISE frame. It has no padding, and \
            no flag but END_HEADERS.",
        causes: &["sent for field blocks larger than SETTINGS_MAX_FRAME_SIZE: large cookies or tokens"],
        checks: &[
            "many small ones are a known attack (CVE-2024-27316): h2wire takes 8 for a block unless told otherwise",
        ],
    },
    Topic {
        name: "ALTSVC",
        section: "RFC 7838 §4",
        meaning: "A server names another place, often HTTP/3, where the same origin can be had.",
        causes: &["sent by some servers instead of the `alt-svc` field"],
        checks: &["on stream 0 it names its origin, on another stream it has none; otherwise it is ignored"],
    },
    Topic {
        name: "ORIGIN",
        section: "RFC 8336 §2",
        meaning: "A server lists the origins for which this connection may be used.",
        causes: &["sent after SETTINGS, so that clients reuse the connection for other host names"],
        checks: &["only on stream 0, only over TLS; otherwise it is ignored"],
    },
    Topic {
        name: "PRIORITY_UPDATE",
        section: "RFC 9218 §7.1",
        meaning: "A client changes the priority of a request, with the syntax of the `priority` field.",
        causes: &["sent by browsers when an image comes into view, for instance"],
        checks: &["only from clients, only on stream 0"],
    },
];
