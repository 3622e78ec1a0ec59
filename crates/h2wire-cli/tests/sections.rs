//! Field sections of `h2wire decode` in one direction of bytes: output and limits.
#![cfg(feature = "command")]

mod support;

use serde_json::{Value, json};
use support::decode;

const START: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
/// A request without an authority.
const GET: &[u8] = b"\x82\x86\x84";

/// A frame of type 1 or 9.
fn block(frame_type: u8, flags: u8, stream_id: u8, block: &[u8]) -> Vec<u8> {
    let len = u8::try_from(block.len()).unwrap();
    [&[0, 0, len, frame_type, flags, 0, 0, 0, stream_id], block].concat()
}

fn request(stream_id: u8, fields: &[u8]) -> Vec<u8> {
    block(1, 5, stream_id, fields)
}

fn continuation(flags: u8, fields: &[u8]) -> Vec<u8> {
    block(9, flags, 1, fields)
}

/// The objects after the preface and SETTINGS.
fn told(options: &[&str], parts: &[Vec<u8>]) -> (i32, Vec<Value>) {
    let run = decode(&[&["--json"], options].concat(), &[START, &parts.concat()].concat());
    assert_eq!(run.stderr, "");
    (run.status, run.objects().split_off(2))
}

/// Types of frames, names of rules, `fields` for a section.
fn kinds(objects: &[Value]) -> Vec<&str> {
    let kind = |object: &'_ Value| match object {
        object if object.get("field_section").is_some() => "fields".to_owned(),
        object => object["type_name"].as_str().or(object["error"]["rule"].as_str()).unwrap().to_owned(),
    };
    objects.iter().map(|object| &*kind(object).leak()).collect()
}

#[test]
fn keys_and_values_are_the_contract() {
    let fields = b"\x82\x86\x84\x10\x06cookie\x01\xff";
    let (status, objects) = told(&[], &[request(1, fields)]);
    assert_eq!(status, 0);
    assert_eq!(
        objects[1].to_string(),
        r#"{"field_section":{"stream_id":1,"end_stream":true,"promised_stream_id":null,"fields":[{"name":":method","value":"GET","never_indexed":false},{"name":":scheme","value":"http","never_indexed":false},{"name":":path","value":"/","never_indexed":false},{"name":"cookie","value_hex":"ff","never_indexed":true}]},"offset":33}"#
    );
}

#[test]
fn a_section_is_told_at_its_first_frame_behind_its_last() {
    let parts =
        [block(1, 0, 1, b"\x82"), continuation(0, b""), continuation(4, b"\x86\x84"), request(3, GET)];
    let (status, objects) = told(&[], &parts);
    assert_eq!(status, 0);
    let expected = ["HEADERS", "CONTINUATION", "CONTINUATION", "fields", "HEADERS", "fields"];
    assert_eq!(kinds(&objects), expected);
    assert_eq!((&objects[3]["offset"], &objects[5]["offset"]), (&json!(33), &objects[4]["offset"]));
    assert_eq!(objects[3]["field_section"]["end_stream"], false);
}

#[test]
fn a_malformed_section_is_shown_then_judged() {
    let parts = [block(1, 1, 1, b"\x82\x86"), continuation(4, b"\x86\x84"), request(3, GET)];
    let (status, objects) = told(&[], &parts);
    assert_eq!(status, 1);
    let expected = ["HEADERS", "CONTINUATION", "fields", "pseudo_field_repeated", "HEADERS", "fields"];
    assert_eq!(kinds(&objects), expected);
    let error = &objects[3]["error"];
    assert_eq!(
        (&error["scope"], &error["stream_id"], &error["offset"], &error["section"]),
        (&json!("stream"), &json!(1), &json!(33), &json!("8.3"))
    );
    assert_eq!(error["code_name"], "PROTOCOL_ERROR");
}

#[test]
fn promised_requests_are_of_the_promised_stream() {
    let octets = b"\0\0\0\x04\0\0\0\0\0\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x02\x82";
    let run = decode(&["--json"], octets);
    let objects = run.objects();
    assert_eq!(objects[2]["field_section"]["promised_stream_id"], 2);
    assert_eq!(objects[3]["error"]["stream_id"], 2);
    assert_eq!((run.status, objects[3]["error"]["rule"].as_str()), (1, Some("scheme_missing")));
}

#[test]
fn a_broken_block_ends_the_direction() {
    let (status, objects) = told(&[], &[request(1, b"\x82\xbe"), request(3, GET)]);
    assert_eq!((status, kinds(&objects)), (1, vec!["HEADERS", "index_out_of_range"]));
    let error = &objects[1]["error"];
    assert_eq!(
        (&error["scope"], &error["code_name"], &error["offset"], &error["section"]),
        (&json!("connection"), &json!("COMPRESSION_ERROR"), &json!(33), &json!("RFC 7541 §2.3.3"))
    );
}

