//! Blocks and options of pcapng that few writers use.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod support;

use packets::{Packet, pcapng_in_powers_of_two};
use support::decode;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

fn packets() -> Vec<Packet> {
    vec![
        Packet::client(100).syn(),
        Packet::server(500).syn_ack(),
        Packet::client(101).data(&[PREFACE, SETTINGS].concat()),
        Packet::server(501).data(SETTINGS),
    ]
}

/// 1,700,000,000 seconds and 3/1024.
const UNITS: u64 = 1_700_000_000 * 1024 + 3;

#[test]
fn obsolete_packet_blocks_are_read_with_their_times_in_powers_of_two() {
    for (little, obsolete) in [(true, false), (false, false), (true, true), (false, true)] {
        let capture = pcapng_in_powers_of_two(little, obsolete, UNITS, &packets());
        let run = decode(&["--json"], &capture);
        let frames: Vec<String> = run
            .objects()
            .iter()
            .filter(|object| object.get("type").is_some())
            .map(|object| format!("{} {} {}", object["from"], object["packet"], object["time"]))
            .collect();
        let expected = [r#""client" 3 "1700000002.002929687""#, r#""server" 4 "1700000003.002929687""#]
            .map(str::to_owned);
        assert_eq!((run.status, frames), (0, expected.to_vec()), "{}", run.stderr);
    }
}

#[test]
fn a_packet_longer_than_its_obsolete_block_is_damage() {
    let mut capture = pcapng_in_powers_of_two(true, true, UNITS, &packets());
    // The captured length of the first packet: after both headers, the type and length of its block, and 12 bytes.
    let at = 28 + 32 + 8 + 12;
    let len = capture[at];
    for (longer, is_damaged) in [(0, false), (4, true)] {
        capture[at] = len + longer;
        let run = decode(&["--json"], &capture);
        assert_eq!(run.stderr.contains("a packet is longer than its block"), is_damaged, "{}", run.stderr);
        assert_eq!(run.status, if is_damaged { 2 } else { 0 });
    }
}
