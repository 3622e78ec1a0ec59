//! The captures of real peers, frame by frame, against what an independent dissector says of them.
#![cfg(feature = "command")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use support::Run;

/// Some captures have field sections above the limit that holds by default.
const LARGE: &[&str] = &["--json", "--max-header-list-size", "65536"];

/// Type, flags, stream and length of the frames that one side of a connection sends.
type Frames = BTreeMap<(u64, String), Vec<[u64; 4]>>;

fn decode(capture: &Path, options: &[&str]) -> Run {
    support::decode(&[options, &[capture.to_str().unwrap()]].concat(), b"")
}

fn frames(objects: &[Value]) -> Frames {
    let mut frames = Frames::new();
    for frame in objects.iter().filter(|object| object.get("type").is_some()) {
        let flow = (frame["connection"].as_u64().unwrap(), frame["from"].as_str().unwrap().to_owned());
        let facts = ["type", "flags", "stream_id", "length"].map(|key| frame[key].as_u64().unwrap());
        frames.entry(flow).or_default().push(facts);
    }
    frames
}

/// What `tshark` says of a capture; see `testdata/captures/expect.sh`.
fn table<const COLUMNS: usize>(capture: &Path, ending: &str) -> Vec<[String; COLUMNS]> {
    let name = capture.file_stem().unwrap().to_str().unwrap();
    let path = h2wire_testdata::folder().join(format!("captures/expected/{name}.{ending}"));
    let table = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()).collect()
}

fn expected(capture: &Path) -> Frames {
    let mut frames = Frames::new();
    for [stream, from, facts @ ..] in table::<6>(capture, "tsv") {
        let facts: [String; 4] = facts;
        let facts = facts.map(|fact| fact.parse().unwrap());
        frames.entry((stream.parse().unwrap(), from)).or_default().push(facts);
    }
    frames
}

#[test]
fn frames_are_those_of_the_dissector() {
    for capture in h2wire_testdata::captures() {
        let json = decode(&capture, &["--json"]);
        assert_eq!(frames(&json.objects()), expected(&capture), "{}", capture.display());
    }
}

/// Stream, type of the first frame, name and value of the fields that one side of a connection sends.
type Fields = BTreeMap<(u64, String), Vec<[String; 4]>>;

/// Bytes as the table of the dissector has them.
fn octets(field: &Value, key: &str) -> String {
    let hex = field[format!("{key}_hex")].as_str().map(|text| hex::decode(text).unwrap());
    let octets = hex.unwrap_or_else(|| field[key].as_str().unwrap().into());
    let show = |octet: &u8| match octet {
        b' '..=b'~' if *octet != b'\\' => char::from(*octet).to_string(),
        octet => format!("\\x{octet:02x}"),
    };
    octets.iter().map(show).collect()
}

fn fields(objects: &[Value]) -> Fields {
    let mut fields = Fields::new();
    for object in objects {
        let section = &object["field_section"];
        let block_type = if section["promised_stream_id"].is_null() { "1" } else { "5" };
        for field in section["fields"].as_array().unwrap_or(&vec![]) {
            let flow = (object["connection"].as_u64().unwrap(), object["from"].as_str().unwrap().to_owned());
            let stream_id = section["stream_id"].to_string();
            let line = [stream_id, block_type.to_owned(), octets(field, "name"), octets(field, "value")];
            fields.entry(flow).or_default().push(line);
        }
    }
    fields
}

fn expected_fields(capture: &Path) -> Fields {
    let mut fields = Fields::new();
    for [stream, from, line @ ..] in table::<6>(capture, "fields.tsv") {
        fields.entry((stream.parse().unwrap(), from)).or_default().push(line);
    }
    fields
}

#[test]
fn fields_are_those_of_the_dissector() {
    let mut count = 0;
    for capture in h2wire_testdata::captures() {
        let run = decode(&capture, LARGE);
        let fields = fields(&run.objects());
        assert_eq!(fields, expected_fields(&capture), "{}", capture.display());
        assert!(!run.stderr.contains("field sections"), "{}", run.stderr);
        count += fields.values().map(Vec::len).sum::<usize>();
    }
    assert!(count > 1000, "{count} fields");
}

#[test]
fn text_tells_as_many_frames() {
    for capture in h2wire_testdata::captures() {
        let Run { status, stdout: text, .. } = decode(&capture, &[]);
        let frames =
            text.lines().filter(|line| line.contains("  stream ") && line.contains(" bytes")).count();
        let expected: usize = expected(&capture).values().map(Vec::len).sum();
        assert_eq!(frames, expected, "{}", capture.display());
        assert_eq!(status, decode(&capture, &["--json"]).status, "{}", capture.display());
    }
}

