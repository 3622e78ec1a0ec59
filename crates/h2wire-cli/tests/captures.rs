//! The captures of real peers, frame by frame, against what an independent dissector says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// Type, flags, stream and length of the frames that one side of a connection sends.
type Frames = BTreeMap<(u64, String), Vec<[u64; 4]>>;

fn decode(capture: &Path, options: &[&str]) -> (i32, String, String) {
    let output =
        Command::cargo_bin("h2wire").unwrap().arg("decode").args(options).arg(capture).output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn objects(json: &str) -> Vec<Value> {
    json.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
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

/// The frames as `tshark` lists them; see `testdata/captures/expect.sh`.
fn expected(capture: &Path) -> Frames {
    let name = capture.file_stem().unwrap().to_str().unwrap();
    let path = h2wire_testdata::folder().join(format!("captures/expected/{name}.tsv"));
    let table = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut frames = Frames::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split('\t').collect();
        let [stream, from, facts @ ..] = columns.as_slice() else { panic!("{line}") };
        let facts: Vec<u64> = facts.iter().map(|fact| fact.parse().unwrap()).collect();
        let flow = (stream.parse().unwrap(), (*from).to_owned());
        frames.entry(flow).or_default().push(facts.try_into().unwrap());
    }
    frames
}

#[test]
fn frames_are_those_of_the_dissector() {
    for capture in h2wire_testdata::captures() {
        let (_, json, _) = decode(&capture, &["--json"]);
        assert_eq!(frames(&objects(&json)), expected(&capture), "{}", capture.display());
    }
}

#[test]
fn text_tells_as_many_frames() {
    for capture in h2wire_testdata::captures() {
        let (status, text, _) = decode(&capture, &[]);
        let frames =
            text.lines().filter(|line| line.contains("  stream ") && line.contains(" octets")).count();
        let expected: usize = expected(&capture).values().map(Vec::len).sum();
        assert_eq!(frames, expected, "{}", capture.display());
        assert_eq!(status, decode(&capture, &["--json"]).0, "{}", capture.display());
    }
}

#[test]
fn annotations_show_every_octet_once() {
    for capture in h2wire_testdata::captures() {
        let (_, text, _) = decode(&capture, &["--annotate"]);
        assert!(!text.contains("not part of any field"), "{}", capture.display());
        let frames = expected(&capture);
        let octets: u64 = frames.values().flatten().map(|[.., length]| length + 9).sum();
        let prefaces = text.lines().filter(|line| line.contains("  preface")).count();
        let shown: usize = text
            .lines()
            .filter(|line| line.starts_with("        ") && !line.contains("octets  "))
            .filter_map(|line| line.get(24..line.len().min(74)))
            .map(|columns| columns.split_whitespace().take_while(|word| word.len() == 2).count())
            .sum();
        // The octets of broken and incomplete frames are shown in another form.
        let (_, json, _) = decode(&capture, &["--json"]);
        if objects(&json)
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
        let (code, json, _) = decode(&capture, &["--json"]);
        assert_eq!(code, status, "{name}");
        let errors: Vec<_> =
            objects(&json).into_iter().filter(|object| object.get("error").is_some()).collect();
        assert_eq!(errors.len(), 1, "{name}");
        assert_eq!(errors[0]["error"]["rule"], rule, "{name}");
        assert_eq!(errors[0]["error"]["offset"], 0, "{name}");
        assert_eq!(errors[0]["from"], from, "{name}");
        let (_, text, _) = decode(&capture, &[]);
        let (file, message) =
            (capture.display().to_string(), errors[0]["error"]["message"].as_str().unwrap());
        let sentence = message.split(';').next().unwrap();
        assert!(text.contains(&file) && text.contains(sentence) && text.contains("remedy"), "{text}");
    }
}

#[test]
fn segments_out_of_order_change_nothing() {
    let folder = h2wire_testdata::folder().join("captures");
    let (_, straight, _) = decode(&folder.join("curl-nginx.pcap"), &["--json"]);
    let (status, reordered, _) = decode(&folder.join("derived-reordered.pcap"), &["--json"]);
    assert_eq!(status, 0);
    assert_eq!(frames(&objects(&reordered)), frames(&objects(&straight)));
}

#[test]
fn a_truncated_file_is_told_after_what_came_before() {
    let capture = h2wire_testdata::folder().join("captures/derived-truncated.pcap");
    let (status, json, stderr) = decode(&capture, &["--json"]);
    assert_eq!(status, 2);
    assert!(!frames(&objects(&json)).is_empty());
    assert!(stderr.contains("cut off") && stderr.lines().count() == 1, "{stderr}");
}

#[test]
fn a_capture_without_http2_is_told() {
    let capture = h2wire_testdata::folder().join("captures/http1-curl-python.pcap");
    let (status, json, stderr) = decode(&capture, &["--json"]);
    assert_eq!((status, json.as_str()), (2, ""));
    assert!(stderr.contains("HTTP/1.x") && stderr.contains("no HTTP/2"), "{stderr}");
}
