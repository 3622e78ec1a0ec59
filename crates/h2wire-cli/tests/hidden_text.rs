//! Names and arguments that change the direction of text, have no width or control the terminal are escaped wherever they are printed.
#![cfg(feature = "command")]

mod support;

use serde_json::Value;
use support::{Run, decode, h2wire};

const HIDDEN: &str = "a\u{202e}b\u{200b}\u{9b}\u{1b}[2J";
const SHOWN: &str = "a\\u{202e}b\\u{200b}\\u{9b}\\u{1b}[2J";
const IN_JSON: &str = "a\\u202eb\\u200b\\u009b\\u001b[2J";

#[track_caller]
fn nothing_is_hidden(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        let hidden =
            text.chars().find(|character| !character.is_ascii_graphic() && HIDDEN.contains(*character));
        assert_eq!(hidden, None, "{text}");
    }
}

#[test]
fn names_of_files_hide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(HIDDEN);
    // A capture and frames with an error.
    std::fs::copy(h2wire_testdata::folder().join("captures/curl-nginx.pcap"), &path).unwrap();
    let broken = folder.path().join(format!("broken{HIDDEN}"));
    std::fs::write(&broken, b"\0\0\x08\x06\0\0\0\0\0abcdefgh").unwrap();
    let (path, broken) = (path.to_str().unwrap(), broken.to_str().unwrap());
    let text = decode(&[path, broken], b"");
    assert!(text.stdout.contains(SHOWN), "{}", text.stdout);
    nothing_is_hidden(&text);
    for options in [["--json"].as_slice(), &["--json", "--summary"]] {
        let run = decode(&[options, &[path, broken]].concat(), b"");
        assert!(run.stdout.contains(IN_JSON), "{}", run.stdout);
        nothing_is_hidden(&run);
        // To a parser it is the name.
        assert!(run.objects().iter().any(|object| object["file"] == path), "{}", run.stdout);
    }
    for arguments in [
        ["decode", "--hex", path].as_slice(),
        &["decode", "--keylog", path, broken],
        &["decode", "--annotate", broken],
        &["encode", broken],
        &["hpack", "decode", broken],
    ] {
        nothing_is_hidden(&h2wire(arguments, b""));
    }
}

#[test]
fn arguments_in_errors_hide_nothing() {
    let file = format!("/dev/null/{HIDDEN}");
    let (url, option) = (format!("http://localhost:1/{HIDDEN}"), format!("--{HIDDEN}"));
    for arguments in [
        ["decode", file.as_str()].as_slice(),
        &["decode", "--role", HIDDEN],
        &["decode", &option],
        &["decode", "-", "--stream", HIDDEN],
        &["decode", "-o", &file, &file],
        &[HIDDEN],
        &["explain", HIDDEN],
        &["man", &file],
        &["encode", &file],
        &["probe", &url, "--prior-knowledge"],
        &["probe", "https://localhost:1/", "--connect", HIDDEN],
        &["probe", "https://localhost:1/", "--cert", &file],
        &["probe", "https://localhost:1/", "--cacert", &file],
        &["probe", "https://localhost:1/", "-H", HIDDEN],
        &["probe", "https://localhost:1/", "--data", &format!("@{file}")],
    ] {
        let run = h2wire(arguments, b"");
        assert_eq!(run.status, 2, "{arguments:?}: {}{}", run.stdout, run.stderr);
        nothing_is_hidden(&run);
    }
    let run = h2wire(&["explain", HIDDEN], b"");
    assert!(run.stderr.contains(SHOWN), "{}", run.stderr);
    // Its message says which argument is meant.
    let run = h2wire(&["decode", "--role", HIDDEN], b"");
    assert!(
        run.stderr.contains(r"a\u{202e}b\u{200b}") && run.stderr.contains("possible values"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_probe_shows_its_url_as_it_is_escaped() {
    let hidden = "a\u{202e}b\u{200b}";
    let url = format!("http://localhost:1/{hidden}");
    let text = h2wire(&["probe", "--prior-knowledge", &url], b"");
    nothing_is_hidden(&text);
    let run = h2wire(&["probe", "--prior-knowledge", "--json", &url], b"");
    nothing_is_hidden(&run);
    let connect: Value = run.objects().iter().find_map(|object| object.get("connect").cloned()).unwrap();
    assert_eq!(connect["url"], url);
}

/// As field values are.
#[test]
fn fields_in_json_hide_nothing() {
    let list = serde_json::json!([["x-a", HIDDEN]]).to_string();
    let block = h2wire(&["hpack", "encode"], list.as_bytes()).stdout;
    let run = h2wire(&["hpack", "decode"], block.as_bytes());
    nothing_is_hidden(&run);
    assert_eq!(run.objects()[0]["fields"][0]["value"], HIDDEN);
}
