//! What clients and servers print or send as debug data.

use h2wire::frame::ErrorCode;

use super::topic::Topic;

/// Explained by a part of the text, in any case.
pub(super) const MESSAGES: &[Topic] = &[
    Topic {
        name: "too_many_pings",
        section: "RFC 9113 §6.7, §10.5; gRPC A8",
        meaning: "Debug data of a GOAWAY with ENHANCE_YOUR_CALM, by gRPC servers: the client sent keepalive PINGs more often \
            than the server allows, or without a call under way.",
        causes: &[
            "the client's keepalive time is below the server's minimum, 5 minutes by default",
            "keepalive without calls on the client, which the server does not permit by default",
        ],
        checks: &[
            "client: keepalive_time, keepalive_permit_without_calls; server: the minimum between PINGs (Go: \
                EnforcementPolicy.MinTime, C: min_recv_ping_interval_without_data, Java: permitKeepAliveTime)",
            "the times of the PING frames in a capture",
        ],
    },
    Topic {
        name: ", library)",
        section: "RFC 9113 §5.4",
        meaning: "In an error of the Rust crate h2 (hyper, reqwest, tonic), `Library` means that this side found the error in \
            what the peer sent, and ended the connection or stream. `Remote` would mean that the peer sent the code, `User` \
            that the program asked for it. `b\"\"` is the debug data of the GOAWAY.",
        causes: &["the peer broke a rule, or does not speak HTTP/2"],
        checks: &["what the peer sent: `h2wire probe URL`, or `h2wire decode CAPTURE`"],
    },
    Topic {
        name: ", remote)",
        section: "RFC 9113 §5.4",
        meaning: "In an error of the Rust crate h2 (hyper, reqwest, tonic), `Remote` means that the peer sent the code, in \
            GOAWAY or RST_STREAM. The text in `b\"\"` is its debug data.",
        causes: &["this side broke a rule or a limit of the peer, or the peer shuts down"],
        checks: &["the debug data and the log of the peer", "what this side sent: `h2wire decode CAPTURE`"],
    },
    Topic {
        name: "looked like an http/1.1 header",
        section: "RFC 9113 §3.3, §3.4",
        meaning: "Go's net/http2 read the bytes `HTTP/1.1` as a frame header: the peer answered in HTTP/1.1.",
        causes: &["prior knowledge of HTTP/2 that is wrong", "ALPN did not choose `h2`"],
        checks: &["`h2wire probe URL`"],
    },
    Topic {
        name: "malformed http response",
        section: "RFC 9113 §3.4",
        meaning: "An HTTP/1.1 client got frames. Bytes like `\\x00\\x00\\x12\\x04` are the SETTINGS frame of a server that speaks \
            only HTTP/2; `\\x15\\x03\\x01` is an alert of TLS.",
        causes: &["HTTP/1.1 to a port for HTTP/2 or gRPC", "`http://` to a TLS port"],
        checks: &["use HTTP/2 with prior knowledge, or `https://` and the TLS port of that server"],
    },
    Topic {
        name: "H2NotNegotiated|HTTP/2 was not negotiated",
        section: "RFC 9113 §3.2; RFC 7301",
        meaning: "tonic: TLS works, but the server did not choose `h2` by ALPN, so tonic sent nothing.",
        causes: &[
            "the server has no ALPN list, or one without `h2`",
            "a proxy or load balancer ends TLS and does not offer `h2`",
        ],
        checks: &[
            "what the server chooses: `h2wire probe URL`; if it says `alpn_none` or `alpn_http1`, enable HTTP/2 there",
            "tonic: `assume_http2(true)` only helps if the server speaks HTTP/2 without ALPN",
        ],
    },
    Topic {
        name: "NoApplicationProtocol|no application protocol",
        section: "RFC 7301 §3.2",
        meaning: "The server ended the handshake with the TLS alert `no_application_protocol`: it supports ALPN, and nothing \
            in its list was offered.",
        causes: &[
            "the list of the server lacks `h2`",
            "the client offers `h2` alone to a server of HTTP/1.1",
        ],
        checks: &[
            "add `h2` at the server (rustls: `alpn_protocols`), or offer `http/1.1` too",
            "`h2wire explain no_application_protocol`, `h2wire probe URL`",
        ],
    },
    Topic {
        name: "Empty reply from server|curl: (52)|curl 52|Recv failure: Connection reset by peer",
        section: "RFC 9113 §3.3, §3.4",
        meaning: "curl: the server closed or reset the connection before its response was complete, or before it sent any.",
        causes: &[
            "with `--http2-prior-knowledge`: a server of HTTP/1.x, which did not understand the preface",
            "a TLS port, to which curl spoke cleartext",
        ],
        checks: &["`h2wire probe URL`, for `http://` with `--prior-knowledge`"],
    },
    Topic {
        name: "Error in the HTTP2 framing layer|curl: (16)|curl 16",
        section: "RFC 9113 §5.4",
        meaning: "curl: the connection has an error of HTTP/2, found by curl or sent by the server in GOAWAY. It does not say which.",
        causes: &[
            "GOAWAY of the server, with an error code or before it took the request",
            "the server does not speak HTTP/2, or a proxy in between does not",
        ],
        checks: &[
            "`curl -v`, which prints the frame or the error code",
            "`h2wire probe URL`, or `h2wire decode --errors CAPTURE`",
        ],
    },
    Topic {
        name: "Received HTTP/0.9 when not allowed|curl: (1) Received",
        section: "RFC 9113 §3.3, §3.4",
        meaning: "curl spoke HTTP/1.1, and what came is not HTTP/1.x.",
        causes: &[
            "a server that speaks only HTTP/2 in cleartext: its SETTINGS frame was read as a response",
            "`http://` to a TLS port, or to another protocol",
        ],
        checks: &[
            "`curl --http2-prior-knowledge`, or `https://` for a TLS port",
            "`h2wire probe --prior-knowledge URL`, which names what the server speaks",
        ],
    },
    Topic {
        name: "wrong version number|WRONG_VERSION_NUMBER|curl: (35)|curl 35",
        section: "RFC 8446 §5.1; RFC 9113 §3.2",
        meaning: "The handshake of TLS failed. With `wrong version number`, what came was no TLS: its first bytes were read as \
            a TLS record.",
        causes: &[
            "`https://` to a cleartext port",
            "another text after `(35)`: a version or an alert of TLS",
        ],
        checks: &[
            "use `http://`, or the TLS port",
            "`h2wire probe URL`, which names what the server sent instead",
        ],
    },
    Topic {
        name: "ALPN: server accepted|server accepted to use|ALPN: offers|ALPN: server did not agree",
        section: "RFC 9113 §3.2; RFC 7301",
        meaning: "curl -v: after `offers` stands what curl offers by ALPN, after `accepted` what the server chose. If that is \
            `http/1.1`, or if the server did not agree on any, curl goes on with HTTP/1.1.",
        causes: &[
            "`http/1.1`: HTTP/2 is not enabled at the server, or at the proxy that ends TLS",
            "`h2` is not offered: curl without HTTP/2, or `--http1.1`",
        ],
        checks: &[
            "enable HTTP/2 at the server (nginx: `http2 on`)",
            "`h2wire explain alpn_http1`, `h2wire probe URL`",
        ],
    },
    Topic {
        name: "unexpected ALPN protocol",
        section: "RFC 9113 §3.2; RFC 7301",
        meaning: "Go's net/http2: TLS works, but the server chose another protocol than `h2` by ALPN, or (`\"\"`) none.",
        causes: &[
            "HTTP/2 is not enabled at the server, or at the proxy that ends TLS",
            "a `tls.Config` without `NextProtos`",
        ],
        checks: &["`NextProtos: []string{\"h2\", \"http/1.1\"}` on both sides", "`h2wire probe URL`"],
    },
    Topic {
        name: "missing selected ALPN",
        section: "RFC 9113 §3.2; RFC 7301",
        meaning: "gRPC-Go: TLS works, but the server chose nothing by ALPN, which gRPC-Go requires since 1.67.",
        causes: &["the server has no ALPN list", "a proxy or load balancer ends TLS without ALPN"],
        checks: &["enable HTTP/2 where TLS ends", "`h2wire probe URL`, which then says `alpn_none`"],
    },
    Topic {
        name: "while we expected settings frame",
        section: "RFC 9113 §3.4",
        meaning: "curl (nghttp2) got something else than SETTINGS first: the peer does not speak HTTP/2.",
        causes: &["`--http2-prior-knowledge` to a server of HTTP/1.x, or to a TLS port"],
        checks: &["`h2wire probe URL`"],
    },
    Topic {
        name: "client connection lost",
        section: "RFC 9113 §6.7",
        meaning: "Go's net/http2 sent a PING and got no acknowledgment in time, so it gave up the connection.",
        causes: &["a firewall or load balancer that dropped an idle connection without a word"],
        checks: &["ReadIdleTimeout and PingTimeout, and the idle timeout of what is in between"],
    },
    Topic {
        name: "max_age",
        section: "RFC 9113 §6.8",
        meaning: "Debug data of a GOAWAY with NO_ERROR, by gRPC servers: the connection reached its greatest age, and ends once \
            its calls are complete.",
        causes: &["MAX_CONNECTION_AGE of the server"],
        checks: &["nothing: a client opens another connection"],
    },
];

