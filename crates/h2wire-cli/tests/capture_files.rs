//! Captures built byte by byte: formats, link types, TCP, and the roles of the two sides.
#![cfg(feature = "command")]

mod packets;
mod support;

use packets::{Capture, Packet};
use serde_json::{Value, json};
use support::{Run, decode};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0deadbeef";

/// A short conversation in segments, from its SYN to its FINs.
fn conversation() -> Vec<Packet> {
    vec![
        Packet::client(100).syn(),
        Packet::server(500).syn_ack(),
        Packet::client(101).data(&[PREFACE, SETTINGS].concat()),
        Packet::server(501).data(SETTINGS),
        Packet::client(134).data(PING),
        Packet::server(510).data(PING),
        Packet::client(151).fin(),
        Packet::server(527).fin(),
    ]
}

/// Connection, side and type of what was decoded, in order.
fn told(run: &Run) -> Vec<String> {
    let name = |object: &Value| {
        let what = ["type_name", "preface", "error", "incomplete", "lost", "skipped", "field_section"]
            .into_iter()
            .find(|key| object.get(key).is_some());
        let what = match what {
            Some("type_name") => object["type_name"].as_str().unwrap().to_owned(),
            Some("error") => object["error"]["rule"].as_str().unwrap().to_owned(),
            other => other.unwrap().to_owned(),
        };
        format!("{} {} {what}", object["connection"], object["from"].as_str().unwrap())
    };
    let is_event = |object: &&Value| object.get("connection_end").is_none();
    run.objects().iter().filter(is_event).map(name).collect()
}

const CONVERSATION: [&str; 5] =
    ["0 client preface", "0 client SETTINGS", "0 server SETTINGS", "0 client PING", "0 server PING"];

#[test]
fn every_format_is_read() {
    let packets = conversation();
    for capture in [
        Capture::pcap(true, false, &packets),
        Capture::pcap(false, false, &packets),
        Capture::pcap(true, true, &packets),
        Capture::pcap(false, true, &packets),
        Capture::pcapng(true, &packets),
        Capture::pcapng(false, &packets),
    ] {
        let run = decode(&["--json"], &capture);
        assert_eq!((run.status, told(&run)), (0, CONVERSATION.map(str::to_owned).to_vec()), "{}", run.stderr);
    }
}

#[test]
fn frames_come_in_the_order_of_their_packets() {
    let mut packets = conversation();
    packets.swap(2, 3);
    let run = decode(&["--json"], &Capture::pcap(true, false, &packets));
    assert_eq!(told(&run)[..3], ["0 server SETTINGS", "0 client preface", "0 client SETTINGS"]);
}

#[test]
fn addresses_are_those_of_client_and_server() {
    let run = decode(&[], &Capture::pcap(true, false, &conversation()));
    assert!(run.stdout.starts_with("0 = 192.0.2.1:40000 > 198.51.100.2:80\n"), "{}", run.stdout);
}

#[test]
fn sections_of_pcapng_have_their_own_interfaces() {
    let packets = conversation();
    let (first, second) = packets.split_at(3);
    let capture = [Capture::pcapng(true, first), Capture::pcapng_raw_ip(second)].concat();
    let run = decode(&["--json"], &capture);
    assert_eq!((run.status, told(&run)), (0, CONVERSATION.map(str::to_owned).to_vec()), "{}", run.stderr);
}

#[test]
fn packets_of_unknown_links_are_left_out_and_told() {
    const USB: u16 = 220;
    let capture = Capture::pcapng_with_foreign_link(USB, &conversation());
    let run = decode(&["--json"], &capture);
    assert_eq!((run.status, told(&run).len()), (0, 5));
    assert!(run.stderr.contains("220"), "{}", run.stderr);
    let run = decode(&["--json"], &Capture::pcapng_with_foreign_link(USB, &[]));
    assert_eq!((run.status, run.stderr.lines().count()), (2, 1));
    assert!(
        run.stderr
            .contains("no TCP in this capture: link type 220 (USB of Linux, mapped): not read (1 packet)"),
        "{}",
        run.stderr
    );
}

