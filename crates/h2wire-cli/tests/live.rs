//! Input that comes slowly: what is complete is printed before more comes.
#![cfg(feature = "command")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use support::decode;

/// The command while it runs, with its input and the lines that it prints.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Running {
    fn decode(options: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("h2wire"));
        command.arg("decode").args(options).arg("-").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { input: child.stdin.take(), child, lines }
    }

    fn feed(&mut self, octets: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(octets).unwrap();
        input.flush().unwrap();
    }

    /// The next line, which must come although the input goes on.
    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(30)).expect("the line is not held back")
    }

    /// Ends the input; returns the other lines and the exit status.
    fn end(mut self) -> (Vec<String>, i32) {
        drop(self.input.take());
        let lines = self.lines.iter().collect();
        (lines, self.child.wait().unwrap().code().unwrap())
    }
}

fn capture(name: &str) -> Vec<u8> {
    std::fs::read(h2wire_testdata::folder().join("captures").join(name)).unwrap()
}

/// The header of a pcap file, then each of its packets, in little-endian order as tcpdump writes them.
fn packets(capture: &[u8]) -> Vec<&[u8]> {
    let (header, mut rest) = capture.split_at(24);
    let mut parts = vec![header];
    while !rest.is_empty() {
        let len = u32::from_le_bytes(rest[8..12].try_into().unwrap());
        let (packet, after) = rest.split_at(16 + len as usize);
        parts.push(packet);
        rest = after;
    }
    parts
}

/// The blocks of a pcapng file, in little-endian order.
fn blocks(mut capture: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while !capture.is_empty() {
        let len = u32::from_le_bytes(capture[4..8].try_into().unwrap());
        let (block, after) = capture.split_at(len as usize);
        parts.push(block);
        capture = after;
    }
    parts
}

/// Feeds a capture part by part. After a part with a packet, all that this packet completes must be there.
fn each_packet_prints_its_frames(parts: &[&[u8]], is_packet: impl Fn(&[u8]) -> bool) {
    let expected = decode(&["--json"], &parts.concat());
    let number = |line: &str| serde_json::from_str::<Value>(line).unwrap()["packet"].as_u64();
    let mut lines = expected.stdout.lines().peekable();
    let mut running = Running::decode(&["--json"]);
    let (mut packet, mut in_time) = (0, 0);
    for part in parts {
        running.feed(part);
        packet += u64::from(is_packet(part));
        while lines.peek().is_some_and(|line| number(line).is_some_and(|number| number <= packet)) {
            assert_eq!(running.line(), lines.next().unwrap());
            in_time += 1;
        }
    }
    let (rest, status) = running.end();
    assert_eq!(rest, lines.collect::<Vec<_>>());
    assert_eq!(status, expected.status);
    assert!(in_time > 20 && rest.len() < 5, "{in_time} lines came in time, {} at the end", rest.len());
}

#[test]
fn a_capture_by_tcpdump_is_shown_while_it_grows() {
    let capture = capture("curl-nginx.pcap");
    let parts = packets(&capture);
    assert!(parts.len() > 20);
    let header = parts[0].as_ptr();
    each_packet_prints_its_frames(&parts, |part| part.as_ptr() != header);
    // People see it as soon.
    let mut running = Running::decode(&["--relative-time"]);
    for part in &parts[..parts.len() / 2] {
        running.feed(part);
    }
    while !running.line().contains("SETTINGS") {}
    running.end();
}

#[test]
fn a_capture_by_wireshark_is_shown_while_it_grows() {
    let capture = capture("node-node.pcapng");
    // Enhanced packets.
    each_packet_prints_its_frames(&blocks(&capture), |block| block.starts_with(&[6, 0, 0, 0]));
}

#[test]
fn raw_frames_are_shown_as_they_come() {
    let mut running = Running::decode(&["--json", "--role=server"]);
    running.feed(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(running.line().contains("\"preface\":true"));
    running.feed(b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x06\0");
    assert!(running.line().contains("SETTINGS"));
    running.feed(&[0; 12]);
    assert!(running.line().contains("PING"));
    let (rest, status) = running.end();
    assert_eq!((rest.as_slice(), status), ([].as_slice(), 0));
}
