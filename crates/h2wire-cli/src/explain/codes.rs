//! The error codes. RFC 9113 §7.

use super::topic::Topic;

pub(super) const CODES: &[Topic] = &[
    Topic {
        name: "NO_ERROR",
        section: "RFC 9113 §7, §6.8",
        meaning: "No error. In GOAWAY it announces the end of the connection once its streams are complete; in RST_STREAM \
            a server stops the rest of a request that it has already answered (§8.1).",
        causes: &[
            "a graceful shutdown: a deployment, an idle timeout, a limit of requests per connection",
            "a response that was complete before the request",
        ],
        checks: &[
            "streams above last_stream_id of the GOAWAY were not processed: send them again on a new connection",
            "the client must not report an early response as failed because of this RST_STREAM",
        ],
    },
    Topic {
        name: "PROTOCOL_ERROR",
        section: "RFC 9113 §7",
        meaning: "The peer broke a rule that has no error code of its own. Many implementations use this code for every \
            error, even where the RFC names another code.",
        causes: &[
            "a malformed request or response: upper-case names, connection-specific fields, a missing or repeated \
                pseudo-header field",
            "a frame on a stream that does not allow it: stream 0, an idle stream, an even stream from a client",
            "a first frame that is not SETTINGS, or a frame inside a field block",
            "the other end does not speak HTTP/2, but HTTP/1.x or TLS",
        ],
        checks: &[
            "the last frames before it: `h2wire decode CAPTURE` names the broken rule",
            "in RST_STREAM, the error concerns one message: check its fields",
            "in a proxy, whether it forwards `connection`, `transfer-encoding` or `host` unchanged",
        ],
    },
    Topic {
        name: "INTERNAL_ERROR",
        section: "RFC 9113 §7",
        meaning: "The sender failed for a reason that has nothing to do with the peer's frames.",
        causes: &[
            "a handler that panicked, threw or was aborted after the response had begun",
            "a proxy whose backend closed the connection in the middle of a response",
        ],
        checks: &["the log of the sender at that time", "whether the same request always fails"],
    },
    Topic {
        name: "FLOW_CONTROL_ERROR",
        section: "RFC 9113 §7, §5.2, §6.9",
        meaning: "The peer sent more DATA than a window allows, or raised a window above 2^31-1 bytes.",
        causes: &[
            "the sender did not count padding: the whole DATA payload counts, Pad Length and padding included",
            "the sender obeyed the window of the stream, but not that of the connection",
            "the sender misapplied SETTINGS_INITIAL_WINDOW_SIZE: it changes the windows of open streams, which may become \
                negative, but not the window of the connection",
            "a WINDOW_UPDATE or a SETTINGS_INITIAL_WINDOW_SIZE that raises a window above 2^31-1",
        ],
        checks: &[
            "the sums of DATA and WINDOW_UPDATE, for the stream and for the connection: `h2wire decode --json` shows the \
                lengths",
        ],
    },
    Topic {
        name: "SETTINGS_TIMEOUT",
        section: "RFC 9113 §7, §6.5.3",
        meaning: "The peer did not acknowledge SETTINGS in time.",
        causes: &[
            "a client or server that never acknowledges SETTINGS with an empty SETTINGS frame with the ACK flag",
            "an acknowledgment that is queued after other output that cannot be written",
        ],
        checks: &["that the peer acknowledges every SETTINGS frame without ACK at once, including the first"],
    },
    Topic {
        name: "STREAM_CLOSED",
        section: "RFC 9113 §7, §5.1",
        meaning: "A frame arrived on a stream that its sender had ended (END_STREAM), or that was reset.",
        causes: &[
            "DATA or trailers after END_STREAM",
            "frames that were in flight when the stream was reset: harmless for a short time",
        ],
        checks: &["the flags of the earlier frames on that stream", "which side sent RST_STREAM, and when"],
    },
    Topic {
        name: "FRAME_SIZE_ERROR",
        section: "RFC 9113 §7, §4.2",
        meaning: "A frame is longer than its receiver allows, or its length is wrong for its type. At the start of a \
            connection it usually means that the bytes are not HTTP/2: read as a frame header, `HTTP/1.1` announces a frame \
            of 4,740,180 bytes.",
        causes: &[
            "the client did not offer `h2` by ALPN, so the server chose HTTP/1.1, and the client read its response as \
                frames. With hyper and rustls, `config.alpn_protocols` is empty, and hyper reports \
                `GoAway(b\"\", FRAME_SIZE_ERROR, Library)`",
            "prior knowledge was wrong: the client sent the HTTP/2 preface to a server that speaks only HTTP/1.x (reqwest's \
                `http2_prior_knowledge()`, `curl --http2-prior-knowledge`), or to a TLS port",
            "a frame longer than SETTINGS_MAX_FRAME_SIZE of its receiver, which is 16,384 bytes by default",
            "an encoder that counts the 9 bytes of the header as part of the length",
        ],
        checks: &[
            "`h2wire probe URL` shows the protocols that ALPN offered and chose; `--no-alpn` reproduces the failure",
            "the length in the error message: 4740180 is `HTT`, 1377025 to 1442564 are TLS records",
            "rustls: set `alpn_protocols = vec![b\"h2\".to_vec(), b\"http/1.1\".to_vec()]`, and speak HTTP/2 only if \
                `alpn_protocol()` is `h2` after the handshake",
            "without TLS: use prior knowledge only with servers that are known to speak HTTP/2 (h2c)",
        ],
    },
    Topic {
        name: "REFUSED_STREAM",
        section: "RFC 9113 §7, §8.7",
        meaning: "The peer refused the stream before processing it. It is safe to send the request again.",
        causes: &[
            "more open streams than SETTINGS_MAX_CONCURRENT_STREAMS of the peer, which a client does not know before the \
                peer's SETTINGS arrive",
            "a server that is shutting down or overloaded",
        ],
        checks: &[
            "the number of open streams",
            "whether the client repeats such requests automatically, which is safe for any method",
        ],
    },
    Topic {
        name: "CANCEL",
        section: "RFC 9113 §7",
        meaning: "The sender is no longer interested in the stream.",
        causes: &[
            "a user or a timeout aborted the request; a response body was dropped before its end",
            "a client refused a pushed stream",
        ],
        checks: &[
            "the timeouts of the client and of proxies",
            "whether many follow their requests at once: that is an attack (CVE-2023-44487)",
        ],
    },
    Topic {
        name: "COMPRESSION_ERROR",
        section: "RFC 9113 §7, §4.3; RFC 7541",
        meaning: "The receiver cannot decode a field block. The HPACK tables of both ends are now out of step, so later field \
            blocks cannot be decoded either, and the connection must end.",
        causes: &[
            "the receiver skipped a field block of a refused, reset or closed stream: it must decode every block",
            "SETTINGS_HEADER_TABLE_SIZE changed, and the encoder sent no size update, or used the new size before it \
                acknowledged the setting",
            "two threads encoded field blocks, and sent them in a different order",
            "a frame was assembled incorrectly, so that the fragment is not HPACK",
        ],
        checks: &[
            "`h2wire decode CAPTURE` names the broken rule; `h2wire hpack decode` reads field blocks one by one",
        ],
    },
    Topic {
        name: "CONNECT_ERROR",
        section: "RFC 9113 §7, §8.5",
        meaning: "The connection that a CONNECT request opened was reset or closed abnormally.",
        causes: &["the target of the tunnel closed its TCP connection with RST"],
        checks: &["that the proxy reaches the target"],
    },
    Topic {
        name: "ENHANCE_YOUR_CALM",
        section: "RFC 9113 §7, §10.5",
        meaning: "The peer exceeded a limit or behaved like an attacker.",
        causes: &[
            "keepalive PINGs more often than the server allows (gRPC: `too_many_pings`)",
            "many streams opened and reset at once, many empty frames, SETTINGS or CONTINUATION frames",
            "field sections or field blocks larger than a limit",
        ],
        checks: &[
            "the debug data of the GOAWAY",
            "that the keepalive interval of the client is not shorter than the server allows",
        ],
    },
    Topic {
        name: "INADEQUATE_SECURITY",
        section: "RFC 9113 §7, §9.2",
        meaning: "The TLS connection does not meet the requirements of HTTP/2.",
        causes: &[
            "TLS 1.2 with a cipher suite from Appendix A, without forward secrecy or AEAD",
            "a TLS version below 1.2",
        ],
        checks: &[
            "`h2wire probe URL` shows the TLS version and the cipher suite",
            "offer TLS 1.3, or ECDHE with AES-GCM or ChaCha20",
        ],
    },
    Topic {
        name: "HTTP_1_1_REQUIRED",
        section: "RFC 9113 §7",
        meaning: "The server requires HTTP/1.1 for this request.",
        causes: &[
            "client certificates by renegotiation, NTLM authentication, WebSockets without extended CONNECT",
        ],
        checks: &["send the request over HTTP/1.1: offer only `http/1.1` by ALPN"],
    },
];
