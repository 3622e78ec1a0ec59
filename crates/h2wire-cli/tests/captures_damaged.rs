//! Captures of real peers that lack packets: the command names what is missing and invents nothing. `readings.rs` compares
//! their frames with those of a dissector.
#![cfg(feature = "command")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The captures, the one that each was made from, and the exit status.
const CAPTURES: [(&str, &str, i32); 26] = [
    ("lost-fields", "curl-nginx", 3),
    ("lost-content", "hyper-hyper", 3),
    ("lost-start", "curl-nginx", 3),
    ("short", "hyper-hyper", 3),
    ("late", "curl-nginx", 0),
    ("late-all", "hyper-hyper", 0),
    ("upgrade-lost-request", "upgrade-curl-apache", 3),
    ("upgrade-lost-answer", "upgrade-curl-apache", 3),
    ("upgrade-lost-both", "upgrade-curl-apache", 3),
    ("upgrade-caddy-lost-request", "upgrade-curl-caddy", 3),
    ("upgrade-late-request", "upgrade-curl-apache", 0),
    ("upgrade-caddy-late-request", "upgrade-curl-caddy", 0),
    ("upgrade-short-request", "upgrade-curl-apache", 3),
    ("upgrade-short-answer", "upgrade-curl-apache", 3),
    ("upgrade-third-lost", "made/upgrade-third", 3),
    ("upgrade-late", "upgrade-curl-apache", 3),
    ("connect-lost-request", "made/connect", 3),
    ("connect-lost-answer", "made/connect", 3),
    ("connect-late-request", "made/connect", 0),
    ("connect-short-request", "made/connect", 3),
    ("socks5-lost-greeting", "made/socks5", 3),
    ("socks5-lost-method", "made/socks5", 3),
    ("socks5-lost-client", "made/socks5", 3),
    ("socks5-short-answer", "made/socks5", 3),
    ("proxy-lost-header", "made/proxy-v1", 3),
    ("proxy-short-header", "made/proxy-v1", 3),
];

fn folder() -> PathBuf {
    h2wire_testdata::folder().join("captures")
}

fn objects(capture: &Path) -> (i32, Vec<Value>) {
    let run = support::decode(&["--json", capture.to_str().unwrap()], b"");
    (run.status, run.objects())
}

fn flow(object: &Value) -> (u64, String) {
    (object["connection"].as_u64().unwrap(), object["from"].as_str().unwrap().to_owned())
}

/// A stream and the fields of a section of it: `None` is not known.
type Section = (String, Vec<[Option<String>; 2]>);

fn sections(objects: &[Value]) -> Vec<Section> {
    let field = |field: &Value| ["name", "value"].map(|key| field[key].as_str().map(str::to_owned));
    let section = |object: &Value| {
        let section = object.get("field_section")?;
        let fields = section["fields"].as_array().unwrap().iter().map(field).collect();
        let (_, from) = flow(object);
        Some((format!("{from} {}", section["stream_id"]), fields))
    };
    objects.iter().filter_map(section).collect()
}

#[test]
fn what_is_lost_is_told() {
    for (name, _, status) in CAPTURES {
        let (ended, objects) = objects(&folder().join(format!("damaged/{name}.pcap")));
        assert_eq!(ended, status, "{name}");
        assert!(objects.iter().all(|object| object.get("error").is_none()), "{name}");
        let lost = objects.iter().filter(|object| object.get("lost").is_some()).count();
        // What comes before the start of a capture is not counted.
        assert_eq!(lost > 0, status == 3 && name != "upgrade-late", "{name}");
    }
}

#[test]
fn fields_are_those_that_were_sent_or_unknown() {
    for (name, source, _) in CAPTURES {
        let (_, whole) = objects(&folder().join(format!("{source}.pcap")));
        let whole = sections(&whole);
        let (_, objects) = objects(&folder().join(format!("damaged/{name}.pcap")));
        let shown = sections(&objects);
        assert!(!shown.is_empty(), "{name}");
        for (stream, fields) in &shown {
            // Connections may have other numbers.
            let is_sent = whole.iter().any(|(other, sent)| {
                let mut pairs = fields.iter().flatten().zip(sent.iter().flatten());
                stream == other
                    && fields.len() == sent.len()
                    && pairs.all(|(field, sent)| field.is_none() || field == sent)
            });
            assert!(is_sent, "{name}: {stream} {fields:?}");
        }
    }
}

/// Frames as (from, type, stream, length), in the order of each side.
fn frames(objects: &[Value]) -> Vec<(String, Vec<Value>)> {
    let frame = |object: &Value| {
        object.get("payload")?;
        let keys = ["type", "flags", "stream_id", "payload"];
        Some((flow(object).1, keys.map(|key| object[key].clone()).to_vec()))
    };
    let mut frames: Vec<_> = objects.iter().filter_map(frame).collect();
    frames.sort_by(|(from, _), (other, _)| from.cmp(other));
    frames
}

/// What is damaged of them is before HTTP/2: nothing of that is lost.
#[test]
fn http2_starts_where_it_does_if_what_is_before_is_damaged() {
    let is_start =
        |name: &&str| ["upgrade", "connect", "socks5", "proxy"].iter().any(|of| name.starts_with(of));
    for (name, source, _) in CAPTURES.iter().filter(|(name, ..)| is_start(name)) {
        let whole = frames(&objects(&folder().join(format!("{source}.pcap"))).1);
        let shown = frames(&objects(&folder().join(format!("damaged/{name}.pcap"))).1);
        assert_eq!(shown, whole, "{name}");
    }
}

#[test]
fn encode_says_that_there_are_holes() {
    let capture = folder().join("damaged/lost-content.pcap");
    let json = support::decode(&["--json", capture.to_str().unwrap()], b"").stdout;
    let run = support::h2wire(&["encode", "--raw", "--connection", "0", "--from", "client"], json.as_bytes());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("skipped 1 hole: the input does not contain"), "{}", run.stderr);
}