/// The lines of frames: those of field blocks have bytes that frames have too.
fn without_blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut is_block = false;
    text.lines().filter(move |line| {
        if !line.starts_with("            ") {
            is_block = line.contains("  field block  ");
        }
        !is_block
    })
}

/// The bytes on a line that starts with their offset.
fn annotated_octets(line: &str) -> usize {
    let Some((offset, octets)) = line.trim_start().split_once("  ") else { return 0 };
    let is_octet = |word: &&str| word.len() == 2 && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_offset = line.starts_with("  ") && offset.parse::<u64>().is_ok();
    if is_offset { octets.split_whitespace().take_while(is_octet).count() } else { 0 }
}

#[test]
fn annotations_show_every_octet_once() {
    for capture in h2wire_testdata::captures() {
        let text = decode(&capture, &["--annotate"]).stdout;
        assert!(!text.contains("not part of any field"), "{}", capture.display());
        let frames = expected(&capture);
        let octets: u64 = frames.values().flatten().map(|[.., length]| length + 9).sum();
        let prefaces = text.lines().filter(|line| line.contains("  preface")).count();
        let shown: usize = without_blocks(&text).map(annotated_octets).sum();
        // The bytes of broken and incomplete frames are shown in another form.
        let json = decode(&capture, &["--json"]);
        if json
            .objects()
            .iter()
            .all(|object| object.get("error").is_none() && object.get("incomplete").is_none())
        {
            assert_eq!(shown, usize::try_from(octets).unwrap() + prefaces * 24, "{}", capture.display());
        }
    }
}

#[test]
fn failures_are_told_by_name() {
    for (name, status, rule, from) in [
        ("fail-h1-curl-python", 1, "http1_response", "server"),
        ("fail-h1-curl-apache", 1, "http1_response", "server"),
        ("fail-h1-hyper-node", 1, "http1_response", "server"),
        ("fail-no-alpn-hyper-nginx", 1, "http1_response", "server"),
        ("fail-tls-port-curl-nginx", 1, "http1_response", "server"),
        ("fail-tls-port-curl-rustls", 1, "tls_record", "server"),
        ("fail-tls-client-nghttpd", 1, "tls_record", "client"),
        ("fail-h1-client-nghttpd", 1, "http1_request", "client"),
        ("fail-h1-client-hyper", 1, "http1_request", "client"),
    ] {
        let capture = h2wire_testdata::folder().join(format!("captures/{name}.pcap"));
        let json = decode(&capture, &["--json"]);
        assert_eq!(json.status, status, "{name}");
        let errors: Vec<_> =
            json.objects().into_iter().filter(|object| object.get("error").is_some()).collect();
        assert_eq!(errors.len(), 1, "{name}");
        assert_eq!(errors[0]["error"]["rule"], rule, "{name}");
        assert_eq!(errors[0]["error"]["offset"], 0, "{name}");
        assert_eq!(errors[0]["from"], from, "{name}");
        let text = decode(&capture, &[]).stdout;
        let (file, message) =
            (capture.display().to_string(), errors[0]["error"]["message"].as_str().unwrap());
        let sentence = message.split(';').next().unwrap();
        assert!(text.contains(&file) && text.contains(sentence) && text.contains("remedy"), "{text}");
    }
}

#[test]
fn segments_out_of_order_change_nothing() {
    let folder = h2wire_testdata::folder().join("captures");
    let straight = decode(&folder.join("curl-nginx.pcap"), LARGE);
    let reordered = decode(&folder.join("derived-reordered.pcap"), LARGE);
    assert_eq!(reordered.status, 0);
    assert_eq!(frames(&reordered.objects()), frames(&straight.objects()));
}

#[test]
fn a_truncated_file_is_told_after_what_came_before() {
    let capture = h2wire_testdata::folder().join("captures/derived-truncated.pcap");
    let json = decode(&capture, &["--json"]);
    assert_eq!(json.status, 2);
    let stderr = &json.stderr;
    assert!(!frames(&json.objects()).is_empty());
    assert!(stderr.contains("cut off") && stderr.lines().count() == 1, "{stderr}");
}

#[test]
fn a_capture_without_http2_is_told() {
    let capture = h2wire_testdata::folder().join("captures/http1-curl-python.pcap");
    let Run { status, stdout, stderr } = decode(&capture, &["--json"]);
    assert_eq!((status, stdout.as_str(), stderr.lines().count()), (2, "", 1));
    assert!(stderr.contains("HTTP/1.x") && stderr.contains("no HTTP/2"), "{stderr}");
}
