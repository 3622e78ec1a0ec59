//! Results after HTTP/2 was sent to the peer.

use std::io::{self, ErrorKind};

use h2wire::Rule;
use h2wire::frame::{ErrorCode, FrameRule, StreamId};
use h2wire_connection::{Cause, ConnectionRule};

use super::connecting::late_alert;
use super::{Diagnosis, Phase, foreign};
use crate::finding::Finding;
use crate::probe::seen::{ExchangeEnd, Seen};
use crate::probe::tls::TlsFacts;
use crate::render::{REFUSED, evidence, hint, printable};

/// The result of the exchange, which ran over TLS if `tls` is given.
pub(crate) fn exchange(seen: &Seen, ending: &ExchangeEnd, tls: Option<&TlsFacts>) -> Diagnosis {
    let phase = seen.phase();
    if is_foreign(seen, ending) {
        return not_http2(&seen.first, tls);
    }
    match ending {
        ExchangeEnd::Complete => works(seen, tls),
        ExchangeEnd::Reset(code) => reset(*code, phase),
        ExchangeEnd::GoAway { last_stream_id, error_code, debug_data } => {
            let why = (!debug_data.is_empty()).then(|| printable(debug_data));
            go_away(*error_code, *last_stream_id, phase).seen(why)
        }
        ExchangeEnd::StreamBroken { cause, field } => {
            rule(*cause, phase).seen(field.clone().or_else(|| told(*cause, seen)))
        }
        ExchangeEnd::Broken { cause, octets } => match *cause {
            Cause::Codec(Rule::Frame(FrameRule::Http1Response)) => http1(*cause, octets, tls),
            Cause::Codec(Rule::Frame(FrameRule::TlsRecord)) => {
                let why = match tls {
                    Some(_) => "the proxy that ends TLS sends cleartext to a backend that expects TLS",
                    None => "this is a TLS port, and HTTP/2 was sent in cleartext",
                };
                let record = evidence(Rule::Frame(FrameRule::TlsRecord), octets);
                rule(*cause, phase).seen(record).cause(why)
            }
            Cause::Codec(codec) if hint(codec, octets) == Some(REFUSED) => {
                rule(*cause, phase).seen(evidence(codec, octets)).remedy(REFUSED)
            }
            Cause::Codec(codec) => rule(*cause, phase).seen(evidence(codec, octets)),
            Cause::Connection(_) => rule(*cause, phase).seen(told(*cause, seen)),
        },
        ExchangeEnd::Closed { inside_frame } => closed(seen, *inside_frame, tls),
        ExchangeEnd::Failed(error) => failed(seen, error, tls),
    }
}

fn works(seen: &Seen, tls: Option<&TlsFacts>) -> Diagnosis {
    let status = seen.response.as_ref().map_or(0, |(status, _)| *status);
    let summary = format!("HTTP/2 works: the response has status {status}");
    let works = Diagnosis { remedy: None, ..Diagnosis::new(Phase::Content, Finding::Http2, summary) };
    match tls {
        Some(facts) if !chose_h2(tls) => {
            let skipped = if facts.offered.is_empty() { "was skipped" } else { "did not choose h2" };
            works.cause(format!(
                "ALPN {skipped}, and the server takes HTTP/2 all the same. Clients that obey RFC 9113 §3.2 speak HTTP/2 \
                 only if ALPN chose it: this does not show that they can"
            ))
        }
        _ => works,
    }
}

fn rule(broken: Cause, phase: Phase) -> Diagnosis {
    Diagnosis::new(phase, broken, broken.sentence()).cause(format!(
        "{} makes this an error of the peer, {}",
        broken.section(),
        broken.code()
    ))
}

/// What the frames tell of a rule that was broken: the length of the content, or the frame.
fn told(broken: Cause, seen: &Seen) -> Option<String> {
    match broken {
        Cause::Codec(_) => None,
        Cause::Connection(ConnectionRule::ContentTooLong | ConnectionRule::ContentTooShort) => lengths(seen),
        Cause::Connection(_) => seen.last_frame.map(|header| header.to_string()),
    }
}

/// The announced and the actual length of the content.
fn lengths(seen: &Seen) -> Option<String> {
    let (_, fields) = seen.response.as_ref()?;
    let announced = printable(fields.get(b"content-length")?);
    Some(format!("content-length: {announced}; {} bytes of content", seen.content_octets))
}

/// Whether the server promised HTTP/2 by ALPN.
fn chose_h2(tls: Option<&TlsFacts>) -> bool {
    tls.is_some_and(|facts| facts.chosen.as_deref() == Some("h2"))
}

/// The remedy if the server chose `h2` and does not speak it.
const OFFER_WHAT_IS_SPOKEN: &str = "in the proxy that ends TLS, offer by ALPN only protocols that the backend speaks, or enable HTTP/2 in the backend";

