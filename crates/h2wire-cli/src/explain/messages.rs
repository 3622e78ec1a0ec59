//! What clients and servers print or send as debug data.

use h2wire::frame::ErrorCode;

use super::topic::Topic;

/// Explained by a part of the text, in lower case.
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
            only HTTP/2.",
        causes: &["HTTP/1.1 to a port for HTTP/2 or gRPC"],
        checks: &["use HTTP/2 with prior knowledge, or the TLS port of that server"],
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
    MESSAGES.iter().filter(move |topic| text.contains(topic.name))
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
