//! Before a peer is there that could speak HTTP/2: names, TCP, TLS, ALPN.

use std::io::{self, ErrorKind};

use h2wire::Rule;
use h2wire::frame::{FrameHeader, FrameRule, FrameType, Opening};
use rustls::{AlertDescription, CertificateError, Error};

use super::{Diagnosis, Phase};
use crate::probe::tls::Facts;
use crate::render::evidence;
use crate::status::Status;

/// An `http://` URL, and nothing that says that HTTP/2 may be spoken.
pub(crate) fn cleartext_without_prior_knowledge() -> Diagnosis {
    Diagnosis::new(
        Status::Trouble,
        Phase::Connect,
        "prior_knowledge_needed",
        "HTTP/2 in cleartext cannot be negotiated, so nothing was sent",
    )
    .cause(
        "ALPN is a part of TLS; without TLS a client must know beforehand that the server speaks HTTP/2 (RFC 9113 \
         §3.3). The upgrade from HTTP/1.1 is obsolete",
    )
    .remedy("add --prior-knowledge if the server is known to speak HTTP/2 (h2c), or use https://")
}

pub(crate) fn resolve(host: &str, error: &io::Error) -> Diagnosis {
    if error.kind() == ErrorKind::TimedOut {
        return Diagnosis::timeout(
            Phase::Resolve,
            "the name servers of this system do not answer",
            "check the network and the name servers, or give an address by --connect ADDRESS:PORT",
        );
    }
    let summary = format!("no address was found for {host}: {error}");
    Diagnosis::new(Status::Trouble, Phase::Resolve, "name_not_found", summary)
        .remedy("check the name, or give an address by --connect ADDRESS:PORT")
}

pub(crate) fn connect(error: &io::Error) -> Diagnosis {
    match error.kind() {
        ErrorKind::TimedOut => Diagnosis::timeout(
            Phase::Connect,
            "nothing answers at this address: a firewall drops the packets, or the host is down",
            "check the address, the route and firewalls",
        ),
        ErrorKind::ConnectionRefused => Diagnosis::new(
            Status::Trouble,
            Phase::Connect,
            "connection_refused",
            "the connection was refused",
        )
        .cause("the host is there, and nothing listens on this port")
        .remedy("check the port, and whether the server runs and listens on this address"),
        _ => Diagnosis::new(
            Status::Trouble,
            Phase::Connect,
            "connection_failed",
            format!("no connection: {error}"),
        )
        .remedy("check the address and the network"),
    }
}

/// The handshake failed; `first` are the first bytes that came.
pub(crate) fn handshake(error: &io::Error, first: &[u8], facts: &Facts) -> Diagnosis {
    let tls_error = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    match (tls_error, error.kind()) {
        (_, ErrorKind::TimedOut) if first.is_empty() => Diagnosis::timeout(
            Phase::Tls,
            "the server takes the connection and says nothing: it may not speak TLS on this port and wait for more, \
             or be overloaded",
            "check that the port is one for TLS; for a port in cleartext use http:// with --prior-knowledge",
        ),
        (_, ErrorKind::TimedOut) => Diagnosis::timeout(
            Phase::Tls,
            "the server began the handshake and did not finish it",
            "look at the server, and at what is between: a message of the handshake may be lost",
        ),
        (Some(Error::AlertReceived(alert)), _) => alert_received(*alert, facts),
        (Some(Error::InvalidCertificate(error)), _) => certificate(error, facts),
        (Some(Error::InvalidMessage(_)), _) if !is_tls(first) => cleartext(first),
        (Some(error), _) => Diagnosis::new(
            Status::TlsFailed,
            Phase::Tls,
            "tls_failed",
            format!("the TLS handshake failed: {error}"),
        )
        .cause("the server does something that TLS 1.2 and TLS 1.3 do not allow, or offers nothing safe")
        .remedy("look at the TLS settings of the server: versions, cipher suites, ALPN"),
        (None, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
            let how = if error.kind() == ErrorKind::UnexpectedEof { "closed" } else { "reset" };
            let summary =
                format!("the server {how} the connection during the TLS handshake, without an alert");
            let rule = if how == "closed" { "tls_closed" } else { "tls_reset" };
            Diagnosis::new(Status::TlsFailed, Phase::Tls, rule, summary)
                .cause("it does not speak TLS on this port, does not know the name (SNI), or something between cuts TLS")
                .remedy("check that the port is one for TLS and that the server has a certificate for this name")
        }
        (None, _) => Diagnosis::new(
            Status::TlsFailed,
            Phase::Tls,
            "tls_failed",
            format!("the TLS handshake failed: {error}"),
        ),
    }
}

