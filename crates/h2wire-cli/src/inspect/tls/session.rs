//! Both directions of a TLS connection.

use bytes::BytesMut;

use crate::event::Side;
use crate::inspect::tls::half::{Half, Step};
use crate::inspect::tls::keylog::Secrets;
use crate::inspect::tls::known::Known;
use crate::inspect::tls::reason::{Reason, suite_name, version_name};

/// What is known of a connection, ready to be printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Facts {
    pub(crate) version: Option<String>,
    pub(crate) suite: Option<String>,
    pub(crate) alpn: Option<String>,
    pub(crate) server_name: Option<String>,
}

/// What comes next in a direction: bytes of records, bytes of their content, or how many are missing of either.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part<B> {
    Octets(B),
    Lost(u64),
}

/// A TLS connection, from its first byte.
pub(crate) struct Session {
    secrets: Secrets,
    known: Known,
    client: Half,
    server: Half,
}

impl Session {
    pub(crate) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            known: Known::default(),
            client: Half::new(Side::Client),
            server: Half::new(Side::Server),
        }
    }

    /// Takes what came of one side, and returns the content of records. That may be content of the other side too, which waited for
    /// what these bytes say.
    pub(crate) fn feed(&mut self, side: Side, part: Part<&[u8]>) -> Vec<(Side, Part<BytesMut>)> {
        let half = if side == Side::Client { &mut self.client } else { &mut self.server };
        match part {
            Part::Octets(octets) => half.feed(octets),
            Part::Lost(octets) => half.lose(octets, &self.known),
        }
        let mut content = Vec::new();
        let mut has_changed = true;
        while has_changed {
            has_changed = false;
            // The server first: the client's bytes wait for its answer.
            for half in [&mut self.server, &mut self.client] {
                loop {
                    match half.step(&mut self.known, &self.secrets) {
                        Step::Waits => break,
                        Step::Read => {}
                        Step::Content(octets) => content.push((half.side, Part::Octets(octets))),
                        Step::Lost(octets) => content.push((half.side, Part::Lost(octets))),
                    }
                    has_changed = true;
                }
            }
        }
        content
    }

    /// No more bytes come.
    pub(crate) fn end(&mut self) {
        self.client.end(&self.known, &self.secrets);
        self.server.end(&self.known, &self.secrets);
    }

    /// Whether nothing more can be read of either side.
    pub(crate) const fn is_over(&self) -> bool {
        self.client.failure.is_some() && self.server.failure.is_some()
    }

    /// Whether a side is not read any more.
    pub(crate) const fn has_failed(&self) -> bool {
        self.client.failure.is_some() || self.server.failure.is_some()
    }

    /// Whether bytes of a side wait for a secret, so that what comes of the other side does not come in order.
    pub(crate) fn waits_for_secret(&self) -> bool {
        self.client.is_keyless() || self.server.is_keyless()
    }

    /// Why a side is not decrypted to its end.
    pub(crate) const fn failure(&self, side: Side) -> Option<Reason> {
        match side {
            Side::Client => self.client.failure,
            Side::Server => self.server.failure,
        }
    }

    /// What the connection did instead of HTTP/2; `inside` says what was recognised in its content.
    pub(crate) fn did_instead(&self, inside: Option<&str>) -> String {
        let alpn = self.known.alpn.as_ref().map(|name| name.escape_ascii().to_string());
        if let (Some(inside), true) = (inside, self.client.has_content || self.server.has_content) {
            return match alpn {
                Some(alpn) => format!("{inside} inside TLS (ALPN chose {alpn})"),
                None => format!("{inside} inside TLS (ALPN chose nothing)"),
            };
        }
        let reason = self.reason();
        match alpn {
            Some(alpn) if alpn != "h2" => format!("spoke TLS, for which ALPN chose {alpn} ({reason})"),
            _ => format!("spoke TLS ({reason})"),
        }
    }

    fn reason(&self) -> Reason {
        let failure = self.server.failure.or(self.client.failure);
        match (self.known.alert, failure) {
            (Some(alert), None) => Reason::Alert(alert),
            // What follows the alert does not matter.
            (Some(alert), _) if self.known.server_hello.is_none() => Reason::Alert(alert),
            (_, Some(reason)) => reason,
            (None, None) if self.known.client_hello.is_none() => Reason::NoClientHello,
            (None, None) if self.known.server_hello.is_none() => Reason::NoServerHello,
            (None, None) => Reason::NoContent,
        }
    }

    /// What the hellos said.
    pub(crate) fn facts(&self) -> Facts {
        let text = |octets: &Vec<u8>| octets.escape_ascii().to_string();
        let hello = self.known.server_hello.as_ref();
        Facts {
            version: hello.map(|hello| version_name(hello.version)),
            suite: hello.map(|hello| suite_name(hello.suite)),
            alpn: self.known.alpn.as_ref().map(text),
            server_name: self
                .known
                .client_hello
                .as_ref()
                .and_then(|hello| hello.server_name.as_ref())
                .map(text),
        }
    }
}

/// Whether bytes start like the `ClientHello` of TLS.
pub(crate) const fn is_client_hello(octets: &[u8]) -> bool {
    const HANDSHAKE: u8 = 22;
    const CLIENT_HELLO: u8 = 1;
    matches!(octets, [HANDSHAKE, 3, 0..=4, _, _, CLIENT_HELLO, ..])
}

#[cfg(test)]
#[cfg(feature = "tls")]
mod tests;