/// HTTP/2 was sent, and HTTP/1.x came back.
fn http1(broken: Cause, octets: &[u8], tls: Option<&TlsFacts>) -> Diagnosis {
    let cause = match tls {
        Some(_) if chose_h2(tls) => {
            "the server chose h2 by ALPN but does not speak it: a proxy ends TLS for a backend that speaks HTTP/1.x"
        }
        Some(facts) if facts.offered.is_empty() => {
            "the client did not offer ALPN, so the server chose HTTP/1.1, and the client sent HTTP/2 anyway. Libraries that \
             read the response as a frame report FRAME_SIZE_ERROR"
        }
        Some(_) => "ALPN did not choose h2, and the client sent HTTP/2 anyway",
        None if is_for_tls(octets) => "this is a TLS port, and HTTP/2 was sent in cleartext",
        None => {
            "prior knowledge was wrong: the server speaks HTTP/1.x on this port, or this is a TLS port. Libraries that read \
             the response as a frame report FRAME_SIZE_ERROR"
        }
    };
    let remedy = match tls {
        None if is_for_tls(octets) => "use https://: ALPN then shows whether the server speaks HTTP/2",
        Some(_) if chose_h2(tls) => OFFER_WHAT_IS_SPOKEN,
        Some(_) => {
            "offer h2 by ALPN, and speak HTTP/2 only if the server chose it: rustls `ClientConfig::alpn_protocols = \
             vec![b\"h2\".to_vec(), b\"http/1.1\".to_vec()]`, with the same list in the server. Then probe without \
             --no-alpn"
        }
        None => {
            "enable HTTP/2 in cleartext (h2c) at the server, or speak HTTP/1.1 to it. If the server has https, use it: \
             ALPN negotiates the protocol"
        }
    };
    Diagnosis::new(Phase::Settings, broken, broken.sentence())
        .seen(evidence(Rule::Frame(FrameRule::Http1Response), octets))
        .cause(cause)
        .remedy(remedy)
}

/// Whether this is the cleartext error of nginx, Apache or Go on a TLS port.
fn is_for_tls(octets: &[u8]) -> bool {
    let text = String::from_utf8_lossy(octets);
    ["to HTTPS port", "to an SSL-enabled server port", "to an HTTPS server"]
        .iter()
        .any(|words| text.contains(words))
}

/// Whether the peer has said something that is not HTTP/2, of no protocol that has a rule of its own.
fn is_foreign(seen: &Seen, ending: &ExchangeEnd) -> bool {
    let decides = match ending {
        ExchangeEnd::Broken { cause: Cause::Codec(Rule::Frame(rule)), .. } => {
            !matches!(rule, FrameRule::Http1Response | FrameRule::TlsRecord)
        }
        ExchangeEnd::Closed { .. } => true,
        // Not an error of TLS.
        ExchangeEnd::Failed(error) => error.get_ref().is_none(),
        _ => false,
    };
    decides && seen.phase() == Phase::Settings && !foreign::may_be_http2(&seen.first)
}

/// Another protocol answered, such as mail, SSH or a database.
fn not_http2(start: &[u8], tls: Option<&TlsFacts>) -> Diagnosis {
    let name = Finding::NotHttp2;
    let diagnosis = Diagnosis::new(Phase::Settings, name, name.sentence()).seen(foreign::shown(start));
    if foreign::is_echo(start) {
        return diagnosis.cause("the server sends back what it receives, as an echo service does");
    }
    let what = foreign::looks_like(start).map(|name| format!(": this looks like {name}"));
    let what = what.unwrap_or_default();
    if chose_h2(tls) {
        return diagnosis
            .cause(format!(
                "the server chose h2 by ALPN but does not speak it: a proxy ends TLS for a backend with another protocol{what}"
            ))
            .remedy(OFFER_WHAT_IS_SPOKEN);
    }
    diagnosis.cause(format!("the server speaks another protocol on this port{what}"))
}

fn reset(code: ErrorCode, phase: Phase) -> Diagnosis {
    let summary = format!("the server reset the request with {code}");
    if code == ErrorCode::HTTP_1_1_REQUIRED {
        return http1_required(phase, summary);
    }
    Diagnosis::new(phase, Finding::StreamReset, summary)
        .cause("HTTP/2 works, but the server did not complete this request")
        .remedy(explain(code))
}

fn http1_required(phase: Phase, summary: String) -> Diagnosis {
    let name = Finding::Http11Required;
    Diagnosis::new(phase, name, summary).cause(name.sentence())
}

fn go_away(code: ErrorCode, last: StreamId, phase: Phase) -> Diagnosis {
    let summary = format!("the server ended the connection with GOAWAY {code}, last stream {last}");
    let base = |cause: &str| {
        Diagnosis::new(phase, Finding::Goaway, summary.clone()).cause(cause).remedy(explain(code))
    };
    match code {
        ErrorCode::NO_ERROR => {
            base("the server is shutting down or takes no more connections; it did not process the request")
                .remedy("send the request again on another connection, which is safe (§6.8)")
        }
        ErrorCode::HTTP_1_1_REQUIRED => http1_required(phase, summary.clone()),
        ErrorCode::INADEQUATE_SECURITY => {
            base("the TLS version or cipher suite does not meet the requirements of HTTP/2 (§9.2)")
        }
        ErrorCode::PROTOCOL_ERROR | ErrorCode::FRAME_SIZE_ERROR | ErrorCode::COMPRESSION_ERROR => {
            base("the server refused a frame of the client; its debug data may say which rule it saw broken")
        }
        _ => base("the server gave up the connection"),
    }
}

