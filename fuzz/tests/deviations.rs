//! Each deviation of a peer that the targets allow for, by an example: one that a peer gives up goes from the list.

use h2wire_fuzz::Deviation as D;
use h2wire_fuzz::{differential_frame, differential_hpack, differential_session};

const H2: fn(&[u8]) -> Vec<D> = differential_frame::compare;
const SESSION: fn(&[u8]) -> Vec<D> = differential_session::compare;
const HPACK: fn(&[u8]) -> Vec<D> = |octets| differential_hpack::compare(octets).into_iter().collect();

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
    // The name of entry 15 with 4 octets of zeros behind
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
    // A size update of 5 octets behind the prefix, the last of which says that there is a sixth
    (D::NgSixthOctet, SESSION, b"\0\0\x06\x01\0\0\0\0\x01\x3f\x82\x96\x80\x80\x80"),
    // CONTINUATION of 2^24-1 octets
    (D::NgContinuationLength, SESSION, b"\xff\xff\xff\x09\0\0\0\0\x01"),
    // The limit goes down to 100 while the table is empty: no update, and one that comes down in two steps
    (D::NgMissingSizeUpdate, HPACK, b"\x80\x64\0\x01\x82"),
    (D::NgMissingSizeUpdate, HPACK, b"\x80\x64\x90\0\0\x06\x3f\xc9\x07\x3f\x45\x82"),
];

#[test]
fn each_deviation_is_met() {
    for (deviation, compare, octets) in EXAMPLES {
        assert!(compare(octets).contains(deviation), "{deviation:?}: {:?}", compare(octets));
    }
}

#[test]
fn each_deviation_has_an_example() {
    for deviation in D::ALL {
        assert!(EXAMPLES.iter().any(|(example, ..)| example == deviation), "{deviation:?}");
    }
}
