//! Connections that do not start with HTTP/2, and of which what comes before is lost, late or cut.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod starts;
mod support;

use packets::{Capture, Packet};
use starts::{GET, OK, PREFACE, SETTINGS, SWITCH, capture, frames, upgrade};
use support::{Run, decode};

/// What was not read: what happened to it and who sent it, its offset, its bytes.
type Gap = (String, u64, u64);

/// Frames of a connection, what was not read of it, and the exit status. No rule is broken.
fn reading(capture: &[u8]) -> (Vec<&'static str>, Vec<Gap>, Run) {
    let run = decode(&["--json"], capture);
    assert!(!run.stdout.contains("\"error\""), "{}", run.stdout);
    let gap = |object: &serde_json::Value| {
        let (kind, gap) = ["lost", "skipped"].iter().find_map(|kind| Some((kind, object.get(kind)?)))?;
        let from = object["from"].as_str().unwrap();
        Some((format!("{kind} {from}"), gap["offset"].as_u64().unwrap(), gap["bytes"].as_u64().unwrap()))
    };
    let gaps = run.objects().iter().filter_map(gap).collect();
    (frames(&run), gaps, run)
}

/// The packets of two sides in turns, without a part of what one of them sends.
fn without(parts: &[(char, &[u8])], index: usize, lost: std::ops::Range<usize>) -> Vec<u8> {
    let mut packets = vec![Packet::client(100).syn(), Packet::server(500).syn_ack().acks(101)];
    let (mut client, mut server) = (101, 501);
    for (number, (side, octets)) in parts.iter().enumerate() {
        let (from, to) = if *side == '>' { (&mut client, &server) } else { (&mut server, &client) };
        let packet = if *side == '>' { Packet::client(*from) } else { Packet::server(*from) };
        let is_whole = number == index && lost.start == 0 && lost.end == octets.len();
        if !is_whole {
            let cut = if number == index { octets.len() - lost.start } else { 0 };
            packets.push(packet.acks(*to).data(octets).cut(cut));
        }
        *from += u32::try_from(octets.len()).unwrap();
    }
    // Both have it all.
    for _ in 0..5 {
        packets.push(Packet::client(client).acks(server));
        packets.push(Packet::server(server).acks(client));
    }
    Capture::pcap(true, false, &packets)
}

const ALL: [&str; 4] = ["> SETTINGS", "> HEADERS", "< SETTINGS", "< HEADERS"];

