//! What comes before HTTP/2 in a connection: a PROXY header, SOCKS, a CONNECT tunnel, HTTP/1.1 before an upgrade.

mod loss; // what is known after bytes that the capture lacks
mod socks; // SOCKS 5 and 4

use std::collections::VecDeque;

use h2wire::frame::{FrameRule, Opening, PREFACE};

use self::socks::{is_socks, socks4, socks5};
use crate::inspect::capture::beginning::Beginning;
use crate::inspect::capture::http1::{Body, Head, find};
use crate::upgrade::UpgradedRequest;

/// Bytes of a client that are kept until the server answers.
const MOST_UNANSWERED: usize = 16 * 1024;

/// The bytes before HTTP/2, as far as they were read. They are dropped: there may be many.
#[derive(Default, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is found out by itself")]
pub(crate) struct Prologue {
    /// What was passed over, in words.
    pub(crate) name: Option<&'static str>,
    /// HTTP/2 follows, by an upgrade.
    pub(crate) is_upgraded: bool,
    /// What follows cannot be HTTP/2.
    pub(crate) is_other: bool,
    /// Bytes are missing, so that it is not known which answer belongs to which request.
    pub(crate) is_loose: bool,
    /// Whether the client waits for an answer before it goes on in another protocol, perhaps.
    waits: bool,
    asked: VecDeque<Asked>,
    /// The last request that asked for an upgrade.
    upgrade: Option<UpgradedRequest>,
}

/// A request that has no final response yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    Head,
    Connect,
    Upgrade,
    Other,
}

const HTTP1: &str = "HTTP/1.1";
const CONNECT: &str = "an HTTP/1.1 CONNECT";
const SOCKS: &str = "SOCKS";

/// The start of a PROXY header, as text and as binary.
const LINE: &[u8] = b"PROXY ";
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

impl Prologue {
    /// After bytes that were not read.
    pub(crate) fn after_unread() -> Self {
        Self { is_loose: true, ..Self::default() }
    }

    /// Takes what it knows off the start of both sides; `ended` if no more follows.
    pub(crate) fn pass(&mut self, client: &mut Beginning, server: &mut Beginning, ended: bool) {
        self.is_loose |= client.is_lost || server.is_lost;
        while !self.is_over(client)
            && (self.pass_header(client)
                || self.pass_socks(client, server)
                || self.pass_http1(client, server, ended)
                || self.is_loose && self.pass_after_loss(client, server, ended))
        {}
    }

    /// The request whose answer comes on stream 1.
    pub(crate) fn upgraded(&self) -> Option<UpgradedRequest> {
        self.is_upgraded.then(|| self.upgrade.clone().unwrap_or_default())
    }

    /// Whether the rest of the connection is something else.
    fn is_over(&self, client: &Beginning) -> bool {
        self.is_other || self.is_upgraded && client.body == Body::None && !self.has_late_request(client)
    }

    /// Whether a request follows a hole, though the answer to it is known.
    fn has_late_request(&self, client: &Beginning) -> bool {
        self.is_loose && is_request(&client.octets)
    }

    /// Whether the client has not yet sent all that comes before HTTP/2, although the answer is known.
    pub(crate) fn waits_for_client(&self, client: &Beginning) -> bool {
        let is_unknown = client.is_lost && client.octets.is_empty();
        self.is_upgraded && (is_unknown || client.body != Body::None || self.has_late_request(client))
    }

    /// Whether the bytes that follow are of this prologue, or of another that is not complete.
    pub(crate) fn is_inside(&self, client: &Beginning, server: &Beginning) -> bool {
        self.is_in_http1(client, server)
            || is_header(&client.octets)
            || !self.is_loose && is_socks(&client.octets, &server.octets)
    }

    /// Whether the client has to say more before the server is understood: an answer was captured before what it answers.
    pub(crate) fn is_early(&self, client: &Beginning, server: &Beginning) -> bool {
        let is_unasked = self.asked.is_empty() && is_response(&server.octets);
        client.octets.is_empty() && (client.offset == 0 || is_unasked)
    }

    fn is_in_http1(&self, client: &Beginning, server: &Beginning) -> bool {
        if self.is_loose || self.is_upgraded {
            return client.body != Body::None || self.has_late_request(client);
        }
        !(self.asked.is_empty() && client.body == Body::None && server.body == Body::None)
    }

    /// A PROXY header, of the text form or the binary one.
    pub(crate) fn pass_header(&mut self, client: &mut Beginning) -> bool {
        const LONGEST_LINE: usize = 107;
        let octets = &client.octets;
        let len = if octets.starts_with(LINE) {
            let line = octets.get(..LONGEST_LINE.min(octets.len())).unwrap_or_default();
            find(line, b"\r\n").map(|at| at.saturating_add(2))
        } else if let Some(&[_, _, high, low, ..]) = octets.strip_prefix(SIGNATURE) {
            Some(usize::from(u16::from_be_bytes([high, low])).saturating_add(16))
        } else {
            None
        };
        let Some(len) = len.filter(|len| *len <= octets.len()) else { return false };
        client.pass(len);
        client.is_lost = false;
        self.name = Some("a PROXY header");
        true
    }

    /// SOCKS 5 or 4, up to the tunnel.
    fn pass_socks(&mut self, client: &mut Beginning, server: &mut Beginning) -> bool {
        if self.is_in_http1(client, server) || !is_socks(&client.octets, &server.octets) {
            return false;
        }
        let lens = socks5(&client.octets, &server.octets);
        let Some((of_client, of_server)) = lens.or_else(|| socks4(&client.octets, &server.octets)) else {
            return false;
        };
        client.pass(of_client);
        server.pass(of_server);
        self.name = Some(SOCKS);
        true
    }

