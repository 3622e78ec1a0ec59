//! `h2wire decode` as scripts and people see it.
#![cfg(feature = "command")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use h2wire_testdata::Fixture;
use serde_json::{Value, json};
use support::decode;

fn json(options: &[&str], input: &[u8]) -> (i32, Vec<Value>) {
    let run = decode(&[&["--json"], options].concat(), input);
    assert_eq!(run.stderr, "");
    (run.status, run.objects())
}

/// The single object of a frame.
fn frame(name: &str) -> Value {
    let (status, mut objects) = json(&["--stateless"], &h2wire_testdata::frame(name).octets);
    assert_eq!((status, objects.len()), (0, 1), "{name}");
    objects.remove(0)
}

const PREFACE_AND_SETTINGS: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[test]
fn keys_and_values_are_the_contract() {
    assert_eq!(
        frame("data_padded").to_string(),
        r#"{"offset":0,"length":9,"type":0,"type_name":"DATA","flags":9,"flag_names":["END_STREAM","PADDED"],"stream_id":3,"payload":{"pad_length":2,"data_hex":"6f6374657473"}}"#
    );
    for (name, payload) in [
        ("data", json!({"pad_length": null, "data_hex": "6f6374657473"})),
        ("headers", json!({"pad_length": null, "priority": null, "field_block_fragment_hex": "828684"})),
        (
            "headers_padded_priority",
            json!({"pad_length": 3, "priority": {"exclusive": true, "stream_dependency": 11, "weight": 200},
                   "field_block_fragment_hex": "828684"}),
        ),
        ("priority", json!({"exclusive": false, "stream_dependency": 11, "weight": 7})),
        ("rst_stream", json!({"error_code": 8, "error_name": "CANCEL"})),
        ("rst_stream_unknown_code", json!({"error_code": 0xdead_beef_u32, "error_name": null})),
        ("settings_ack", json!({"ack": true, "settings": []})),
        (
            "settings",
            json!({"ack": false, "settings": [{"id": 1, "name": "HEADER_TABLE_SIZE", "value": 8192},
                                              {"id": 3, "name": "MAX_CONCURRENT_STREAMS", "value": 5000}]}),
        ),
        (
            "push_promise_padded",
            json!({"pad_length": 4, "promised_stream_id": 12, "field_block_fragment_hex": "8286"}),
        ),
        ("ping", json!({"ack": false, "opaque_data_hex": "6465616462656566"})),
        (
            "goaway_not_text",
            json!({"last_stream_id": 0x7fff_ffff, "error_code": 0, "error_name": "NO_ERROR",
                   "additional_debug_data_hex": "fffe"}),
        ),
        ("window_update", json!({"window_size_increment": 1000})),
        ("continuation", json!({"field_block_fragment_hex": "8441"})),
        ("unknown", json!({"payload_hex": "616e797468696e67"})),
    ] {
        assert_eq!(frame(name)["payload"], payload, "{name}");
    }
    assert_eq!(frame("unknown")["type_name"], Value::Null);
    let altsvc = &frame("altsvc")["payload"];
    assert_eq!(
        (&altsvc["origin"], &altsvc["alt_svc_field_value"]),
        (&json!("https://example.test"), &json!("h3=\":443\""))
    );
    assert_eq!(
        frame("origin")["payload"]["origins"],
        json!(["https://example.test", "https://example.test:8443"])
    );
    let update = &frame("priority_update")["payload"];
    assert_eq!(
        (&update["prioritized_stream_id"], &update["priority_field_value"]),
        (&json!(7), &json!("u=1, i"))
    );
}

#[test]
fn broken_frames_give_the_error_of_their_fixture() {
    for Fixture { name, octets, facts } in h2wire_testdata::invalid() {
        let fact = |key: &str| facts.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
        // The settings of the other direction are unknown here.
        let Some(command) = fact("decode") else {
            assert_eq!(name, "push_promise_disabled");
            continue;
        };
        let options: Vec<_> = command.split(' ').filter(|option| *option != "--hex").collect();
        let (status, objects) = json(&options, &octets);
        assert_eq!(status, 1, "{name}");
        let error = &objects.last().unwrap()["error"];
        assert_eq!(error["rule"].as_str(), name.split('-').next(), "{name}");
        assert_eq!(error["code_name"].as_str(), fact("code"), "{name}");
        let stream = error["stream_id"].as_u64().map(|id| format!(" {id}")).unwrap_or_default();
        assert_eq!(
            Some(format!("{}{stream}", error["scope"].as_str().unwrap()).as_str()),
            fact("scope"),
            "{name}"
        );
        let section = error["section"].as_str().unwrap();
        let section =
            if section.starts_with("RFC") { section.to_owned() } else { format!("RFC 9113 §{section}") };
        assert_eq!(Some(section.as_str()), fact("section"), "{name}");
    }
}

