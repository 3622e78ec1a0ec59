//! What comes before HTTP/2 in a connection: a PROXY header, SOCKS, a CONNECT tunnel, HTTP/1.1 before an upgrade.

use std::collections::VecDeque;

use h2wire::frame::{FrameRule, Opening, PREFACE};

use crate::inspect::capture::http1::{Body, Head, find};
use crate::upgrade::UpgradedRequest;

/// Bytes of a client that are kept until the server answers.
const MOST_UNANSWERED: usize = 16 * 1024;

/// The bytes before HTTP/2, as far as they were read. They are dropped: there may be many.
#[derive(Default, Debug)]
pub(crate) struct Prologue {
    /// What was passed over, in words.
    pub(crate) name: Option<&'static str>,
    /// Bytes of the client and of the server that were passed over.
    pub(crate) client: u64,
    pub(crate) server: u64,
    /// HTTP/2 follows, by an upgrade.
    pub(crate) is_upgraded: bool,
    /// What follows cannot be HTTP/2.
    pub(crate) is_other: bool,
    /// Whether the client waits for an answer before it goes on in another protocol, perhaps.
    waits: bool,
    asked: VecDeque<Asked>,
    /// The last request that asked for an upgrade.
    upgrade: Option<UpgradedRequest>,
    client_body: Body,
    server_body: Body,
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

/// The start of a PROXY header, as text and as binary.
const LINE: &[u8] = b"PROXY ";
const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

impl Prologue {
    /// Takes what it knows off the start of both sides.
    pub(crate) fn pass(&mut self, client: &mut Vec<u8>, server: &mut Vec<u8>) {
        while !self.is_over()
            && (self.header(client) || self.socks(client, server) || self.http1(client, server))
        {}
    }

    /// The request whose answer comes on stream 1.
    pub(crate) fn upgraded(&self) -> Option<&UpgradedRequest> {
        self.upgrade.as_ref().filter(|_| self.is_upgraded)
    }

    /// Whether the rest of the connection is something else.
    pub(crate) fn is_over(&self) -> bool {
        self.is_other || self.is_upgraded && self.client_body == Body::None
    }

    /// Whether the bytes that follow are of this prologue, or of another that is not complete.
    pub(crate) fn is_inside(&self, client: &[u8], server: &[u8]) -> bool {
        self.is_in_http1() || is_header(client) || is_socks(client, server)
    }

    fn is_in_http1(&self) -> bool {
        let between =
            self.asked.is_empty() && self.client_body == Body::None && self.server_body == Body::None;
        self.is_upgraded && self.client_body != Body::None || !self.is_upgraded && !between
    }

    fn take(&mut self, octets: usize, client: &mut Vec<u8>) {
        client.drain(..octets.min(client.len()));
        self.client = self.client.saturating_add(to_u64(octets));
    }

    fn take_of_server(&mut self, octets: usize, server: &mut Vec<u8>) {
        server.drain(..octets.min(server.len()));
        self.server = self.server.saturating_add(to_u64(octets));
    }

    /// A PROXY header, of the text form or the binary one.
    pub(crate) fn header(&mut self, client: &mut Vec<u8>) -> bool {
        const LONGEST_LINE: usize = 107;
        let len = if client.starts_with(LINE) {
            let line = client.get(..LONGEST_LINE.min(client.len())).unwrap_or_default();
            find(line, b"\r\n").map(|at| at.saturating_add(2))
        } else if let Some(&[_, _, high, low, ..]) = client.strip_prefix(SIGNATURE) {
            Some(usize::from(u16::from_be_bytes([high, low])).saturating_add(16))
        } else {
            None
        };
        let Some(len) = len.filter(|len| *len <= client.len()) else { return false };
        self.take(len, client);
        self.name = Some("a PROXY header");
        true
    }

    /// SOCKS 5 or 4, up to the tunnel.
    fn socks(&mut self, client: &mut Vec<u8>, server: &mut Vec<u8>) -> bool {
        if self.is_in_http1() || !is_socks(client, server) {
            return false;
        }
        let Some((of_client, of_server)) = socks5(client, server).or_else(|| socks4(client, server)) else {
            return false;
        };
        self.take(of_client, client);
        self.take_of_server(of_server, server);
        self.name = Some("SOCKS");
        true
    }

    /// A step in HTTP/1.1.
    fn http1(&mut self, client: &mut Vec<u8>, server: &mut Vec<u8>) -> bool {
        // A client that speaks HTTP/1.1 to an HTTP/2 server has done something wrong.
        let is_answered = server.starts_with(b"HTTP/1.") || self.name == Some(HTTP1);
        if !is_answered && client.len() < MOST_UNANSWERED {
            return false;
        }
        self.of_client(client) || self.of_server(server)
    }

