//! The start of a frame is found from any place in what real peers sent.
#![cfg(feature = "command")]

mod support;

use std::path::Path;

use h2wire::frame::{FrameHeader, ParseOptions, Resync, resync};
use serde_json::Value;

/// The bytes of each direction of each connection of a capture, from the first frame on.
fn directions(capture: &Path) -> Vec<Vec<u8>> {
    let run = support::decode(&["--json", capture.to_str().unwrap()], b"");
    let mut flows: Vec<[String; 2]> = Vec::new();
    for object in run.objects().iter().filter(|object| object.get("type").is_some()) {
        let Value::String(from) = &object["from"] else { panic!("{object}") };
        let flow = [object["connection"].to_string(), from.clone()];
        if !flows.contains(&flow) {
            flows.push(flow);
        }
    }
    let lines: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with("{\"preface\"")).collect();
    let input = lines.join("\n");
    let encode = |[connection, from]: &[String; 2]| {
        let mut command = assert_cmd::Command::cargo_bin("h2wire").unwrap();
        let arguments = ["encode", "--raw", "--connection", connection, "--from", from];
        let output = command.args(arguments).write_stdin(input.as_bytes()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    flows.iter().map(encode).collect()
}

/// Where the frames start, and where the last one ends.
fn starts(octets: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    let mut at = 0;
    while let Some(header) = octets.get(at..).and_then(<[u8]>::first_chunk).map(FrameHeader::parse) {
        at += FrameHeader::LEN + header.length.to_usize();
        starts.push(at);
    }
    assert_eq!(at, octets.len());
    starts
}

/// Half of the places are so near to the end that it cannot be sure.
#[test]
fn from_every_place_in_the_captures() {
    let (mut places, mut sure, mut likely, mut later, mut other) = (0, 0, 0, 0, 0);
    for capture in h2wire_testdata::captures() {
        for octets in directions(&capture) {
            let starts = starts(&octets);
            // After that there is no frame to be found.
            let last = starts[starts.len() - 2];
            for cut in 0..=last {
                let next = starts.iter().find(|start| **start >= cut).unwrap() - cut;
                places += 1;
                match resync(&octets[cut..], &ParseOptions::DEFAULT) {
                    Resync::At(at) => {
                        assert!(starts.contains(&(cut + at)), "{}: {cut}, {at}", capture.display());
                        *(if at == next { &mut sure } else { &mut later }) += 1;
                    }
                    Resync::Perhaps(at) if at == next => likely += 1,
                    _ => other += 1,
                }
            }
        }
    }
    println!(
        "{places} places: {sure} sure, {likely} likely, {later} a later frame, {other} another place or none"
    );
    assert!(places > 100_000);
    assert!(later * 100 < places && other * 100 < places, "{later}, {other} of {places}");
}
