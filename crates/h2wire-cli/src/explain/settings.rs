//! The settings. RFC 9113 §6.5.2, and extensions.

use super::topic::Topic;

pub(super) const SETTINGS: &[Topic] = &[
    Topic {
        name: "HEADER_TABLE_SIZE",
        section: "RFC 9113 §6.5.2; RFC 7541 §4.2",
        meaning: "The largest HPACK table with which its sender decodes, in bytes. Initially 4,096. After a lower value, the next \
            field block of the peer must start with a size update.",
        causes: &["0 disables the dynamic table; browsers and proxies use 65,536"],
        checks: &[
            "COMPRESSION_ERROR right after a change: the encoder did not apply it, or applied it before the acknowledgment",
        ],
    },
    Topic {
        name: "ENABLE_PUSH",
        section: "RFC 9113 §6.5.2, §8.4",
        meaning: "Whether the server may push: 0 or 1. Initially 1. A server must not send 1.",
        causes: &["0 from nearly every client"],
        checks: &["any other value, or 1 from a server, is a PROTOCOL_ERROR"],
    },
    Topic {
        name: "MAX_CONCURRENT_STREAMS",
        section: "RFC 9113 §6.5.2, §5.1.2",
        meaning: "The most streams that the peer may have open at once. Initially unlimited; the RFC recommends 100 or more.",
        causes: &["100 to 256 from most servers; temporarily 0 under load"],
        checks: &[
            "requests that wait although the connection is idle: the limit is reached",
            "REFUSED_STREAM: the limit was exceeded",
        ],
    },
    Topic {
        name: "INITIAL_WINDOW_SIZE",
        section: "RFC 9113 §6.5.2, §6.9.2",
        meaning: "The initial window of each stream, in bytes. Initially 65,535, at most 2^31-1. A change applies to open streams \
            too, but not to the window of the connection.",
        causes: &["1 to 16 MiB from clients with high throughput"],
        checks: &[
            "slow transfers over long distances: the rate cannot exceed the window divided by the round-trip time",
        ],
    },
    Topic {
        name: "MAX_FRAME_SIZE",
        section: "RFC 9113 §6.5.2, §4.2",
        meaning: "The longest frame payload that its sender accepts, in bytes. Initially 16,384, which is also the minimum; at most \
            16,777,215.",
        causes: &["16,384 from most peers; larger frames save headers, but delay other streams"],
        checks: &["a longer frame is a FRAME_SIZE_ERROR"],
    },
    Topic {
        name: "MAX_HEADER_LIST_SIZE",
        section: "RFC 9113 §6.5.2, §10.5.1",
        meaning: "The largest field section that its sender accepts, in bytes before compression: name + value + 32 for each \
            field. Advisory: a server answers a larger one with status 431.",
        causes: &["8 to 64 KiB from most servers, 256 KiB from Chromium"],
        checks: &["the size of cookies and tokens"],
    },
    Topic {
        name: "ENABLE_CONNECT_PROTOCOL",
        section: "RFC 8441 §3",
        meaning: "Whether extended CONNECT with :protocol may be used: 0 or 1. Initially 0. It must not go back to 0.",
        causes: &["1 from servers that accept WebSockets over HTTP/2"],
        checks: &["without it :protocol makes a request malformed"],
    },
    Topic {
        name: "NO_RFC7540_PRIORITIES",
        section: "RFC 9218 §2.1",
        meaning: "Whether its sender ignores the priorities of RFC 7540: 0 or 1. Initially 0. It must not change.",
        causes: &["1 from peers that use the `priority` field"],
        checks: &["with 1, PRIORITY frames have no effect"],
    },
];