fn alert_received(alert: AlertDescription, facts: &Facts) -> Diagnosis {
    let name = alert.as_str().map_or_else(|| format!("{alert:?}"), snake_case);
    let alert_name = format!("TLS alert {} ({name})", u8::from(alert));
    let offered = facts.offered.join(", ");
    let base = |rule, summary: String| {
        Diagnosis::new(Status::TlsFailed, Phase::Tls, rule, summary).seen(Some(alert_name.clone()))
    };
    match alert {
        AlertDescription::NoApplicationProtocol => {
            let summary = format!("the server refuses each protocol that ALPN offered: {offered}");
            base("no_application_protocol", summary)
                .cause("ALPN of the server has none of these protocols (RFC 7301 §3.2)")
                .remedy(protocols(facts))
        }
        AlertDescription::HandshakeFailure
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity => base(
            "tls_alert",
            format!("the server ends the TLS handshake with {name}"),
        )
        .cause("client and server have no TLS version, cipher suite or signature in common")
        .remedy("let the server speak TLS 1.2 with AEAD cipher suites and ECDHE, or TLS 1.3 (RFC 9113 §9.2)"),
        AlertDescription::UnrecognisedName => {
            base("tls_alert", "the server has no certificate for the name it is asked for".to_owned())
                .cause("it chooses by the name in the ClientHello (SNI)")
                .remedy(
                    "use the name that the server is configured for; --connect HOST:PORT tells where it is",
                )
        }
        AlertDescription::CertificateRequired
        | AlertDescription::BadCertificate
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => {
            base("tls_alert", format!("the server refuses the client with {name}"))
                .cause("it wants a certificate of the client, which h2wire does not have")
                .remedy("probe a port that does not ask for client certificates")
        }
        _ => base("tls_alert", format!("the server ends TLS with {name}"))
            .remedy("the log of the server says why it sent the alert"),
    }
}

fn protocols(facts: &Facts) -> &'static str {
    if facts.offered.iter().any(|name| name == "h2") {
        "add h2 to the protocols of the server: rustls `ServerConfig::alpn_protocols`, nginx `http2 on`, Go \
         `tls.Config.NextProtos`; or offer what it has: --alpn http/1.1 shows whether it is that"
    } else {
        "offer h2: leave out --alpn"
    }
}

/// An alert after the handshake, as TLS 1.3 allows.
pub(super) fn late_alert(alert: AlertDescription) -> Diagnosis {
    let facts = Facts {
        offered: Vec::new(),
        chosen: None,
        version: None,
        cipher_suite: None,
        certificate: None,
        certificate_error: None,
    };
    alert_received(alert, &facts)
}

/// `NoApplicationProtocol` as the RFC has it.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut after_upper = true;
    for character in name.chars() {
        if character.is_uppercase() && !after_upper {
            snake.push('_');
        }
        after_upper = character.is_uppercase();
        snake.extend(character.to_lowercase());
    }
    snake
}

fn certificate(error: &CertificateError, facts: &Facts) -> Diagnosis {
    let names = facts.certificate.as_ref().map(|certificate| certificate.names.join(", "));
    let names = names.filter(|names| !names.is_empty()).unwrap_or_else(|| "no name".to_owned());
    let (cause, remedy) = match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            "it is signed by itself, by an authority that is not trusted here, or the server left out a certificate \
             between"
                .to_owned(),
            "trust its authority with --cacert FILE, let the server send its whole chain, or look at HTTP/2 alone with \
             --insecure",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("it is for {names}"),
            "use one of these names in the URL and tell where the server is with --connect HOST:PORT",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("its time is over, or the clock of this machine is wrong".to_owned(), "renew the certificate")
        }
        // rustls has no name for it, only the words of the library below.
        CertificateError::Other(error) if error.to_string() == "CaUsedAsEndEntity" => (
            "it is one of an authority (basicConstraints CA:TRUE), as plain `openssl req -x509` makes them; such a \
             certificate signs others and is none of a server, even where it is trusted"
                .to_owned(),
            "give the server a certificate of its own with CA:FALSE: `openssl req -x509 -addext \
             basicConstraints=critical,CA:FALSE`, rcgen or mkcert",
        ),
        _ => ("rustls does not accept it".to_owned(), "look at the certificate, or use --insecure"),
    };
    let summary = format!("the certificate of the server is refused: {error}");
    Diagnosis::new(Status::TlsFailed, Phase::Tls, "certificate", summary).cause(cause).remedy(remedy)
}

