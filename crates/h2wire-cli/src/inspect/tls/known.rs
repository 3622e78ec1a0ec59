//! What the hellos of a TLS connection say.

use crate::inspect::tls::crypto::Suite;
use crate::inspect::tls::hello::{ClientHello, ServerHello};
use crate::inspect::tls::keylog::{Purpose, Secret, Secrets};
use crate::inspect::tls::reason::Reason;

const TLS12: u16 = 0x0303;
const TLS13: u16 = 0x0304;

/// What the hellos say; both directions need it.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) client_hello: Option<ClientHello>,
    pub(crate) server_hello: Option<ServerHello>,
    /// Whether the server of TLS 1.3 has asked for another `ClientHello`.
    pub(crate) has_retry: bool,
    pub(crate) alpn: Option<Vec<u8>>,
    /// By which the client of TLS 1.2 may resume this session.
    pub(crate) ticket: Vec<u8>,
    /// The alert that one side sent before there was content.
    pub(crate) alert: Option<u8>,
}

impl Known {
    pub(crate) fn is_tls13(&self) -> bool {
        self.server_hello.as_ref().map_or(self.has_retry, |hello| hello.version == TLS13)
    }

    /// The chosen suite, if it can be decrypted.
    pub(crate) fn suite(&self) -> Result<Suite, Reason> {
        let hello = self.server_hello.as_ref().ok_or(Reason::NoServerHello)?;
        if !matches!(hello.version, TLS12 | TLS13) {
            return Err(Reason::Version(hello.version));
        }
        if hello.is_compressed {
            return Err(Reason::Compressed);
        }
        let suite = Suite::from_number(hello.suite).filter(|suite| suite.is_tls13 == self.is_tls13());
        suite.ok_or(Reason::Suite(hello.suite))
    }

    /// The master secret of TLS 1.2: of this connection, or of the one whose session it resumes, which some clients do not log
    /// again. RFC 5246 §7.4.1.3, RFC 5077 §3.4.
    pub(crate) fn master(&self, secrets: &Secrets) -> Option<Secret> {
        let (client, server) = (self.client_hello.as_ref()?, self.server_hello.as_ref()?);
        let is_resumed = !server.session_id.is_empty() && server.session_id == client.session_id;
        let of_session = || {
            let names = [&client.ticket, &client.session_id];
            names.into_iter().find_map(|name| secrets.of_session(name)).filter(|_| is_resumed)
        };
        let master = secrets.find(&client.random, Purpose::Master).or_else(of_session)?;
        for name in [&self.ticket, &server.session_id] {
            secrets.note_session(name, &master);
        }
        Some(master)
    }

    /// Notes the alert in a record.
    pub(crate) fn note_alert(&mut self, body: &[u8]) {
        // 0 is close_notify, the end of every connection.
        match body {
            [_, 0] => {}
            [_, description] => self.alert = self.alert.or(Some(*description)),
            _ => {}
        }
    }
}
