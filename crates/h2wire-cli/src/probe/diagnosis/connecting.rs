//! Failures before HTTP/2 starts: name resolution, TCP, TLS, ALPN.

use std::fmt::Display;
use std::io::{self, ErrorKind};

use h2wire::Rule;
use h2wire::frame::{FrameHeader, FrameRule, FrameType, Opening};
use rustls::{AlertDescription, CertificateError, Error};

use super::{Diagnosis, Phase};
use crate::finding::Finding;
use crate::probe::tls::TlsFacts;
use crate::render::evidence;

/// An `http://` URL without `--prior-knowledge`.
pub(crate) fn cleartext_without_prior_knowledge() -> Diagnosis {
    let name = Finding::PriorKnowledgeNeeded;
    Diagnosis::new(Phase::Connect, name, name.sentence()).cause(
        "ALPN is a part of TLS; without TLS, a client must know in advance that the server speaks HTTP/2 (RFC 9113 \
         §3.3). The upgrade from HTTP/1.1 is obsolete",
    )
}

pub(crate) fn resolve(host: &str, error: &io::Error) -> Diagnosis {
    if error.kind() == ErrorKind::TimedOut {
        return Diagnosis::timeout(
            Phase::Resolve,
            "the name servers of this system do not answer",
            "check the network and the name servers, or pass an address with --connect ADDRESS:PORT",
        );
    }
    let summary = format!("no address was found for {host}: {error}");
    Diagnosis::new(Phase::Resolve, Finding::NameNotFound, summary)
}

pub(crate) fn connect(error: &io::Error) -> Diagnosis {
    match error.kind() {
        ErrorKind::TimedOut => Diagnosis::timeout(
            Phase::Connect,
            "nothing answers at this address: a firewall drops the packets, or the host is down",
            "check the address, the route and the firewalls",
        ),
        ErrorKind::ConnectionRefused => {
            let name = Finding::ConnectionRefused;
            Diagnosis::new(Phase::Connect, name, "the connection was refused").cause(name.sentence())
        }
        _ => {
            let name = Finding::ConnectionFailed;
            Diagnosis::new(Phase::Connect, name, format!("{}: {error}", name.sentence()))
        }
    }
}

/// The handshake failed after the bytes `first`.
pub(crate) fn handshake(error: &io::Error, first: &[u8], facts: &TlsFacts) -> Diagnosis {
    let tls_error = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    match (tls_error, error.kind()) {
        (_, ErrorKind::TimedOut) if first.is_empty() => Diagnosis::timeout(
            Phase::Tls,
            "the server accepted the connection and sent nothing: it may not speak TLS on this port, or be overloaded",
            "check that this is a TLS port; for a cleartext port, use http:// with --prior-knowledge",
        ),
        (_, ErrorKind::TimedOut) => Diagnosis::timeout(
            Phase::Tls,
            "the server began the handshake and did not finish it",
            "check the log of the server and any proxy or firewall on the path: a handshake message may be lost",
        ),
        (Some(Error::AlertReceived(alert)), _) => alert_received(*alert, facts),
        (Some(Error::InvalidCertificate(error)), _) => certificate(error, facts),
        (Some(Error::InvalidMessage(_)), _) if !is_tls(first) => cleartext(first),
        (Some(error), _) => failed(error).cause(Finding::TlsFailed.sentence()),
        (None, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
            let name = match error.kind() {
                ErrorKind::UnexpectedEof => Finding::TlsClosed,
                _ => Finding::TlsReset,
            };
            Diagnosis::new(Phase::Tls, name, name.sentence()).cause(
                "the server does not speak TLS on this port or does not know the name (SNI), or a firewall on the path cuts \
                 TLS",
            )
        }
        (None, _) => failed(error),
    }
}

fn failed(error: &impl Display) -> Diagnosis {
    Diagnosis::new(Phase::Tls, Finding::TlsFailed, format!("the TLS handshake failed: {error}"))
}

fn alert_received(alert: AlertDescription, facts: &TlsFacts) -> Diagnosis {
    let name = alert.as_str().map_or_else(|| format!("{alert:?}"), snake_case);
    let alert_name = format!("TLS alert {} ({name})", u8::from(alert));
    let offered = facts.offered.join(", ");
    let base = |finding: Finding, summary: String| {
        Diagnosis::new(Phase::Tls, finding, summary).seen(Some(alert_name.clone()))
    };
    match alert {
        AlertDescription::NoApplicationProtocol => {
            let name = Finding::NoApplicationProtocol;
            let refused = base(name, format!("{}: {offered}", name.sentence()))
                .cause("the ALPN list of the server has none of these protocols (RFC 7301 §3.2)");
            let offers_h2 = facts.offered.iter().any(|name| name == "h2");
            if offers_h2 { refused } else { refused.remedy("offer h2: leave out --alpn") }
        }
        AlertDescription::HandshakeFailure
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity => base(
            Finding::TlsAlert,
            format!("the server ended the TLS handshake with {name}"),
        )
        .cause("client and server have no TLS version, cipher suite or signature algorithm in common")
        .remedy(
            "enable TLS 1.3, or TLS 1.2 with ECDHE and AEAD cipher suites, at the server (RFC 9113 §9.2)",
        ),
        AlertDescription::UnrecognisedName => base(
            Finding::TlsAlert,
            "the server has no certificate for the requested name".to_owned(),
        )
        .cause("the server chooses its certificate by the name in the ClientHello (SNI)")
        .remedy(
            "use a configured name of the server in the URL, and pass its address with --connect HOST:PORT",
        ),
        AlertDescription::CertificateRequired
        | AlertDescription::BadCertificate
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => {
            base(Finding::TlsAlert, format!("the server refused the client with {name}"))
                .cause("the server requires a client certificate that it trusts")
                .remedy("present one with --cert FILE --key FILE, or probe a port that does not require client certificates")
        }
        _ => base(Finding::TlsAlert, format!("the server ended TLS with {name}")),
    }
}

