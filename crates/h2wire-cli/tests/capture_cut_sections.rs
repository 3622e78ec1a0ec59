//! Field blocks with holes: the fields before them. Streams of which nothing but a guess tells.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod support;

use packets::{Capture, Packet};
use serde_json::{Value, json};
use support::{Run, decode};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const GET: &[u8] = b"\0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84";
/// A field that becomes an entry, one that does not, and the entry again.
const BLOCK: &[u8] = b"\x88\x40\x01a\x01b\0\x01c\x01d\xbe\0\x01e\x01f";

fn frame(frame_type: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&len[1..], &[frame_type, flags, 0, 0, 0, 1], payload].concat()
}

/// What a server answers; the capture lacks some of it. More follows it.
fn answer(octets: &[u8], lost: std::ops::Range<usize>) -> Run {
    answer_with(&["--json"], octets, lost)
}

fn answer_with(options: &[&str], octets: &[u8], lost: std::ops::Range<usize>) -> Run {
    let client = [PREFACE, SETTINGS, GET].concat();
    let client_next = 101 + u32::try_from(client.len()).unwrap();
    let mut packets = vec![
        Packet::client(100).syn(),
        Packet::server(500).syn_ack().acks(101),
        Packet::client(101).acks(501).data(&client),
    ];
    let server = [SETTINGS, octets].concat();
    let (start, end) = (SETTINGS.len() + lost.start, SETTINGS.len() + lost.end);
    let number = |at: usize| 501 + u32::try_from(at).unwrap();
    packets.push(Packet::server(501).acks(client_next).data(&server[..start]));
    packets.push(Packet::server(number(end)).acks(client_next).data(&server[end..]));
    for _ in 0..5 {
        packets.push(Packet::client(client_next).acks(number(server.len())));
        packets.push(Packet::server(number(server.len())).acks(client_next));
    }
    let run = decode(options, &Capture::pcap(true, false, &packets));
    assert_eq!(run.status, if lost.is_empty() { 0 } else { 3 }, "{}", run.stdout);
    run
}

/// The fields that the server sent: of the section that is not whole, and of those that are.
fn sections(run: &Run) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let text = |field: &Value| {
        let part = |key: &str| field[key].as_str().unwrap_or("?").to_owned();
        format!("{}={}", part("name"), part("value"))
    };
    let objects = run.objects();
    let of_server = objects.iter().filter(|object| object["from"] == "server");
    let (partial, whole): (Vec<_>, Vec<_>) = of_server
        .filter_map(|object| object.get("field_section"))
        .partition(|section| section["partial"] == true);
    let fields = |sections: Vec<&Value>| {
        let each = sections.iter().map(|section| section["fields"].as_array().unwrap());
        each.map(|fields| fields.iter().map(text).collect()).collect()
    };
    (fields(partial), fields(whole))
}

const FIELDS: [&str; 5] = [":status=200", "a=b", "c=d", "a=b", "e=f"];
/// Where each field ends in the block.
const ENDS: [usize; 5] = [1, 6, 11, 12, 17];

/// A hole begins at each place of the frame; the frame after it refers to what is not known any more.
#[test]
fn fields_before_a_hole_in_their_block_are_shown() {
    let padding = [0; 3];
    let padded = [&[3][..], BLOCK, &padding].concat();
    let with_priority = [&[3, 0, 0, 0, 0, 9][..], BLOCK, &padding].concat();
    let after = frame(1, 5, b"\x88\xbe\x40\x01g\x01h\xbe");
    for (name, flags, payload, before) in [
        ("plain", 4, BLOCK, 0),
        ("padded", 4 | 8, &padded[..], 1),
        ("padded, with priority", 4 | 8 | 0x20, &with_priority, 6),
    ] {
        let section = frame(1, flags, payload);
        let sent = [section.clone(), after.clone()].concat();
        for at in 9..section.len() {
            let run = answer(&sent, at..section.len());
            let (partial, whole) = sections(&run);
            let known = ENDS.iter().filter(|end| at >= 9 + before + **end).count();
            let expected: Vec<_> = FIELDS[..known].iter().map(|field| (*field).to_owned()).collect();
            let expected = if known == 0 { vec![] } else { vec![expected] };
            assert_eq!(partial, expected, "{name}, {at}");
            assert_eq!(whole, [[":status=200", "?=?", "g=h", "g=h"]], "{name}, {at}");
        }
    }
}

