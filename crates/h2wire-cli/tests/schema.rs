//! What is printed as JSON is what `schema/h2wire.schema.json` describes, and nothing else.
#![cfg(feature = "command")]

mod servers;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use servers::{Identity, Server};
use support::{decode, h2wire};

/// The schema of the lines of one command.
struct Lines {
    schemas: Schemas,
    index: SchemaIndex,
    seen: usize,
}

impl Lines {
    fn of(command: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/h2wire.schema.json");
        let schema: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("http://example.com/h2wire.schema.json", schema).unwrap();
        let index = compiler
            .compile(&format!("http://example.com/h2wire.schema.json#/$defs/{command}"), &mut schemas)
            .unwrap();
        Self { schemas, index, seen: 0 }
    }

    fn has(&self, line: &Value) -> bool {
        self.schemas.validate(line, self.index).is_ok()
    }

    /// Every line is valid.
    fn check(&mut self, what: &str, text: &str) {
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            if let Err(error) = self.schemas.validate(&value, self.index) {
                panic!("{what}: {line}\n{error:#}");
            }
            self.seen += 1;
        }
    }
}

/// Everything in a folder and those below it whose name ends like this.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_str().unwrap().ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_capture_and_fixture_is_described() {
    let (mut lines, mut summary, mut follow) =
        (Lines::of("decode"), Lines::of("summary"), Lines::of("follow"));
    let captures = files(&h2wire_testdata::folder(), &[".pcap", ".pcapng"]);
    for path in &captures {
        let name = path.to_str().unwrap();
        lines.check(name, &decode(&["--json", name], b"").stdout);
        summary.check(name, &decode(&["--json", "--summary", name], b"").stdout);
        follow.check(name, &decode(&["--json", "--follow=1", name], b"").stdout);
    }
    let fixtures = files(&h2wire_testdata::folder().join("frames"), &[".hex"]);
    for path in &fixtures {
        let name = path.to_str().unwrap();
        lines.check(name, &decode(&["--json", "--hex", name], b"").stdout);
        lines.check(name, &decode(&["--json", "--hex", "--stateless", name], b"").stdout);
        lines.check(name, &decode(&["--json", "--hex", "--role=client", name], b"").stdout);
    }
    assert!(captures.len() > 50 && fixtures.len() > 100, "{} {}", captures.len(), fixtures.len());
    assert!(lines.seen > 2000 && summary.seen > 100 && follow.seen > 100);
    // Several inputs.
    let two = [captures[0].to_str().unwrap(), captures[1].to_str().unwrap()];
    lines.check("two", &decode(&["--json", two[0], two[1]], b"").stdout);
    summary.check("two", &decode(&["--json", "--summary", two[0], two[1]], b"").stdout);
}

#[test]
fn every_block_is_described() {
    let mut lines = Lines::of("hpack_decode");
    for blocks in ["82\n000161 01ff\n80\n", "400161 0162\n"] {
        lines.check(blocks, &h2wire(&["hpack", "decode"], blocks.as_bytes()).stdout);
        lines.check(
            blocks,
            &h2wire(&["hpack", "decode", "--max-header-list-size=1"], blocks.as_bytes()).stdout,
        );
    }
    assert!(lines.seen > 5);
}

#[test]
fn every_end_of_a_probe_is_described() {
    let mut lines = Lines::of("probe");
    let identity = Identity::new();
    let tls = Server::tls(&identity, &["h2", "http/1.1"]);
    let (plain, ends, text) =
        (Server::h2c(), Server::closes(), Server::says(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let broken = Server::says(b"\0\0\x01\x06\0\0\0\0\0\0");
    let trusted = ["--cacert", identity.path()];
    let (tls, plain, ends, text, broken) =
        (tls.url("https"), plain.url("http"), ends.url("http"), text.url("http"), broken.url("http"));
    for options in [
        [&[&*tls][..], &trusted].concat(),
        [&[&*tls, "--alpn=http/1.1"][..], &trusted].concat(),
        [&[&*tls, "--no-alpn"][..], &trusted].concat(),
        vec![&tls],
        vec!["-k", &tls],
        vec![&plain],
        vec![&plain, "--prior-knowledge", "-d", "content"],
        vec![&plain, "--prior-knowledge", "--grpc-health"],
        vec![&ends, "--prior-knowledge"],
        vec![&text, "--prior-knowledge"],
        vec![&broken, "--prior-knowledge"],
    ] {
        let run = h2wire(&[&["probe", "--json"], &options[..]].concat(), b"");
        lines.check(&options.join(" "), &run.stdout);
    }
    assert!(lines.seen > 50, "{}", lines.seen);
}

/// A key that nobody described is an error, wherever it is; so is one that is missing.
#[test]
fn the_schema_is_strict() {
    for (command, options, input) in [
        ("decode", ["decode", "--json"].as_slice(), "captures/curl-nginx.pcap"),
        ("summary", &["decode", "--json", "--summary"], "captures/python-python.pcap"),
        ("follow", &["decode", "--json", "--follow=1"], "captures/curl-nginx.pcap"),
        ("decode", &["decode", "--json", "--hex", "--stateless"], "frames/settings_all.hex"),
    ] {
        let lines = Lines::of(command);
        let path = h2wire_testdata::folder().join(input);
        let run = h2wire(&[options, &[path.to_str().unwrap()]].concat(), b"");
        let mut objects = 0;
        for line in run.objects() {
            assert!(lines.has(&line), "{line}");
            for place in places(&line) {
                let mut more = line.clone();
                let object = more.pointer_mut(&place).unwrap().as_object_mut().unwrap();
                object.insert("new".to_owned(), 1.into());
                assert!(!lines.has(&more), "{command}: a new key at {place:?}: {more}");
                objects += 1;
            }
            for key in line.as_object().unwrap().keys() {
                // Where an object is from depends on the input.
                let mut less = line.clone();
                less.as_object_mut().unwrap().remove(key);
                let may_be_left_out =
                    matches!(key.as_str(), "from" | "file") || key == "connection" && command == "follow";
                assert!(
                    may_be_left_out || !lines.has(&less) || key == "connection",
                    "{command}: without {key}: {less}"
                );
            }
        }
        assert!(objects > 5, "{command}: {objects}");
    }
}

/// The places of all objects in a value.
fn places(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let below = children
        .into_iter()
        .flat_map(|(key, value)| places(value).into_iter().map(move |place| format!("/{key}{place}")));
    value.is_object().then(String::new).into_iter().chain(below).collect()
}
