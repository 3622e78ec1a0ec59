//! Captures that are hard to read for other reasons than the packets in them, and content of which a part is lost.
#![cfg(feature = "command")]

mod support;

use serde_json::{Value, json};
use support::{Run, decode};

fn path(name: &str) -> String {
    h2wire_testdata::folder().join("captures/made").join(name).display().to_string()
}

fn made(options: &[&str], name: &str) -> Run {
    decode(&[options, &[&path(name)]].concat(), b"")
}

fn parts(run: &Run) -> Vec<Value> {
    run.objects().into_iter().filter(|object| object.get("part").is_some()).collect()
}

#[test]
fn content_before_and_after_a_hole_is_shown() {
    let run = made(&["--json"], "lost-both.pcap");
    let parts = parts(&run);
    // Before and after 100 of the 300 bytes of the client, and 150 of the server.
    let facts = |part: &Value| {
        let (text, part) = (&part["from"], &part["part"]);
        let octets = hex::decode(part["payload_hex"].as_str().unwrap()).unwrap();
        (
            text.clone(),
            part["payload_offset"].clone(),
            octets.len(),
            octets[0],
            part["frame"]["length"].clone(),
        )
    };
    let expected = [
        (json!("client"), json!(0), 87, b'x', json!(300)),
        (json!("client"), json!(187), 113, b'x', json!(300)),
        (json!("server"), json!(0), 58, b'y', json!(300)),
        (json!("server"), json!(208), 92, b'y', json!(300)),
    ];
    let mut told: Vec<_> = parts.iter().map(facts).collect();
    told.sort_by_key(|(from, ..)| from.to_string());
    assert_eq!(told, expected);
    // The packets that they came in, and their places in the stream.
    let place = |part: &Value| (part["packet"].clone(), part["part"]["offset"].clone());
    let places: Vec<_> = parts.iter().filter(|part| part["from"] == "client").map(place).collect();
    assert_eq!(places, [(json!(5), json!(63)), (json!(5), json!(250))]);
    assert_eq!(run.status, 3);
}

#[test]
fn parts_are_marked_in_text_and_followed() {
    let text = made(&[], "lost-both.pcap").stdout;
    let line = "DATA that is not whole, from 187 on, stream 1     300 bytes     END_STREAM";
    assert!(text.contains(&format!("113 bytes of {line}")), "{text}");
    let followed = made(&["--follow", "1"], "lost-both.pcap").stdout;
    let (before, rest) = followed.split_once("> (100 bytes are not in the capture)").unwrap();
    assert!(before.contains(&format!("> {}\n", "x".repeat(87))), "{followed}");
    assert!(rest.contains(&format!("> {}\n", "x".repeat(113))), "{followed}");
}

/// The header of a frame says how long it is, and that it is the last one, whatever is lost of the rest.
#[test]
fn the_summary_counts_frames_that_are_not_whole() {
    let run = made(&["--summary", "--json"], "lost-both.pcap");
    let exchange = run.objects().into_iter().find(|object| object["exchange"]["stream_id"] == 1).unwrap();
    let exchange = &exchange["exchange"];
    for side in ["client", "server"] {
        let told = &exchange[side];
        assert_eq!((&told["content"], &told["ended"]), (&json!(300), &json!(true)), "{exchange}");
    }
    // To the packet with the end of the response.
    assert_eq!(exchange["ended_after"], "0.003003000");
    let text = made(&["--summary"], "lost-both.pcap").stdout;
    assert!(text.contains("    200        300        300  POST http://a.local/\n"), "{text}");
}

#[test]
fn parts_can_be_chosen_and_do_not_disturb_encode() {
    let parts_of = |options: &[&str]| parts(&made(&[options, &["--json"]].concat(), "lost-both.pcap")).len();
    assert_eq!(parts_of(&["--stream", "1"]), 4);
    assert_eq!(parts_of(&["--type", "DATA"]), 4);
    for options in [["--stream", "3"], ["--type", "HEADERS"]] {
        assert_eq!(parts_of(&options), 0);
    }
    assert_eq!(parts_of(&["--errors"]), 0);
    let json = made(&["--json"], "lost-both.pcap").stdout;
    let run = support::h2wire(&["encode", "--connection", "0", "--from", "client"], json.as_bytes());
    assert!(run.status == 0 && run.stderr.contains("skipped 1 hole"), "{}", run.stderr);
}

#[test]
fn a_section_that_is_not_whole_has_no_parts() {
    assert_eq!(parts(&made(&["--json"], "lost-continuation.pcap")), Vec::<Value>::new());
}

#[test]
fn what_follows_gzip_is_left_out() {
    let run = made(&["--json"], "gzip-garbage.pcap");
    assert_eq!((run.status, run.objects().len()), (0, 10), "{}", run.stderr);
    let expected = "gzip-garbage.pcap: what follows the end of the gzip'd data is left out";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    // Two members are one file, as gzip has it.
    let file = std::fs::read(path("gzip-garbage.pcap")).unwrap();
    let packed = &file[..file.len() - b"garbage after the end".len()];
    let twice = [packed, packed].concat();
    let run = decode(&["--json"], &twice);
    assert_eq!(run.status, 2, "a capture after a capture is not one packet: {}", run.stderr);
    assert!(!run.stderr.contains("left out"), "{}", run.stderr);
}

#[test]
fn secrets_after_the_packets_are_found() {
    let first = h2wire_testdata::folder().join("captures/tls-curl-nginx.pcapng");
    let first = decode(&["--json", first.to_str().unwrap()], b"");
    let last = made(&["--json"], "tls-secrets-last.pcapng");
    assert_eq!((last.status, &last.stdout), (0, &first.stdout), "{}", last.stderr);
    // What comes through a pipe cannot be read twice.
    let piped = decode(&["--json"], &std::fs::read(path("tls-secrets-last.pcapng")).unwrap());
    assert_eq!((piped.status, piped.stdout.as_str()), (2, ""));
}
