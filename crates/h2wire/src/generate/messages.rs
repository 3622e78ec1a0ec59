//! Field sections that break no rule.

use alloc::vec::Vec;

use super::Seed;
use crate::{FieldLine, FieldList, Indexing};

/// Names with values that go with them. None of them is looked at by a rule.
const USUAL: [(&str, &str); 10] = [
    ("accept", "*/*"),
    ("user-agent", "h2wire"),
    ("content-type", "text/html; charset=utf-8"),
    ("accept-encoding", "gzip, deflate"),
    ("cache-control", "no-cache"),
    ("x-request-id", "7b1c"),
    ("vary", "accept"),
    ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
    ("x-empty", ""),
    ("cookie", "session=0123456789abcdef0123456789abcdef"),
];
/// Credentials, and a cookie that could be guessed: an encoder never indexes them. RFC 7541 §7.1.3
const SECRETS: [(&str, &str); 3] =
    [("authorization", "Basic dTpw"), ("proxy-authorization", "Basic dTpw"), ("cookie", "a=b")];
const AUTHORITIES: [&str; 4] = ["example.test", "a:8080", "[::1]:443", "127.0.0.1"];
const PATHS: [&str; 4] = ["/", "/index.html", "/a/b?c=d&e", "/%20"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "HEAD", "DELETE"];
const FINAL: [&str; 8] = ["200", "204", "206", "304", "400", "404", "500", "999"];
const INTERIM: [&str; 3] = ["100", "103", "199"];

/// Fields, and how each of them is to be encoded.
#[derive(Default)]
pub(super) struct Lines(Vec<(Vec<u8>, Vec<u8>, Indexing)>);

/// A request, and what its content must be.
pub(super) struct Request {
    pub(super) lines: Lines,
    /// A CONNECT without `:protocol`: nothing but DATA follows. RFC 9113 §8.5
    pub(super) is_tunnel: bool,
    pub(super) content_length: Option<u32>,
}

impl Lines {
    pub(super) fn push(&mut self, name: &str, value: &str) {
        self.push_octets(name.as_bytes(), value.as_bytes(), Indexing::Auto);
    }

    pub(super) fn push_octets(&mut self, name: &[u8], value: &[u8], indexing: Indexing) {
        self.0.push((name.to_vec(), value.to_vec(), indexing));
    }

    pub(super) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let mut lines = Self::default();
        for (name, value) in pairs {
            lines.push(name, value);
        }
        lines
    }

    /// As a writer takes them.
    pub(super) fn iter(&self) -> impl Iterator<Item = FieldLine<'_>> {
        self.0.iter().map(|(name, value, indexing)| FieldLine::new(name, value).with_indexing(*indexing))
    }

    /// As they are read.
    pub(super) fn read(&self) -> FieldList {
        let seen = |line: FieldLine<'_>| line.indexing == Indexing::Never;
        let mut list = FieldList::new();
        for line in self.iter() {
            let indexing = if seen(line) { Indexing::Never } else { Indexing::Auto };
            list.push(&line.with_indexing(indexing));
        }
        list
    }
}

/// A request. With `end_stream` it has no content. `extended_connect` says that `:protocol` is allowed.
pub(super) fn request(seed: &mut Seed<'_>, end_stream: bool, extended_connect: bool) -> Request {
    let authority = seed.choose(&AUTHORITIES).copied().unwrap_or_default();
    let path = seed.choose(&PATHS).copied().unwrap_or_default();
    let scheme = if seed.one_in(3) { "http" } else { "https" };
    let target = [(":scheme", scheme), (":path", path), (":authority", authority)];
    let (method, target): (_, Vec<_>) = match seed.below(24) {
        20 if !end_stream => return tunnel(seed),
        21 if extended_connect && !end_stream => {
            ("CONNECT", target.into_iter().chain([(":protocol", "websocket")]).collect())
        }
        22 => ("OPTIONS", [(":scheme", scheme), (":path", "*"), (":authority", authority)].to_vec()),
        // No authority but a host.
        23 => ("GET", [(":scheme", scheme), (":path", path), ("host", authority)].to_vec()),
        _ => (seed.choose(&METHODS).copied().unwrap_or_default(), target.to_vec()),
    };
    let mut lines = Lines::default();
    let mut pseudo = [&[(":method", method)], target.as_slice()].concat();
    let host_behind = pseudo.iter().any(|(name, _)| *name == "host");
    if !host_behind && seed.one_in(6) {
        // They may come in any order.
        pseudo.reverse();
    }
    for (name, value) in &pseudo {
        lines.push(name, value);
    }
    if !host_behind && seed.one_in(8) {
        lines.push("host", authority);
    }
    if seed.one_in(8) {
        lines.push("te", "trailers");
    }
    let content_length = content_length(seed, end_stream, &mut lines);
    regular(seed, &mut lines);
    Request { lines, is_tunnel: false, content_length }
}

