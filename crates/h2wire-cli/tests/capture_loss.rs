//! Captures that lack bytes: what is missing is told where it is, and all else is read.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use packets::{Capture, Packet};
use serde_json::Value;
use support::{Run, decode};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";

fn frame(frame_type: u8, flags: u8, stream_id: u8, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[..], &[frame_type, flags, 0, 0, 0, stream_id], payload].concat()
}

fn data(stream_id: u8, payload: &[u8]) -> Vec<u8> {
    frame(0, 0, stream_id, payload)
}

/// `:status: 200`, and a field that is new in the table, or the one before.
fn response(stream_id: u8, is_first: bool) -> Vec<u8> {
    let block: &[u8] = if is_first { b"\x88\x40\x01a\x01b" } else { b"\x88\xbe" };
    frame(1, 4, stream_id, block)
}

/// A server that sends this in segments of 10 bytes, of which some are lost, and a client that acknowledges.
fn server_sends(octets: &[u8], lost: impl Fn(usize) -> bool) -> Vec<Packet> {
    let mut packets = vec![
        Packet::client(100).syn(),
        Packet::server(500).syn_ack().acks(101),
        Packet::client(101).acks(501).data(&[PREFACE, SETTINGS].concat()),
    ];
    let mut number = 501;
    for (index, octets) in octets.chunks(10).enumerate() {
        if !lost(index) {
            packets.push(Packet::server(number).data(octets).acks(134));
        }
        number += u32::try_from(octets.len()).unwrap();
        packets.push(Packet::client(134).acks(number));
    }
    packets
}

fn run(packets: &[Packet]) -> Run {
    decode(&["--json", "--role", "observer"], &Capture::pcap(true, false, packets))
}

/// What the server's direction has, one word for each object, with stream and what is known of fields. The parts of content
/// that came have tests of their own.
fn told(run: &Run) -> Vec<String> {
    let one = |object: &Value| {
        if let Some(lost) = object.get("lost") {
            let frame =
                lost["frame"]["type_name"].as_str().filter(|_| lost["in_step"] == true).unwrap_or("?");
            return format!("lost {} of {frame}", lost["bytes"]);
        }
        if let Some(skipped) = object.get("skipped") {
            return format!("skipped {}", skipped["bytes"]);
        }
        if let Some(section) = object.get("field_section") {
            let names = section["fields"]
                .as_array()
                .unwrap()
                .iter()
                .map(|field| field["name"].as_str().unwrap_or("?"));
            return names.collect::<Vec<_>>().join(" ");
        }
        match object.get("type_name") {
            Some(name) => format!("{} {}", name.as_str().unwrap(), object["stream_id"]),
            None => object.to_string(),
        }
    };
    let is_told = |object: &&Value| object["from"] == "server" && object.get("part").is_none();
    run.objects().iter().filter(is_told).map(one).collect()
}

#[test]
fn a_hole_in_content_costs_the_content() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, &[b'x'; 60]), &response(3, false)].concat();
    let run = run(&server_sends(&octets, |index| index == 6 || index == 7));
    let expected =
        ["SETTINGS 0", "SETTINGS 0", "HEADERS 1", ":status a", "lost 20 of DATA", "HEADERS 3", ":status a"];
    assert_eq!((told(&run), run.status, run.stderr.as_str()), (expected.map(str::to_owned).to_vec(), 3, ""));
    let object = run.objects().into_iter().find(|object| object.get("lost").is_some()).unwrap();
    assert_eq!(object["lost"]["offset"], 60);
    assert_eq!(object["lost"]["frame"]["stream_id"], 1);
}

#[test]
fn two_holes_in_one_frame_are_two() {
    let octets = [SETTINGS, &response(1, true), &data(1, &[b'x'; 90]), &response(3, false)].concat();
    let run = run(&server_sends(&octets, |index| index == 4 || index == 7));
    let expected = [
        "SETTINGS 0",
        "HEADERS 1",
        ":status a",
        "lost 10 of DATA",
        "lost 10 of DATA",
        "HEADERS 3",
        ":status a",
    ];
    assert_eq!((told(&run), run.status), (expected.map(str::to_owned).to_vec(), 3));
}

