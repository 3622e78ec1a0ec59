//! One direction of a TLS connection: records to their content.

use bytes::BytesMut;

use crate::event::Side;
use crate::inspect::tls::crypto::{Opener, Suite};
use crate::inspect::tls::gap::{Gap, Search};
use crate::inspect::tls::hello::{ClientHello, Random, ServerHello, encrypted_alpn, ticket};
use crate::inspect::tls::keylog::{Purpose, Secrets};
use crate::inspect::tls::known::Known;
use crate::inspect::tls::reason::Reason;
use crate::inspect::tls::record::{ContentType, MessageType, Messages, RecordHeader};

/// The most bytes that wait for the hello of the other side, or for a secret.
const MOST_WAITING: usize = 64 * 1024;

/// One direction.
pub(crate) struct Half {
    pub(crate) side: Side,
    /// Less than a record, unless something is waited for.
    pending: BytesMut,
    state: State,
    messages: Messages,
    pub(crate) failure: Option<Reason>,
    pub(crate) has_content: bool,
    /// Whether records of the handshake were not opened.
    has_skipped: bool,
    /// Until a record opens after missing bytes.
    gap: Option<Gap>,
}

enum State {
    /// Until the first record that is encrypted.
    Clear,
    /// TLS 1.3, until `Finished`.
    Handshake(Option<Box<HandshakeKeys>>),
    Content(Option<Box<Opener>>),
}

/// Keys that may open a record of the handshake. A key log may lack some.
struct HandshakeKeys {
    handshake: Option<Opener>,
    early: Option<Opener>,
    content: Option<Opener>,
}

/// What came of a direction.
pub(crate) enum Step {
    /// More bytes are needed, of this side or of the other.
    Waits,
    /// A record without content for the application.
    Read,
    Content(BytesMut),
    /// This many bytes of content are missing.
    Lost(u64),
}

/// Whether the keys for a record are there.
type Ready = Result<bool, Reason>;

impl Half {
    pub(crate) fn new(side: Side) -> Self {
        Self {
            side,
            pending: BytesMut::new(),
            state: State::Clear,
            messages: Messages::default(),
            failure: None,
            has_content: false,
            has_skipped: false,
            gap: None,
        }
    }

    pub(crate) fn feed(&mut self, octets: &[u8]) {
        if self.failure.is_none() {
            self.pending.extend_from_slice(octets);
        }
    }

    /// The next bytes are not in the capture.
    pub(crate) fn lose(&mut self, octets: u64, known: &Known) {
        if self.failure.is_some() {
            return;
        }
        if known.server_hello.is_none() {
            // Without the hellos nothing can be decrypted.
            self.fail(Reason::Lost);
            return;
        }
        let octets = octets.saturating_add(u64::try_from(self.pending.len()).unwrap_or(u64::MAX));
        self.pending.clear();
        if let Some(gap) = &mut self.gap {
            gap.grow(octets);
        } else {
            let has_handshake = !matches!(self.state, State::Content(Some(_)));
            self.gap = Some(Gap::new(octets, has_handshake));
            if has_handshake {
                self.state = State::Content(None);
            }
        }
        self.messages = Messages::default();
    }

    fn fail(&mut self, reason: Reason) {
        self.failure = Some(reason);
        self.pending = BytesMut::new();
        self.gap = None;
        self.state = State::Clear;
    }

    /// Whether bytes wait that are not read yet.
    pub(crate) fn is_waiting(&self) -> bool {
        self.pending.len() >= RecordHeader::LEN
    }

    /// Whether they wait for a secret.
    pub(crate) fn is_keyless(&self) -> bool {
        self.is_waiting() && matches!(self.state, State::Handshake(None) | State::Content(None))
    }

    /// Reads the next record, if it is complete and its keys are known.
    pub(crate) fn step(&mut self, known: &mut Known, secrets: &Secrets) -> Step {
        if self.failure.is_some() {
            return Step::Waits;
        }
        match self.next(known, secrets) {
            Ok(step) => step,
            Err(reason) => {
                self.fail(reason);
                Step::Read
            }
        }
    }

    /// Gives up what waits, at the end of the capture.
    pub(crate) fn end(&mut self, known: &Known, secrets: &Secrets) {
        if self.failure.is_none() && self.is_waiting() {
            self.failure = self.waits_for(known, secrets);
        }
        if let State::Handshake(Some(_)) = self.state
            && self.has_skipped
        {
            self.failure.get_or_insert(Reason::Sealed);
        }
        if self.gap.is_some() {
            self.failure.get_or_insert(Reason::Lost);
        }
        self.pending = BytesMut::new();
    }

