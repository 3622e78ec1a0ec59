//! Output that its reader closes early, as `head` does, is not an error; a full disk is.
#![cfg(feature = "command")]

mod servers;
mod support;

use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};

use servers::Server;
use support::decode;

/// Runs the command with its output on a pipe that nobody reads any more. Returns exit status and standard error.
fn unread(arguments: &[&str]) -> (i32, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    run(arguments, writer)
}

fn run(arguments: &[&str], out: impl Into<Stdio>) -> (i32, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("h2wire"));
    let output = command.args(arguments).stdout(out).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn no_command_minds() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        File::create(&path).unwrap().write_all(content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ping = b"\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let octets = file("octets", ping);
    let json = file("json", decode(&["--stateless", "--json"], ping).stdout.as_bytes());
    let (blocks, lists) = (file("blocks", b"82\n"), file("lists", b"[[\":method\",\"GET\"]]\n"));
    let capture = h2wire_testdata::folder().join("captures/curl-nginx.pcap").to_str().unwrap().to_owned();
    let server = Server::h2c();
    let url = server.url("http");
    for arguments in [
        ["explain"].as_slice(),
        &["--help"],
        &["--version"],
        &["help", "decode"],
        &["hpack", "encode", "-h"],
        &["completions", "zsh"],
        &["man"],
        &["explain", "PING"],
        &["decode", "--stateless", &octets],
        &["decode", "--stateless", "--annotate", &octets],
        &["decode", "--stateless", "--json", &octets],
        &["decode", "--stateless", "--stats", &octets],
        &["decode", "--summary", &capture],
        &["decode", "--summary", "--json", &capture],
        &["decode", "--html", &capture],
        &["encode", &json],
        &["hpack", "decode", &blocks],
        &["hpack", "decode", "--annotate", &blocks],
        &["hpack", "encode", &lists],
        &["probe", "--prior-knowledge", &url],
        &["probe", "--prior-knowledge", "--json", &url],
    ] {
        assert_eq!(unread(arguments), (0, String::new()), "{arguments:?}");
        #[cfg(target_os = "linux")]
        {
            let (status, error) = run(arguments, File::options().write(true).open("/dev/full").unwrap());
            assert_eq!((status, error.lines().count()), (2, 1), "{arguments:?}: {error}");
            assert!(
                error.starts_with("h2wire: ") && error.contains("No space left"),
                "{arguments:?}: {error}"
            );
        }
    }
}
