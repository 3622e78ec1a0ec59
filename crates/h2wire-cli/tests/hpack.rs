//! `h2wire hpack` as scripts see it.
#![cfg(feature = "command")]

mod support;

use std::fmt::Write;
use std::fs;

use serde_json::{Value, json};
use support::{Run, h2wire};

fn decode(options: &[&str], lines: &str) -> Run {
    h2wire(&[&["hpack", "decode"], options].concat(), lines.as_bytes())
}

fn encode(options: &[&str], lines: &str) -> Run {
    h2wire(&[&["hpack", "encode"], options].concat(), lines.as_bytes())
}

/// Names and values of a line of output.
fn fields(object: &Value) -> Vec<(&str, &str)> {
    let fields = object["fields"].as_array().unwrap();
    fields.iter().map(|field| (field["name"].as_str().unwrap(), field["value"].as_str().unwrap())).collect()
}

/// The responses of RFC 7541 Appendix C.6: Huffman, and a table of 256 bytes that overflows.
const RFC7541_C6: &str = "\
488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3
4883640effc1c0bf
88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007
";

#[test]
fn the_rfc_s_example_of_a_small_table() {
    let run = decode(&["--table-size", "256"], RFC7541_C6);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let objects = run.objects();
    let tables: Vec<_> = objects.iter().map(|object| (&object["table_size"], &object["entries"])).collect();
    assert_eq!(tables, [(&json!(222), &json!(4)), (&json!(222), &json!(4)), (&json!(215), &json!(3))]);
    assert_eq!(fields(&objects[1])[0], (":status", "307"));
    assert_eq!(
        fields(&objects[2])[5],
        ("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")
    );
}

#[test]
fn every_byte_of_the_rfc_s_example_is_explained() {
    let run = decode(&["--table-size", "256", "--annotate"], RFC7541_C6);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let blocks: Vec<_> = run.stdout.split_terminator("\n\n").collect();
    assert_eq!(blocks.len(), 3);
    // Words, as widths may change.
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        blocks[1].lines().map(words).collect::<Vec<_>>(),
        [
            "0 48 01|001000 literal, becomes an entry: name 8 = :status (static) RFC 7541 §6.2.1",
            "1 83 1|0000011 value: 3 bytes, Huffman RFC 7541 §5.2",
            "2 64 0e ff value 307 RFC 7541 App. B",
            "-> evicted: :status: 302 RFC 7541 §4.4",
            "-> entry 62: :status: 307 RFC 7541 §2.3.3",
            "-> table: 4 entries, 222 of 256 bytes RFC 7541 §4.1",
            "5 c1 1|1000001 indexed 65 = cache-control: private (dynamic) RFC 7541 §6.1",
            "6 c0 1|1000000 indexed 64 = date: Mon, 21 Oct 2013 20:13:21 GMT (dynamic) RFC 7541 §6.1",
            "7 bf 1|0111111 indexed 63 = location: https://www.example.com (dynamic) RFC 7541 §6.1",
            "4 fields, 222 bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts",
        ]
    );
    assert!(blocks[2].contains("-> table: 3 entries, 215 of 256 bytes"), "{}", blocks[2]);
    let run = decode(&["--annotate"], "82\nbe\n82\n");
    assert_eq!((run.status, run.stdout.matches("\n\n").count()), (1, 2), "an error ends the run");
    assert!(run.stdout.contains("error index_out_of_range"), "{}", run.stdout);
}

#[test]
fn an_error_ends_the_run() {
    let run = decode(&[], "82\n80\n82\n");
    assert_eq!(run.status, 1);
    let objects = run.objects();
    assert_eq!(objects.len(), 2);
    assert_eq!(fields(&objects[0]), [(":method", "GET")]);
    let error = &objects[1]["error"];
    assert_eq!((&error["code_name"], &error["rule"]), (&json!("COMPRESSION_ERROR"), &json!("index_zero")));
    assert_eq!(error["section"], "RFC 7541 §6.1", "as `decode --json` has it");
}

#[test]
fn a_lower_limit_must_be_followed() {
    // Size updates to 100, then the block; without them the limit is not kept.
    assert_eq!(decode(&[], "82\n!100\n3f4582\n").status, 0);
    // A table that stays empty keeps it, one with an entry of 34 octets does not.
    assert_eq!(decode(&[], "82\n!100\n82\n").status, 0);
    let run = decode(&[], "4001610162\n!33\n82\n");
    assert_eq!((run.status, &run.objects()[1]["error"]["rule"]), (1, &json!("missing_size_update")));
    let run = decode(&[], "3fe21f82\n");
    assert_eq!((run.status, &run.objects()[0]["error"]["rule"]), (1, &json!("size_update_above_limit")));
    assert_eq!(decode(&["--table-size", "4097"], "3fe21f82\n").status, 0);
}

