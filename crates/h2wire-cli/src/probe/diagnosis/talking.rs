//! A peer is there, and HTTP/2 was sent to it.

use std::io::{self, ErrorKind};

use h2wire::Rule;
use h2wire::frame::{ErrorCode, FrameHeader, FrameRule, StreamId};

use super::connecting::late_alert;
use super::{Diagnosis, Phase};
use crate::probe::seen::{ExchangeEnd, Seen};
use crate::probe::session::Broken;
use crate::probe::tls::Facts;
use crate::render::{evidence, printable};
use crate::status::Status;

/// How the exchange ended, over TLS if there are facts of it.
pub(crate) fn exchange(seen: &Seen, ending: &ExchangeEnd, tls: Option<&Facts>) -> Diagnosis {
    let phase = seen.phase();
    match ending {
        ExchangeEnd::Complete => works(seen),
        ExchangeEnd::Reset(code) => reset(*code, phase),
        ExchangeEnd::GoAway { last_stream_id, error_code, additional_debug_data } => {
            let why = (!additional_debug_data.is_empty()).then(|| printable(additional_debug_data));
            go_away(*error_code, *last_stream_id, phase).seen(why)
        }
        ExchangeEnd::StreamBroken(error) => rule(Broken::Codec(error.rule), phase),
        ExchangeEnd::Broken { broken, octets } => match broken {
            Broken::Codec(Rule::Frame(FrameRule::Http1Response)) => http1(*broken, octets, tls),
            Broken::Codec(Rule::Frame(FrameRule::TlsRecord)) => {
                let cause = match tls {
                    Some(_) => "what is behind the end of TLS wants TLS too, and is sent cleartext",
                    None => "the port is one for TLS, and HTTP/2 was sent in cleartext",
                };
                Diagnosis { status: Status::TlsFailed, ..rule(*broken, phase) }
                    .seen(evidence(Rule::Frame(FrameRule::TlsRecord), octets))
                    .cause(cause)
            }
            _ if phase == Phase::Settings && is_text(octets) => not_http2(octets, tls),
            Broken::Codec(codec) => rule(*broken, phase).seen(evidence(*codec, octets)),
            Broken::ContentLength => rule(*broken, phase).seen(lengths(seen)),
            _ => rule(*broken, phase),
        },
        ExchangeEnd::Closed { inside_frame } => closed(seen, *inside_frame, tls),
        ExchangeEnd::Failed(error) => failed(seen, error, tls),
    }
}

fn works(seen: &Seen) -> Diagnosis {
    let status = seen.response.as_ref().map_or(0, |(status, _)| *status);
    let summary = format!("HTTP/2 works: the response has status {status}");
    Diagnosis::new(Status::Clean, Phase::Content, "http2", summary)
}

fn rule(broken: Broken, phase: Phase) -> Diagnosis {
    let code = broken.code();
    Diagnosis::new(Status::Broken, phase, broken.name(), broken.sentence())
        .cause(format!("{} makes this an error of the peer, {code}", broken.section()))
        .remedy(broken.remedy())
}

/// What is announced of the content, and what came of it.
fn lengths(seen: &Seen) -> Option<String> {
    let (_, fields) = seen.response.as_ref()?;
    let announced: Vec<_> = fields
        .iter()
        .filter(|field| field.name == b"content-length")
        .map(|field| printable(field.value))
        .collect();
    Some(format!("content-length: {}; {} octets of content", announced.join(", "), seen.content_octets))
}

/// Whether the server promised HTTP/2.
fn chose_h2(tls: Option<&Facts>) -> bool {
    tls.is_some_and(|facts| facts.chosen.as_deref() == Some("h2"))
}

/// What to do about a promise that is not kept.
const OFFER_WHAT_IS_SPOKEN: &str = "a proxy that only ends TLS must offer by ALPN what its backend speaks";