    /// A step in HTTP/1.1.
    fn pass_http1(&mut self, client: &mut Beginning, server: &mut Beginning, ended: bool) -> bool {
        // A client that speaks HTTP/1.1 to an HTTP/2 server has done something wrong.
        let is_answered = is_response(&server.octets) || self.name == Some(HTTP1) || server.is_lost;
        if !is_answered && client.octets.len() < MOST_UNANSWERED {
            return false;
        }
        self.pass_client(client) || self.pass_server(client, server, ended)
    }

    /// A part of what a client sends in HTTP/1.1.
    pub(crate) fn pass_client(&mut self, client: &mut Beginning) -> bool {
        if client.body != Body::None {
            let taken = client.body.take(&client.octets);
            client.pass(taken);
            return taken > 0;
        }
        let waits = self.waits && !self.is_loose;
        if waits || self.is_upgraded && !self.is_loose || !is_request(&client.octets) {
            return false;
        }
        let Some(head) = Head::parse(&client.octets) else { return false };
        let asked = match head.method() {
            b"CONNECT" => Asked::Connect,
            _ if head.upgrades() => Asked::Upgrade,
            b"HEAD" => Asked::Head,
            _ => Asked::Other,
        };
        self.waits = matches!(asked, Asked::Connect | Asked::Upgrade);
        if asked == Asked::Upgrade {
            self.upgrade = Some(head.upgraded_request());
        }
        let body = if asked == Asked::Connect { Body::None } else { head.request_body() };
        let len = head.len;
        self.asked.push_back(asked);
        self.name = Some(HTTP1);
        client.pass(len);
        (client.body, client.is_lost) = (body, false);
        true
    }

    fn pass_server(&mut self, client: &Beginning, server: &mut Beginning, ended: bool) -> bool {
        // An answer to HEAD has no content, whatever it says.
        if self.is_loose && is_response(&server.octets) {
            server.body = Body::None;
        }
        if server.body != Body::None {
            let taken = server.body.take(&server.octets);
            server.pass(taken);
            return taken > 0;
        }
        if self.is_upgraded || !is_response(&server.octets) {
            return false;
        }
        let Some(head) = Head::parse(&server.octets) else { return false };
        let asked = self.asked.front().copied().filter(|_| !self.is_loose);
        let answer = Answer::to(asked, &head);
        let (len, body) = (head.len, head.response_body());
        let may_start_http2 = matches!(answer, Answer::Switch | Answer::PerhapsTunnel);
        // The request may come late. One that never comes was sent before the capture started, or is lost.
        let is_interim = matches!(answer, Answer::Interim | Answer::OtherProtocol);
        let is_late = client.octets.starts_with(PREFACE) && (may_start_http2 || is_interim);
        let is_unasked = self.is_loose || ended || is_late;
        if asked.is_none() && !is_unasked {
            return false;
        }
        match answer {
            Answer::Switch => self.is_upgraded = true,
            Answer::OtherProtocol => {
                self.is_other = true;
                return false;
            }
            Answer::Tunnel => self.name = Some(CONNECT),
            Answer::WithBody => {
                server.body = body;
                // What comes until the connection ends is content.
                self.is_other |= body == Body::UntilEnd;
            }
            Answer::Interim | Answer::PerhapsTunnel | Answer::Empty => {}
        }
        if answer != Answer::Interim {
            self.asked.pop_front();
            self.waits = false;
        }
        self.name = self.name.or(Some(HTTP1));
        server.pass(len);
        server.is_lost = asked.is_none() && !may_start_http2;
        true
    }
}

/// What a response of HTTP/1.1 leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    /// Another response follows.
    Interim,
    /// HTTP/2 follows.
    Switch,
    /// Another protocol follows.
    OtherProtocol,
    /// What was asked for by CONNECT follows.
    Tunnel,
    /// Perhaps it is the answer to a CONNECT that was not seen.
    PerhapsTunnel,
    /// It has no content.
    Empty,
    WithBody,
}

impl Answer {
    fn to(asked: Option<Asked>, head: &Head<'_>) -> Self {
        let is_switch = head.upgrades() || asked == Some(Asked::Upgrade);
        match (asked, head.status()) {
            (_, Some(101)) if is_switch => Self::Switch,
            (_, Some(101)) => Self::OtherProtocol,
            (_, Some(100..=199)) => Self::Interim,
            (Some(Asked::Connect), Some(200..=299)) => Self::Tunnel,
            (None, Some(200..=299)) if head.response_body() == Body::UntilEnd => Self::PerhapsTunnel,
            (Some(Asked::Head), _) | (_, Some(204 | 304)) => Self::Empty,
            _ => Self::WithBody,
        }
    }
}

fn is_header(client: &[u8]) -> bool {
    client.starts_with(LINE) || client.starts_with(SIGNATURE)
}

/// Whether bytes start like a PROXY header, as far as they go.
pub(crate) fn may_be_header(client: &[u8]) -> bool {
    is_header(client) || !client.is_empty() && (LINE.starts_with(client) || SIGNATURE.starts_with(client))
}

/// Whether bytes start like a request of HTTP/1.1, or like an answer.
pub(crate) fn is_request(client: &[u8]) -> bool {
    !client.starts_with(PREFACE) && Opening::detect(client) == Opening::Foreign(FrameRule::Http1Request)
}

pub(crate) fn is_response(server: &[u8]) -> bool {
    server.starts_with(b"HTTP/1.")
}
