//! Captures of real peers without some packets, cut short, out of order, or without their start: nobody is blamed for that, and
//! what is shown was sent by the side that is named.
#![cfg(feature = "command")]

mod support;

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;
use support::decode;

const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;

/// The header of a pcap file, and its records.
fn records(path: &Path) -> (Vec<u8>, Vec<Vec<u8>>) {
    let file = std::fs::read(path).unwrap();
    let (mut records, mut at) = (Vec::new(), FILE_HEADER);
    while at < file.len() {
        let len = u32::from_le_bytes(file[at + 8..at + 12].try_into().unwrap());
        let end = at + RECORD_HEADER + usize::try_from(len).unwrap();
        records.push(file[at..end].to_vec());
        at = end;
    }
    (file[..FILE_HEADER].to_vec(), records)
}

/// A record of which no more than `len` bytes were captured.
fn cut(record: &[u8], len: usize) -> Vec<u8> {
    let kept = len.min(record.len() - RECORD_HEADER);
    let captured = u32::try_from(kept).unwrap().to_le_bytes();
    [&record[..8], &captured, &record[12..RECORD_HEADER + kept]].concat()
}

/// The frames, and the rules that are said to be broken.
fn told(capture: &[u8]) -> (HashSet<String>, Vec<String>) {
    let run = decode(&["--json"], capture);
    let (mut frames, mut rules) = (HashSet::new(), Vec::new());
    for object in run.objects() {
        rules.extend(object["error"]["rule"].as_str().map(str::to_owned));
        if object.get("type").is_some() {
            let facts = ["from", "type", "flags", "stream_id", "payload"].map(|key| object[key].to_string());
            frames.insert(facts.join(" "));
        }
    }
    (frames, rules)
}

fn check(name: &str, how: &str, whole: &HashSet<String>, header: &[u8], records: &[Vec<u8>]) {
    let (frames, rules) = told(&[header, &records.concat()].concat());
    assert_eq!(rules, Vec::<String>::new(), "{name} {how}");
    let others: Vec<_> = frames.difference(whole).collect();
    assert!(others.is_empty(), "{name} {how}: {others:?}");
}

#[test]
fn nobody_is_blamed_for_what_a_capture_lacks() {
    for name in ["upgrade-curl-apache", "hyper-hyper", "h2load-nghttpd", "python-python", "curl-caddy"] {
        let path = h2wire_testdata::folder().join(format!("captures/{name}.pcap"));
        let (header, records) = records(&path);
        let (whole, _) = told(&[header.as_slice(), &records.concat()].concat());
        assert!(!whole.is_empty());
        let check = |how: &str, records: &[Vec<u8>]| check(name, how, &whole, &header, records);
        for len in [60, 80, 96, 128, 160, 200, 256, 400] {
            let short: Vec<_> = records.iter().map(|record| cut(record, len)).collect();
            check(&format!("cut to {len}"), &short);
        }
        for at in (0..records.len()).step_by(3) {
            let rest = (0..records.len()).filter(|index| *index != at);
            check(&format!("without {at}"), &rest.map(|index| records[index].clone()).collect::<Vec<_>>());
            check(&format!("from {at} on"), &records[at..]);
            let mut swapped = records.clone();
            swapped.swap(at, (at + 1) % records.len());
            check(&format!("{at} later"), &swapped);
        }
    }
}

/// The answer came before the request in the capture, and its head is missing.
#[test]
fn nobody_is_blamed_if_neither_order_nor_bytes_are_known() {
    let path = h2wire_testdata::folder().join("captures/curl-nginx.pcap");
    let (header, records) = records(&path);
    let (whole, _) = told(&[header.as_slice(), &records.concat()].concat());
    let rest = (0..records.len()).filter(|index| ![13, 36, 39].contains(index));
    let rest: Vec<_> = rest.map(|index| records[index].clone()).collect();
    check("curl-nginx", "without three", &whole, &header, &rest);
}

/// The client's preface is a packet of its own, and is not in the capture.
#[test]
fn settings_after_a_preface_that_is_missing_are_the_clients() {
    let path = h2wire_testdata::folder().join("captures/hyper-hyper.pcap");
    let (header, records) = records(&path);
    for first in [4, 5] {
        let run = decode(&["--json"], &[header.as_slice(), &records[first..].concat()].concat());
        let is_request = |object: &&Value| object["field_section"]["fields"][0]["name"] == ":method";
        let requests: Vec<_> = run.objects().iter().filter(is_request).map(|o| o["from"].clone()).collect();
        assert!(!requests.is_empty() && requests.iter().all(|from| from == "client"), "{requests:?}");
    }
}
