//! What `probe` finds beyond the rules of HTTP/2: names for all that keeps it from starting, and for how it ends.

use crate::status::Status;

/// What `probe` finds beyond the rules of HTTP/2. A row of the table per variant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Finding {
    Http2,
    StreamReset,
    GrpcNotServing,
    GrpcFailed,
    NotGrpc,
    NameNotFound,
    ConnectionRefused,
    ConnectionFailed,
    PriorKnowledgeNeeded,
    AlpnHttp1,
    AlpnNone,
    Http11Required,
    NotHttp2,
    NoApplicationProtocol,
    Certificate,
    TlsAlert,
    TlsToCleartext,
    TlsClosed,
    TlsReset,
    TlsFailed,
    Timeout,
    Goaway,
    ConnectionClosed,
    ConnectionReset,
}

/// What is known of a finding.
struct Row(&'static str, Status, &'static str, &'static str, &'static str);

impl Finding {
    /// Every variant.
    pub(crate) const ALL: &[Self] = &[
        Self::Http2,
        Self::StreamReset,
        Self::GrpcNotServing,
        Self::GrpcFailed,
        Self::NotGrpc,
        Self::NameNotFound,
        Self::ConnectionRefused,
        Self::ConnectionFailed,
        Self::PriorKnowledgeNeeded,
        Self::AlpnHttp1,
        Self::AlpnNone,
        Self::Http11Required,
        Self::NotHttp2,
        Self::NoApplicationProtocol,
        Self::Certificate,
        Self::TlsAlert,
        Self::TlsToCleartext,
        Self::TlsClosed,
        Self::TlsReset,
        Self::TlsFailed,
        Self::Timeout,
        Self::Goaway,
        Self::ConnectionClosed,
        Self::ConnectionReset,
    ];

    /// The name in snake case. Stable: scripts may depend on it.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// How `probe` ends.
    pub(crate) const fn status(self) -> Status {
        self.row().1
    }