#[test]
fn a_block_that_is_too_large_leaves_the_table_in_step() {
    let list = json!([["a", "b".repeat(200)], ["c", "d"]]).to_string();
    let blocks = encode(&[], &format!("{list}\n[[\"c\",\"d\"]]\n")).stdout;
    let run = decode(&["--max-header-list-size", "100"], &blocks);
    assert_eq!(run.status, 0);
    let objects = run.objects();
    assert_eq!((&objects[0]["too_large"], &objects[0]["field_count"]), (&json!(true), &json!(2)));
    assert_eq!(fields(&objects[1]), [("c", "d")]);
}

#[test]
fn never_indexed_survives_and_octets_that_are_no_text_are_told() {
    let run = decode(&[], &encode(&[], "[[\"cookie\",\"secret\",\"never\"]]\n").stdout);
    assert_eq!(
        run.objects()[0]["fields"][0],
        json!({"name": "cookie", "value": "secret", "never_indexed": true})
    );
    let run = decode(&[], "00 0161 01ff\n");
    assert_eq!(
        run.objects()[0]["fields"][0],
        json!({"name": "a", "value_hex": "ff", "never_indexed": false})
    );
}

#[test]
fn huffman_is_a_choice() {
    let block = |huffman| encode(&["--huffman", huffman], "[[\"x\",\"~~~~\"]]\n").stdout;
    assert_eq!(block("never").trim(), "40017804".to_owned() + "7e7e7e7e");
    assert_eq!(block("auto").trim(), block("never").trim(), "Huffman would be longer");
    assert!(block("always").len() > block("never").len());
}

#[test]
fn stories_of_real_peers_round_trip() {
    let mut blocks = 0;
    for path in
        fs::read_dir(h2wire_testdata::folder().join("hpack")).unwrap().map(|entry| entry.unwrap().path())
    {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let story: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let cases = story["cases"].as_array().unwrap();
        let (mut wires, mut lists) = (String::new(), String::new());
        for case in cases {
            if let Some(size) = case["header_table_size"].as_u64() {
                writeln!(wires, "!{size}").unwrap();
            }
            writeln!(wires, "{}", case["wire"].as_str().unwrap()).unwrap();
            let headers =
                case["headers"].as_array().unwrap().iter().flat_map(|header| header.as_object().unwrap());
            writeln!(lists, "{}", headers.map(|(name, value)| json!([name, value])).collect::<Value>())
                .unwrap();
        }
        let options = ["--max-header-list-size", "1000000"];
        let theirs = decode(&options, &wires);
        let ours = decode(&options, &encode(&[], &lists).stdout);
        for (case, (theirs, ours)) in cases.iter().zip(theirs.objects().iter().zip(&ours.objects())) {
            let headers =
                case["headers"].as_array().unwrap().iter().flat_map(|header| header.as_object().unwrap());
            let headers: Vec<_> =
                headers.map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
            assert_eq!(fields(theirs), headers, "{}", path.display());
            assert_eq!(fields(ours), headers, "{}", path.display());
            blocks += 1;
        }
    }
    assert!(blocks > 100, "{blocks} blocks");
}

#[test]
fn what_is_no_block_is_told_with_its_line() {
    for (run, says) in [
        (decode(&[], "82\nxyz\n"), "line 2: not a field block in hexadecimal"),
        (decode(&[], "82\n8\n"), "line 2"),
        (decode(&[], "!many\n"), "line 1: !many is not a table limit"),
        (encode(&[], "{}\n"), "line 1: not a JSON array of fields"),
        (encode(&[], "[[\"a\"]]\n"), "line 1: a field has too few items"),
        (encode(&[], "[[\"a\",\"b\",\"always\"]]\n"), "\"always\" is not valid"),
        (encode(&[], "[[\"a\",\"b\",\"never\",\"c\"]]\n"), "a field has too many items"),
        (decode(&[], ""), "is empty: nothing to decode"),
        (encode(&[], ""), "is empty: nothing to encode"),
        (decode(&["/"], ""), "name a file of field blocks"),
        (encode(&["/"], ""), "name a file of header lists"),
    ] {
        assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{}", run.stderr);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    assert_eq!(decode(&[], "82\nxyz\n").objects().len(), 1, "what came before is not lost");
    for octets in ["0", "4294967295"] {
        assert_eq!(
            decode(&["--max-header-list-size", octets], "82\n").status,
            2,
            "no limit, and no memory for it"
        );
    }
}