#[test]
fn a_stream_error_does_not_end_decoding_and_a_connection_error_does() {
    let window_update = b"\0\0\x04\x08\0\0\0\0\x03\0\0\0\0";
    let ping = b"\0\0\x08\x06\0\0\0\0\0deadbeef";
    let broken_ping = b"\0\0\x07\x06\0\0\0\0\0deadbee";
    let (status, objects) =
        json(&[], &[PREFACE_AND_SETTINGS, window_update, ping, broken_ping, ping].concat());
    assert_eq!(status, 1);
    assert_eq!(objects.len(), 5);
    assert_eq!(objects[0], json!({"preface": true, "offset": 0}));
    assert_eq!(objects[2]["error"]["scope"], "stream");
    assert_eq!(objects[2]["error"]["offset"], 33);
    assert_eq!(objects[3]["type_name"], "PING");
    assert_eq!(objects[4]["error"]["offset"], 63);
}

#[test]
fn a_goaway_in_place_of_settings_says_why() {
    let input = b"00000a 07 00 00000000 00000000 0000000b 6e6f";
    let (status, objects) = json(&["--hex", "--role", "client"], input);
    let error = &objects[0]["error"];
    assert_eq!(
        (status, &error["rule"], &error["go_away"]["error_name"]),
        (1, &json!("first_frame"), &json!("ENHANCE_YOUR_CALM"))
    );
    assert_eq!(error["go_away"]["additional_debug_data_hex"], "6e6f");
    let (_, objects) = json(&["--hex", "--role", "client"], b"000001 06 00 00000000 00");
    assert_eq!(objects[0]["error"].get("go_away"), None);
}

#[test]
fn an_input_that_ends_inside_a_frame_has_its_own_status() {
    let cut = [PREFACE_AND_SETTINGS, b"\0\0\x08\x06\0\0\0\0\0dead"].concat();
    let (status, objects) = json(&[], &cut);
    assert_eq!(status, 3);
    assert_eq!(objects[2], json!({"incomplete": {"offset": 33, "have": 13, "need": 17}}));
    let (status, objects) = json(&[], &PREFACE_AND_SETTINGS[..10]);
    assert_eq!((status, &objects[0]), (3, &json!({"incomplete": {"offset": 0, "have": 10, "need": 24}})));
    let (status, objects) = json(&["--stateless"], b"\0\0\x08");
    assert_eq!((status, &objects[0]), (3, &json!({"incomplete": {"offset": 0, "have": 3, "need": 9}})));
}

#[test]
fn the_role_is_found_out_or_given() {
    let push = [PREFACE_AND_SETTINGS, b"\0\0\x0a\x05\x04\0\0\0\x01\0\0\0\x02\x82\x86\x84\x01\x01a"].concat();
    let (status, objects) = json(&[], &push);
    assert_eq!((status, &objects[2]["error"]["rule"]), (1, &json!("push_promise_to_server")));
    assert_eq!(json(&["--role", "observer"], &push).0, 0);
    let (status, objects) = json(&["--role", "client"], &push);
    assert_eq!((status, &objects[0]["error"]["rule"]), (1, &json!("first_frame")));
}

#[test]
fn hexadecimal_text_is_read_with_its_comments() {
    let path = h2wire_testdata::folder().join("frames/goaway.hex");
    let run = decode(&["--hex", "--stateless", path.to_str().unwrap()], b"");
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("GOAWAY") && run.stdout.contains("COMPRESSION_ERROR"));
}

/// A line that was not copied is not the sender's fault.
#[test]
fn a_dump_without_a_line_has_a_gap() {
    let lines = [
        "00000000: 5052 4920 2a20 4854 5450 2f32 2e30 0d0a  PRI * HTTP/2.0..\n",
        "00000010: 0d0a 534d 0d0a 0d0a 0000 0004 0000 0000  ..SM............\n",
        "00000020: 0000 0002 0001 0000 0001 6162            ..........ab\n",
    ];
    for (missing, words) in [(0, "starts at offset 00000010"), (1, "line 2: offset 00000020 does not follow")]
    {
        let left = lines.iter().enumerate().filter(|(number, _)| *number != missing);
        let run = decode(&["--hex"], left.map(|(_, line)| *line).collect::<String>().as_bytes());
        assert_eq!(
            (run.status, run.stdout.as_str(), run.stderr.lines().count()),
            (2, "", 1),
            "{}",
            run.stdout
        );
        assert!(run.stderr.contains(words) && run.stderr.contains("missing"), "{}", run.stderr);
    }
    // Where a connection or a frame starts.
    let frames = b"00000018: 0000 0004 0000 0000 00  .........\n";
    assert_eq!(decode(&["--hex"], frames).status, 0);
    let data = b"0000001b: 0000 0200 0100 0000 0161 62  .........ab\n";
    assert_eq!(decode(&["--hex"], data).status, 2);
    assert_eq!(decode(&["--hex", "--stateless"], data).status, 0);
}

