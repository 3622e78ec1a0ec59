//! The frame types. RFC 9113 §6, and extensions.

use super::topic::Topic;

pub(super) const FRAMES: &[Topic] = &[
    Topic {
        name: "DATA",
        section: "RFC 9113 §6.1",
        meaning: "Carries the content of a request or response. Its whole payload, padding included, counts against the \
            flow-control windows of its stream and of the connection.",
        causes: &["sent after HEADERS, within both windows; END_STREAM ends the message"],
        checks: &[
            "a stalled transfer: the receiver must send WINDOW_UPDATE for both the stream and stream 0",
        ],
    },
    Topic {
        name: "HEADERS",
        section: "RFC 9113 §6.2",
        meaning: "Carries the fields of a request, which opens a stream, of a response, or of trailers. Without END_HEADERS, \
            the field block continues in CONTINUATION frames, with no other frame in between.",
        causes: &["sent for every request, response, interim response (1xx) and trailer section"],
        checks: &["its priority fields are deprecated and may be ignored, but are part of the layout"],
    },
    Topic {
        name: "PRIORITY",
        section: "RFC 9113 §6.3",
        meaning: "Describes how a stream depends on another. Deprecated: receivers read and ignore it. It may arrive on streams \
            in any state.",
        causes: &["sent by older browsers, nghttp and Python's h2"],
        checks: &["RFC 9218 replaces it with the `priority` field and PRIORITY_UPDATE"],
    },
    Topic {
        name: "RST_STREAM",
        section: "RFC 9113 §6.4",
        meaning: "Ends one stream at once, with an error code. The connection continues.",
        causes: &[
            "sent for a request that is cancelled (CANCEL), refused (REFUSED_STREAM) or malformed (PROTOCOL_ERROR)",
        ],
        checks: &["`h2wire explain CODE` explains its error code"],
    },
    Topic {
        name: "SETTINGS",
        section: "RFC 9113 §6.5",
        meaning: "Announces limits and options of its sender, which the peer must follow. It is the first frame of each side. \
            The receiver acknowledges it with an empty SETTINGS frame with the ACK flag.",
        causes: &["sent at the start, rarely later"],
        checks: &["the values bind the peer once it has acknowledged them"],
    },
    Topic {
        name: "PUSH_PROMISE",
        section: "RFC 9113 §6.6",
        meaning: "A server announces a response to a request that the client has not sent. Rarely used today; clients disable \
            it with SETTINGS_ENABLE_PUSH 0.",
        causes: &["sent before the response that refers to the pushed resource"],
        checks: &[
            "its field block changes the HPACK table: the client must decode it even if it refuses the push",
        ],
    },
    Topic {
        name: "PING",
        section: "RFC 9113 §6.7",
        meaning: "Measures the round trip, or keeps a connection alive. The receiver returns the same 8 bytes with the ACK flag.",
        causes: &["sent as keepalive by gRPC and load balancers, or to estimate bandwidth"],
        checks: &[
            "without an acknowledgment, the connection is dead or the peer does not read",
            "too many lead to ENHANCE_YOUR_CALM",
        ],
    },
    Topic {
        name: "GOAWAY",
        section: "RFC 9113 §6.8",
        meaning: "Ends the connection, gracefully (NO_ERROR) or with an error: no new streams may be opened. Streams above \
            last_stream_id were not processed; their requests may be sent again on another connection.",
        causes: &["sent on shutdown, idle timeout, a limit of age or requests, or a broken rule"],
        checks: &[
            "`h2wire explain CODE` explains its error code",
            "its debug data, which often states the reason",
        ],
    },
    Topic {
        name: "WINDOW_UPDATE",
        section: "RFC 9113 §6.9",
        meaning: "Allows the peer to send more bytes of DATA, on a stream or on the connection (stream 0).",
        causes: &["sent when the receiver has consumed content"],
        checks: &["the increment must not be 0, and a window must not exceed 2^31-1 bytes"],
    },
    Topic {
        name: "CONTINUATION",
        section: "RFC 9113 §6.10",
        meaning: "Continues a field block that does not fit into its HEADERS or PUSH_PROMISE frame. It has no padding and only \
            the flag END_HEADERS.",
        causes: &["sent for field blocks larger than SETTINGS_MAX_FRAME_SIZE: large cookies or tokens"],
        checks: &[
            "many small ones are a known attack (CVE-2024-27316): h2wire accepts 16 per block by default",
        ],
    },
    Topic {
        name: "ALTSVC",
        section: "RFC 7838 §4",
        meaning: "A server names another host, port or protocol, often HTTP/3, that serves the same origin.",
        causes: &["sent by some servers instead of the `alt-svc` field"],
        checks: &[
            "on stream 0 it must name its origin, on other streams it must not; otherwise it is ignored",
        ],
    },
    Topic {
        name: "ORIGIN",
        section: "RFC 8336 §2",
        meaning: "A server lists the origins for which this connection may be used.",
        causes: &["sent after SETTINGS, so that clients reuse the connection for other host names"],
        checks: &["it is valid only on stream 0 and over TLS; otherwise it is ignored"],
    },
    Topic {
        name: "PRIORITY_UPDATE",
        section: "RFC 9218 §7.1",
        meaning: "A client changes the priority of a request, with the syntax of the `priority` field.",
        causes: &["sent by browsers, such as when an image comes into view"],
        checks: &["only clients may send it, and only on stream 0"],
    },
];
