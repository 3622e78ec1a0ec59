//! Malformed sections: one thing is wrong with them.

use alloc::vec::Vec;

use h2wire_frame::Scope;

use super::raw::Breach;
use super::stage::Stage;
use crate::generate::Seed;
use crate::generate::messages::Lines;
use crate::{Malformed, Role, SectionHead};

/// Names and values.
type Pairs = Vec<(&'static str, &'static str)>;

const GET: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "example.test")];
const OK: [(&str, &str); 1] = [(":status", "200")];

pub(super) fn breach(malformed: Malformed, stage: &mut Stage, seed: &mut Seed<'_>) -> Option<Breach> {
    let stream_id = stage.stream_id();
    let is_client = stage.speaker.plan.sender() == Role::Client;
    let base = if is_client { GET.to_vec() } else { OK.to_vec() };
    let ends = seed.one_in(2);
    let (head, pairs) = match malformed {
        Malformed::TrailersWithoutEndStream => {
            let stream_id = stage.open(None, false);
            (SectionHead::headers(stream_id, false), [("x-checksum", "00ff")].to_vec())
        }
        Malformed::PromiseMethod | Malformed::PromiseWithoutAuthority | Malformed::PromiseWithContent => {
            (SectionHead::push_promise(stream_id, stage.promised()), promise(malformed, seed))
        }
        Malformed::ContentLengthEndStream => (
            SectionHead::headers(stream_id, true),
            with(base, &[("content-length", one_of(seed, &["1", "5", "18446744073709551615"]))]),
        ),
        Malformed::InformationalEndStream => {
            let status = one_of(seed, &["100", "103", "199"]);
            (SectionHead::headers(stream_id, true), [(":status", status)].to_vec())
        }
        _ => {
            // Where the end of the stream is not what is wrong.
            let ends = ends && !malformed.name().starts_with("content_length");
            let head = SectionHead::headers(stream_id, ends);
            let pairs = either(malformed, &base, seed)
                .or_else(|| if is_client { request(malformed, seed) } else { response(malformed, seed) })?;
            (head, pairs)
        }
    };
    let lines = Lines::from_pairs(&pairs);
    let octets = stage.section(head, &lines)?;
    Some(Breach { octets, at: 0, scope: Scope::Stream(head.error_stream_id()) })
}

fn one_of(seed: &mut Seed<'_>, of: &[&'static str]) -> &'static str {
    seed.choose(of).copied().unwrap_or_default()
}

fn with(mut pairs: Pairs, more: &[(&'static str, &'static str)]) -> Pairs {
    pairs.extend_from_slice(more);
    pairs
}

/// The GET request without a field.
fn without(name: &str) -> Pairs {
    GET.into_iter().filter(|(other, _)| *other != name).collect()
}

/// The GET request with another value.
fn set(name: &'static str, value: &'static str) -> Pairs {
    GET.into_iter().map(|(other, old)| (other, if other == name { value } else { old })).collect()
}

/// What is wrong in a request as in a response.
fn either(malformed: Malformed, base: &[(&'static str, &'static str)], seed: &mut Seed<'_>) -> Option<Pairs> {
    let base = base.to_vec();
    Some(match malformed {
        Malformed::FieldName => {
            with(base, &[(one_of(seed, &["X-Upper", "", "a b", "a\u{e9}", "a\0", "a:"]), "a")])
        }
        Malformed::FieldValue => with(base, &[("x-a", one_of(seed, &["a\0b", "a\rb", "a\nb", "\r\n"]))]),
        Malformed::FieldValueWhiteSpace => with(base, &[("x-a", one_of(seed, &[" a", "a ", "\ta", " "]))]),
        Malformed::ConnectionSpecific => {
            let names = ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"];
            with(base, &[(one_of(seed, &names), "a")])
        }
        Malformed::PseudoFieldUnknown => {
            with(base, &[(one_of(seed, &[":a", ":", ":Method", ":authority2"]), "a")])
        }
        Malformed::PseudoFieldLate => [&[("x-a", "b")], base.as_slice()].concat(),
        Malformed::PseudoFieldRepeated => {
            let again = *seed.choose(&base)?;
            with(base, &[again])
        }
        Malformed::ContentLengthForm => {
            let values = ["a", "", "-1", "+1", "1 2", "18446744073709551616", "0x1", "1,1"];
            with(base, &[("content-length", one_of(seed, &values))])
        }
        Malformed::ContentLengthDiffers => {
            with(base, &[("content-length", "5"), ("content-length", one_of(seed, &["6", "0"]))])
        }
        _ => return None,
    })
}

