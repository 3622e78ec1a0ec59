//! Sessions of TLS that are resumed, asked for again, and that change their keys, as Go, Chromium and OpenSSL do it. `captures.rs`
//! compares their frames, fields and times with those of a dissector.
#![cfg(feature = "command")]

mod support;

use std::fs;

use serde_json::Value;
use support::{Run, decode};

/// RFC 8446 §4.1.3: the random of a `HelloRetryRequest`.
const RETRY: [u8; 8] = [0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11];

fn capture(name: &str) -> (Run, Vec<u8>) {
    let path = h2wire_testdata::folder().join(format!("captures/{name}.pcapng"));
    (decode(&["--json", path.to_str().unwrap()], b""), fs::read(path).unwrap())
}

fn count(octets: &[u8], part: &[u8]) -> usize {
    octets.windows(part.len()).filter(|window| *window == part).count()
}

/// The versions of the connections that are decrypted, and how many responses they have.
fn told(run: &Run) -> (Vec<String>, usize) {
    let objects = run.objects();
    let version = |object: &Value| object["tls"]["version"].as_str().map(str::to_owned);
    let statuses = run.stdout.matches("{\"name\":\":status\",\"value\":\"200\"").count();
    (objects.iter().filter_map(version).collect(), statuses)
}

/// The client logs no secret for a session of TLS 1.2 that it resumes by a ticket.
#[test]
fn a_session_of_go_is_resumed_with_the_secret_of_its_first_connection() {
    let (run, file) = capture("tls-go-go");
    let versions = ["TLS 1.3", "TLS 1.3", "TLS 1.2", "TLS 1.2"].map(str::to_owned);
    assert_eq!((run.status, told(&run)), (0, (versions.to_vec(), 4)), "{}", run.stderr);
    // The other is for TLS 1.2, and the server asked for another hello once.
    assert_eq!((count(&file, b"CLIENT_RANDOM "), count(&file, &RETRY)), (1, 1));
    let resumed = |answer: &str| run.stdout.matches(&hex::encode(answer)).count();
    assert_eq!((resumed("resumed true"), resumed("resumed false")), (2, 2));
}

#[test]
fn connections_of_chromium_are_read_in_both_versions() {
    let (run, file) = capture("tls-chromium-go");
    let (mut versions, statuses) = told(&run);
    versions.dedup();
    assert_eq!((run.status, versions), (0, ["TLS 1.3", "TLS 1.2"].map(str::to_owned).to_vec()));
    assert!(statuses >= 4 && count(&file, &RETRY) > 0, "{statuses} responses");
    assert!(run.stdout.matches(&hex::encode("of 300 bytes, resumed true")).count() == 2, "{}", run.stdout);
}

/// The recipe makes sure that there are key updates.
#[test]
fn another_hello_and_new_keys_are_read() {
    let (run, file) = capture("tls-openssl-h2wire");
    assert_eq!((run.status, told(&run)), (0, (vec!["TLS 1.3".to_owned()], 4)), "{}", run.stderr);
    assert_eq!(count(&file, &RETRY), 1);
}