#[test]
fn a_hole_in_fields_makes_them_unknown() {
    let octets = [
        SETTINGS,
        ACK,
        &response(1, true),
        &frame(1, 4, 3, &[0x88; 20]),
        &response(5, false),
        &response(7, true),
        &response(9, false),
    ]
    .concat();
    let run = run(&server_sends(&octets, |index| index == 5));
    let expected = [
        "SETTINGS 0",
        "SETTINGS 0",
        "HEADERS 1",
        ":status a",
        "lost 10 of HEADERS",
        ":status :status :status :status :status :status :status :status",
        "HEADERS 5",
        ":status ?",
        "HEADERS 7",
        ":status a",
        "HEADERS 9",
        ":status a",
    ];
    assert_eq!((told(&run), run.status), (expected.map(str::to_owned).to_vec(), 3), "{}", run.stdout);
}

#[test]
fn after_a_hole_over_frames_the_next_one_is_found() {
    let ping = frame(6, 0, 0, b"12345678");
    let octets = [
        SETTINGS,
        ACK,
        &response(1, true),
        &ping,
        &data(1, b"abcdef"),
        &ping,
        &ping,
        &response(3, false),
        &ping,
    ]
    .concat();
    for first in 3..6 {
        let run = run(&server_sends(&octets, |index| index == first));
        let told = told(&run);
        assert_eq!(run.status, 3, "{told:?}");
        assert!(
            told.contains(&"lost 10 of ?".to_owned()) || told.contains(&"lost 10 of PING".to_owned()),
            "{told:?}"
        );
        // The table is unknown only where a block may have been lost.
        assert!(
            told.ends_with(&["HEADERS 3", told[told.len() - 2].as_str(), "PING 0"].map(str::to_owned)),
            "{told:?}"
        );
        assert!(told[told.len() - 2].starts_with(":status"), "{told:?}");
    }
}

#[test]
fn every_hole_is_told_and_nothing_is_wrong() {
    let mut octets = [SETTINGS, ACK].concat();
    for stream_id in (1..40).step_by(2) {
        octets.extend(response(stream_id, stream_id == 1));
        octets.extend(data(stream_id, &[b'x'; 25]));
        octets.extend(frame(0, 1, stream_id, b"end"));
    }
    let count = octets.len().div_ceil(10);
    for lost in 0..count {
        for width in 1..4 {
            let run = run(&server_sends(&octets, |index| (lost..lost + width).contains(&index)));
            let objects = run.objects();
            let missing: u64 = objects.iter().filter_map(|object| object["lost"]["bytes"].as_u64()).sum();
            let all = octets.chunks(10).skip(lost).take(width).map(<[u8]>::len).sum::<usize>();
            assert_eq!(
                (run.status, missing),
                (3, u64::try_from(all).unwrap()),
                "{lost} {width} {}",
                run.stdout
            );
            assert!(objects.iter().all(|object| object.get("error").is_none()), "{lost} {width}");
            for object in objects.iter().filter(|object| object.get("field_section").is_some()) {
                let fields = &object["field_section"]["fields"];
                assert_eq!(fields[0]["value"], "200");
                assert!(fields[1]["name"] == "a" || fields[1]["name"].is_null(), "{fields}");
            }
            let sections = objects.iter().filter(|object| object.get("field_section").is_some()).count();
            assert!(sections >= 17, "{lost} {width} {sections}");
        }
    }
}

#[test]
fn short_packets_of_a_snaplen() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, &[b'x'; 400])].concat();
    let packets = [
        Packet::client(100).syn(),
        Packet::server(500).syn_ack().acks(101),
        Packet::server(501).data(&octets).cut(300),
        Packet::server(501 + u32::try_from(octets.len()).unwrap()).data(&response(3, false)),
    ];
    let run = run(&packets);
    let expected =
        ["SETTINGS 0", "SETTINGS 0", "HEADERS 1", ":status a", "lost 300 of DATA", "HEADERS 3", ":status a"];
    assert_eq!((told(&run), run.status), (expected.map(str::to_owned).to_vec(), 3));
}

#[test]
fn a_breach_outweighs_a_loss() {
    let octets =
        [SETTINGS, ACK, &response(1, true), &data(1, &[b'x'; 60]), &frame(6, 0, 0, b"short")].concat();
    assert_eq!(run(&server_sends(&octets, |index| index == 6)).status, 1);
}

