//! The file of `-o`: it is never one that is read, and it keeps what it has until there is something to put in its place.
#![cfg(feature = "command")]

mod support;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use support::decode;

const OLD: &[u8] = b"what was there before";
const LOG: &str = "# no secrets\n";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn capture() -> Vec<u8> {
    fs::read(h2wire_testdata::folder().join("captures/curl-nginx.pcap")).unwrap()
}

#[test]
fn an_input_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let [input, log, out] = ["in.pcap", "keys", "out"].map(|name| folder.path().join(name));
    fs::write(&input, capture()).unwrap();
    fs::write(&log, LOG).unwrap();
    let other_name = folder.path().join(".").join("in.pcap");
    let refused = |arguments: &[&str]| {
        let run = decode(arguments, b"");
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains("the output would overwrite the input"), "{}", run.stderr);
        assert!(fs::read(&input).unwrap() == capture() && fs::read(&log).unwrap() == LOG.as_bytes());
    };
    refused(&[text(&input), "-o", text(&input)]);
    refused(&[text(&input), "-o", text(&other_name)]);
    refused(&[text(&input), "--keylog", text(&log), "-o", text(&log)]);
    // One of several, though another is missing.
    refused(&[text(&out), text(&input), "-o", text(&input)]);
    #[cfg(unix)]
    for link in ["symbolic", "hard"] {
        let path = folder.path().join(link);
        if link == "hard" {
            fs::hard_link(&input, &path).unwrap();
        } else {
            std::os::unix::fs::symlink(&input, &path).unwrap();
        }
        refused(&[text(&input), "-o", text(&path)]);
        refused(&[text(&path), "-o", text(&input)]);
    }
    // Another file is written.
    let run = decode(&[text(&input), "--keylog", text(&log), "-o", text(&out)], b"");
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&out).unwrap(), decode(&[text(&input)], b"").stdout);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_standard_input_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.pcap");
    fs::write(&input, capture()).unwrap();
    for output in [text(&input), "/dev/null"] {
        let run = Command::new(assert_cmd::cargo::cargo_bin("h2wire"))
            .args(["decode", "-", "-o", output])
            .stdin(Stdio::from(File::open(&input).unwrap()))
            .output()
            .unwrap();
        let is_refused = String::from_utf8_lossy(&run.stderr).contains("overwrite the input standard input");
        assert_eq!(
            (run.status.code(), is_refused),
            if output == "/dev/null" { (Some(0), false) } else { (Some(2), true) }
        );
        assert!(fs::read(&input).unwrap() == capture());
    }
}

#[test]
fn a_file_is_kept_if_there_is_nothing_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let [input, missing, empty, out] =
        ["in.pcap", "missing", "empty", "out"].map(|name| folder.path().join(name));
    fs::write(&input, capture()).unwrap();
    fs::write(&empty, b"").unwrap();
    fs::write(&out, OLD).unwrap();
    for arguments in [
        &[text(&missing)][..],
        &[text(&empty)],
        &[text(folder.path())],
        &[text(&missing), text(&missing)],
        &[text(&input), "--keylog", text(&missing)],
        &[text(&input), text(&input), "--keylog", text(&missing)],
    ] {
        let run = decode(&[arguments, &["-o", text(&out)]].concat(), b"");
        assert_eq!(run.status, 2, "{arguments:?}: {}", run.stderr);
        assert_eq!(fs::read(&out).unwrap(), OLD, "{arguments:?}");
    }
    // One of several is enough.
    let run = decode(&[text(&missing), text(&input), "-o", text(&out)], b"");
    assert_eq!(run.status, 2);
    assert!(fs::read_to_string(&out).unwrap().contains("SETTINGS"));
}
