//! Which field of a section is said to be wrong, and whose fields are lent.

use std::time::Duration;

use bytes::BytesMut;
use h2wire::frame::PREFACE;
use h2wire::{Limits, Malformed, MalformedSet};
use h2wire_connection::{Config, Connection, Event, FieldsKind, Lent, ResetReason};

use super::*;

/// The rule and the field that a frame breaks which the peer sends: a promise to a client that waits for a response, others to a server.
fn broken(config: &Config, octets: &[u8]) -> (&'static str, Option<u32>) {
    let is_promise = octets[3] == 5;
    let mut peer =
        if is_promise { Peer::of_client_after_handshake(config) } else { Peer::after_handshake_with(config) };
    if is_promise {
        peer.request("GET", true);
    }
    peer.send(octets);
    match peer.events.last() {
        Some((Event::Reset { reason: ResetReason::Broken { cause, field }, .. }, _)) => {
            (cause.name(), *field)
        }
        other => panic!("{other:?}"),
    }
}

fn tolerating(malformed: Malformed) -> Config {
    let mut config = Config::DEFAULT;
    config.options.allowed = MalformedSet::EMPTY.with(malformed);
    config
}

/// A request that ends, with more fields after those of [`GET`].
fn request(fields: &[(&str, &str)]) -> Vec<u8> {
    headers(1, ENDS, &[GET, &block(fields)].concat())
}

#[test]
fn a_rule_that_waits_for_the_end_is_broken_by_its_own_field() {
    let pushes = Config::DEFAULT.with_limits(Limits::DEFAULT.with_accept_push(true));
    let promise = |fields: &[(&str, &str)]| {
        broken(&pushes, &frame(5, END_HEADERS, 1, &[&[0, 0, 0, 2][..], &block(fields)].concat()))
    };
    for (fields, rule) in [
        ([("content-length", "0"), ("content-length", "x")], "content_length_form"),
        ([("content-length", "0"), ("content-length", "1")], "content_length_differs"),
        ([("host", "a"), ("host", "a")], "host_repeated"),
        ([("a", "b"), ("host", "/")], "host_form"),
    ] {
        // A content-length above 0 is wrong in a promise by itself.
        if rule != "content_length_differs" {
            assert_eq!(promise(&fields), (rule, Some(1)));
        }
        let late = tolerating(Malformed::PseudoFieldLate);
        let request = [&fields[..], &[(":method", "GET"), (":scheme", "https"), (":path", "/")]].concat();
        assert_eq!(broken(&late, &headers(1, ENDS, &block(&request))), (rule, Some(1)));
    }
    let repeated = tolerating(Malformed::HostRepeated);
    let hosts = request(&[("host", "a"), ("host", "b")]);
    assert_eq!(broken(&repeated, &hosts), ("host_differs", Some(5)));
}

#[test]
fn trailers_with_a_pseudo_header_field() {
    for field in [":path", ":method", ":scheme", ":authority"] {
        let value = if field == ":method" { "CONNECT" } else { "http" };
        let octets = [post(1), headers(1, ENDS, &block(&[(field, value), ("a", "b")]))].concat();
        assert_eq!(broken(&Config::DEFAULT, &octets), ("pseudo_field_in_trailers", Some(0)), "{field}");
    }
    let late = [post(1), headers(1, ENDS, &block(&[("a", "b"), (":path", "/")]))].concat();
    assert_eq!(broken(&Config::DEFAULT, &late), ("pseudo_field_late", Some(1)));
    let late_is_fine = tolerating(Malformed::PseudoFieldLate);
    assert_eq!(broken(&late_is_fine, &late), ("pseudo_field_in_trailers", None));
}

#[test]
fn a_request_without_pseudo_header_fields_has_no_method() {
    for flags in [ENDS, END_HEADERS] {
        let octets = headers(1, flags, &block(&[("a", "b")]));
        assert_eq!(broken(&Config::DEFAULT, &octets), ("method_missing", None));
    }
}

/// If two are tolerated: as the list and the validator have it.
#[test]
fn the_first_status_counts() {
    let mut peer = Peer::of_client_after_handshake(&tolerating(Malformed::PseudoFieldRepeated));
    peer.request("GET", true);
    peer.send(&headers(1, END_HEADERS, &block(&[(":status", "200"), (":status", "103")])));
    let kind = match peer.events.last() {
        Some((Event::Fields { kind, .. }, _)) => *kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind, FieldsKind::Response);
}

/// A section without an event may come before one that has it, in one call.
#[test]
fn lent_fields_are_those_of_their_event() {
    let config = Config::DEFAULT.with_limits(Limits::DEFAULT.with_max_section_size(1_024));
    let too_large = headers(1, ENDS, &request_with("GET", &[("secret", "x"); 50]));
    let late = [post(1), rst_stream(1), headers(1, ENDS, &block(&[("secret", "x")]))].concat();
    let empty = [post(3), headers(3, ENDS, b"")].concat();
    for (first, then, expected) in
        [(&too_large, get(3), vec![4]), (&late, get(3), vec![4]), (&late, empty, vec![4, 0])]
    {
        let octets = [PREFACE.as_slice(), &settings(&[]), first, &then].concat();
        let mut connection = Connection::server(&config).unwrap();
        let (mut input, mut lent, mut counts) = (BytesMut::from(&octets[..]), Vec::new(), Vec::new());
        let mut next = |lent: &mut Vec<Vec<u8>>| {
            connection.poll_event_with(&mut input, Duration::ZERO, |part| match part {
                Lent::Start => lent.clear(),
                Lent::Field(field) => lent.push(field.name.to_vec()),
            })
        };
        while let Some(event) = next(&mut lent).unwrap() {
            if matches!(event, Event::Fields { stream_id, .. } if stream_id == stream(3)) {
                counts.push(lent.len());
            }
        }
        assert_eq!(counts, expected);
    }
}
