//! The settings. RFC 9113 §6.5.2, and extensions.

use super::topic::Topic;

pub(super) const SETTINGS: &[Topic] = &[
    Topic {
        name: "HEADER_TABLE_SIZE",
        section: "RFC 9113 §6.5.2; RFC 7541 §4.2",
        meaning: "The most octets of the HPACK table with which its sender decodes. Initially 4,096. When it is lowered the next \
            field block starts with a size update.",
        causes: &["0 switches the dynamic table off; browsers and proxies say 65,536"],
        checks: &["COMPRESSION_ERROR right after a change: the encoder did not follow, or too early"],
    },
    Topic {
        name: "ENABLE_PUSH",
        section: "RFC 9113 §6.5.2, §8.4",
        meaning: "Whether the server may push: 0 or 1. Initially 1. A server must not send 1.",
        causes: &["0 from nearly every client"],
        checks: &["any other value, or 1 from a server, is PROTOCOL_ERROR"],
    },
    Topic {
        name: "MAX_CONCURRENT_STREAMS",
        section: "RFC 9113 §6.5.2, §5.1.2",
        meaning: "How many streams the peer may have open at a time. Initially without limit; 100 or more is advised.",
        causes: &["100 to 256 from most servers; 0 for a while under load"],
        checks: &[
            "requests that wait although the connection is idle: this limit is reached",
            "REFUSED_STREAM: it was exceeded",
        ],
    },
    Topic {
        name: "INITIAL_WINDOW_SIZE",
        section: "RFC 9113 §6.5.2, §6.9.2",
        meaning: "The window with which each stream starts, in octets. Initially 65,535, at most 2^31-1. A change applies to open \
            streams too; the window of the connection is not touched.",
        causes: &["1 to 16 MiB from clients that want throughput"],
        checks: &["slow transfers over long distances: window divided by round trip time is the limit"],
    },
    Topic {
        name: "MAX_FRAME_SIZE",
        section: "RFC 9113 §6.5.2, §4.2",
        meaning: "The longest payload of a frame that its sender takes, in octets. Initially 16,384, which is also the least; at \
            most 16,777,215.",
        causes: &["16,384 from most; larger ones save headers, and delay other streams"],
        checks: &["a longer frame is FRAME_SIZE_ERROR"],
    },
    Topic {
        name: "MAX_HEADER_LIST_SIZE",
        section: "RFC 9113 §6.5.2, §10.5.1",
        meaning: "The most octets of fields that its sender takes, counted as name + value + 32 each, not compressed. Advice, \
            not a rule: a server answers more with status 431.",
        causes: &["8 to 64 KiB from most servers, 256 KiB from Chromium"],
        checks: &["large cookies and tokens"],
    },
    Topic {
        name: "ENABLE_CONNECT_PROTOCOL",
        section: "RFC 8441 §3",
        meaning: "Whether extended CONNECT with :protocol may be used: 0 or 1. Initially 0. It must not go back to 0.",
        causes: &["1 from servers that take WebSockets over HTTP/2"],
        checks: &["without it :protocol makes a request malformed"],
    },
    Topic {
        name: "NO_RFC7540_PRIORITIES",
        section: "RFC 9218 §2.1",
        meaning: "Whether its sender ignores the priorities of RFC 7540: 0 or 1. Initially 0. It must not change.",
        causes: &["1 from those that use the `priority` field"],
        checks: &["PRIORITY frames have no effect then"],
    },
];
