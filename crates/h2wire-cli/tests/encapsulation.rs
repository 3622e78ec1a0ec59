//! Captures of one conversation in each encapsulation and link type, and what is not read of others.
#![cfg(feature = "command")]

mod support;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use support::{Run, decode};

fn wrapped() -> Vec<PathBuf> {
    let folder = h2wire_testdata::folder().join("captures/wrapped");
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 50, "{} captures", files.len());
    files
}

/// Everything but when and in which packet it came.
fn without_place(run: &Run) -> Vec<Value> {
    let mut objects = run.objects();
    for object in &mut objects {
        let keys = object.as_object_mut().unwrap();
        keys.remove("packet");
        keys.remove("time");
    }
    objects
}

#[test]
fn a_conversation_is_the_same_in_every_encapsulation() {
    let plain = fs::read(h2wire_testdata::folder().join("captures/upgrade-curl-apache.pcap")).unwrap();
    let plain = without_place(&decode(&["--json"], &plain));
    assert!(plain.len() > 8);
    for capture in wrapped() {
        let run = decode(&["--json"], &fs::read(&capture).unwrap());
        assert_eq!(without_place(&run), plain, "{}", capture.display());
        assert_eq!(run.status, 0, "{}", capture.display());
        assert!(!run.stderr.contains("not read"), "{}", run.stderr);
    }
}

#[test]
fn a_capture_that_is_cut_anywhere_ends_with_one_line() {
    for name in ["deep", "fragments6", "nflog", "pktap", "exported-pdu", "gtp", "erspan3", "gzip"] {
        let path = h2wire_testdata::folder().join(format!("captures/wrapped/{name}.pcap"));
        let octets = fs::read(path).unwrap();
        for len in (30..octets.len()).step_by(octets.len() / 8) {
            let run = decode(&["--json"], &octets[..len]);
            assert!(run.status > 0 && run.stderr.starts_with("h2wire: "), "{name} {len}: {}", run.stderr);
        }
    }
}

fn pcap(link: u32, packet: &[u8]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
    let len = u32::try_from(packet.len()).unwrap();
    for number in [link, 0, 0, len, len] {
        file.extend(number.to_le_bytes());
    }
    file.extend(packet);
    file
}

/// An IPv4 packet of this protocol.
fn ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(20 + payload.len()).unwrap().to_be_bytes();
    let mut packet =
        vec![0x45, 0, len[0], len[1], 0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
    packet.extend(payload);
    packet
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(8 + payload.len()).unwrap();
    let mut packet = [50_000, port, len, 0].map(u16::to_be_bytes).concat();
    packet.extend(payload);
    ip(17, &packet)
}

#[test]
fn what_is_not_read_is_named() {
    let deep = (0..40).fold(ip(6, &[0; 20]), |packet, _| ip(4, &packet));
    for (link, packet, expected) in [
        (105, vec![0; 40], "link type 105 (802.11): not read (1 packet)"),
        (147, vec![0; 40], "link type 147 (for private use)"),
        (9999, vec![0; 40], "link type 9999: not read"),
        (101, udp(4789, &[0; 60]), "UDP port 4789 with no VXLAN header: not read (1 packet)"),
        (101, udp(4790, &[0x0c, 0, 0, 4, 0, 0, 7, 0]), "VXLAN-GPE with protocol 0x0004"),
        (101, udp(6081, &[0, 0, 0x12, 0x34, 0, 0, 0, 0]), "Geneve with protocol 0x1234"),
        (101, udp(6081, &[0x40; 8]), "UDP port 6081 with no Geneve header"),
        (101, udp(443, &[0xc0; 40]), "UDP port 443 (QUIC, which carries HTTP/3)"),
        (101, udp(53, &[0; 40]), "UDP port 53 (DNS)"),
        (101, ip(47, &[0, 0, 0x88, 0x3e]), "GRE with protocol 0x883e"),
        (101, ip(47, &[0x40, 0, 8, 0]), "GRE header is cut off or damaged"),
        (101, ip(50, &[0; 40]), "IP protocol 50 (ESP, encrypted)"),
        (101, ip(6, &[0; 8]), "TCP header is cut off or damaged"),
        (101, deep, "more than 32 headers inside of each other"),
        (9, vec![0xc0, 0x21, 1, 2], "PPP protocol 0xc021"),
        (219, vec![0, 6, 0x41, 0x40, 0x90], "MPLS with protocol 0x0009"),
        (219, vec![0, 6, 0x40, 0x40], "MPLS header is cut off"),
        (239, vec![2, 0, 0, 0, 0, 0, 0, 0], "link-layer header is cut off"),
        (252, vec![0, 0, 0, 0, 1], "exported PDUs without addresses"),
        (258, vec![0; 40], "link-layer header is cut off"),
    ] {
        let run = decode(&[], &pcap(link, &packet));
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{expected}");
        assert!(
            run.stderr.contains("no TCP in this capture: ") && run.stderr.contains(expected),
            "{expected}: {}",
            run.stderr
        );
    }
}

/// As `text2pcap -P http2` makes them: no addresses, and perhaps a direction.
#[test]
fn exported_pdus_without_addresses_are_a_connection() {
    let pdu = |direction: Option<u8>, payload: &[u8]| {
        let mut packet = b"\0\x0c\0\x08http2\0\0\0".to_vec();
        packet.extend(direction.into_iter().flat_map(|direction| [0, 35, 0, 4, 0, 0, 0, direction]));
        packet.extend([&[0; 4], payload].concat());
        packet
    };
    let client = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let run = decode(&["--json"], &pcap(252, &pdu(None, client)));
    assert_eq!((run.status, run.objects().len()), (0, 2), "{}", run.stderr);
    let mut both = pcap(252, &pdu(Some(0), client));
    both.extend(&pcap(252, &pdu(Some(1), b"\0\0\0\x04\0\0\0\0\0"))[24..]);
    let from = |object: &Value| object["from"].as_str().unwrap().to_owned();
    let run = decode(&["--json"], &both);
    assert_eq!(run.objects().iter().map(from).collect::<Vec<_>>(), ["client", "client", "server"]);
}

/// What hides HTTP/2 is told even if there is other HTTP/2; DNS is not.
#[test]
fn what_hides_in_a_capture_is_told() {
    let path = h2wire_testdata::folder().join("captures/wrapped/raw.pcap");
    let mut octets = fs::read(path).unwrap();
    octets.extend(&pcap(101, &udp(4789, &[0; 60]))[24..]);
    octets.extend(&pcap(101, &udp(53, &[0; 60]))[24..]);
    let run = decode(&[], &octets);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let told: Vec<_> = run.stderr.lines().filter(|line| line.contains("not read")).collect();
    assert_eq!(told, ["h2wire: UDP port 4789 with no VXLAN header: not read (1 packet)"]);
}

#[test]
fn raw_octets_may_be_packed_too() {
    let capture = fs::read(h2wire_testdata::folder().join("captures/wrapped/gzip.pcap")).unwrap();
    let twice = decode(&["--json"], &capture);
    assert!(!twice.stdout.is_empty());
    // The last bytes are a checksum and a length.
    let mut damaged = capture.clone();
    let at = damaged.len() - 8;
    damaged[at] ^= 1;
    let run = decode(&["--json"], &damaged);
    assert_eq!((run.status, run.stdout), (2, twice.stdout));
}