/// An alert after the handshake, as TLS 1.3 allows.
pub(super) fn late_alert(alert: AlertDescription) -> Diagnosis {
    let facts = TlsFacts {
        offered: Vec::new(),
        chosen: None,
        version: None,
        cipher_suite: None,
        certificate: None,
        certificate_error: None,
    };
    alert_received(alert, &facts)
}

/// `NoApplicationProtocol` to `no_application_protocol`, as the RFC spells it.
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

fn certificate(error: &CertificateError, facts: &TlsFacts) -> Diagnosis {
    let names = facts.certificate.as_ref().map(|certificate| certificate.names.join(", "));
    let names = names.filter(|names| !names.is_empty()).unwrap_or_else(|| "no name".to_owned());
    let (cause, remedy) = match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            "the certificate is self-signed or its authority is not trusted here, or the server left out an intermediate \
             certificate"
                .to_owned(),
            "trust its authority with --cacert FILE, or configure the server to send its whole chain; to test HTTP/2 \
             only, use --insecure",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the certificate is for {names}"),
            "use one of these names in the URL, and pass the address of the server with --connect HOST:PORT",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (
                "the certificate has expired, or the clock of this machine is wrong".to_owned(),
                "renew the certificate, or correct the clock",
            )
        }
        // rustls has no name for this error, only the text of a library below it.
        CertificateError::Other(error) if error.to_string() == "CaUsedAsEndEntity" => (
            "the certificate belongs to an authority (basicConstraints CA:TRUE), as plain `openssl req -x509` makes \
             them; a server must not use such a certificate, even a trusted one"
                .to_owned(),
            "give the server a certificate of its own with CA:FALSE: `openssl req -x509 -addext \
             basicConstraints=critical,CA:FALSE`, rcgen or mkcert",
        ),
        _ => (
            "rustls does not accept the certificate".to_owned(),
            "replace the certificate; to test HTTP/2 only, use --insecure",
        ),
    };
    let name = Finding::Certificate;
    Diagnosis::new(Phase::Tls, name, format!("{}: {error}", name.sentence())).cause(cause).remedy(remedy)
}

/// Alerts and messages of handshakes, of any version.
fn is_tls(first: &[u8]) -> bool {
    matches!(first, [0x14..=0x17, 0x03, ..])
}

/// The server answered in cleartext.
fn cleartext(first: &[u8]) -> Diagnosis {
    let header = first.first_chunk().map(FrameHeader::parse);
    let is_frame = header.is_some_and(|header| {
        matches!(header.frame_type, FrameType::SETTINGS | FrameType::GOAWAY) && header.length.get() < 256
    });
    let (what, seen, remedy) = match Opening::detect(first) {
        Opening::Foreign(rule @ FrameRule::Http1Response) => (
            "an HTTP/1.x response in cleartext",
            evidence(Rule::Frame(rule), first),
            "this is not a TLS port: use the https port, or enable TLS on this one. To try HTTP/2 in cleartext, use \
             http:// with --prior-knowledge",
        ),
        _ if is_frame => (
            "an HTTP/2 frame in cleartext",
            header.map(|header| header.to_string()),
            "the server speaks HTTP/2 without TLS (h2c): use http:// with --prior-knowledge",
        ),
        _ => (
            "bytes that are not TLS",
            Some(first.escape_ascii().to_string()),
            "check the port: another service listens on it",
        ),
    };
    let summary = format!("the server answered TLS with {what}");
    let name = Finding::TlsToCleartext;
    Diagnosis::new(Phase::Tls, name, summary).seen(seen).cause(name.sentence()).remedy(remedy)
}

/// TLS works, but ALPN did not choose `h2`.
pub(crate) fn not_chosen(facts: &TlsFacts) -> Diagnosis {
    let offered = facts.offered.join(", ");
    let base = |finding: Finding, summary: String| Diagnosis::new(Phase::Tls, finding, summary);
    match facts.chosen.as_deref() {
        None => base(Finding::AlpnNone, format!("ALPN offered {offered}; the server chose no protocol"))
            .cause(
                "the server does not support ALPN, or its list of protocols is empty, so it expects HTTP/1.1",
            ),
        Some("http/1.1") if !facts.offered.iter().any(|name| name == "h2") => {
            base(Finding::AlpnHttp1, format!("ALPN offered {offered} only; the server chose http/1.1"))
                .cause("the client did not offer h2")
                .remedy(
                    "offer h2: leave out --alpn; in a client with rustls, set `ClientConfig::alpn_protocols`",
                )
        }
        Some(chosen) => {
            base(Finding::AlpnHttp1, format!("ALPN offered {offered}; the server chose {chosen}"))
                .cause("the server does not have HTTP/2 enabled here, or prefers another protocol")
        }
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
