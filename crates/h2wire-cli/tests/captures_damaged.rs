//! Captures of real peers that lack packets: no less than an independent dissector shows, and nothing that was not sent.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Connection, side, and what is told of them.
type Told = BTreeMap<(u64, String), Vec<String>>;

/// The captures, the one that each was made from, and the exit status.
const CAPTURES: [(&str, &str, i32); 6] = [
    ("lost-fields", "curl-nginx", 3),
    ("lost-content", "hyper-hyper", 3),
    ("lost-start", "curl-nginx", 3),
    ("short", "hyper-hyper", 3),
    ("late", "curl-nginx", 0),
    ("late-all", "hyper-hyper", 0),
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

/// Type, flags, stream and length of frames, also of those of which a part is lost.
fn frames(objects: &[Value]) -> Told {
    let mut frames = Told::new();
    for object in objects {
        let frame = object.get("lost").map_or(object, |lost| &lost["frame"]);
        if frame.get("type").is_some() {
            let facts = ["type", "flags", "stream_id", "length"].map(|key| frame[key].to_string());
            frames.entry(flow(object)).or_default().push(facts.join(" "));
        }
    }
    frames
}

/// Streams and the fields of their sections: `None` is not known.
fn sections(objects: &[Value]) -> Vec<(u64, String, Vec<[Option<String>; 2]>)> {
    let field = |field: &Value| ["name", "value"].map(|key| field[key].as_str().map(str::to_owned));
    let section = |object: &Value| {
        let section = object.get("field_section")?;
        let fields = section["fields"].as_array().unwrap().iter().map(field).collect();
        let (connection, from) = flow(object);
        Some((connection, format!("{from} {}", section["stream_id"]), fields))
    };
    objects.iter().filter_map(section).collect()
}

#[test]
fn no_less_than_the_dissector_shows() {
    for (name, _, status) in CAPTURES {
        let (ended, objects) = objects(&folder().join(format!("damaged/{name}.pcap")));
        assert_eq!(ended, status, "{name}");
        assert!(objects.iter().all(|object| object.get("error").is_none()), "{name}");
        let told = frames(&objects);
        let table = fs::read_to_string(folder().join(format!("damaged/{name}.tsv"))).unwrap();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let [stream, from, facts @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let flow = (stream.parse().unwrap(), (*from).to_owned());
            let count = |lines: &[String]| lines.iter().filter(|line| **line == facts.join(" ")).count();
            let expected = table.lines().filter(|other| other == &line).count();
            let have = told.get(&flow).map_or(0, |lines| count(lines));
            assert!(have >= expected, "{name}: {line}");
        }
    }
}

#[test]
fn what_is_lost_is_told() {
    for (name, _, status) in CAPTURES {
        let (_, objects) = objects(&folder().join(format!("damaged/{name}.pcap")));
        let lost = objects.iter().filter(|object| object.get("lost").is_some()).count();
        assert_eq!(lost > 0, status == 3, "{name}");
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
        for (_, stream, fields) in &shown {
            // Connections may have other numbers.
            let is_sent = whole.iter().any(|(_, other, sent)| {
                let mut pairs = fields.iter().flatten().zip(sent.iter().flatten());
                stream == other
                    && fields.len() == sent.len()
                    && pairs.all(|(field, sent)| field.is_none() || field == sent)
            });
            assert!(is_sent, "{name}: {stream} {fields:?}");
        }
    }
}
