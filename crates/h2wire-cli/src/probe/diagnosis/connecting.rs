//! Failures before HTTP/2 starts: name resolution, TCP, TLS, ALPN.

use std::io::{self, ErrorKind};

use h2wire::Rule;
use h2wire::frame::{FrameHeader, FrameRule, FrameType, Opening};
use rustls::{AlertDescription, CertificateError, Error};

use super::{Diagnosis, Phase};
use crate::probe::tls::Facts;
use crate::render::evidence;
use crate::status::Status;

/// An `http://` URL without `--prior-knowledge`.
pub(crate) fn cleartext_without_prior_knowledge() -> Diagnosis {
    Diagnosis::new(
        Status::Trouble,
        Phase::Connect,
        "prior_knowledge_needed",
        "HTTP/2 in cleartext cannot be negotiated, so nothing was sent",
    )
    .cause(
        "ALPN is a part of TLS; without TLS, a client must know in advance that the server speaks HTTP/2 (RFC 9113 \
         §3.3). The upgrade from HTTP/1.1 is obsolete",
    )
    .remedy("use https://, or add --prior-knowledge if the server is known to speak HTTP/2 in cleartext (h2c)")
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
    Diagnosis::new(Status::Trouble, Phase::Resolve, "name_not_found", summary)
        .remedy("check the name, or pass an address with --connect ADDRESS:PORT")
}

pub(crate) fn connect(error: &io::Error) -> Diagnosis {
    match error.kind() {
        ErrorKind::TimedOut => Diagnosis::timeout(
            Phase::Connect,
            "nothing answers at this address: a firewall drops the packets, or the host is down",
            "check the address, the route and the firewalls",
        ),
        ErrorKind::ConnectionRefused => Diagnosis::new(
            Status::Trouble,
            Phase::Connect,
            "connection_refused",
            "the connection was refused",
        )
        .cause("the host is up, but nothing listens on this port")
        .remedy("check the port, and that the server runs and listens on this address"),
        _ => Diagnosis::new(
            Status::Trouble,
            Phase::Connect,
            "connection_failed",
            format!("the TCP connection failed: {error}"),
        )
        .remedy("check the address and the network"),
    }
}

/// The handshake failed after the bytes `first`.
pub(crate) fn handshake(error: &io::Error, first: &[u8], facts: &Facts) -> Diagnosis {
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
        (Some(error), _) => Diagnosis::new(
            Status::TlsFailed,
            Phase::Tls,
            "tls_failed",
            format!("the TLS handshake failed: {error}"),
        )
        .cause("the server broke a rule of TLS 1.2 or TLS 1.3, or supports only insecure versions or cipher suites")
        .remedy("check the TLS configuration of the server: versions, cipher suites, ALPN"),
        (None, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
            let how = if error.kind() == ErrorKind::UnexpectedEof { "closed" } else { "reset" };
            let summary =
                format!("the server {how} the connection during the TLS handshake, without an alert");
            let rule = if how == "closed" { "tls_closed" } else { "tls_reset" };
            Diagnosis::new(Status::TlsFailed, Phase::Tls, rule, summary)
                .cause(
                    "the server does not speak TLS on this port or does not know the name (SNI), or a firewall on the \
                     path cuts TLS",
                )
                .remedy("check that this is a TLS port and that the server has a certificate for this name")
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
            let summary = format!("the server refused every protocol that ALPN offered: {offered}");
            base("no_application_protocol", summary)
                .cause("the ALPN list of the server has none of these protocols (RFC 7301 §3.2)")
                .remedy(protocols(facts))
        }
        AlertDescription::HandshakeFailure
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity => base(
            "tls_alert",
            format!("the server ended the TLS handshake with {name}"),
        )
        .cause("client and server have no TLS version, cipher suite or signature algorithm in common")
        .remedy(
            "enable TLS 1.3, or TLS 1.2 with ECDHE and AEAD cipher suites, at the server (RFC 9113 §9.2)",
        ),
        AlertDescription::UnrecognisedName => base(
            "tls_alert",
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
            base("tls_alert", format!("the server refused the client with {name}"))
                .cause("the server requires a client certificate, and h2wire has none")
                .remedy("probe a port that does not require client certificates")
        }
        _ => base("tls_alert", format!("the server ended TLS with {name}"))
            .remedy("check the log of the server for the reason of the alert"),
    }
}

fn protocols(facts: &Facts) -> &'static str {
    if facts.offered.iter().any(|name| name == "h2") {
        "add h2 to the ALPN list of the server: rustls `ServerConfig::alpn_protocols`, nginx `http2 on`, Go \
         `tls.Config.NextProtos`. --alpn http/1.1 shows whether it speaks HTTP/1.1 instead"
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

fn certificate(error: &CertificateError, facts: &Facts) -> Diagnosis {
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
    let summary = format!("h2wire refused the certificate of the server: {error}");
    Diagnosis::new(Status::TlsFailed, Phase::Tls, "certificate", summary).cause(cause).remedy(remedy)
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
    Diagnosis::new(Status::TlsFailed, Phase::Tls, "tls_to_cleartext", summary)
        .seen(seen)
        .cause("the client speaks TLS and the server does not")
        .remedy(remedy)
}

/// TLS works, but ALPN did not choose `h2`.
pub(crate) fn not_chosen(facts: &Facts) -> Diagnosis {
    let offered = facts.offered.join(", ");
    let base = |rule, summary: String| Diagnosis::new(Status::Http1, Phase::Tls, rule, summary);
    match facts.chosen.as_deref() {
        None => base("alpn_none", format!("ALPN offered {offered}; the server chose no protocol"))
            .cause("the server does not support ALPN, or its list of protocols is empty, so it expects HTTP/1.1")
            .remedy(
                "set the ALPN list of the server: rustls `ServerConfig::alpn_protocols = vec![b\"h2\".to_vec(), \
                 b\"http/1.1\".to_vec()]`, nginx `http2 on`, Go `tls.Config.NextProtos`. --no-alpn shows the error of a \
                 client that speaks HTTP/2 anyway",
            ),
        Some("http/1.1") if !facts.offered.iter().any(|name| name == "h2") => {
            base("alpn_http1", format!("ALPN offered {offered} only; the server chose http/1.1"))
                .cause("the client did not offer h2")
                .remedy("offer h2: leave out --alpn; in a client with rustls, set `ClientConfig::alpn_protocols`")
        }
        Some(chosen) => base("alpn_http1", format!("ALPN offered {offered}; the server chose {chosen}"))
            .cause("the server does not have HTTP/2 enabled here, or prefers another protocol")
            .remedy(
                "enable HTTP/2 at the server: rustls `ServerConfig::alpn_protocols` with h2 first, nginx `http2 on`, \
                 Apache `Protocols h2 http/1.1`; if a load balancer ends TLS, enable it there",
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