fn tunnel(seed: &mut Seed<'_>) -> Request {
    let mut lines = Lines::from_pairs(&[(":method", "CONNECT"), (":authority", "example.test:443")]);
    regular(seed, &mut lines);
    Request { lines, is_tunnel: true, content_length: None }
}

/// A final response, and what its content must be. With `end_stream` it has none.
pub(super) fn response(seed: &mut Seed<'_>) -> (Lines, bool, Option<u32>) {
    let status = seed.choose(&FINAL).copied().unwrap_or_default();
    let end_stream = matches!(status, "204" | "304") || seed.one_in(4);
    let mut lines = Lines::from_pairs(&[(":status", status)]);
    let content_length = content_length(seed, end_stream, &mut lines);
    regular(seed, &mut lines);
    (lines, end_stream, content_length)
}

/// A response before the final one, which never is 101.
pub(super) fn interim(seed: &mut Seed<'_>) -> Lines {
    let mut lines = Lines::from_pairs(&[(":status", seed.choose(&INTERIM).copied().unwrap_or_default())]);
    regular(seed, &mut lines);
    lines
}

/// What a server may promise: a GET without content.
pub(super) fn promise(seed: &mut Seed<'_>) -> Lines {
    let path = seed.choose(&PATHS).copied().unwrap_or_default();
    let mut lines = Lines::from_pairs(&[
        // Not HEAD, whose response has no content: RFC 9110 §9.3.2.
        (":method", "GET"),
        (":scheme", "https"),
        (":path", path),
        (":authority", "example.test"),
    ]);
    regular(seed, &mut lines);
    lines
}

/// Trailers, which have no pseudo-header fields.
pub(super) fn trailers(seed: &mut Seed<'_>) -> Lines {
    let mut lines = Lines::from_pairs(&[("x-checksum", "00ff")]);
    regular(seed, &mut lines);
    lines
}

fn content_length(seed: &mut Seed<'_>, end_stream: bool, lines: &mut Lines) -> Option<u32> {
    if end_stream || !seed.one_in(3) {
        return None;
    }
    let length = seed.below(1000);
    let text = alloc::format!("{length}");
    lines.push("content-length", &text);
    Some(length)
}

/// Some regular fields: usual ones, secrets, and names and values of many characters.
fn regular(seed: &mut Seed<'_>, lines: &mut Lines) {
    for _ in 0..seed.below(9) {
        let indexing = [Indexing::Auto, Indexing::Incremental, Indexing::Without, Indexing::Never];
        let indexing = seed.choose(&indexing).copied().unwrap_or_default();
        match seed.below(8) {
            5 => {
                let (name, value) = seed.choose(&SECRETS).copied().unwrap_or_default();
                lines.push_octets(name.as_bytes(), value.as_bytes(), Indexing::Never);
            }
            6 | 7 => {
                let (name, value) = (name(seed), value(seed));
                lines.push_octets(&name, &value, indexing);
            }
            _ => {
                let (name, value) = seed.choose(&USUAL).copied().unwrap_or_default();
                lines.push_octets(name.as_bytes(), value.as_bytes(), indexing);
            }
        }
    }
}

/// Characters of a token, in lower case, after `x-` so that it is no name that a rule is about.
fn name(seed: &mut Seed<'_>) -> Vec<u8> {
    const TOKEN: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    let len = seed.below(24);
    let more = (0..len).map(|_| seed.choose(TOKEN).copied().unwrap_or(b'a'));
    b"x-".iter().copied().chain(more).collect()
}

/// Visible characters, and those above 0x7f; spaces inside only.
fn value(seed: &mut Seed<'_>) -> Vec<u8> {
    let len = usize::try_from(seed.below(60)).unwrap_or_default();
    let mut value = seed.take(len).to_vec();
    let last = value.len().saturating_sub(1);
    for (index, octet) in value.iter_mut().enumerate() {
        let is_inside = index > 0 && index < last;
        let is_fine = matches!(*octet, b'!'..=b'~' | 0x80..) || is_inside && matches!(*octet, b' ' | b'\t');
        if !is_fine {
            *octet = b'v';
        }
    }
    value
}
