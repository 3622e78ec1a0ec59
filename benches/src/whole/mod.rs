//! Whole connections in memory: M4 as a server, M5 as a client.

mod h2;
mod h2wire;
mod hyper;
mod nghttp2;
mod shiguredo;

use bytes::Bytes;
use h2wire_nghttp2::{Content, Visit};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::messages::{Collected, Count, TakeHead, assert_same};
use crate::sending;
use crate::sink::{Sink, Written};
use crate::workload::{Sample, Workload};

/// What comes in, and what is sent, in the forms that engines take. It is made once, and not timed.
#[derive(Clone, Debug)]
pub struct Script {
    /// All octets of the peer.
    incoming: Vec<u8>,
    /// What the peer sends.
    received: Workload,
    /// What the engine sends.
    sent: Workload,
    contents: Vec<Content>,
    bodies: Vec<Bytes>,
    /// The regular fields.
    maps: Vec<HeaderMap>,
}

impl Script {
    /// A server that answers these requests.
    #[must_use]
    pub fn server(requests: &Workload) -> Self {
        Self::new(requests.clone(), Workload::answers())
    }

    /// A client that sends these requests, and gets responses.
    #[must_use]
    pub fn client(requests: &Workload) -> Self {
        Self::new(Workload::answers(), requests.clone())
    }

    fn new(received: Workload, sent: Workload) -> Self {
        Self {
            incoming: received.encode(),
            contents: sending::contents(&sent.messages),
            bodies: sent.messages.iter().map(|message| Bytes::from(message.content.clone())).collect(),
            maps: sent.messages.iter().map(map).collect(),
            received,
            sent,
        }
    }
}

fn map(message: &Sample) -> HeaderMap {
    let regular = message.fields.iter().filter(|(name, _)| !name.starts_with(b":"));
    let field = |(name, value): &(Vec<u8>, Vec<u8>)| {
        let name = HeaderName::from_bytes(name).expect("a name");
        (name, HeaderValue::from_bytes(value).expect("a value"))
    };
    regular.map(field).collect()
}

/// The value of a pseudo-header field.
fn pseudo<'a>(message: &'a Sample, name: &str) -> &'a str {
    let found = message.fields.iter().find(|field| field.0 == name.as_bytes());
    std::str::from_utf8(&found.expect("each message has it").1).expect("text")
}

/// What engines do with the messages of the peer.
pub trait Take:
    Visit + TakeHead<http::Request<()>> + TakeHead<http::Response<()>> + Default + 'static
{
}

impl<V: Visit + TakeHead<http::Request<()>> + TakeHead<http::Response<()>> + Default + 'static> Take for V {}

/// An engine that does one side of a whole connection, set-up included.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// As in the names of benchmarks.
    pub name: &'static str,
    /// What is timed: fields are visited and counted, and octets.
    pub count: fn(&Script) -> (Count, Written),
    /// The same code, but all is kept.
    collect: fn(&Script) -> (Collected, Vec<u8>),
    /// Whether fields of different names come in their order.
    keeps_order: bool,
}

/// M4: requests in, responses out.
pub const M4: [Engine; 6] = [
    Engine { name: "h2wire", count: h2wire::server, collect: h2wire::server, keeps_order: true },
    Engine {
        name: "h2wire-lent",
        count: h2wire::server_lent,
        collect: h2wire::server_lent,
        keeps_order: true,
    },
    Engine { name: "nghttp2", count: nghttp2::server, collect: nghttp2::server, keeps_order: true },
    Engine { name: "h2", count: h2::server, collect: h2::server, keeps_order: false },
    Engine { name: "hyper", count: hyper::server, collect: hyper::server, keeps_order: false },
    Engine {
        name: "shiguredo_http2",
        count: shiguredo::server,
        collect: shiguredo::server,
        keeps_order: true,
    },
];

/// M5: requests out, responses in.
pub const M5: [Engine; 5] = [
    Engine { name: "h2wire", count: h2wire::client, collect: h2wire::client, keeps_order: true },
    Engine {
        name: "h2wire-lent",
        count: h2wire::client_lent,
        collect: h2wire::client_lent,
        keeps_order: true,
    },
    Engine { name: "nghttp2", count: nghttp2::client, collect: nghttp2::client, keeps_order: true },
    Engine { name: "h2", count: h2::client, collect: h2::client, keeps_order: false },
    Engine {
        name: "shiguredo_http2",
        count: shiguredo::client,
        collect: shiguredo::client,
        keeps_order: true,
    },
];

impl Engine {
    /// Fails if the engine finds or sends anything else than the script says. Returns how many octets it writes.
    #[must_use]
    pub fn check(&self, script: &Script) -> usize {
        let (found, octets) = (self.collect)(script);
        assert_same(self.name, &script.received, &found.samples, self.keeps_order);
        let sent = sending::read(&octets, script.sent.sender);
        assert_same(self.name, &script.sent, &sent, self.keeps_order);
        let (count, written) = (self.count)(script);
        assert_eq!(written, Written(octets.len()), "{} writes otherwise", self.name);
        let messages = &script.received.messages;
        let expected = Count {
            sections: messages.len(),
            fields: messages.iter().map(|message| message.fields.len()).sum(),
            octets: messages.iter().map(|message| message.content.len()).sum(),
        };
        assert_eq!(count, expected, "{} counts otherwise", self.name);
        octets.len()
    }
}

/// Passes an error of a sink on to nobody: sinks take everything.
fn write_all<S: Sink>(sink: &mut S, pieces: &[&[u8]]) -> usize {
    let mut len = 0;
    for piece in pieces {
        sink.write(piece);
        len += piece.len();
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_engines_serve_and_ask_the_same() {
        for requests in Workload::requests() {
            let (server, client) = (Script::server(&requests), Script::client(&requests));
            for (engines, script) in [(M4.as_slice(), &server), (&M5, &client)] {
                for engine in engines {
                    let octets = engine.check(script);
                    // Nobody is fast for want of compression. shiguredo_http2 indexes paths too, which come again here.
                    let ours = engines[0].check(script);
                    let is_like = ours * 100 <= octets * 105 || engine.name == "shiguredo_http2";
                    assert!(is_like, "h2wire {ours} octets, {} {octets}", engine.name);
                }
            }
        }
    }
}