    /// Where the RFCs speak of it.
    pub(crate) const fn section(self) -> &'static str {
        self.row().2
    }

    /// What happened, without a full stop.
    pub(crate) const fn sentence(self) -> &'static str {
        self.row().3
    }

    /// What mends it, unless the diagnosis knows better, without a full stop.
    pub(crate) const fn remedy(self) -> &'static str {
        self.row().4
    }

    #[rustfmt::skip]
    const fn row(self) -> Row {
        use Status::{Broken, Clean, Ended, Http1, NotServing, TimedOut, TlsFailed, Trouble};
        match self {
            Self::Http2 => Row("http2", Clean, "RFC 9113 §8.1",
                "HTTP/2 works: a response arrived, whatever its status",
                "nothing for HTTP/2; a status of 400 or above is an answer of the application"),
            Self::StreamReset => Row("stream_reset", Broken, "RFC 9113 §6.4",
                "HTTP/2 works, but the server reset the request with RST_STREAM instead of completing it",
                "check the log of the server; `h2wire explain` knows the usual causes of each error code"),
            Self::GrpcNotServing => Row("grpc_not_serving", NotServing, "No RFC has it, but the gRPC Health Checking Protocol",
                "gRPC works, but the service says that it is not serving",
                "check the log of the service: it, or what it needs, has not started, is shutting down, or has failed"),
            Self::GrpcFailed => Row("grpc_failed", NotServing, "No RFC has it, but the gRPC Health Checking Protocol",
                "gRPC works, but the health check ended with another grpc-status than 0",
                "check the name of the service (none asks for the whole server), and what the health service requires, such as an authorization field"),
            Self::NotGrpc => Row("not_grpc", NotServing, "No RFC has it, but the gRPC Health Checking Protocol",
                "HTTP/2 works, but the answer is not one of gRPC",
                "check the port and the name of the server; a proxy in between must send such requests to a server of gRPC"),
            Self::NameNotFound => Row("name_not_found", Trouble, "RFC 9110 §4.3.2",
                "the name of the URL has no address",
                "check the name, or pass an address with --connect ADDRESS:PORT"),
            Self::ConnectionRefused => Row("connection_refused", Trouble, "RFC 9110 §4.3.2",
                "the host is up, but nothing listens on this port",
                "check the port, and that the server runs and listens on this address"),
            Self::ConnectionFailed => Row("connection_failed", Trouble, "RFC 9110 §4.3.2",
                "the TCP connection failed",
                "check the address and the network"),
            Self::PriorKnowledgeNeeded => Row("prior_knowledge_needed", Trouble, "RFC 9113 §3.3",
                "HTTP/2 in cleartext cannot be negotiated, so nothing was sent",
                "use https://, or add --prior-knowledge if the server is known to speak HTTP/2 in cleartext (h2c)"),
            Self::AlpnHttp1 => Row("alpn_http1", Http1, "RFC 9113 §3.2",
                "TLS works, but the server chose a protocol other than h2 by ALPN",
                "enable HTTP/2 at the server: rustls `ServerConfig::alpn_protocols` with h2 first, nginx `http2 on`, Apache `Protocols h2 http/1.1`; if a load balancer ends TLS, enable it there"),
            Self::AlpnNone => Row("alpn_none", Http1, "RFC 9113 §3.2",
                "TLS works, but the server chose no protocol by ALPN, so it expects HTTP/1.1",
                "set the ALPN list of the server: rustls `ServerConfig::alpn_protocols = vec![b\"h2\".to_vec(), b\"http/1.1\".to_vec()]`, nginx `http2 on`, Go `tls.Config.NextProtos`. --no-alpn shows the error of a client that speaks HTTP/2 anyway"),
            Self::Http11Required => Row("http_1_1_required", Http1, "RFC 9113 §7",
                "the server does not serve this resource over HTTP/2, often because it requests a client certificate after the handshake (§9.2.3)",
                "send the request over HTTP/1.1; --alpn http/1.1 shows whether the server accepts it"),
            Self::NotHttp2 => Row("not_http2", Http1, "RFC 9113 §3.4",
                "the server answered with bytes that are not HTTP/2",
                "check the port; over TLS, offer h2 by ALPN and speak HTTP/2 only if the server chose it"),
            Self::NoApplicationProtocol => Row("no_application_protocol", TlsFailed, "RFC 7301 §3.2",
                "the server refused every protocol that ALPN offered",
                "add h2 to the ALPN list of the server: rustls `ServerConfig::alpn_protocols`, nginx `http2 on`, Go `tls.Config.NextProtos`. --alpn http/1.1 shows whether it speaks HTTP/1.1 instead"),
            Self::Certificate => Row("certificate", TlsFailed, "RFC 9110 §4.3.4",
                "h2wire refused the certificate of the server",
                "replace the certificate, or trust its authority with --cacert FILE; to test HTTP/2 only, use --insecure"),
            Self::TlsAlert => Row("tls_alert", TlsFailed, "RFC 8446 §6",
                "the server ended TLS with an alert",
                "check the log of the server for the reason of the alert"),
            Self::TlsToCleartext => Row("tls_to_cleartext", TlsFailed, "RFC 9113 §3.2",
                "the client speaks TLS and the server does not",
                "use the https port of the server, or enable TLS on this one; for HTTP/2 in cleartext use http:// with --prior-knowledge"),
            Self::TlsClosed => Row("tls_closed", TlsFailed, "RFC 8446 §6.1",
                "the server closed the connection during the TLS handshake, without an alert",
                "check that this is a TLS port and that the server has a certificate for this name"),
            Self::TlsReset => Row("tls_reset", TlsFailed, "RFC 8446 §6.1",
                "the server reset the connection during the TLS handshake, without an alert",
                "check that this is a TLS port, that the server has a certificate for this name, and that no firewall on the path cuts TLS"),
            Self::TlsFailed => Row("tls_failed", TlsFailed, "RFC 9113 §9.2",
                "the server broke a rule of TLS 1.2 or TLS 1.3, or supports only insecure versions or cipher suites",
                "check the TLS configuration of the server: versions, cipher suites, ALPN"),
            Self::Timeout => Row("timeout", TimedOut, "No RFC says how long to wait: --timeout does",
                "a step took too long; the diagnosis names the step and the likely cause",
                "check the address, the network and the load of the server; if it is slow, raise --timeout"),
            Self::Goaway => Row("goaway", Ended, "RFC 9113 §6.8",
                "the server ended the connection with GOAWAY before the response was complete",
                "look up its error code with `h2wire explain`; a request that was not processed may be sent again"),
            Self::ConnectionClosed => Row("connection_closed", Ended, "RFC 9113 §5.4.1",
                "the server closed the connection before the response was complete, and did not say why by GOAWAY",
                "check the log of the server and of any proxy before it"),
            Self::ConnectionReset => Row("connection_reset", Ended, "RFC 9113 §5.4.1",
                "the TCP connection was reset before the response was complete, without a GOAWAY",
                "check the log of the server, and of any proxy or firewall before it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn findings_have_names_and_remedies_of_their_own() {
        let all = Finding::ALL;
        let names: BTreeSet<_> = all.iter().map(|finding| finding.name()).collect();
        let remedies: BTreeSet<_> = all.iter().map(|finding| finding.remedy()).collect();
        assert_eq!((names.len(), remedies.len()), (all.len(), all.len()));
        for finding in all {
            assert_eq!(finding.name().replace('_', ""), format!("{finding:?}").to_lowercase());
        }
    }

    #[test]
    fn the_readme_lists_each_under_its_status() {
        let readme = include_str!("../README.md");
        for finding in Finding::ALL {
            let start = format!("| {} |", finding.status().number());
            let row = readme.lines().find(|line| line.starts_with(&start)).unwrap();
            assert!(row.contains(&format!("`{}`", finding.name())), "{finding:?}: {row}");
        }
    }

    /// A variant that the list lacks has a row in the table of this file.
    #[test]
    fn the_list_has_all_of_them() {
        let (table, _) = include_str!("finding.rs").split_once("#[cfg(test)]").unwrap();
        assert_eq!(table.matches(" => Row(\"").count(), Finding::ALL.len());
    }
}