/// A hole between frames of a block, and in the second one.
#[test]
fn fields_of_frames_before_a_hole_are_shown() {
    let continuation = frame(9, 4, &BLOCK[8..]);
    let sent = [frame(1, 0, &BLOCK[..8]), continuation.clone(), frame(0, 1, b"x")].concat();
    let second = 9 + 8;
    for (lost, known) in [
        (second..second + continuation.len(), 2),
        (second + 9..second + 12, 2),
        (second + 9 + 4..second + continuation.len(), 4),
    ] {
        let run = answer(&sent, lost.clone());
        let (partial, whole) = sections(&run);
        assert_eq!(
            (partial, whole.len()),
            (vec![FIELDS[..known].iter().map(|field| (*field).to_owned()).collect()], 0),
            "{lost:?}"
        );
        // In the order of the bytes: the frame, what is lost, its fields.
        let objects = run.objects();
        let at = |key: &str| {
            objects.iter().position(|object| object["from"] == "server" && object.get(key).is_some())
        };
        assert!(at("lost").is_some_and(|lost| at("field_section") == Some(lost + 1)), "{}", run.stdout);
    }
    let whole = sections(&answer(&sent, 0..0));
    assert_eq!((whole.0.len(), whole.1), (0, vec![FIELDS.map(str::to_owned).to_vec()]));
}

/// Fields that are not judged: the rest may make them right.
#[test]
fn a_partial_section_breaks_no_rule_and_is_marked_everywhere() {
    let section = frame(1, 4, BLOCK);
    let sent = [section.clone(), frame(0, 1, b"x")].concat();
    let lost = 9 + 8..section.len();
    let text = answer_with(&[], &sent, lost.clone()).stdout;
    assert!(text.contains("field section    stream 1     2 fields, the rest is lost"), "{text}");
    let summary = answer_with(&["--summary"], &sent, lost.clone()).stdout;
    assert!(summary.contains(" 200 "), "{summary}");
    let followed = answer_with(&["--follow", "1"], &sent, lost).stdout;
    assert!(followed.contains("< a: b\n< (the rest of these fields is not in the capture)"), "{followed}");
    // A promise: the promised stream comes before its fields.
    let promise = frame(5, 4, b"\0\0\0\x02\x82\x86\x84\x41\x01h");
    let run = answer(&[promise.clone(), frame(1, 5, b"\x88")].concat(), promise.len() - 1..promise.len());
    let (partial, _) = sections(&run);
    assert_eq!(partial, [[":method=GET", ":scheme=http", ":path=/"]]);
    assert!(run.stdout.contains("\"promised_stream_id\":2"), "{}", run.stdout);
}

/// After a hole, what may be content of a stream that nobody opened.
#[test]
fn frames_whose_start_is_a_guess_are_marked() {
    let content = |stream: u8| [&[0, 0, 4, 0, 0, 0, 0, 0, stream][..], b"text"].concat();
    let sent = [
        frame(1, 4, b"\x88"),
        frame(0, 0, &[b'x'; 100]),
        content(9),
        content(9),
        content(1),
        content(1),
        frame(0, 1, b""),
    ]
    .concat();
    // From within one frame into the next.
    let lost = 10 + 50..10 + 9 + 100 + 9 + 4 - 2;
    let run = answer(&sent, lost.clone());
    let objects = run.objects();
    let frames: Vec<_> = objects
        .iter()
        .filter(|object| object["from"] == "server" && object.get("type").is_some())
        .map(|object| (object["stream_id"].as_u64().unwrap(), object["guessed"] == true))
        .collect();
    assert_eq!(frames, [(0, false), (1, false), (9, true), (1, true), (1, true), (1, false)]);
    let text = answer_with(&[], &sent, lost.clone()).stdout;
    assert_eq!(text.matches("(a guess)").count(), 3, "{text}");
    let summary = answer_with(&["--summary", "--json"], &sent, lost.clone());
    let guessed = |stream: u64| {
        let objects = summary.objects();
        let of = objects.iter().find(|object| object["exchange"]["stream_id"] == stream);
        of.map(|object| object["exchange"]["guessed"].clone())
    };
    assert_eq!((guessed(1), guessed(9)), (Some(Value::Null), None), "{}", summary.stdout);
    // It came before what the client was seen to open, if at all.
    let early = [&content(9)[..], &content(9)].concat();
    let client = [&[0, 0, 3, 1, 5, 0, 0, 0, 11][..], b"\x82\x86\x84"].concat();
    let packets = [
        Packet::client(101).data(&client),
        Packet::server(501).data(&early),
        Packet::server(501 + 26).data(&content(11)),
    ];
    let run = decode(&["--summary", "--json"], &Capture::pcap(true, false, &packets));
    let of = |stream: u64| run.objects().into_iter().find(|object| object["exchange"]["stream_id"] == stream);
    assert_eq!(
        of(9).map(|object| object["exchange"]["guessed"].clone()),
        Some(json!(true)),
        "{}",
        run.stdout
    );
    assert_eq!(
        of(11).map(|object| object["exchange"]["guessed"].clone()),
        Some(Value::Null),
        "{}",
        run.stdout
    );
}