fn sorted(mut frames: Vec<&'static str>) -> Vec<&'static str> {
    frames.sort_by_key(|frame| ALL.iter().position(|known| known == frame));
    frames
}

/// Each packet before HTTP/2 is lost or cut.
#[test]
fn what_comes_before_may_be_lost_or_cut() {
    let (client, server) = ([PREFACE, SETTINGS, GET].concat(), [SETTINGS, OK].concat());
    let asked = upgrade("GET", "\r\n");
    let get = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let connect = b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n";
    let socks =
        [&b"\x05\x01\0"[..], b"\x05\0", b"\x05\x01\0\x03\x06a.test\0\x50", b"\x05\0\0\x01\0\0\0\0\0\0"];
    let starts: [&[(char, &[u8])]; 4] = [
        &[('>', &asked), ('<', SWITCH)],
        &[('>', get), ('<', answer), ('>', &asked), ('<', SWITCH)],
        &[('>', connect), ('<', b"HTTP/1.1 200 OK\r\n\r\n")],
        &[('>', socks[0]), ('<', socks[1]), ('>', socks[2]), ('<', socks[3])],
    ];
    for start in starts {
        let parts = [start, &[('>', &client), ('<', &server)]].concat();
        for (index, (_, octets)) in start.iter().enumerate() {
            for first in [0, 1, octets.len() / 2, octets.len() - 1] {
                let (frames, gaps, run) = reading(&without(&parts, index, first..octets.len()));
                let of = format!("{start:?} {index} {first}: {gaps:?} {}", run.stderr);
                assert_eq!((sorted(frames), run.status), (ALL.to_vec(), 3), "{of}");
                let lost: u64 = gaps.iter().filter(|gap| gap.0.starts_with("lost")).map(|gap| gap.2).sum();
                assert_eq!(lost, u64::try_from(octets.len() - first).unwrap(), "{of}");
                assert!(run.stderr.contains(" not in the capture"), "{of}");
            }
        }
    }
}

/// The request that was upgraded is known as far as the capture has it.
#[test]
fn an_upgraded_request_is_known_as_far_as_it_was_captured() {
    let (client, server) =
        ([PREFACE, SETTINGS].concat(), [SETTINGS, b"\0\0\x01\x01\x05\0\0\0\x01\x88"].concat());
    let asked = upgrade("GET", "\r\n");
    let parts = [('>', asked.as_slice()), ('<', SWITCH), ('>', &client), ('<', &server)];
    for (first, request) in [
        (asked.len(), "GET http://a/"),
        (30, "GET http://a/"),
        (20, "GET http://<unknown>/"),
        (8, "- http://<unknown>"),
        (0, "- http://<unknown>"),
    ] {
        let capture = without(&parts, 0, first..asked.len());
        let run = decode(&["--summary"], &capture);
        assert!(run.stdout.lines().any(|line| line.ends_with(request)), "{first}: {}", run.stdout);
        assert_eq!(run.status, if first == asked.len() { 0 } else { 3 });
    }
}

/// The packets of a capture are not always in order.
#[test]
fn what_is_answered_may_be_captured_after_the_answer() {
    let (client, server) = ([PREFACE, SETTINGS, GET].concat(), [SETTINGS, OK].concat());
    let asked = upgrade("GET", "\r\n");
    let number = |octets: &[u8]| u32::try_from(octets.len()).unwrap();
    let second = 101 + number(&asked);
    let packets = |order: [usize; 4]| {
        let of = [
            Packet::client(101).acks(501).data(&asked),
            Packet::server(501).acks(second).data(SWITCH),
            Packet::client(second).acks(501 + number(SWITCH)).data(&client),
            Packet::server(501 + number(SWITCH)).acks(second + number(&client)).data(&server),
        ];
        let start = [Packet::client(100).syn(), Packet::server(500).syn_ack().acks(101)];
        let packets = [start.to_vec(), order.map(|index| of[index].clone()).to_vec()].concat();
        Capture::pcap(true, false, &packets)
    };
    for order in [[0, 1, 2, 3], [1, 0, 2, 3], [1, 2, 0, 3], [1, 2, 3, 0], [2, 1, 3, 0], [3, 2, 1, 0]] {
        let (frames, gaps, run) = reading(&packets(order));
        assert_eq!((sorted(frames), gaps, run.status), (ALL.to_vec(), vec![], 0), "{order:?} {}", run.stderr);
        assert!(run.stderr.contains("was upgraded to HTTP/2 after"), "{order:?} {}", run.stderr);
    }
}

/// A part of what answers it may be late.
#[test]
fn the_last_answer_may_be_captured_after_the_preface() {
    let (client, server) = ([PREFACE, SETTINGS, GET].concat(), [SETTINGS, OK].concat());
    let (of_client, of_server) = (u32::try_from(client.len()).unwrap(), u32::try_from(server.len()).unwrap());
    let packets = [
        Packet::client(100).syn(),
        Packet::server(500).syn_ack().acks(101),
        // Not the greeting, of 4 bytes.
        Packet::server(501).acks(105).data(b"\x05\x02"),
        Packet::client(105).acks(503).data(b"\x01\x04user\x04pass"),
        Packet::server(503).acks(116).data(b"\x01\0"),
        Packet::client(126).acks(515).data(&client),
        Packet::client(116).acks(505).data(b"\x05\x01\0\x01\0\0\0\0\0\x50"),
        Packet::server(515).acks(126 + of_client).data(&server),
        Packet::server(505).acks(126).data(b"\x05\0\0\x01\0\0\0\0\0\0"),
        Packet::client(126 + of_client).acks(515 + of_server),
    ];
    let (frames, gaps, run) = reading(&Capture::pcap(true, false, &packets));
    assert_eq!((sorted(frames), run.status), (ALL.to_vec(), 3), "{gaps:?} {}", run.stdout);
}

/// A hole is known as one after what follows it and the answers are there.
#[test]
fn a_request_after_a_hole_says_what_is_answered() {
    let path = h2wire_testdata::folder().join("captures/damaged/upgrade-third-lost.pcap");
    let run = decode(&["--summary", path.to_str().unwrap()], b"");
    let said = "was upgraded to HTTP/2 after 268 bytes of HTTP/1.1, of which 76 are not in the capture\n";
    assert!(run.stderr.ends_with(said), "{}", run.stderr);
    assert!(run.stdout.contains("POST http://a.local/3\n"), "{}", run.stdout);
    assert!(run.status == 3 && !run.stdout.contains("skipped"), "{}", run.stdout);
}

/// A preface at the start of a segment is one, whatever comes before.
#[test]
fn a_preface_after_what_is_not_known() {
    let (client, server) = ([PREFACE, SETTINGS, GET].concat(), [SETTINGS, OK].concat());
    for (hello, answer) in [("TUNNEL a\n", "TUNNEL ready\n"), ("hello", ""), ("hello there!", "ready, go on")]
    {
        let parts =
            [('>', hello.as_bytes()), ('<', answer.as_bytes()), ('>', &client[..]), ('<', &server[..])];
        let (frames, gaps, run) = reading(&capture(&parts, 1400));
        assert_eq!((sorted(frames), run.status), (ALL.to_vec(), 3), "{gaps:?} {}", run.stderr);
        let of_client = u64::try_from(hello.len()).unwrap();
        assert_eq!(gaps[0], ("skipped client".to_owned(), 0, of_client));
    }
    // Text about HTTP/2 is none.
    let page = [b"HTTP/1.1 200 OK\r\n\r\n", PREFACE, b"is how it starts"].concat();
    let run = decode(
        &[],
        &capture(&[('>', b"GET / HTTP/1.1\r\n\r\n"), ('<', &page), ('>', b"and "), ('>', PREFACE)], 1400),
    );
    assert!(run.status == 2 || !run.stdout.contains("SETTINGS"), "{}", run.stdout);
}

/// What answers something that is lost may itself be late.
#[test]
fn an_answer_that_is_captured_after_the_preface() {
    let (client, server) = ([PREFACE, SETTINGS, GET].concat(), [SETTINGS, OK].concat());
    let asked = upgrade("GET", "\r\n");
    let socks = b"\x05\0\x05\0\0\x01\0\0\0\0\0\0";
    for (request, answer, word) in [(asked.as_slice(), SWITCH, "upgraded"), (b"\x05\x01\0", socks, "SOCKS")] {
        let number = |octets: &[u8]| u32::try_from(octets.len()).unwrap();
        let (second, last) = (101 + number(request), 501 + number(answer));
        let packets = [
            Packet::client(100).syn(),
            Packet::server(500).syn_ack().acks(101),
            // Not the request.
            Packet::client(second).acks(last).data(&client),
            Packet::server(last).acks(second + number(&client)).data(&server),
            Packet::client(second + number(&client)).acks(last + number(&server)),
            Packet::server(last + number(&server)).acks(second + number(&client)),
            Packet::server(501).acks(second).data(answer),
        ];
        let (frames, gaps, run) = reading(&Capture::pcap(true, false, &packets));
        let lost = ("lost client".to_owned(), 0, u64::try_from(request.len()).unwrap());
        assert_eq!((sorted(frames), gaps, run.status), (ALL.to_vec(), vec![lost], 3), "{}", run.stderr);
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
}

/// A server whose SYN was not captured may have sent more than what is captured of it.
#[test]
fn nobody_is_blamed_for_a_start_that_was_not_captured() {
    let client = [PREFACE, SETTINGS, GET].concat();
    let next = 101 + u32::try_from(client.len()).unwrap();
    // Not the SETTINGS, which the client has when it sends.
    let packets = [
        Packet::client(100).syn(),
        Packet::client(101).acks(510).data(&client),
        Packet::server(510).acks(next).data(OK),
    ];
    let (frames, _, _) = reading(&Capture::pcap(true, false, &packets));
    assert_eq!(sorted(frames), ["> SETTINGS", "> HEADERS", "< HEADERS"]);
    // A segment of an older connection between the same ends, after the SYN of the next one.
    let packets = [
        Packet::client(900_100).syn(),
        Packet::server(510).acks(next).data(&[SETTINGS, OK].concat()),
        Packet::server(700_500).syn_ack().acks(900_101),
        Packet::client(900_101).acks(700_501).data(&client),
    ];
    let (frames, _, _) = reading(&Capture::pcap(true, false, &packets));
    assert!(frames.contains(&"> HEADERS"), "{frames:?}");
}