#[test]
fn every_limit_has_its_option() {
    let open = block(1, 0, 1, GET);
    for (option, tight, enough, parts, rule, scope) in [
        ("--max-header-list-size", "122", "123", vec![request(1, GET)], "section_size_limit", "stream"),
        ("--max-header-fields", "2", "3", vec![request(1, GET)], "fields_limit", "stream"),
        (
            "--max-continuations",
            "0",
            "1",
            vec![open.clone(), continuation(4, b"")],
            "continuations_limit",
            "connection",
        ),
        (
            "--max-header-block",
            "200",
            "201",
            vec![request(1, &GET.repeat(67))],
            "block_length_limit",
            "connection",
        ),
        (
            "--max-header-block",
            "7",
            "8",
            vec![request(1, b"\x00\x05abcde\x00")],
            "block_length_limit",
            "connection",
        ),
        ("--max-frame-size", "2", "3", vec![request(1, GET)], "frame_length_limit", "connection"),
    ] {
        let (status, objects) = told(&[option, tight], &parts);
        let error = &objects.last().unwrap()["error"];
        assert_eq!((status, error["rule"].as_str()), (1, Some(rule)), "{option}");
        assert_eq!(error["scope"], scope, "{option}");
        assert!(!kinds(&objects).contains(&"fields"), "{option}: the error alone");
        let (_, objects) = told(&[option, enough], &parts);
        assert!(!kinds(&objects).contains(&rule), "{option}");
        let text = decode(&[option, tight], &[START, &parts.concat()].concat()).stdout;
        assert!(text.contains(&format!("hint      raise it with {option}")), "{text}");
    }
    // What comes next is in step.
    let parts = [request(1, b"\x82\x86\x84\x40\x01a\x01b"), request(3, b"\xbe\xbe")];
    let (_, objects) = told(&["--max-header-fields", "2"], &parts);
    assert_eq!(
        objects[3]["field_section"]["fields"][1],
        json!({"name": "a", "value": "b", "never_indexed": false})
    );
    for option in ["--max-header-list-size", "--max-header-fields", "--max-frame-size"] {
        assert_eq!(decode(&[option, "0"], START).status, 2, "{option}");
    }
}

#[test]
fn the_table_limit_is_what_the_receiver_announced() {
    let update = [b"\x3f\xe1\x3f", GET].concat(); // to 8,192
    let run = |options: &[&str], parts: &[Vec<u8>]| {
        let (status, objects) = told(options, parts);
        (status, objects.last().unwrap()["error"]["rule"].as_str().map(str::to_owned))
    };
    let larger = [request(1, &update)];
    assert_eq!(run(&[], &larger), (1, Some("size_update_above_limit".to_owned())));
    assert_eq!(run(&["--header-table-size", "8191"], &larger).0, 1);
    assert_eq!(run(&["--header-table-size", "8192"], &larger), (0, None));
    assert_eq!(run(&["--header-table-size", "4294967295"], &larger), (0, None));
    assert!(decode(&[], &[START, &larger.concat()].concat()).stdout.contains("--header-table-size"));

    // However the update is cut.
    for at in 0..4 {
        let (first, rest) = update.split_at(at);
        let cut = [block(1, 1, 1, first), continuation(4, rest)];
        assert_eq!(run(&["--header-table-size", "8192"], &cut), (0, None), "{at}");
        assert_eq!(run(&["--header-table-size", "8191"], &cut).0, 1, "{at}");
    }

    // A smaller one is used from the acknowledgment on.
    let smaller = ["--header-table-size", "0"];
    assert_eq!(run(&smaller, &[request(1, GET)]), (0, None));
    let missing = (1, Some("missing_size_update".to_owned()));
    let entry = [GET, b"\x40\x01a\x01b"].concat();
    assert_eq!(run(&smaller, &[ACK.to_vec(), request(1, GET)]), (0, None));
    assert_eq!(run(&smaller, &[ACK.to_vec(), request(1, &entry)]), missing);
    assert_eq!(run(&smaller, &[request(1, &entry), ACK.to_vec(), request(3, GET)]), missing);
    assert_eq!(run(&smaller, &[ACK.to_vec(), request(1, &[b"\x20", GET].concat())]), (0, None));
}

#[test]
fn a_block_without_its_end_is_noted() {
    let run = decode(&["--json"], &[START, &block(1, 0, 1, GET)].concat());
    assert_eq!((run.status, run.objects().len()), (0, 3));
    assert_eq!(
        run.stderr,
        "h2wire: the field block of stream 1 is incomplete: its last CONTINUATION frame is missing\n"
    );
}

#[test]
fn frames_by_themselves_have_no_sections() {
    let octets = [request(1, b"\xbe"), continuation(4, b"\xff")].concat();
    let run = decode(&["--json", "--stateless"], &octets);
    assert_eq!((run.status, kinds(&run.objects())), (0, vec!["HEADERS", "CONTINUATION"]));
}

#[test]
fn text_shows_fields_and_nothing_a_terminal_would_obey() {
    let fields = b"\x82\x86\x84\x10\x01a\x04\x1b[2J";
    let text = decode(&[], &[START, &request(1, fields)].concat()).stdout;
    assert!(text.contains("field section    stream 1     4 fields\n            :method: GET\n"), "{text}");
    assert!(text.contains("            a: \\u{1b}[2J  (never indexed)\n"), "{text}");
    let annotated = decode(&["--annotate"], &[START, &request(1, GET)].concat()).stdout;
    assert!(annotated.contains("Field Block Fragment") && annotated.contains(":path: /\n"), "{annotated}");
}

#[test]
fn sections_and_fields_are_counted() {
    let parts = [request(1, GET), request(3, b"\x82"), request(5, &[0x82; 9])].concat();
    let run = decode(&["--stats", "--max-header-fields", "8"], &[START, &parts].concat());
    let words: Vec<Vec<_>> = run.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    for line in [vec!["field", "sections", "2"], vec!["fields", "4"], vec!["errors", "1", "scheme_missing"]] {
        assert!(words.contains(&line), "{}", run.stdout);
    }
}
