//! `h2wire encode`: what `decode --json` prints, and what people write, to bytes.
#![cfg(feature = "command")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};
use support::{decode, h2wire as run_command};

struct Encoded {
    status: i32,
    octets: Vec<u8>,
    stderr: String,
}

fn encode(options: &[&str], input: &str) -> Encoded {
    let mut command = Command::cargo_bin("h2wire").unwrap();
    let output = command.arg("encode").args(options).write_stdin(input).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    Encoded { status: output.status.code().unwrap(), octets: output.stdout, stderr }
}

/// The bytes of one frame that is given as an object.
fn frame(options: &[&str], object: &Value) -> Vec<u8> {
    let Encoded { status, octets, stderr } = encode(options, &object.to_string());
    assert_eq!((status, stderr.as_str()), (0, ""), "{object}");
    octets
}

/// The error for a refused object.
fn refusal(options: &[&str], input: &str) -> String {
    let Encoded { status, octets, stderr } = encode(options, input);
    assert_eq!((status, octets.len(), stderr.lines().count()), (2, 0, 1), "{input}: {stderr}");
    stderr
}

/// Not in memory that grows for ever.
#[cfg(target_os = "linux")]
#[test]
fn a_line_without_an_end_is_refused() {
    for command in [
        ["encode", "/dev/zero"].as_slice(),
        &["hpack", "decode", "/dev/zero"],
        &["hpack", "encode", "/dev/zero"],
    ] {
        let run = run_command(command, b"");
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("/dev/zero: line 1 is longer than 64 MiB"), "{}", run.stderr);
    }
    for option in ["--cacert", "--cert"] {
        let run = run_command(&["probe", "https://localhost:1/", option, "/dev/zero"], b"");
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("/dev/zero: longer than 64 MiB"), "{}", run.stderr);
    }
}

#[test]
fn every_frame_comes_back() {
    let mut all = Vec::new();
    for fixture in h2wire_testdata::frames() {
        let json = decode(&["--stateless", "--json"], &fixture.octets).stdout;
        for options in [[].as_slice(), &["--raw"]] {
            let encoded = encode(options, &json);
            assert_eq!((encoded.status, encoded.stderr.as_str()), (0, ""), "{}", fixture.name);
            assert_eq!(encoded.octets, fixture.octets, "{}", fixture.name);
        }
        all.extend(fixture.octets);
    }
    let json = decode(&["--stateless", "--json"], &all).stdout;
    assert_eq!(encode(&[], &json).octets, all);
}

/// The bytes of each direction, as `--annotate` shows them.
fn directions(capture: &Path) -> BTreeMap<(u64, String), Vec<u8>> {
    let mut directions = BTreeMap::<_, Vec<u8>>::new();
    let mut flow = (0, String::new());
    let text = decode(&["--stateless", "--annotate", capture.to_str().unwrap()], b"").stdout;
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            [_, packet, connection, arrow @ (">" | "<"), ..] if packet.parse::<u64>().is_ok() => {
                let from = if *arrow == ">" { "client" } else { "server" };
                flow = (connection.parse().unwrap(), from.to_owned());
            }
            [offset, ..] if line.starts_with("  ") && offset.parse::<u64>().is_ok() => {
                // After 12 spaces and the offset; the labels have a column of their own.
                let digits = line.get(22..line.len().min(70)).unwrap_or_default();
                let octets = hex::decode(digits.replace(' ', ""));
                directions.entry(flow.clone()).or_default().extend(octets.unwrap_or_default());
            }
            _ => {}
        }
    }
    directions
}

#[test]
fn every_direction_of_a_capture_comes_back() {
    let mut whole = 0;
    for capture in h2wire_testdata::captures() {
        for options in [["--json", "--stateless"].as_slice(), &["--json"]] {
            let run = decode(&[options, &[capture.to_str().unwrap()]].concat(), b"");
            for ((connection, from), original) in directions(&capture) {
                let connection = connection.to_string();
                let encoded = encode(&["--connection", &connection, "--from", &from], &run.stdout);
                assert_eq!(encoded.status, 0, "{}: {}", capture.display(), encoded.stderr);
                // Where the last frame is broken or incomplete, what comes before it is there.
                let is_whole = encoded.stderr.is_empty();
                let len = if is_whole { original.len() } else { encoded.octets.len() };
                assert_eq!(encoded.octets, original[..len], "{}", capture.display());
                whole += usize::from(is_whole);
            }
        }
    }
    assert!(whole > 100, "{whole} directions");
}