fn response(malformed: Malformed, seed: &mut Seed<'_>) -> Option<Pairs> {
    Some(match malformed {
        Malformed::PseudoFieldOfOtherSide => {
            with(OK.to_vec(), &[(one_of(seed, &[":method", ":scheme", ":path", ":authority"]), "/")])
        }
        Malformed::StatusForm => {
            let values = ["20", "2000", "abc", "099", "", "200 OK", "20x", "-20"];
            [(":status", one_of(seed, &values))].to_vec()
        }
        Malformed::StatusSwitchingProtocols => [(":status", "101")].to_vec(),
        _ => return None,
    })
}

fn request(malformed: Malformed, seed: &mut Seed<'_>) -> Option<Pairs> {
    Some(match malformed {
        Malformed::PseudoFieldOfOtherSide => with(GET.to_vec(), &[(":status", "200")]),
        Malformed::Te => with(GET.to_vec(), &[("te", one_of(seed, &["gzip", "", "trailers, deflate"]))]),
        Malformed::MethodMissing => without(":method"),
        Malformed::MethodForm => set(":method", one_of(seed, &["", "GE T", "GET/", "G\u{e9}T"])),
        Malformed::SchemeMissing => without(":scheme"),
        Malformed::SchemeForm => set(":scheme", one_of(seed, &["", "1https", "https:", "ht tps", "-"])),
        Malformed::PathMissing => without(":path"),
        Malformed::PathEmpty => set(":path", ""),
        Malformed::PathForm => set(":path", one_of(seed, &["/a b", "/a#b", "a", "*", "/\x7f"])),
        Malformed::AuthorityForm => {
            set(":authority", one_of(seed, &["a/b", "a b", "a:x", "", "a:65536", "[::1", "a?b"]))
        }
        Malformed::AuthorityUserinfo => set(":authority", one_of(seed, &["u@a", "u:p@a:80", "@a"])),
        Malformed::HostForm => {
            with(without(":authority"), &[("host", one_of(seed, &["a b", "a/b", "", "u@a", "a:x"]))])
        }
        Malformed::HostRepeated => with(GET.to_vec(), &[("host", "example.test"), ("host", "example.test")]),
        Malformed::HostDiffers => {
            with(GET.to_vec(), &[("host", one_of(seed, &["other.test", "example.test:80", "a"]))])
        }
        Malformed::ProtocolWithoutConnect => with(GET.to_vec(), &[(":protocol", "websocket")]),
        Malformed::ProtocolForm => {
            with(set(":method", "CONNECT"), &[(":protocol", one_of(seed, &["", "web socket", "a/1"]))])
        }
        _ => return tunnel(malformed, seed),
    })
}

fn tunnel(malformed: Malformed, seed: &mut Seed<'_>) -> Option<Pairs> {
    const CONNECT: (&str, &str) = (":method", "CONNECT");
    let authority = (":authority", "example.test:443");
    Some(match malformed {
        Malformed::ConnectWithPath => {
            let more = [[(":path", "/")], [(":scheme", "https")]];
            with([CONNECT, authority].to_vec(), seed.choose(&more)?)
        }
        Malformed::ConnectAuthorityForm => {
            let values = ["example.test", "a:0", "a:65536", ":443", "a:b"];
            [CONNECT, (":authority", one_of(seed, &values))].to_vec()
        }
        Malformed::ConnectWithoutAuthority => [CONNECT].to_vec(),
        _ => return None,
    })
}

fn promise(malformed: Malformed, seed: &mut Seed<'_>) -> Pairs {
    match malformed {
        Malformed::PromiseMethod => {
            set(":method", one_of(seed, &["POST", "PUT", "DELETE", "OPTIONS", "get"]))
        }
        Malformed::PromiseWithoutAuthority => {
            if seed.one_in(2) {
                set(":authority", "")
            } else {
                without(":authority")
            }
        }
        _ => with(GET.to_vec(), &[("content-length", one_of(seed, &["1", "5"]))]),
    }
}