/// The outermost text of an error, which says the least: for a text of which nothing else is known.
const OUTER: &Topic = &Topic {
    name: "transport error|error sending request|client error (SendRequest)|http2 error",
    section: "RFC 9113 §3.2, §3.3, §5.4",
    meaning: "The outermost text of an error of tonic, reqwest or hyper. It does not say why: the reason is in the sources of \
        the error.",
    causes: &[
        "HTTP/2 to a server of HTTP/1.x: `FRAME_SIZE_ERROR`, or \"frame with invalid size\", in the sources",
        "ALPN did not choose `h2`: `H2NotNegotiated`, `NoApplicationProtocol`",
        "no connection, or a certificate that is not trusted",
    ],
    checks: &[
        "print the sources: `{error:?}`, or `std::error::Error::source` in a loop, and give them to `h2wire explain`",
        "`h2wire probe URL`, which makes the same connection and names the cause",
    ],
};

/// How h2 (hyper, reqwest, tonic) and others describe the error codes, and the code.
const PHRASES: &[(&str, ErrorCode)] = &[
    ("not a result of an error", ErrorCode::NO_ERROR),
    ("unspecific protocol error detected", ErrorCode::PROTOCOL_ERROR),
    ("unexpected internal error encountered", ErrorCode::INTERNAL_ERROR),
    ("flow-control protocol violated", ErrorCode::FLOW_CONTROL_ERROR),
    ("settings ack not received in timely manner", ErrorCode::SETTINGS_TIMEOUT),
    ("received frame when stream half-closed", ErrorCode::STREAM_CLOSED),
    ("frame with invalid size", ErrorCode::FRAME_SIZE_ERROR),
    ("refused stream before processing", ErrorCode::REFUSED_STREAM),
    ("stream no longer needed", ErrorCode::CANCEL),
    ("unable to maintain the header compression context", ErrorCode::COMPRESSION_ERROR),
    ("in response to a connect request was reset", ErrorCode::CONNECT_ERROR),
    ("excessive load generating behavior", ErrorCode::ENHANCE_YOUR_CALM),
    ("security properties do not meet minimum", ErrorCode::INADEQUATE_SECURITY),
    ("endpoint requires http/1.1", ErrorCode::HTTP_1_1_REQUIRED),
];