#[test]
fn fragments_are_told() {
    let mut packets = conversation();
    packets.insert(4, Packet::client(134).data(PING).fragment());
    let run = decode(&["--json"], &Capture::pcap(true, false, &packets));
    assert_eq!(told(&run).len(), 5);
    assert!(
        run.stderr.contains("fragments of IP packets that are not whole in the capture: not read (1 packet)"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_port_used_again_is_another_connection() {
    let again = [
        Packet::client(9100).syn(),
        Packet::server(9500).syn_ack().acks(9101),
        Packet::client(9101).data(PREFACE),
    ];
    for first in [conversation(), conversation()[..6].to_vec()] {
        let run = decode(&["--json"], &Capture::pcap(true, false, &[first, again.to_vec()].concat()));
        assert_eq!(told(&run).last().map(String::as_str), Some("1 client preface"));
    }
    // tshark counts those of which it sees the SYN.
    let without_syn = [conversation(), again[1..].to_vec()].concat();
    let run = decode(&["--json"], &Capture::pcap(true, false, &without_syn));
    assert_eq!(told(&run).last().map(String::as_str), Some("0 client preface"), "its SYN is missing");
    // Offsets go on.
    assert_eq!(run.objects().last().unwrap()["offset"], PREFACE.len() + SETTINGS.len() + PING.len());
}

#[test]
fn what_is_sent_again_is_not_told_again() {
    let packets = conversation();
    let twice: Vec<_> = packets.iter().flat_map(|packet| [packet.clone(), packet.clone()]).collect();
    let late = [packets.clone(), packets[2..6].to_vec()].concat();
    for packets in [twice, late] {
        let run = decode(&["--json"], &Capture::pcap(true, false, &packets));
        assert_eq!((run.status, told(&run)), (0, CONVERSATION.map(str::to_owned).to_vec()), "{}", run.stderr);
    }
}

/// The numbers that tshark 4.0.17 gives to the connections of these packets.
#[test]
fn connections_are_numbered_as_the_dissector_does() {
    let (client, server) = (Packet::client, Packet::server);
    let start = || client(101).data(&[PREFACE, SETTINGS].concat());
    let refused = [client(100).syn(), server(0).rst(), client(100).syn(), server(0).rst()];
    let other_port = [client(700).on_port(41_000).syn(), client(701).on_port(41_000).data(PREFACE)];
    let number = |packets: &[&[Packet]]| {
        let run = decode(&["--json"], &Capture::pcap(true, false, &packets.concat()));
        run.objects().last().map(|object| object["connection"].as_u64().unwrap())
    };
    assert_eq!(number(&[&refused, &other_port]), Some(1));
    // A SYN that is repeated, also after the end; and one that is not.
    let open = [client(100).syn(), server(500).syn_ack().acks(101), start()];
    assert_eq!(number(&[&open, &open[..1], &other_port]), Some(1));
    assert_eq!(number(&[&conversation(), &open[..1], &other_port]), Some(1));
    assert_eq!(number(&[&open, &[client(9000).syn()], &other_port]), Some(2));
    assert_eq!(number(&[&conversation(), &[client(9000).syn()], &other_port]), Some(2));
    assert_eq!(number(&[&open, &[client(9000).syn()], &open, &other_port]), Some(3));
    // A connection that was there before its first SYN in the capture.
    let late = [server(500).data(SETTINGS).acks(101), client(101).acks(509)];
    assert_eq!(number(&[&late, &[client(100).syn()], &other_port]), Some(1));
    assert_eq!(number(&[&late, &[client(9000).syn()], &other_port]), Some(2));
    // Of other protocols, or without data.
    let other = client(1).on_port(42_000).data(b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(number(&[&[other, client(1).on_port(43_000).rst()], &other_port]), Some(2));
}

#[test]
fn what_comes_after_a_reset_is_told() {
    let told_after = |reset: Packet| {
        let mut packets = conversation();
        packets.insert(4, reset.data(b"not part of the stream"));
        let run = decode(&["--json"], &Capture::pcap(true, false, &packets));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        told(&run)
    };
    for number in [0, 500, 510, 511, 100_000, 1_000_000] {
        assert_eq!(told_after(Packet::server(number).rst()), CONVERSATION, "{number}");
    }
}

#[test]
fn a_reset_counts_in_the_window() {
    let closes = |number| {
        let packets = [
            Packet::client(100).syn(),
            Packet::server(500).syn_ack().acks(101),
            Packet::client(101).acks(501).data(&[PREFACE, SETTINGS].concat()),
            Packet::server(number).rst(),
        ];
        decode(&[], &Capture::pcap(true, false, &packets)).stderr.contains("the server closed it")
    };
    // The window is 1024.
    assert!(closes(501) && closes(501 + 1024));
    assert!(!closes(500) && !closes(501 + 1025) && !closes(0));
}

#[test]
fn sides_are_found_without_a_syn() {
    let packets = conversation();
    let by_client = &packets[2..];
    let by_server = [packets[3].clone(), packets[2].clone(), packets[4].clone(), packets[5].clone()];
    let cut = [Packet::server(501).data(SETTINGS), Packet::client(101).data(&PREFACE[..14])];
    for (packets, count) in [(by_client, 5), (&by_server, 5), (&packets[3..4], 1), (&cut, 2)] {
        let run = decode(&["--json"], &Capture::pcap(true, false, packets));
        let told = told(&run);
        assert_eq!(told.len(), count, "{told:?} {}", run.stderr);
        assert!(told.contains(&"0 server SETTINGS".to_owned()), "{told:?}");
    }
}

#[test]
fn a_sender_may_use_the_frame_size_its_peer_announced() {
    let post = b"\0\0\x06\x01\x04\0\0\0\x01\x83\x86\x84\x01\x01a".as_slice();
    let data = [post, b"\0\x4e\x20\0\0\0\0\0\x01", &vec![0; 20_000]].concat();
    let announced = b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0\x80\0"; // SETTINGS_MAX_FRAME_SIZE 32,768
    let packets = |settings: &[u8]| {
        [
            Packet::client(100).syn(),
            Packet::server(500).syn_ack(),
            Packet::server(501).data(settings),
            Packet::client(101).data(&[PREFACE, SETTINGS, &data].concat()),
        ]
    };
    let run = decode(&["--json"], &Capture::pcap(true, false, &packets(announced)));
    assert_eq!((run.status, told(&run).last().unwrap().as_str()), (0, "0 client DATA"));
    let run = decode(&["--json"], &Capture::pcap(true, false, &packets(SETTINGS)));
    assert_eq!((run.status, told(&run).last().unwrap().as_str()), (1, "0 client frame_length_limit"));
    let run =
        decode(&["--json", "--max-frame-size", "16384"], &Capture::pcap(true, false, &packets(announced)));
    assert_eq!(run.status, 1);
}

#[test]
fn each_side_is_held_to_its_rules() {
    let enable_push = b"\0\0\x06\x04\0\0\0\0\0\0\x02\0\0\0\x01";
    let push = b"\0\0\x0a\x05\x04\0\0\0\x01\0\0\0\x02\x82\x86\x84\x01\x01a";
    let packets = [
        Packet::client(100).syn(),
        Packet::server(500).syn_ack().acks(101),
        Packet::client(101).data(&[PREFACE, SETTINGS, push].concat()),
        Packet::server(501).data(enable_push),
    ];
    let capture = Capture::pcap(true, false, &packets);
    let rules = |options: &[&str]| {
        let run = decode(&[&["--json"], options].concat(), &capture);
        run.objects()
            .iter()
            .filter_map(|object| object["error"]["rule"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(&[]), ["push_promise_to_server", "settings_enable_push_by_server"]);
    assert_eq!(rules(&["--role", "server"]), ["push_promise_to_server"]);
    assert_eq!(rules(&["--role", "client"]), ["settings_enable_push_by_server"]);
    assert!(rules(&["--role", "observer"]).is_empty());
}

#[test]
fn a_client_without_a_preface_is_told() {
    let packets =
        [Packet::client(100).syn(), Packet::server(501).data(SETTINGS), Packet::client(101).data(SETTINGS)];
    let run = decode(&["--json"], &Capture::pcap(true, false, &packets));
    assert_eq!(told(&run), ["0 server SETTINGS", "0 client preface"]);
    assert_eq!(run.objects()[1]["error"]["rule"], json!("preface"));
}

#[test]
fn frames_of_a_capture_are_read_one_by_one_too() {
    let mut server_first = conversation();
    server_first.swap(2, 3);
    for packets in [conversation(), server_first] {
        let run = decode(&["--json", "--stateless"], &Capture::pcap(true, false, &packets));
        assert_eq!((run.status, told(&run).len()), (0, 5), "{}", run.stdout);
    }
    // From the middle of a connection, where no side shows that it speaks HTTP/2.
    let data = [Packet::client(101).data(b"ab\0\0\x08"), Packet::server(501).data(b"ab\0\0\x08\x06\0\0\0")];
    assert_eq!(decode(&["--json"], &Capture::pcap(true, false, &data)).status, 2);
    let middle = Capture::pcap(true, false, &conversation()[4..6]);
    let run = decode(&["--json", "--stateless"], &middle);
    assert_eq!((run.status, told(&run).len()), (0, 2), "{}", run.stderr);
}

#[test]
fn a_server_that_says_nothing_is_told() {
    let mut packets = conversation();
    packets.retain(|packet| packet.is_from_client() || packet.payload().is_empty());
    packets.push(Packet::server(501).fin());
    let run = decode(&[], &Capture::pcap(true, false, &packets));
    assert!(run.stderr.contains("the server closed it without sending a byte"), "{}", run.stderr);
}

#[test]
fn many_connections_take_one_line_when_they_are_not_read() {
    let http1 = |port| [Packet::client(1).on_port(port).data(b"GET / HTTP/1.1\r\n\r\n")];
    let packets: Vec<_> = (1..50).flat_map(http1).collect();
    let run = decode(&[], &Capture::pcap(true, false, &packets));
    assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{}", run.stderr);
    assert!(run.stderr.contains("49 connections skipped: they spoke HTTP/1.x"), "{}", run.stderr);
}