    /// Looks for a record after missing bytes.
    fn search(&mut self, known: &Known, secrets: &Secrets) -> Result<Step, Reason> {
        if !self.prepare(ContentType::APPLICATION_DATA, known, secrets)? {
            return self.wait(known, secrets);
        }
        let (Some(gap), State::Content(Some(opener))) = (&mut self.gap, &mut self.state) else {
            return Err(Reason::Lost);
        };
        match gap.search(opener, &mut self.pending) {
            Search::NotYet => Ok(Step::Waits),
            Search::Found(octets) => {
                self.gap = None;
                Ok(if octets > 0 { Step::Lost(octets) } else { Step::Read })
            }
        }
    }

    fn wait(&self, known: &Known, secrets: &Secrets) -> Result<Step, Reason> {
        match self.waits_for(known, secrets) {
            Some(reason) if self.pending.len() > MOST_WAITING => Err(reason),
            _ => Ok(Step::Waits),
        }
    }

    fn next(&mut self, known: &mut Known, secrets: &Secrets) -> Result<Step, Reason> {
        if self.gap.is_some() {
            return self.search(known, secrets);
        }
        let Some(header) = self.pending.first_chunk() else { return Ok(Step::Waits) };
        let header = RecordHeader::parse(*header).ok_or(Reason::NotTls)?;
        if self.pending.len() < header.record_len() {
            return Ok(Step::Waits);
        }
        if !self.prepare(header.content_type, known, secrets)? {
            return self.wait(known, secrets);
        }
        let mut body = self.pending.split_to(header.record_len()).split_off(RecordHeader::LEN);
        let content_type = match &mut self.state {
            State::Clear => header.content_type,
            // In the clear for the sake of old relays.
            State::Handshake(_) | State::Content(_)
                if known.is_tls13() && header.content_type != ContentType::APPLICATION_DATA =>
            {
                if header.content_type == ContentType::ALERT {
                    known.note_alert(&body);
                }
                return Ok(Step::Read);
            }
            State::Handshake(_) => return self.read_handshake(header, &body, known),
            State::Content(Some(opener)) => {
                let (content_type, range) = opener.open(header, &mut body).ok_or(Reason::Sealed)?;
                body.truncate(range.end);
                let _ = body.split_to(range.start.min(body.len()));
                content_type
            }
            State::Content(None) => return Err(Reason::NoSecret),
        };
        self.content(content_type, body, known)
    }

    /// Finds the keys for a record of this type, if it needs any.
    fn prepare(&mut self, content_type: ContentType, known: &Known, secrets: &Secrets) -> Ready {
        if let State::Clear = self.state {
            match content_type {
                ContentType::HANDSHAKE | ContentType::ALERT => return Ok(true),
                ContentType::CHANGE_CIPHER_SPEC if known.is_tls13() => return Ok(true),
                _ if known.server_hello.is_none() => return Ok(false),
                ContentType::CHANGE_CIPHER_SPEC => return Ok(true),
                ContentType::APPLICATION_DATA if known.is_tls13() => self.state = State::Handshake(None),
                _ => return Err(Reason::NotTls),
            }
        }
        if known.is_tls13() && content_type != ContentType::APPLICATION_DATA {
            return Ok(true);
        }
        let needs_keys = match &self.state {
            State::Handshake(keys) => keys.is_none(),
            State::Content(opener) => opener.is_none(),
            State::Clear => false,
        };
        if !needs_keys {
            return Ok(true);
        }
        let suite = known.suite()?;
        let (Some(client), Some(server)) = (&known.client_hello, &known.server_hello) else {
            return Ok(false);
        };
        let is_client = self.side == Side::Client;
        if !suite.is_tls13 {
            let Some(master) = known.master(secrets) else {
                return missing(secrets);
            };
            let opener = Opener::tls12(suite, &master, [&client.random, &server.random], is_client);
            self.state = State::Content(Some(Box::new(opener.ok_or(Reason::Sealed)?)));
            return Ok(true);
        }
        let opener = |purpose| find(suite, secrets, &client.random, purpose);
        let content = opener(if is_client { Purpose::ClientContent } else { Purpose::ServerContent })?;
        if let State::Content(_) = self.state {
            let Some(content) = content else { return missing(secrets) };
            self.state = State::Content(Some(Box::new(content)));
            return Ok(true);
        }
        let handshake = opener(if is_client { Purpose::ClientHandshake } else { Purpose::ServerHandshake })?;
        if handshake.is_none() && content.is_none() {
            return missing(secrets);
        }
        let early = if is_client && client.has_early_data { opener(Purpose::ClientEarly)? } else { None };
        self.state = State::Handshake(Some(Box::new(HandshakeKeys { handshake, early, content })));
        Ok(true)
    }