/// The story that this command exists for.
fn http1(broken: Broken, octets: &[u8], tls: Option<&Facts>) -> Diagnosis {
    let cause = match tls {
        Some(_) if chose_h2(tls) => {
            "it chose h2 by ALPN, and does not speak it: what is behind the end of TLS speaks HTTP/1.x"
        }
        Some(facts) if facts.offered.is_empty() => {
            "ALPN was not offered, so the server was free to choose HTTP/1.1, and HTTP/2 was sent all the same. Libraries \
             that read the answer as a frame report FRAME_SIZE_ERROR"
        }
        Some(_) => "ALPN did not choose h2, and HTTP/2 was sent all the same",
        None if is_for_tls(octets) => "the port is one for TLS, and HTTP/2 was sent in cleartext",
        None => {
            "the server speaks HTTP/1.x on this port, or it is one for TLS: prior knowledge was wrong. Libraries that read the \
             answer as a frame report FRAME_SIZE_ERROR"
        }
    };
    let remedy = match tls {
        None if is_for_tls(octets) => "use https://: ALPN finds out whether the server speaks HTTP/2 there",
        Some(_) if chose_h2(tls) => OFFER_WHAT_IS_SPOKEN,
        Some(_) => {
            "offer h2 by ALPN, and speak HTTP/2 only if the server chose it: rustls `ClientConfig::alpn_protocols = \
             vec![b\"h2\".to_vec(), b\"http/1.1\".to_vec()]`; the same list belongs into the server's configuration. Try \
             without --no-alpn"
        }
        None => {
            "without TLS use prior knowledge only with servers known to speak HTTP/2; switch h2c on at the server, or \
             speak HTTP/1.1 to it. Where https is served, ALPN finds out by itself"
        }
    };
    Diagnosis::new(Status::Http1, Phase::Settings, broken.name(), broken.sentence())
        .seen(evidence(Rule::Frame(FrameRule::Http1Response), octets))
        .cause(cause)
        .remedy(remedy)
}

/// What nginx, Apache and Go say in cleartext on a port for TLS.
fn is_for_tls(octets: &[u8]) -> bool {
    let text = String::from_utf8_lossy(octets);
    ["to HTTPS port", "to an SSL-enabled server port", "to an HTTPS server"]
        .iter()
        .any(|words| text.contains(words))
}

/// Frames start with a length, of which the first byte is 0 in any first frame.
fn is_text(octets: &[u8]) -> bool {
    let is_text = |octet: &u8| matches!(octet, b'\t' | b'\r' | b'\n' | 0x20..=0x7e);
    octets.len() >= FrameHeader::LEN && octets.iter().take(32).all(is_text)
}

/// What listens there is for something else: mail, SSH.
fn not_http2(octets: &[u8], tls: Option<&Facts>) -> Diagnosis {
    let (cause, remedy) = if chose_h2(tls) {
        (
            "it chose h2 by ALPN, and does not speak it: what is behind the end of TLS speaks another protocol",
            OFFER_WHAT_IS_SPOKEN,
        )
    } else {
        (
            "it speaks another protocol on this port",
            "check the port; over TLS offer h2 by ALPN and speak HTTP/2 only if the server chose it",
        )
    };
    let line = octets.split(|octet| matches!(octet, b'\r' | b'\n')).find(|line| !line.is_empty());
    let line = line.map(|line| printable(line.get(..80).unwrap_or(line)));
    Diagnosis::new(
        Status::Http1,
        Phase::Settings,
        "not_http2",
        "the server answers in text that is not HTTP/2",
    )
    .seen(line)
    .cause(cause)
    .remedy(remedy)
}

fn reset(code: ErrorCode, phase: Phase) -> Diagnosis {
    let summary = format!("the server reset the request with {code}");
    if code == ErrorCode::HTTP_1_1_REQUIRED {
        return http1_required(phase, summary);
    }
    Diagnosis::new(Status::Broken, phase, "stream_reset", summary)
        .cause("HTTP/2 is spoken; this request was not taken")
        .remedy(explain(code))
}

fn http1_required(phase: Phase, summary: String) -> Diagnosis {
    Diagnosis::new(Status::Http1, phase, "http_1_1_required", summary)
        .cause("the resource cannot be had over HTTP/2, as with client certificates that are asked for late (§9.2.3)")
        .remedy("repeat the request over HTTP/1.1: --alpn http/1.1 shows whether the server agrees")
}

fn go_away(code: ErrorCode, last: StreamId, phase: Phase) -> Diagnosis {
    let summary = format!("the server ends the connection with GOAWAY {code}, last stream {last}");
    let base = |cause: &str| {
        Diagnosis::new(Status::Ended, phase, "goaway", summary.clone()).cause(cause).remedy(explain(code))
    };
    match code {
        ErrorCode::NO_ERROR => {
            base("it is shutting down, or takes no more connections; the request was not processed")
                .remedy("try again on another connection; the request was not processed (§6.8)")
        }
        ErrorCode::HTTP_1_1_REQUIRED => http1_required(phase, summary.clone()),
        ErrorCode::INADEQUATE_SECURITY => {
            base("TLS is not what HTTP/2 wants: version or cipher suite (§9.2)")
        }
        ErrorCode::PROTOCOL_ERROR | ErrorCode::FRAME_SIZE_ERROR | ErrorCode::COMPRESSION_ERROR => {
            base("the server refuses what it read: what it says in the debug data may tell more")
        }
        _ => base("the server does not want to go on"),
    }
}