#[test]
fn a_larger_frame_size_can_be_allowed() {
    let octets = [b"\0\x40\x01\0\0\0\0\0\x01".to_vec(), vec![0; 16_385]].concat();
    assert_eq!(json(&["--stateless"], &octets).1[0]["error"]["rule"], "frame_length_limit");
    assert_eq!(json(&["--stateless", "--max-frame-size", "16385"], &octets).0, 0);
}

#[test]
fn what_cannot_be_read_is_told_in_one_line_with_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, octets: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, octets).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pcap =
        |rest: &[u8]| [b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0", rest].concat();
    for (options, path, says) in [
        (vec![], folder.path().to_str().unwrap().to_owned(), "is a directory"),
        (vec![], folder.path().join("none").to_str().unwrap().to_owned(), "No such file"),
        (vec![], file("empty", b""), "is empty"),
        (vec!["--hex"], file("odd", b"00 0"), "line 1, column 4"),
        (vec!["--hex"], file("letters", b"00\nzz"), "line 2, column 1: 'z'"),
        (vec![], file("header-only.pcap", &pcap(b"")), "no TCP"),
        (vec![], file("half-a-header.pcap", &pcap(b"")[..20]), "cut off"),
        (
            vec![],
            file("cut.pcap", &pcap(b"\0\0\0\0\0\0\0\0\x40\0\0\0\x40\0\0\0abc")),
            "cut off inside the block at offset 24",
        ),
        (vec![], file("magic-only.pcapng", b"\x0a\x0d\x0d\x0a"), "cut off"),
        (vec![], file("damaged.pcapng", &[b"\x0a\x0d\x0d\x0a".as_slice(), &[0; 60]].concat()), "damaged"),
    ] {
        let run = decode(&[options, vec![&path]].concat(), b"");
        assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{path}: {}", run.stderr);
        assert!(run.stderr.contains(says) && run.stderr.contains(&path), "{path}: {}", run.stderr);
    }
    assert_eq!(decode(&["--json", "--annotate"], b"").status, 2);
    assert_eq!(decode(&["--max-frame-size", "0"], b"").status, 2);
}

#[test]
fn totals_are_counted() {
    let ping = b"\0\0\x08\x06\0\0\0\0\0deadbeef";
    let run = decode(&["--stats"], &[PREFACE_AND_SETTINGS, ping, ping, b"\0\0"].concat());
    assert_eq!(run.status, 3);
    let words: Vec<Vec<_>> = run.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert!(words.contains(&vec!["PING", "2", "16"]), "{}", run.stdout);
    assert!(words.contains(&vec!["SETTINGS", "1", "0"]), "{}", run.stdout);
    assert!(words.contains(&vec!["all", "3", "16"]), "{}", run.stdout);
    assert!(words.contains(&vec!["incomplete", "frames", "1"]), "{}", run.stdout);
}

#[test]
fn hints_are_given_where_an_option_was_forgotten() {
    let hex = fs::read(h2wire_testdata::folder().join("frames/ping.hex")).unwrap();
    let run = decode(&[], &hex);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert_eq!(run.stderr, "h2wire: standard input is hexadecimal text: add --hex\n");
    assert!(decode(&["--stateless"], PREFACE_AND_SETTINGS).stdout.contains("leave out --stateless"));
    assert!(decode(&[], b"\0\0\x08\x06\0\0\0\0\0deadbeef").stdout.contains("--stateless"));
    assert!(decode(&["--stateless"], b"\xff\xff\xff\0\0\0\0\0\x01").stdout.contains("--max-frame-size"));
}