fn explain(code: ErrorCode) -> String {
    match code.name() {
        Some(name) => format!("check the log of the server; `h2wire explain {name}` lists the usual causes"),
        None => "check the log of the server".to_owned(),
    }
}

fn closed(seen: &Seen, inside_frame: bool, tls: Option<&TlsFacts>) -> Diagnosis {
    let phase = seen.phase();
    let summary = match (!seen.first.is_empty(), inside_frame) {
        (false, _) => "the server closed the connection without an answer to the preface".to_owned(),
        (true, true) => "the server closed the connection inside a frame".to_owned(),
        (true, false) => format!("the server closed the connection before {}", phase.words()),
    };
    gone(Diagnosis::new(phase, Finding::ConnectionClosed, summary), seen, tls)
}

/// The cause and remedy if the server closed or reset the connection without GOAWAY.
fn gone(diagnosis: Diagnosis, seen: &Seen, tls: Option<&TlsFacts>) -> Diagnosis {
    if seen.shuts_down {
        let missing = if seen.response.is_some() { "the end of the response" } else { "a response" };
        return diagnosis
            .cause(format!("the server announced a shutdown by GOAWAY NO_ERROR, then closed without {missing}"))
            .remedy(
                "send the request again on another connection. In the server: complete accepted requests before closing, \
                 or exclude them by the last stream of a second GOAWAY (§6.8)",
            );
    }
    if seen.settings.is_some() {
        return diagnosis.cause("the server crashed, or gave up the connection without a GOAWAY");
    }
    match tls {
        Some(_) if chose_h2(tls) => diagnosis
            .cause("the server chose h2 by ALPN but does not speak it: a proxy may end TLS for a backend with HTTP/1.1")
            .remedy(OFFER_WHAT_IS_SPOKEN),
        Some(_) => diagnosis
            .cause("ALPN did not choose h2, and to an HTTP/1.1 server the HTTP/2 preface is not a valid request")
            .remedy("offer h2 by ALPN, and speak HTTP/2 only if the server chose it"),
        None => diagnosis
            .cause("the server does not speak HTTP/2 in cleartext on this port; it may expect HTTP/1.1 or TLS")
            .remedy("enable HTTP/2 in cleartext (h2c) at the server, or use https://"),
    }
}

fn failed(seen: &Seen, error: &io::Error, tls: Option<&TlsFacts>) -> Diagnosis {
    let phase = seen.phase();
    match (error.get_ref().and_then(|error| error.downcast_ref()), error.kind()) {
        (_, ErrorKind::TimedOut) => timeout(seen, tls),
        (Some(rustls::Error::AlertReceived(alert)), _) => Diagnosis { phase, ..late_alert(*alert) },
        (Some(error), _) => {
            let summary = format!("TLS failed: {error}");
            Diagnosis::new(phase, Finding::TlsFailed, summary)
                .cause("a device on the path changes the bytes, or one side has a bug in TLS")
                .remedy(
                    "probe from another network; if it fails there too, check the TLS library of the server",
                )
        }
        (None, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted) => {
            let summary = format!("the server reset the connection before {}", phase.words());
            gone(Diagnosis::new(phase, Finding::ConnectionReset, summary), seen, tls)
        }
        (None, _) => {
            let summary = format!("the connection failed before {}: {error}", phase.words());
            Diagnosis::new(phase, Finding::ConnectionFailed, summary)
        }
    }
}

fn timeout(seen: &Seen, tls: Option<&TlsFacts>) -> Diagnosis {
    let phase = seen.phase();
    match phase {
        Phase::Content => Diagnosis::timeout(
            phase,
            "HTTP/2 works and the header fields of the response arrived: the content is long, slow or endless",
            "raise --timeout, or probe another resource",
        ),
        Phase::Response => Diagnosis::timeout(
            phase,
            "the server speaks HTTP/2 but does not answer this request",
            "check the application, or the backend of the proxy; if it is slow, raise --timeout",
        ),
        _ if chose_h2(tls) => Diagnosis::timeout(
            phase,
            "the server chose h2 by ALPN but does not speak it: a proxy may end TLS for a backend that waits for an \
             HTTP/1.x request",
            OFFER_WHAT_IS_SPOKEN,
        ),
        _ => Diagnosis::timeout(
            phase,
            "the server does not speak HTTP/2 on this port: it waits for an HTTP/1.x request or, in cleartext, for TLS",
            "over TLS, offer h2 by ALPN; without TLS, use prior knowledge only with servers known to speak HTTP/2",
        ),
    }
}