#[test]
fn text_says_what_is_missing() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, &[b'x'; 60]), &response(3, false)].concat();
    let capture = Capture::pcap(true, false, &server_sends(&octets, |index| index == 6));
    let run = decode(&[], &capture);
    assert!(
        run.stdout.contains("60  lost             10 bytes are not in the capture: of DATA, stream 1"),
        "{}",
        run.stdout
    );
    assert!(decode(&["--stats"], &capture).stdout.contains("lost bytes                   10"));
}

/// A reader of a pipe sees the loss before the capture ends.
#[test]
fn a_loss_is_told_at_once() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, &[b'x'; 90]), &response(3, false)].concat();
    let packets = server_sends(&octets, |index| index == 6);
    let mut child = Command::new(env!("CARGO_BIN_EXE_h2wire"))
        .args(["decode", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&Capture::pcap(true, false, &packets)).unwrap();
    input.flush().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        lines
            .map(Result::unwrap)
            .filter(|line| line.contains("\"lost\""))
            .for_each(|line| sender.send(line).unwrap());
    });
    let lost = receiver.recv_timeout(Duration::from_secs(20));
    drop(input);
    child.wait().unwrap();
    reader.join().unwrap();
    assert!(lost.is_ok());
}

/// A client whose packets are not in the capture acknowledges nothing.
#[test]
fn without_acknowledgments_a_hole_is_told_at_the_end() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, &[b'x'; 60]), &response(3, false)].concat();
    let mut packets = server_sends(&octets, |index| index == 6);
    packets.retain(|packet| !packet.is_from_client());
    let run = run(&packets);
    let expected =
        ["SETTINGS 0", "SETTINGS 0", "HEADERS 1", ":status a", "lost 10 of DATA", "HEADERS 3", ":status a"];
    assert_eq!((told(&run), run.status), (expected.map(str::to_owned).to_vec(), 3));
}

#[test]
fn the_middle_of_a_connection() {
    let request = frame(1, 5, 5, b"\x82\x86\x84\xbe");
    let packets = [
        Packet::client(1000).acks(2000).data(&request),
        Packet::server(2000).data(&[response(5, false), frame(0, 1, 5, b"ok")].concat()),
    ];
    let swapped = [packets[1].clone(), packets[0].clone()];
    for packets in [&packets, &swapped] {
        let run = run(packets);
        assert_eq!(told(&run), ["HEADERS 5", ":status ?", "DATA 5"].map(str::to_owned), "{}", run.stderr);
        assert_eq!((run.status, run.objects().len()), (0, 5), "{}", run.stdout);
        assert!(run.stderr.contains("connection 0: the capture lacks its start"), "{}", run.stderr);
    }
}

/// The capture starts inside a frame.
#[test]
fn the_middle_of_a_frame() {
    let packets = [
        Packet::server(2000)
            .data(&[&b"rest of content"[..], &response(5, true), &frame(0, 1, 5, b"ok")].concat()),
        Packet::server(2041).data(&response(7, false)),
    ];
    let run = run(&packets);
    let expected = ["skipped 15", "HEADERS 5", ":status a", "DATA 5", "HEADERS 7", ":status a"];
    assert_eq!((told(&run), run.status), (expected.map(str::to_owned).to_vec(), 3), "{}", run.stderr);
}

#[test]
fn a_lost_start_is_told() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, b"x"), &response(3, false)].concat();
    let run = run(&server_sends(&octets, |index| index == 0));
    let told = told(&run);
    assert_eq!((told[0].as_str(), run.status), ("lost 10 of ?", 3), "{told:?}");
    assert_eq!(told.last().unwrap(), ":status a", "{told:?}");
}

/// Neither the SYN of the server nor its first bytes are in the capture, but what the client acknowledges is.
#[test]
fn a_lost_start_with_the_syn_is_told() {
    let octets = [SETTINGS, ACK, &response(1, true), &data(1, b"x"), &response(3, false)].concat();
    let mut packets = server_sends(&octets, |index| index == 0);
    packets.remove(1);
    let run = run(&packets);
    assert_eq!((told(&run)[0].as_str(), run.status), ("lost 10 of ?", 3), "{}", run.stdout);
}