#[test]
fn two_directions_are_not_mixed() {
    let capture = h2wire_testdata::folder().join("captures/curl-caddy.pcap");
    let json = decode(&["--json", capture.to_str().unwrap()], b"").stdout;
    let encoded = encode(&[], &json);
    assert_eq!(encoded.status, 2);
    assert!(encoded.stderr.contains("choose with --connection and --from"), "{}", encoded.stderr);
    assert!(encode(&["--from", "client"], &json).stderr.contains("of connection 1"));
}

#[test]
fn people_leave_out_what_is_clear() {
    let headers = json!({"type_name": "HEADERS", "stream_id": 1, "flag_names": ["END_HEADERS"],
        "payload": {"pad_length": 2, "field_block_fragment_hex": "82",
                    "priority": {"exclusive": true, "stream_dependency": 3, "weight": 15}}});
    assert_eq!(frame(&[], &headers), b"\0\0\x09\x01\x2c\0\0\0\x01\x02\x80\0\0\x03\x0f\x82\0\0");
    let settings = json!({"type": 4, "stream_id": 0, "payload": {"settings": [
        {"name": "MAX_FRAME_SIZE", "value": 16384}, {"id": 0xaaaa, "value": 1}]}});
    assert_eq!(frame(&[], &settings), b"\0\0\x0c\x04\0\0\0\0\0\0\x05\0\0\x40\0\xaa\xaa\0\0\0\x01");
    let ack = json!({"type": 4, "stream_id": 0, "payload": {"ack": true}});
    assert_eq!(frame(&[], &ack), b"\0\0\0\x04\x01\0\0\0\0");
    let reset = json!({"type_name": "RST_STREAM", "stream_id": 1, "payload": {"error_name": "CANCEL"}});
    assert_eq!(frame(&[], &reset), b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08");
    let unknown = json!({"type": 0xee, "stream_id": 7, "flags": 255, "payload": {"payload_hex": "00ff"}});
    assert_eq!(frame(&[], &unknown), b"\0\0\x02\xee\xff\0\0\0\x07\0\xff");
    assert_eq!(encode(&[], "{\"preface\":true}\n\n").octets, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

#[test]
fn what_must_not_be_sent_is_refused_unless_raw() {
    for (object, says, raw) in [
        (
            json!({"type": 6, "stream_id": 1, "payload": {"opaque_data_hex": "0000000000000000"}}),
            "(RFC 9113 §6.7;",
            "000008060000000001 0000000000000000",
        ),
        (
            json!({"type": 6, "stream_id": 0, "payload": {"opaque_data_hex": "00"}}),
            "not 8 bytes",
            "000001060000000000 00",
        ),
        (
            json!({"type": 8, "stream_id": 0, "payload": {"window_size_increment": 0}}),
            "(RFC 9113 §6.9;",
            "000004080000000000 00000000",
        ),
        (
            json!({"type": 4, "stream_id": 0, "payload": {"ack": true, "settings": [{"id": 2, "value": 7}]}}),
            "a receiver must refuse this",
            "000006040100000000 000200000007",
        ),
        (
            json!({"type": 0, "stream_id": 1, "flags": 8, "payload": {"data_hex": "ff00"}}),
            "disagree about PADDED",
            "000002000800000001 ff00",
        ),
        (
            json!({"type": 0, "stream_id": 1, "length": 16_777_215, "payload": {"data_hex": "ff00"}}),
            "the payload has 2 bytes",
            "ffffff000000000001 ff00",
        ),
        (
            json!({"type": 1, "stream_id": 1, "flags": 0x44, "payload": {"field_block_fragment_hex": "82"}}),
            "undefined flags",
            "000001014400000001 82",
        ),
        (
            json!({"type": 7, "stream_id": 0, "reserved": true, "payload": {"payload_hex": "00"}}),
            "unknown key \"reserved\"",
            "000001070080000000 00",
        ),
        (
            json!({"type": 5, "stream_id": 1, "flags": 4, "payload": {
                "promised_stream_id": 0x8000_0003_u32, "field_block_fragment_hex": ""}}),
            "promised_stream_id is 2147483651: it must be a number from 0 to 2147483647",
            "000004050400000001 80000003",
        ),
    ] {
        let said = refusal(&[], &object.to_string());
        assert!(said.contains(says) && said.contains("standard input: line 1: "), "{said}");
        assert_eq!(frame(&["--raw"], &object), hex::decode(raw.replace(' ', "")).unwrap(), "{object}");
    }
}

/// `encode --raw` writes broken frames, and `decode` reports them.
#[test]
fn every_broken_frame_can_be_written_raw() {
    for fixture in h2wire_testdata::invalid() {
        let Some((header, payload)) = fixture.octets.split_first_chunk::<9>() else { continue };
        let number = |octets: &[u8]| octets.iter().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet));
        let object = json!({
            "length": number(&header[..3]), "type": header[3], "flags": header[4],
            "reserved": header[5] & 0x80 != 0, "stream_id": number(&header[5..]) & 0x7fff_ffff,
            "payload": {"payload_hex": hex::encode(payload)},
        });
        assert_eq!(frame(&["--raw"], &object), fixture.octets, "{}", fixture.name);
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let ping = r#"{"type":6,"stream_id":0,"payload":{"opaque_data_hex":"0000000000000000"}}"#;
    let encoded = encode(&[], &format!("{ping}\n\n{{\"type\":6}}\n{ping}\n"));
    assert_eq!((encoded.status, encoded.octets.len()), (2, 17), "what came before is not lost");
    assert!(encoded.stderr.contains("line 3: stream_id is missing"), "{}", encoded.stderr);
    for (input, says) in [
        ("ping", "not JSON"),
        ("[]", "the line is not a JSON object"),
        ("{}", "type is missing"),
        (r#"{"preface":false}"#, "preface must be true"),
        (r#"{"type":256,"stream_id":0,"payload":{}}"#, "type is 256: it must be a number from 0 to 255"),
        (
            r#"{"type_name":"PONG","stream_id":0,"payload":{}}"#,
            "type_name is \"PONG\", which is not a known name",
        ),
        (r#"{"type":6,"type_name":"DATA","stream_id":0,"payload":{}}"#, "type is 6, which is not DATA"),
        (r#"{"type":6,"stream_id":-1,"payload":{}}"#, "stream_id is -1"),
        (r#"{"type":6,"stream_id":0}"#, "payload is missing"),
        (r#"{"type":6,"stream_id":0,"payload":{}}"#, "opaque_data_hex is missing"),
        (
            r#"{"type":6,"stream_id":0,"payload":{"opaque_data_hex":"0"}}"#,
            "opaque_data_hex is not hexadecimal",
        ),
        (r#"{"type":0,"stream_id":1,"payload":{"data_hex":"","pad_len":1}}"#, "unknown key \"pad_len\""),
        (r#"{"type":0,"stream_id":1,"flag":1,"payload":{"data_hex":""}}"#, "unknown key \"flag\""),
        (
            r#"{"type":0,"stream_id":1,"flag_names":["ACK"],"payload":{"data_hex":""}}"#,
            "DATA has no flag \"ACK\"",
        ),
        (
            r#"{"type":0,"stream_id":1,"flags":1,"flag_names":[],"payload":{"data_hex":""}}"#,
            "does not match flag_names",
        ),
        (r#"{"type":4,"stream_id":0,"payload":{"settings":[{"id":1}]}}"#, "setting 1: value is missing"),
    ] {
        let said = refusal(&[], input);
        assert!(said.contains(says) && said.contains("standard input: line 1: "), "{says}: {said}");
    }
    assert!(refusal(&[], "").contains("is empty: nothing to encode"));
    assert!(refusal(&["/"], "").contains("name a file of frames in JSON"));
}

#[test]
fn what_is_no_frame_is_passed_over_and_missing_octets_are_told() {
    // A malformed request, a window that grows by 0, half a PING.
    let octets = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x82\
        \0\0\x04\x08\0\0\0\0\x01\0\0\0\0\0\0\x08\x06\0\0\0";
    let json = decode(&["--json"], octets);
    assert_eq!((json.status, json.objects().len()), (1, 7), "{}", json.stdout);
    let encoded = encode(&[], &json.stdout);
    assert_eq!((encoded.status, encoded.octets.as_slice()), (0, &octets[..43]));
    let note =
        "h2wire: skipped 1 broken frame and 1 incomplete frame: the input does not contain their bytes\n";
    assert_eq!(encoded.stderr, note);
    let sound: Vec<_> = json.stdout.lines().take(5).collect();
    assert_eq!(encode(&[], &sound.join("\n")).stderr, "");
    let last = json.stdout.lines().last().unwrap();
    let note = encode(&[], &[&sound[..], &[last]].concat().join("\n")).stderr;
    assert_eq!(note, "h2wire: skipped 1 incomplete frame: the input does not contain its bytes\n");
    // A note says that nothing was written.
    let summary = decode(&["--summary", "--json"], octets).stdout;
    let nothing = encode(&[], &summary);
    assert!(nothing.status == 0 && nothing.octets.is_empty(), "{summary}");
    assert!(nothing.stderr.contains("no frames were written"), "{}", nothing.stderr);
}