/// A peer is not blamed for text that has no bytes of a connection in it.
#[test]
fn text_without_bytes_of_a_connection_is_named() {
    let capture = fs::read(h2wire_testdata::folder().join("captures/curl-nginx.pcap")).unwrap();
    let packet = b"0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............E.\n\
                   0010  00 3c 92 e2 40 00 40 06 a9 d7 7f 00 00 01 7f 00   .<..@.@.........\n";
    let json = br#"[ { "_index": "packets", "layers": { "data": "00000004" } } ]"#;
    for (text, what) in [
        (&capture[..], "is a capture, not hexadecimal text: leave out --hex"),
        (b"# nothing\n\n", "no bytes in this text"),
        (packet, "a packet with its headers, not the bytes of a connection"),
        (json, "an object with keys, such as JSON"),
        (b"{\"type\":4,\"opaque_data_hex\":\"0011223344556677\"}", "an object with keys"),
        (b"<?xml version=\"1.0\"?>", "'<' is not a hexadecimal digit"),
    ] {
        let run = decode(&["--hex"], text);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{what}");
        assert!(run.stderr.contains(what), "{what}: {}", run.stderr);
    }
    assert!(decode(&[], json).stderr.contains("is JSON"));
    assert!(decode(&["--hex", "--stateless"], packet).stdout.contains("DATA"));
}

#[test]
fn the_connection_has_no_messages_to_follow() {
    let run = decode(&["--follow=0"], PREFACE_AND_SETTINGS);
    assert!(run.status == 2 && run.stderr.contains("stream 0 is the connection"), "{}", run.stderr);
    assert_eq!(decode(&["--follow=1"], PREFACE_AND_SETTINGS).status, 0);
    assert_eq!(decode(&["--stream=0"], PREFACE_AND_SETTINGS).status, 0);
    // One direction has no connections.
    let run = decode(&["--connection=3"], PREFACE_AND_SETTINGS);
    assert!(run.status == 0 && run.stderr.contains("--connection is for captures"), "{}", run.stderr);
}

#[test]
fn what_is_known_is_shown_before_more_comes() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_h2wire"));
    let mut child =
        command.args(["decode", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = mpsc::channel();
    let reader = thread::spawn(move || stdout.lines().for_each(|line| send.send(line.unwrap()).unwrap()));
    let mut next = |octet: u8| {
        stdin.write_all(&[octet]).unwrap();
        stdin.flush().unwrap();
    };
    for octet in PREFACE_AND_SETTINGS {
        next(*octet);
    }
    for what in ["preface", "SETTINGS"] {
        let line = lines.recv_timeout(Duration::from_secs(20)).expect("a line while the input is open");
        assert!(line.contains(what), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    reader.join().unwrap();
}

#[test]
fn a_closed_output_keeps_the_status() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_h2wire"));
    command.args(["decode", "--stateless"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let broken = b"\0\0\x07\x06\0\0\0\0\0deadbee";
    child.stdin.take().unwrap().write_all(broken).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn packed_input_is_told() {
    for (octets, format) in
        [(b"\x1f\x8b\x08\0".as_slice(), "cut off"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh9", "bzip2")]
    {
        let run = decode(&[], octets);
        assert_eq!((run.status, run.stderr.lines().count()), (2, 1));
        assert!(run.stderr.contains(format), "{}", run.stderr);
    }
}

#[test]
fn annotations_explain_field_blocks() {
    let words = |text: &str| {
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>()
    };
    // The value of `:authority` begins in HEADERS and ends in CONTINUATION.
    let input = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
        \0\0\x07\x01\x01\0\0\0\x01\x82\x87\x84\x41\x05a.\0\0\x03\x09\x04\0\0\0\x01com";
    let run = decode(&["--annotate"], input);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let shown = words(&run.stdout);
    let start = shown.iter().position(|line| line.contains("field block")).unwrap();
    assert_eq!(shown[start], "33 field block stream 1 10 bytes, by representation");
    assert_eq!(
        shown[start + 4..start + 9],
        [
            "3 41 01|000001 literal, becomes an entry: name 1 = :authority (static) RFC 7541 §6.2.1",
            "4 05 0|0000101 value: 5 bytes, plain RFC 7541 §5.2",
            "5 61 2e 63 6f 6d value a.com RFC 7541 §5.2",
            "-> entry 62: :authority: a.com RFC 7541 §2.3.3",
            "-> table: 1 entry, 47 of 4096 bytes RFC 7541 §4.1",
        ]
    );
    assert!(shown[start + 9].contains("field section"));
    // A block that breaks HPACK is explained up to its error; without annotations it is not.
    let broken = b"\0\0\x02\x01\x05\0\0\0\x01\x88\xbe";
    let run = decode(&["--annotate", "--role=client"], &[b"\0\0\0\x04\0\0\0\0\0", &broken[..]].concat());
    assert_eq!(run.status, 1);
    let shown = words(&run.stdout);
    let at =
        shown.iter().position(|line| line == "1 be 1|0111110 indexed 62 = no entry RFC 7541 §6.1").unwrap();
    assert!(shown[at + 1].starts_with("error index_out_of_range"), "{}", run.stdout);
    assert!(shown[at + 2].contains("error"), "{}", run.stdout);
    assert!(!decode(&[], input).stdout.contains("field block"));
}
