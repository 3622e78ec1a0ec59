//! Each deviation of a peer that the targets allow for, by an example: one that a peer gives up goes from the list.

use h2wire::Role;
use h2wire_fuzz::Deviation as D;
use h2wire_fuzz::differential_fields::{Outcome, Section, compare_list};
use h2wire_fuzz::{differential_connection, differential_frame, differential_hpack, differential_session};

const H2: fn(&[u8]) -> Vec<D> = differential_frame::compare;
const SESSION: fn(&[u8]) -> Vec<D> = differential_session::compare;
const HPACK: fn(&[u8]) -> Vec<D> = |octets| differential_hpack::compare(octets).into_iter().collect();

const SERVER: fn(&[u8]) -> Vec<D> = |octets| differential_connection::compare_frames(Role::Server, octets);
const CLIENT: fn(&[u8]) -> Vec<D> = |octets| differential_connection::compare_frames(Role::Client, octets);

type Example = (D, fn(&[u8]) -> Vec<D>, &'static [u8]);

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    // PING on stream 0 of 7 octets
    (D::GenericCode, H2, b"\0\0\x07\x06\0\0\0\0\0\0\0\0\0\0\0\0"),
    // WINDOW_UPDATE of 0 on stream 1
    (D::WidenedScope, H2, b"\0\0\x04\x08\0\0\0\0\x01\0\0\0\0"),
    (D::WidenedScope, SESSION, b"\0\0\x04\x08\0\0\0\0\x01\0\0\0\0"),
    // The header of a PING on stream 1
    (D::H2WaitsForPayload, H2, b"\0\0\x08\x06\0\0\0\0\x01"),
    // 2^24-1, and no more
    (D::H2LengthAlone, H2, b"\xff\xff\xff"),
    // HEADERS that goes on, then a DATA frame that is too long
    (D::H2LengthFirst, H2, b"\0\0\x01\x01\0\0\0\0\x01\x82\xff\xff\xff\0\0\0\0\0\x01"),
    // PRIORITY and HEADERS of stream 1, which depends on stream 1
    (D::H2SelfDependency, H2, b"\0\0\x05\x02\0\0\0\0\x01\0\0\0\x01\0"),
    (D::H2SelfDependency, H2, b"\0\0\x06\x01\x25\0\0\0\x01\0\0\0\x01\0\x82"),
    (D::NgSelfDependency, SESSION, b"\0\0\x06\x01\x25\0\0\0\x01\0\0\0\x01\0\x82"),
    // PUSH_PROMISE without a fragment
    (D::H2EmptyPushPromise, H2, b"\0\0\x04\x05\0\0\0\0\x01\0\0\0\x02"),
    // A name in upper case
    (D::H2FieldContents, H2, b"\0\0\x05\x01\x05\0\0\0\x01\0\x01X\x01x"),
    // connection: x, then a: b, whose second half is in CONTINUATION
    (D::H2ForgetsField, H2, b"\0\0\x11\x01\x01\0\0\0\x01\0\x0aconnection\x01x\0\x01a\0\0\x02\x09\x04\0\0\0\x01\x01b"),
    // :method GET, and a size update in CONTINUATION
    (D::H2UpdateInContinuation, H2, b"\0\0\x01\x01\0\0\0\0\x01\x82\0\0\x01\x09\x04\0\0\0\x01\x20"),
    // The name of entry 15 with 4 octets of zeros after it
    (D::H2IntegerOctets, H2, b"\0\0\x08\x01\x05\0\0\0\x01\x0f\x80\x80\x80\x80\0\x01x"),
    // RST_STREAM on stream 0
    (D::H2RstStreamOnConnection, H2, b"\0\0\x04\x03\0\0\0\0\0\0\0\0\0"),
    // PUSH_PROMISE of stream 1
    (D::H2PromisedStream, H2, b"\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x01\x82"),
    // SETTINGS_NO_RFC7540_PRIORITIES of 2
    (D::H2UnknownSetting, H2, b"\0\0\x06\x04\0\0\0\0\0\0\x09\0\0\0\x02"),
    // PRIORITY on stream 0
    (D::NgIgnoresPriority, SESSION, b"\0\0\x05\x02\0\0\0\0\0\0\0\0\x01\0"),
    // PRIORITY_UPDATE of stream 2, and of stream 0
    (D::NgStreamState, SESSION, b"\0\0\x04\x10\0\0\0\0\0\0\0\0\x02"),
    (D::NgPrioritizedConnection, SESSION, b"\0\0\x04\x10\0\0\0\0\0\0\0\0\0"),
    // WINDOW_UPDATE of 2^31-1
    (D::NgWindowState, SESSION, b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff"),
    // GOAWAY for stream 1, which is the client's own
    (D::NgLastStreamState, SESSION, b"\0\0\x08\x07\0\0\0\0\0\0\0\0\x01\0\0\0\0"),
    // ENABLE_PUSH of 2, then of 0
    (D::NgLastCopyOfSetting, SESSION, b"\0\0\x0c\x04\0\0\0\0\0\0\x02\0\0\0\x02\0\x02\0\0\0\0"),
    // PING on stream 1 of 0 octets
    (D::NgLengthFirst, SESSION, b"\0\0\0\x06\0\0\0\0\x01"),
    // The start of an index of 127 or more
    (D::NgPartOfInteger, SESSION, b"\0\0\x01\x01\0\0\0\0\x01\xff"),
    // A size update of 5 octets after the prefix, the last of which says that there is a sixth
    (D::NgSixthOctet, SESSION, b"\0\0\x06\x01\0\0\0\0\x01\x3f\x82\x96\x80\x80\x80"),
    // CONTINUATION of 2^24-1 octets
    (D::NgContinuationLength, SESSION, b"\xff\xff\xff\x09\0\0\0\0\x01"),
    // The limit goes down to 100 while the table is empty: no update, and one that comes down in two steps
    (D::NgMissingSizeUpdate, HPACK, b"\x80\x64\0\x01\x82"),
    (D::NgMissingSizeUpdate, HPACK, b"\x80\x64\x90\0\0\x06\x3f\xc9\x07\x3f\x45\x82"),
    // Request 1, RST_STREAM, and DATA or a WINDOW_UPDATE of 0; request 3, then 1
    (D::NgForgetsStreams, SERVER, b"\0\0\x06\x01\x04\0\0\0\x01\x82\x87\x84\x01\x01a\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08\0\0\x01\0\0\0\0\0\x01a"),
    (D::NgForgetsStreams, SERVER, b"\0\0\x06\x01\x04\0\0\0\x01\x82\x87\x84\x01\x01a\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08\0\0\x04\x08\0\0\0\0\x01\0\0\0\0"),
    (D::NgForgetsStreams, SERVER, b"\0\0\x06\x01\x05\0\0\0\x03\x82\x87\x84\x01\x01a\0\0\x06\x01\x05\0\0\0\x01\x82\x87\x84\x01\x01a"),
    // Request 1 with host, which its trailers have too
    (D::NgTrailersAsHead, SERVER, b"\0\0\x06\x01\x04\0\0\0\x01\x82\x87\x84\x66\x01a\0\0\x01\x01\x05\0\0\0\x01\xbe"),
    // PUSH_PROMISE of stream 2, where the client's ENABLE_PUSH 0 is not acknowledged
    (D::NgPromiseCancelled, CLIENT, b"\0\0\x0a\x05\x04\0\0\0\x01\0\0\0\x02\x82\x87\x84\x01\x01a"),
    // SETTINGS with ACK, twice
    (D::NgUnaskedAck, SERVER, b"\0\0\0\x04\x01\0\0\0\0\0\0\0\x04\x01\0\0\0\0"),
    // A whole request 1, then HEADERS with an index of a table that is empty
    (D::NgStreamFirst, SERVER, b"\0\0\x06\x01\x05\0\0\0\x01\x82\x87\x84\x01\x01a\0\0\x01\x01\x05\0\0\0\x01\xc0"),
];

type Fields = &'static [(&'static str, &'static str)];

const REQUEST: Section = Section::Request { extended_connect: true };
const GET: [(&str, &str); 3] = [(":method", "GET"), (":scheme", "https"), (":path", "/")];
const HOST: (&str, &str) = (":authority", "a.test");
const OK: (&str, &str) = (":status", "200");

/// Lists that nghttp2 alone accepts.
#[rustfmt::skip]
const THEY_ACCEPT: &[(D, Section, Fields)] = &[
    (D::NgAuthorityForm, REQUEST, &[GET[0], GET[1], GET[2], (":authority", "a:b:c")]),
    (D::NgAuthorityForm, REQUEST, &[GET[0], GET[1], GET[2], ("host", "a.test:x")]),
    (D::NgTunnelPort, REQUEST, &[(":method", "CONNECT"), HOST]),
    (D::NgHostDiffers, REQUEST, &[GET[0], GET[1], GET[2], HOST, ("host", "b.test")]),
    (D::NgPathFragment, REQUEST, &[GET[0], GET[1], (":path", "/a#b"), HOST]),
    (D::NgProtocolForm, REQUEST, &[(":method", "CONNECT"), (":protocol", "a/1"), GET[1], GET[2], HOST]),
    (D::NgStatusBelow100, Section::Response, &[(":status", "099")]),
    (D::NgTeInResponse, Section::Response, &[OK, ("te", "trailers")]),
    (D::NgTeInResponse, Section::ResponseTrailers, &[("te", "trailers")]),
    (D::NgPromiseMethod, Section::Promise, &[(":method", "POST"), GET[1], GET[2], HOST]),
    (D::NgPromiseAuthority, Section::Promise, &[GET[0], GET[1], GET[2], ("host", "a.test")]),
    (D::NgPromiseContent, Section::Promise, &[GET[0], GET[1], GET[2], HOST, ("content-length", "5")]),
];

/// Lists that we alone accept.
#[rustfmt::skip]
const WE_ACCEPT: &[(D, Section, Fields)] = &[
    (D::NgAuthorityCharacters, REQUEST, &[GET[0], (":scheme", "coap"), GET[2], (":authority", "u@a.test")]),
    (D::NgAuthorityMissing, REQUEST, &GET),
    (D::NgEmptyValue, REQUEST, &[GET[0], (":scheme", "coap"), (":path", ""), HOST]),
    (D::NgProtocolAuthority, REQUEST, &[
        (":method", "CONNECT"), (":protocol", "websocket"), GET[1], GET[2], ("host", "a.test"),
    ]),
    (D::NgControlCharacters, Section::Response, &[OK, ("x-a", "\x01")]),
    (D::NgContentLengthRepeated, REQUEST, &[
        GET[0], GET[1], GET[2], HOST, ("content-length", "0"), ("content-length", "0"),
    ]),
    (D::NgContentLengthRange, Section::Response, &[OK, ("content-length", "9223372036854775808")]),
    (D::NgContentLengthOfNoContent, Section::Response, &[(":status", "204"), ("content-length", "5")]),
    (D::NgContentLengthOfResponse, Section::Response, &[OK, ("content-length", "5")]),
    (D::NgTrailersAsHead, Section::RequestTrailers, &[("host", "a.test"), ("host", "a.test")]),
    (D::NgTrailersAsHead, Section::ResponseTrailers, &[("content-length", "5")]),
];

#[test]
fn each_deviation_is_met() {
    for (deviation, compare, octets) in EXAMPLES {
        assert!(compare(octets).contains(deviation), "{deviation:?}: {:?}", compare(octets));
    }
}

#[test]
fn each_deviation_about_fields_is_met() {
    let said = |section: &Section, fields: Fields| {
        let line = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
        compare_list(*section, true, &fields.iter().map(line).collect::<Vec<_>>())
    };
    for (deviation, section, fields) in THEY_ACCEPT {
        assert_eq!(said(section, fields), Outcome::TheyAccept(vec![*deviation]), "{fields:?}");
    }
    for (deviation, section, fields) in WE_ACCEPT {
        let Outcome::WeAccept(met) = said(section, fields) else { panic!("{fields:?}") };
        assert!(met.contains(deviation), "{fields:?}: {met:?}");
    }
}

#[test]
fn each_deviation_has_an_example() {
    let of_octets = EXAMPLES.iter().map(|(deviation, ..)| deviation);
    let of_fields = THEY_ACCEPT.iter().chain(WE_ACCEPT).map(|(deviation, ..)| deviation);
    let examples: Vec<_> = of_octets.chain(of_fields).collect();
    for deviation in D::ALL {
        assert!(examples.contains(&deviation), "{deviation:?}");
    }
}
