//! What the tests of starts have in common.

use crate::packets::{Capture, Packet};
use crate::support::Run;

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(crate) const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
pub(crate) const GET: &[u8] = b"\0\0\x03\x01\x05\0\0\0\x03\x82\x86\x84";
pub(crate) const OK: &[u8] = b"\0\0\x01\x01\x05\0\0\0\x03\x88";

/// What the two sides send, in turns, in segments of some size.
pub(crate) fn capture(parts: &[(char, &[u8])], size: usize) -> Vec<u8> {
    let mut packets = vec![Packet::client(100).syn(), Packet::server(500).syn_ack().acks(101)];
    let (mut client, mut server) = (101, 501);
    for (side, octets) in parts {
        for octets in octets.chunks(size) {
            let len = u32::try_from(octets.len()).unwrap();
            if *side == '>' {
                packets.push(Packet::client(client).acks(server).data(octets));
                client += len;
            } else {
                packets.push(Packet::server(server).acks(client).data(octets));
                server += len;
            }
        }
    }
    Capture::pcap(true, false, &packets)
}

pub(crate) fn frames(run: &Run) -> Vec<&'static str> {
    let name = |object: serde_json::Value| match (object["from"].as_str(), object["type_name"].as_str()) {
        (Some("client"), Some("SETTINGS")) => Some("> SETTINGS"),
        (Some("client"), Some("HEADERS")) => Some("> HEADERS"),
        (Some("server"), Some("SETTINGS")) => Some("< SETTINGS"),
        (Some("server"), Some("HEADERS")) => Some("< HEADERS"),
        (_, Some(_)) => Some("another"),
        (_, None) => None,
    };
    run.objects().into_iter().filter_map(name).collect()
}

pub(crate) const SWITCH: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

pub(crate) fn upgrade(method: &str, rest: &str) -> Vec<u8> {
    format!("{method} / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n{rest}")
        .into_bytes()
}
