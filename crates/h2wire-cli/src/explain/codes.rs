//! The error codes. RFC 9113 §7.

use super::topic::Topic;

pub(super) const CODES: &[Topic] = &[
    Topic {
        name: "NO_ERROR",
        section: "RFC 9113 §7, §6.8",
        meaning: "Nothing went wrong. In GOAWAY it announces the end of a connection whose streams are finished; in \
            RST_STREAM a server says that it has answered without needing the rest of the request (§8.1).",
        causes: &[
            "a graceful shutdown: a deployment, an idle timeout, a limit of requests per connection",
            "a response that was complete before the request was",
        ],
        checks: &[
            "streams above last_stream_id of the GOAWAY were not processed: repeat them on a new connection",
            "a request that was answered early must not be reported as failed because of this RST_STREAM",
        ],
    },
    Topic {
        name: "PROTOCOL_ERROR",
        section: "RFC 9113 §7",
        meaning: "The peer broke a rule for which there is no code of its own. Many implementations answer every breach \
            with it, also where the RFC names another code.",
        causes: &[
            "a malformed request or response: upper-case names, connection-specific fields, a missing or repeated \
                pseudo-header field",
            "a frame on a stream where it may not be: stream 0, an idle one, an even one from a client",
            "a first frame that is not SETTINGS, or a frame inside a field block",
            "no HTTP/2 at all at the other end: HTTP/1.x or TLS",
        ],
        checks: &[
            "look at the last frames before it: `h2wire decode CAPTURE` names the rule that was broken",
            "in RST_STREAM it is about one message: look at its fields",
            "behind a proxy: does it pass on `connection`, `transfer-encoding` or `host` as they came?",
        ],
    },
    Topic {
        name: "INTERNAL_ERROR",
        section: "RFC 9113 §7",
        meaning: "The sender failed for a reason that has nothing to do with the peer's frames.",
        causes: &[
            "a handler that panicked, threw or was aborted after the response had begun",
            "a proxy whose backend \
            closed the connection in the middle of a response",
        ],
        checks: &["the logs of whoever sent it, at that time", "whether it is always the same request"],
    },
    Topic {
        name: "FLOW_CONTROL_ERROR",
        section: "RFC 9113 §7, §5.2, §6.9",
        meaning: "More DATA was sent than a window allows, or a window was made larger than 2^31-1 octets.",
        causes: &[
            "padding was not counted: a whole DATA payload counts, Pad Length and padding included",
            "the window of the connection was forgotten; only that of the stream was looked at",
            "SETTINGS_INITIAL_WINDOW_SIZE changes the windows of open streams, which may become negative, and not that \
                of the connection",
            "a WINDOW_UPDATE with which a window exceeds 2^31-1, or such a SETTINGS_INITIAL_WINDOW_SIZE",
        ],
        checks: &[
            "sum up DATA and WINDOW_UPDATE of stream and connection: `h2wire decode --json` has the lengths",
        ],
    },
    Topic {
        name: "SETTINGS_TIMEOUT",
        section: "RFC 9113 §7, §6.5.3",
        meaning: "SETTINGS were sent and not acknowledged in time.",
        causes: &[
            "a client or server that never answers SETTINGS with an empty SETTINGS frame with the ACK flag",
            "the acknowledgment waits behind other output that cannot be written",
        ],
        checks: &["every SETTINGS frame without ACK is to be answered at once, also the first one"],
    },
    Topic {
        name: "STREAM_CLOSED",
        section: "RFC 9113 §7, §5.1",
        meaning: "A frame came on a stream on which its sender had said that it was done (END_STREAM), or that was reset.",
        causes: &[
            "DATA or trailers after END_STREAM",
            "frames that were on their way when the stream was reset: harmless for a short while",
        ],
        checks: &["the flags of the earlier frames on that stream", "who sent RST_STREAM, and when"],
    },
    Topic {
        name: "FRAME_SIZE_ERROR",
        section: "RFC 9113 §7, §4.2",
        meaning: "A frame is longer than its receiver takes, or has a length that its type does not have. At the very \
            start of a connection it says something else: the octets are not HTTP/2 at all. `HTTP/1.1` read as the header \
            of a frame is a frame of 4,740,180 octets.",
        causes: &[
            "ALPN was not offered: the TLS handshake of the client had no `h2` in its list of protocols, so the server \
                chose HTTP/1.1, and its answer is read as frames. With hyper and rustls: `config.alpn_protocols` is empty. \
                hyper then reports `GoAway(b\"\", FRAME_SIZE_ERROR, Library)`",
            "prior knowledge was wrong: the client sent the HTTP/2 preface to a server that speaks HTTP/1.x only (reqwest's \
                `http2_prior_knowledge()`, `curl --http2-prior-knowledge`), or to a port for TLS",
            "a frame longer than SETTINGS_MAX_FRAME_SIZE of its receiver, 16,384 octets unless it said otherwise",
            "an encoder that counts the 9 octets of the header as part of the length",
        ],
        checks: &[
            "`h2wire probe URL` says what was offered by ALPN and what was chosen; `--no-alpn` shows the failure",
            "the length in the report: 4740180 is `HTT`, 1377025 to 1442564 are TLS records",
            "rustls: set `alpn_protocols = vec![b\"h2\".to_vec(), b\"http/1.1\".to_vec()]`, and speak HTTP/2 only if \
                `alpn_protocol()` is `h2` after the handshake",
            "without TLS: use prior knowledge only with servers that are known to speak HTTP/2 (h2c)",
        ],
    },
    Topic {
        name: "REFUSED_STREAM",
        section: "RFC 9113 §7, §8.7",
        meaning: "The stream was refused before anything was done with it. It is safe to send the request again.",
        causes: &[
            "more streams at a time than SETTINGS_MAX_CONCURRENT_STREAMS of the peer; before its SETTINGS have come a \
                client does not know them",
            "a server that is shutting down or overloaded",
        ],
        checks: &[
            "how many streams were open",
            "does the client repeat such requests by itself? It may, whatever the method",
        ],
    },
    Topic {
        name: "CANCEL",
        section: "RFC 9113 §7",
        meaning: "The sender is no longer interested in the stream.",
        causes: &[
            "a user or a timeout aborted the request; a response body was dropped before its end",
            "a pushed stream that the client does not want",
        ],
        checks: &[
            "timeouts of client and proxies",
            "many of them right after their requests are an attack (CVE-2023-44487)",
        ],
    },
    Topic {
        name: "COMPRESSION_ERROR",
        section: "RFC 9113 §7, §4.3; RFC 7541",
        meaning: "A field block cannot be decoded. The tables of both ends are out of step then, so that nothing that follows \
            can be trusted: the connection has to end.",
        causes: &[
            "a field block was skipped: of a stream that was refused, reset or closed. It must be decoded all the same",
            "SETTINGS_HEADER_TABLE_SIZE was changed, and the encoder did not follow with a size update, or used the new size \
                before it had acknowledged it",
            "two threads encode field blocks, and send them in another order",
            "octets that are no HPACK: a frame put together wrong",
        ],
        checks: &[
            "`h2wire decode CAPTURE` names the rule, `h2wire hpack decode` reads field blocks one by one",
        ],
    },
    Topic {
        name: "CONNECT_ERROR",
        section: "RFC 9113 §7, §8.5",
        meaning: "The connection that a CONNECT request opened was reset or closed abnormally.",
        causes: &["the target of the tunnel closed its TCP connection with RST"],
        checks: &["whether the proxy reaches the target"],
    },
    Topic {
        name: "ENHANCE_YOUR_CALM",
        section: "RFC 9113 §7, §10.5",
        meaning: "The peer does too much of something: it is throttled, or taken for an attack.",
        causes: &[
            "keepalive PINGs more often than the server allows (gRPC: `too_many_pings`)",
            "many streams opened and reset at once, many empty frames, SETTINGS or CONTINUATION frames",
            "field sections or field blocks larger than a limit",
        ],
        checks: &[
            "the debug data of the GOAWAY",
            "the keepalive interval of the client against what the server permits",
        ],
    },
    Topic {
        name: "INADEQUATE_SECURITY",
        section: "RFC 9113 §7, §9.2",
        meaning: "The TLS connection does not meet what HTTP/2 asks for.",
        causes: &[
            "TLS 1.2 with a cipher suite of the list in Appendix A: one without forward secrecy or AEAD",
            "TLS below 1.2",
        ],
        checks: &[
            "`h2wire probe URL` shows version and cipher suite",
            "offer TLS 1.3, or ECDHE with AES-GCM or ChaCha20",
        ],
    },
    Topic {
        name: "HTTP_1_1_REQUIRED",
        section: "RFC 9113 §7",
        meaning: "The server wants HTTP/1.1 for this request.",
        causes: &[
            "client certificates by renegotiation, NTLM authentication, WebSockets without extended CONNECT",
        ],
        checks: &["repeat the request with HTTP/1.1: ALPN with `http/1.1` alone"],
    },
];