/// The messages that are in a text.
pub(super) fn messages(text: &str) -> impl Iterator<Item = &'static Topic> {
    let text = text.to_ascii_lowercase();
    MESSAGES.iter().filter(move |topic| is_in(topic, &text))
}

/// The outermost text of an error, if it is one.
pub(super) fn outer(text: &str) -> Option<&'static Topic> {
    Some(OUTER).filter(|topic| is_in(topic, &text.to_ascii_lowercase()))
}

/// Whether a message is part of a text in lower case.
fn is_in(topic: &Topic, text: &str) -> bool {
    topic.spellings().any(|spelling| text.contains(&spelling.to_ascii_lowercase()))
}

/// The error codes that a text describes or gives as a number: `error_code:1`, `(err 8)`, `ErrCode=0xb`.
pub(super) fn codes(text: &str) -> Vec<ErrorCode> {
    const MARKS: [&str; 5] = ["error code", "error_code", "errorcode", "errcode", "err "];
    let text = text.to_ascii_lowercase();
    let mut codes: Vec<_> =
        PHRASES.iter().filter(|(phrase, _)| text.contains(phrase)).map(|(_, code)| *code).collect();
    for mark in MARKS {
        codes.extend(text.match_indices(mark).filter_map(|(at, _)| {
            let rest = text.get(at..)?.strip_prefix(mark)?;
            number(rest.trim_start_matches([' ', ':', '=', '(', '"'])).map(ErrorCode)
        }));
    }
    codes.dedup();
    codes
}

/// The number that a text starts with, in hexadecimal after `0x`.
fn number(text: &str) -> Option<u32> {
    let (text, radix) = text.strip_prefix("0x").map_or((text, 10), |text| (text, 16));
    let end = text.find(|character: char| !character.is_digit(radix)).unwrap_or(text.len());
    u32::from_str_radix(text.get(..end)?, radix).ok()
}