    fn of_client(&mut self, client: &mut Vec<u8>) -> bool {
        if self.client_body != Body::None {
            let taken = self.client_body.take(client);
            self.take(taken, client);
            return taken > 0;
        }
        let is_request = Opening::detect(client) == Opening::Foreign(FrameRule::Http1Request);
        if self.waits || self.is_upgraded || client.starts_with(PREFACE) || !is_request {
            return false;
        }
        let Some(head) = Head::parse(client) else { return false };
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
        self.client_body = if asked == Asked::Connect { Body::None } else { head.request_body() };
        self.asked.push_back(asked);
        self.name = Some(HTTP1);
        let len = head.len;
        self.take(len, client);
        true
    }

    fn of_server(&mut self, server: &mut Vec<u8>) -> bool {
        if self.server_body != Body::None {
            let taken = self.server_body.take(server);
            self.take_of_server(taken, server);
            return taken > 0;
        }
        if self.is_upgraded || !server.starts_with(b"HTTP/1.") {
            return false;
        }
        let (Some(asked), Some(head)) = (self.asked.front().copied(), Head::parse(server)) else {
            return false;
        };
        let (len, status) = (head.len, head.status());
        let (is_final, has_body) = match (asked, status) {
            (Asked::Upgrade, Some(101)) => {
                self.is_upgraded = true;
                (true, false)
            }
            (_, Some(101)) => {
                self.is_other = true;
                return false;
            }
            (_, Some(100..=199)) => (false, false),
            (Asked::Connect, Some(200..=299)) => {
                self.name = Some("an HTTP/1.1 CONNECT");
                (true, false)
            }
            (Asked::Head, _) | (_, Some(204 | 304)) => (true, false),
            _ => (true, true),
        };
        if has_body {
            self.server_body = head.response_body();
        }
        if self.server_body == Body::UntilEnd {
            self.is_other = true;
        }
        if is_final {
            self.asked.pop_front();
            self.waits = false;
        }
        self.take_of_server(len, server);
        true
    }
}

fn is_header(client: &[u8]) -> bool {
    client.starts_with(LINE) || client.starts_with(SIGNATURE)
}

/// Whether bytes start like a PROXY header, as far as they go.
pub(crate) fn may_be_header(client: &[u8]) -> bool {
    is_header(client) || !client.is_empty() && (LINE.starts_with(client) || SIGNATURE.starts_with(client))
}

/// Whether both sides speak SOCKS so far.
fn is_socks(client: &[u8], server: &[u8]) -> bool {
    matches!((client, server), ([5, 1..=255, ..], [] | [5, ..]) | ([4, 1, ..], [] | [0] | [0, 90, ..]))
}

/// The lengths of a complete exchange of SOCKS 5. RFC 1928, RFC 1929.
fn socks5(client: &[u8], server: &[u8]) -> Option<(usize, usize)> {
    const PASSWORD: u8 = 2;
    let [5, methods, ..] = *client else { return None };
    let [5, method, ref answers @ ..] = *server else { return None };
    let mut of_client = usize::from(methods).saturating_add(2);
    let (mut of_server, mut answers) = (2_usize, answers);
    if method == PASSWORD {
        let [1, name, ..] = *client.get(of_client..)? else { return None };
        let password = of_client.saturating_add(name.into()).saturating_add(2);
        of_client = password.saturating_add(usize::from(*client.get(password)?)).saturating_add(1);
        let [1, 0, ref rest @ ..] = *answers else { return None };
        (of_server, answers) = (4, rest);
    }
    let [5, 1, 0, ref asked @ ..] = *client.get(of_client..)? else { return None };
    let [5, 0, 0, ref bound @ ..] = *answers else { return None };
    of_client = of_client.saturating_add(3).saturating_add(socks_address(asked)?);
    of_server = of_server.saturating_add(3).saturating_add(socks_address(bound)?);
    (client.len() >= of_client && server.len() >= of_server).then_some((of_client, of_server))
}

/// The length of an address and a port.
fn socks_address(octets: &[u8]) -> Option<usize> {
    match *octets {
        [1, ..] => Some(7),
        [3, len, ..] => Some(usize::from(len).saturating_add(4)),
        [4, ..] => Some(19),
        _ => None,
    }
}

/// The same of SOCKS 4 and 4a.
fn socks4(client: &[u8], server: &[u8]) -> Option<(usize, usize)> {
    const FIXED: usize = 8;
    let [4, 1, _, _, ref address @ ..] = *client else { return None };
    let [0, 90, ..] = *server else { return None };
    let text = |from: usize| Some(from.saturating_add(find(client.get(from..)?, b"\0")?).saturating_add(1));
    let mut of_client = text(FIXED)?;
    // The name of the host follows.
    if matches!(address, [0, 0, 0, 1..=255, ..]) {
        of_client = text(of_client)?;
    }
    (server.len() >= FIXED).then_some((of_client, FIXED))
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