    /// A record of TLS 1.3 before `Finished`: of the handshake, early data, or the first content if the key log lacks the
    /// secret of the handshake.
    fn read_handshake(
        &mut self,
        header: RecordHeader,
        sealed: &BytesMut,
        known: &mut Known,
    ) -> Result<Step, Reason> {
        let State::Handshake(Some(keys)) = &mut self.state else { return Err(Reason::NoSecret) };
        let mut opened = open(&mut keys.handshake, header, sealed);
        opened = opened.or_else(|| open(&mut keys.early, header, sealed));
        if let Some((content_type, body)) = opened {
            return self.content(content_type, body, known);
        }
        if let Some((content_type, body)) = open(&mut keys.content, header, sealed) {
            self.state = State::Content(keys.content.take().map(Box::new));
            return self.content(content_type, body, known);
        }
        // Early data that the server refuses, and a handshake without its secret, are skipped.
        let is_skipped = keys.handshake.is_none()
            || self.side == Side::Client
                && known.client_hello.as_ref().is_some_and(|hello| hello.has_early_data);
        if !is_skipped {
            return Err(Reason::Sealed);
        }
        self.has_skipped = true;
        Ok(Step::Read)
    }

    /// What is in a record.
    fn content(
        &mut self,
        content_type: ContentType,
        body: BytesMut,
        known: &mut Known,
    ) -> Result<Step, Reason> {
        match content_type {
            ContentType::APPLICATION_DATA => {
                self.has_content |= !body.is_empty();
                return Ok(Step::Content(body));
            }
            ContentType::HANDSHAKE => {
                for (message_type, body) in self.messages.take(&body).ok_or(Reason::NotTls)? {
                    self.message(message_type, &body, known)?;
                }
            }
            // TLS 1.2, but for a byte that TLS 1.3 sends for the sake of old relays.
            ContentType::CHANGE_CIPHER_SPEC if !known.is_tls13() => match self.state {
                State::Clear => self.state = State::Content(None),
                _ => return Err(Reason::Renegotiated),
            },
            ContentType::ALERT => known.note_alert(&body),
            _ => {}
        }
        Ok(Step::Read)
    }

    fn message(&mut self, message_type: MessageType, body: &[u8], known: &mut Known) -> Result<(), Reason> {
        let is_clear = matches!(self.state, State::Clear);
        match (message_type, self.side) {
            (MessageType::CLIENT_HELLO, Side::Client) if is_clear && known.client_hello.is_none() => {
                known.client_hello = Some(ClientHello::parse(body).ok_or(Reason::NotTls)?);
            }
            (MessageType::SERVER_HELLO, Side::Server) if is_clear && known.server_hello.is_none() => {
                let hello = ServerHello::parse(body).ok_or(Reason::NotTls)?;
                if hello.is_retry() {
                    known.has_retry = true;
                } else {
                    known.alpn.clone_from(&hello.alpn);
                    known.server_hello = Some(hello);
                    known.suite()?;
                }
            }
            (MessageType::ENCRYPTED_EXTENSIONS, Side::Server) if !is_clear => {
                known.alpn = encrypted_alpn(body);
            }
            (MessageType::NEW_SESSION_TICKET, Side::Server) if is_clear => known.ticket = ticket(body),
            (MessageType::FINISHED, _) => {
                if let State::Handshake(Some(keys)) = &mut self.state {
                    self.state = State::Content(keys.content.take().map(Box::new));
                }
            }
            (MessageType::KEY_UPDATE, _) => {
                if let State::Content(Some(opener)) = &mut self.state {
                    opener.update().ok_or(Reason::NotTls)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What the next record waits for.
    fn waits_for(&self, known: &Known, secrets: &Secrets) -> Option<Reason> {
        if known.client_hello.is_none() {
            return Some(Reason::NoClientHello);
        }
        match (&self.state, &known.server_hello) {
            (_, None) => Some(Reason::NoServerHello),
            (State::Handshake(None) | State::Content(None), _) => {
                missing(secrets).err().or(Some(Reason::NoSecret))
            }
            _ => None,
        }
    }
}

/// A secret is not there: it is waited for if it may still come.
fn missing(secrets: &Secrets) -> Ready {
    match (secrets.may_grow(), secrets.were_given()) {
        (true, _) => Ok(false),
        (false, given) => Err(if given { Reason::NoSecret } else { Reason::NoKeyLog }),
    }
}

/// The keys of a secret of TLS 1.3, if the key log has it.
fn find(
    suite: Suite,
    secrets: &Secrets,
    random: &Random,
    purpose: Purpose,
) -> Result<Option<Opener>, Reason> {
    let Some(secret) = secrets.find(random, purpose) else { return Ok(None) };
    Opener::tls13(suite, secret).map(Some).ok_or(Reason::Sealed)
}

/// Tries a key on a copy: a failure spoils the bytes.
fn open(
    opener: &mut Option<Opener>,
    header: RecordHeader,
    sealed: &BytesMut,
) -> Option<(ContentType, BytesMut)> {
    let mut body = sealed.clone();
    let (content_type, range) = opener.as_mut()?.open(header, &mut body)?;
    body.truncate(range.end);
    Some((content_type, body))
}
