//! Status codes that have to do with HTTP/2 itself. RFC 9110 §15.

use super::topic::Topic;

pub(super) const STATUSES: &[Topic] = &[
    Topic {
        name: "101",
        section: "RFC 9110 §15.2.2, RFC 9113 §8.6",
        meaning: "Switching Protocols. There is no upgrade inside of HTTP/2: a response with 101 is malformed, a stream error \
            PROTOCOL_ERROR. In HTTP/1.1 it starts HTTP/2 after `Upgrade: h2c`.",
        causes: &["a proxy passes on the answer of an HTTP/1.1 server to a WebSocket handshake"],
        checks: &["WebSockets over HTTP/2 use extended CONNECT (RFC 8441), whose answer is 200"],
    },
    Topic {
        name: "408",
        section: "RFC 9110 §15.5.9",
        meaning: "Request Timeout. The server did not get the whole request in time. The request may be sent again.",
        causes: &["a request body that stalls: the windows of the stream or the connection are used up"],
        checks: &["that the server sends WINDOW_UPDATE: `h2wire decode CAPTURE`"],
    },
    Topic {
        name: "413",
        section: "RFC 9110 §15.5.14, RFC 9113 §8.1",
        meaning: "Content Too Large. A server may answer before the content has come, and then stops it with RST_STREAM \
            NO_ERROR.",
        causes: &["a body above the limit of the server or of a proxy"],
        checks: &["that the client reads the response although the stream is reset"],
    },
    Topic {
        name: "421",
        section: "RFC 9110 §15.5.20, RFC 9113 §9.1.2",
        meaning: "Misdirected Request. The server does not answer for this authority on this connection. Clients share a \
            connection between host names that its certificate covers, and this server does not want that. The client may \
            send the request again on a connection of its own.",
        causes: &[
            "a wildcard certificate on several servers, or one server with several TLS configurations",
            "SNI and `:authority` that differ: a proxy that keeps connections by address",
        ],
        checks: &[
            "`:authority` of the request, and the names of the certificate: `h2wire probe URL`",
            "that the client opens another connection after 421; an ORIGIN frame of the server prevents it",
        ],
    },
    Topic {
        name: "425",
        section: "RFC 8470 §5.2",
        meaning: "Too Early. The request came in the early data of TLS 1.3, which can be replayed. The client sends it again \
            after the handshake.",
        causes: &["0-RTT for a request that is not safe"],
        checks: &["that the client repeats it without early data"],
    },
    Topic {
        name: "426",
        section: "RFC 9110 §15.5.22",
        meaning: "Upgrade Required. The server wants another protocol, which its `upgrade` field names.",
        causes: &["an old proxy or an HTTP/1.0 client in front of a server that wants more"],
        checks: &["over TLS, HTTP/2 is chosen by ALPN rather than by `upgrade`"],
    },
    Topic {
        name: "431",
        section: "RFC 6585 §5, RFC 9113 §10.5.1",
        meaning: "Request Header Fields Too Large. The answer of a server to a field section above its limit, which it may have \
            announced as SETTINGS_MAX_HEADER_LIST_SIZE: name + value + 32 bytes for each field, before compression.",
        causes: &["large cookies or tokens; limits are 8 to 64 KiB on most servers"],
        checks: &[
            "SETTINGS_MAX_HEADER_LIST_SIZE in the server's SETTINGS: `h2wire probe URL`",
            "the size of the section: `h2wire decode --json CAPTURE`",
        ],
    },
    Topic {
        name: "502",
        section: "RFC 9110 §15.6.3",
        meaning: "Bad Gateway. A proxy got no valid response from the server behind it.",
        causes: &[
            "the proxy speaks another version than its backend: HTTP/2 to a port of HTTP/1.1, or the reverse",
            "the backend closed or reset the stream; a response that is malformed in HTTP/2",
        ],
        checks: &["`h2wire probe` of the backend from where the proxy is", "the log of the proxy"],
    },
    Topic {
        name: "503",
        section: "RFC 9110 §15.6.4",
        meaning: "Service Unavailable. The server is overloaded or shuts down; `retry-after` may say for how long.",
        causes: &["a proxy without a healthy backend", "a limit of requests or connections"],
        checks: &["whether a GOAWAY follows: then the next request needs another connection"],
    },
    Topic {
        name: "505",
        section: "RFC 9110 §15.6.6",
        meaning: "HTTP Version Not Supported. A server that does not speak HTTP/2 gives it in HTTP/1.1 as its answer to the \
            preface, which starts with `PRI * HTTP/2.0`.",
        causes: &["prior knowledge of HTTP/2 that is wrong: the port speaks only HTTP/1.x"],
        checks: &[
            "`h2wire probe URL`",
            "h2wire shows it as the rule http1_response; a client may report FRAME_SIZE_ERROR or PROTOCOL_ERROR",
        ],
    },
];