fn explain(code: ErrorCode) -> String {
    match code.name() {
        Some(name) => format!("the log of the server says why; `h2wire explain {name}` says what it means"),
        None => "the log of the server says why".to_owned(),
    }
}

fn closed(seen: &Seen, inside_frame: bool, tls: Option<&Facts>) -> Diagnosis {
    let phase = seen.phase();
    let summary = match (seen.any_octets, inside_frame) {
        (false, _) => "the server closed the connection without an answer to the preface".to_owned(),
        (true, true) => "the server closed the connection inside a frame".to_owned(),
        (true, false) => format!("the server closed the connection before {}", phase.words()),
    };
    gone(Diagnosis::new(Status::Ended, phase, "connection_closed", summary), seen, tls)
}

/// The causes of an end without a word.
fn gone(diagnosis: Diagnosis, seen: &Seen, tls: Option<&Facts>) -> Diagnosis {
    if seen.shuts_down {
        let missing = if seen.response.is_some() { "the end of the answer" } else { "the answer" };
        return diagnosis
            .cause(format!("it announced its shutdown by GOAWAY NO_ERROR, and closed without {missing}"))
            .remedy(
                "try again on another connection; a server that shuts down answers what it took, or says by the last \
                 stream of a second GOAWAY that it did not (§6.8)",
            );
    }
    if seen.settings.is_some() {
        return diagnosis
            .cause("the server failed, or gave up the connection without a GOAWAY")
            .remedy("the log of the server, or of the proxy before it, says why");
    }
    match tls {
        Some(_) if chose_h2(tls) => diagnosis
            .cause("it chose h2 by ALPN, and does not speak it: what is behind the end of TLS may speak HTTP/1.1")
            .remedy(OFFER_WHAT_IS_SPOKEN),
        Some(_) => diagnosis
            .cause("HTTP/2 was not negotiated; to a server for HTTP/1.1 the preface is no request")
            .remedy("offer h2 by ALPN, and speak HTTP/2 only if the server chose it"),
        None => diagnosis
            .cause("the server does not speak HTTP/2 in cleartext: to others the preface is no request, or not TLS")
            .remedy("check that the server speaks HTTP/2 with prior knowledge on this port, or use https://"),
    }
}

fn failed(seen: &Seen, error: &io::Error, tls: Option<&Facts>) -> Diagnosis {
    let phase = seen.phase();
    match (error.get_ref().and_then(|error| error.downcast_ref()), error.kind()) {
        (_, ErrorKind::TimedOut) => timeout(seen, tls),
        (Some(rustls::Error::AlertReceived(alert)), _) => Diagnosis { phase, ..late_alert(*alert) },
        (Some(error), _) => {
            let summary = format!("TLS failed: {error}");
            Diagnosis::new(Status::TlsFailed, phase, "tls_failed", summary)
                .remedy("something between changes the octets, or one side has a bug in TLS")
        }
        (None, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted) => {
            let summary = format!("the server reset the connection before {}", phase.words());
            gone(Diagnosis::new(Status::Ended, phase, "connection_reset", summary), seen, tls)
        }
        (None, _) => {
            let summary = format!("the connection failed before {}: {error}", phase.words());
            Diagnosis::new(Status::Trouble, phase, "connection_failed", summary).remedy("check the network")
        }
    }
}

fn timeout(seen: &Seen, tls: Option<&Facts>) -> Diagnosis {
    let phase = seen.phase();
    match phase {
        Phase::Content => Diagnosis::timeout(
            phase,
            "HTTP/2 works, the head of the response is there: the resource is long, slow or without an end",
            "give more time by --timeout, or probe another resource",
        ),
        Phase::Response => Diagnosis::timeout(
            phase,
            "HTTP/2 is spoken, and the server does not answer this request",
            "look at the application, or at the backend of the proxy; more time is given by --timeout",
        ),
        _ if chose_h2(tls) => Diagnosis::timeout(
            phase,
            "the server chose h2 by ALPN and does not speak it: what is behind the end of TLS may wait for an HTTP/1.x \
             request",
            OFFER_WHAT_IS_SPOKEN,
        ),
        _ => Diagnosis::timeout(
            phase,
            "the server does not know HTTP/2 here and waits: for a request of HTTP/1.x, or in cleartext for TLS",
            "over TLS offer h2 by ALPN; without TLS use prior knowledge only with servers known to speak HTTP/2",
        ),
    }
}