/// Alerts and messages of handshakes, of any version.
fn is_tls(first: &[u8]) -> bool {
    matches!(first, [0x14..=0x17, 0x03, ..])
}

/// What came in place of TLS.
fn cleartext(first: &[u8]) -> Diagnosis {
    let header = first.first_chunk().map(FrameHeader::parse);
    let is_frame = header.is_some_and(|header| {
        matches!(header.frame_type, FrameType::SETTINGS | FrameType::GOAWAY) && header.length.get() < 256
    });
    let (what, seen, remedy) = match Opening::detect(first) {
        Opening::Foreign(rule @ FrameRule::Http1Response) => (
            "an HTTP/1.x response in cleartext",
            evidence(Rule::Frame(rule), first),
            "this port is not one for TLS: use the port for https, or let the server speak TLS here. HTTP/2 in cleartext \
             is tried by http:// with --prior-knowledge",
        ),
        _ if is_frame => (
            "an HTTP/2 frame in cleartext",
            header.map(|header| header.to_string()),
            "the server speaks HTTP/2 without TLS (h2c): use http:// with --prior-knowledge",
        ),
        _ => (
            "octets that are not TLS",
            Some(first.escape_ascii().to_string()),
            "check that the port is one for TLS, and what listens there",
        ),
    };
    let summary = format!("the server answers TLS with {what}");
    Diagnosis::new(Status::TlsFailed, Phase::Tls, "tls_to_cleartext", summary)
        .seen(seen)
        .cause("the client speaks TLS and the server does not")
        .remedy(remedy)
}

/// TLS is there, and ALPN did not choose `h2`.
pub(crate) fn not_chosen(facts: &Facts) -> Diagnosis {
    let offered = facts.offered.join(", ");
    let base = |rule, summary: String| Diagnosis::new(Status::Http1, Phase::Tls, rule, summary);
    match facts.chosen.as_deref() {
        None => base("alpn_none", format!("the server chose nothing by ALPN, of {offered}"))
            .cause(
                "the server does not know ALPN, or has no list of protocols; the connection is one for HTTP/1.1 then",
            )
            .remedy(
                "tell the TLS of the server: rustls `ServerConfig::alpn_protocols = vec![b\"h2\".to_vec(), \
                 b\"http/1.1\".to_vec()]`, nginx `http2 on`, Go `tls.Config.NextProtos`. --no-alpn shows what a client \
                 gets that speaks HTTP/2 all the same",
            ),
        Some("http/1.1") if !facts.offered.iter().any(|name| name == "h2") => {
            base("alpn_http1", format!("the server chose http/1.1, as only {offered} was offered"))
                .cause("h2 was not offered")
                .remedy("offer h2: leave out --alpn; with rustls set `ClientConfig::alpn_protocols`")
        }
        Some(chosen) => base("alpn_http1", format!("the server chose {chosen} by ALPN, of {offered}"))
            .cause("the server does not speak HTTP/2 here, or prefers another protocol")
            .remedy(
                "switch HTTP/2 on at the server: rustls `ServerConfig::alpn_protocols` with h2 first, nginx `http2 on`, \
                 Apache `Protocols h2 http/1.1`; behind a load balancer look at its listener",
            ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_have_the_names_of_the_rfc() {
        for (alert, name) in [
            (AlertDescription::NoApplicationProtocol, "no_application_protocol"),
            (AlertDescription::HandshakeFailure, "handshake_failure"),
            (AlertDescription::UnknownCA, "unknown_ca"),
        ] {
            assert_eq!(snake_case(alert.as_str().unwrap()), name);
        }
    }

    #[test]
    fn what_is_not_tls_is_named() {
        for (octets, word) in [
            (b"HTTP/1.1 400 Bad Request\r\n".as_slice(), "HTTP/1.x"),
            (b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", "HTTP/2"),
            (b"220 mail ESMTP", "not TLS"),
        ] {
            assert!(!is_tls(octets));
            let diagnosis = cleartext(octets);
            assert!(diagnosis.summary.contains(word), "{diagnosis:?}");
        }
    }
}
