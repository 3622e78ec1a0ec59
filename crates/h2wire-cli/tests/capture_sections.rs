//! Field sections in captures: the tables of one direction follow the settings of the other.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod support;

use h2wire_hpack::{Encoder, Indexing};
use packets::{Capture, Packet};
use support::{Run, decode};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
const GET: &[u8] = b"\x82\x86\x84";

/// A SETTINGS frame with a table limit.
fn table(size: u32) -> Vec<u8> {
    [b"\0\0\x06\x04\0\0\0\0\0\0\x01", size.to_be_bytes().as_slice()].concat()
}

fn headers(fields: &[u8]) -> Vec<u8> {
    let len = u32::try_from(fields.len()).unwrap().to_be_bytes();
    [&len[1..], b"\x01\x05\0\0\0\x01", fields].concat()
}

/// A frame on another stream.
fn on(stream_id: u16, mut frame: Vec<u8>) -> Vec<u8> {
    frame[7..9].copy_from_slice(&stream_id.to_be_bytes());
    frame
}

/// A size update and a request.
fn update(size: u32) -> Vec<u8> {
    let mut fields = Vec::new();
    let mut encoder = Encoder::new(u32::MAX >> 4);
    encoder.set_table_limit(size);
    encoder.encode_block([(b":method".as_slice(), b"GET".as_slice(), Indexing::Auto)], &mut fields);
    fields.truncate(fields.len() - 1);
    headers(&[&fields, GET].concat())
}

/// A request with an entry of `size` octets.
fn entry(size: usize) -> Vec<u8> {
    let mut fields = GET.to_vec();
    let value = "v".repeat(size - 33);
    let mut encoder = Encoder::new(4096);
    encoder.encode_block([(&b"x"[..], value.as_bytes(), Indexing::Incremental)], &mut fields);
    headers(&fields)
}

/// What the two sides send, in turns.
fn capture(parts: &[(char, Vec<u8>)]) -> Vec<u8> {
    let mut packets = vec![Packet::client(100).syn(), Packet::server(500).syn_ack()];
    packets.extend(segments(parts));
    Capture::pcap(true, false, &packets)
}

fn segments(parts: &[(char, Vec<u8>)]) -> Vec<Packet> {
    let (mut client, mut server) = (101, 501);
    let mut packets = Vec::new();
    for (side, octets) in parts {
        for octets in octets.chunks(1400) {
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
    packets
}

fn start() -> Vec<u8> {
    [PREFACE, SETTINGS].concat()
}

fn json(capture: &[u8]) -> Run {
    decode(&["--json"], capture)
}

fn rules(run: &Run) -> Vec<String> {
    run.objects().iter().filter_map(|object| object["error"]["rule"].as_str().map(str::to_owned)).collect()
}

fn sections(run: &Run) -> usize {
    run.objects().iter().filter(|object| object.get("field_section").is_some()).count()
}

fn frames(run: &Run) -> usize {
    run.objects().iter().filter(|object| object.get("type").is_some()).count()
}

#[test]
fn a_table_follows_the_settings_that_are_acknowledged() {
    for (size, next, expected) in [
        (65_536, update(65_536), None),
        (65_536, update(65_537), Some("size_update_above_limit")),
        (100, entry(101), Some("missing_size_update")),
        (100, entry(100), None),
        (100, headers(GET), None),
        (100, update(100), None),
        (4096, headers(GET), None),
    ] {
        let parts = [('>', start()), ('<', table(size)), ('>', ACK.to_vec()), ('>', next)];
        assert_eq!(rules(&json(&capture(&parts))), Vec::from_iter(expected), "{size}");
    }
    // Not acknowledged yet.
    let run = json(&capture(&[('>', start()), ('<', table(65_536)), ('>', update(65_536))]));
    assert_eq!(rules(&run), ["size_update_above_limit"]);
    // One's own settings are about the other direction.
    let own = [PREFACE, &table(65_536)].concat();
    let run =
        json(&capture(&[('>', own), ('<', SETTINGS.to_vec()), ('>', ACK.to_vec()), ('>', update(65_536))]));
    assert_eq!(rules(&run), ["size_update_above_limit"]);
    // Several on their way, the lowest counts: the table is not empty.
    let several = [table(0), table(65_536)].concat();
    let first = [start(), entry(100)].concat();
    let next = [ACK, ACK, &headers(GET)].concat();
    let run = json(&capture(&[('>', first), ('<', several), ('>', next)]));
    assert_eq!(rules(&run), ["missing_size_update"]);
}

#[test]
fn the_command_line_takes_precedence() {
    let parts = [('>', start()), ('<', table(65_536)), ('>', ACK.to_vec()), ('>', update(65_536))];
    let run = decode(&["--json", "--header-table-size", "4096"], &capture(&parts));
    assert_eq!(rules(&run), ["size_update_above_limit"]);
    let run = decode(
        &["--json", "--header-table-size", "65536"],
        &capture(&[('>', start()), ('>', update(65_536))]),
    );
    assert_eq!((run.status, sections(&run)), (0, 1));
}

/// The table grows when the encoder uses it, while it has entries.
#[test]
fn tables_grow_while_they_are_used() {
    let mut encoder = Encoder::new(1 << 20);
    let mut parts = vec![('>', start()), ('<', SETTINGS.to_vec()), ('>', ACK.to_vec())];
    for number in 0..600 {
        if [100, 200, 300].contains(&number) {
            let size = 5000 * number;
            parts.push(('<', table(size)));
            parts.push(('>', ACK.to_vec()));
            encoder.set_table_limit(size);
        }
        let mut fields = Vec::new();
        let value = format!("{:x<90}", number % 350);
        let get = [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("x", &value)];
        let fields_in = get.map(|(name, value)| (name.as_bytes(), value.as_bytes(), Indexing::Auto));
        encoder.encode_block(fields_in, &mut fields);
        parts.push(('>', on(u16::try_from(2 * number + 1).unwrap(), headers(&fields))));
    }
    let run = json(&capture(&parts));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{:?}", rules(&run));
    let objects = run.objects();
    let sections: Vec<_> = objects.iter().filter(|object| object.get("field_section").is_some()).collect();
    assert_eq!(sections.len(), 600);
    for (number, section) in sections.iter().enumerate() {
        assert_eq!(section["field_section"]["fields"][3]["value"], format!("{:x<90}", number % 350));
    }
}

#[test]
fn settings_that_are_not_in_the_capture_are_no_fault_of_the_sender() {
    // What the server sends was not captured.
    let run = json(&capture(&[('>', [start(), ACK.to_vec(), update(65_536)].concat())]));
    assert_eq!((run.status, sections(&run)), (0, 1));
    // It comes late.
    let late = [('>', [start(), ACK.to_vec()].concat()), ('<', table(65_536)), ('>', update(65_536))];
    assert_eq!((json(&capture(&late)).status, sections(&json(&capture(&late)))), (0, 1));
}

#[test]
fn a_table_that_is_too_large_ends_sections_not_frames() {
    let parts = |size| {
        [
            ('>', start()),
            ('<', table(u32::MAX)),
            ('>', [ACK, &update(size), &on(3, headers(GET))].concat()),
            ('<', ACK.to_vec()),
        ]
    };
    let run = json(&capture(&parts(1 << 24)));
    assert_eq!((run.status, sections(&run), run.stderr.as_str()), (0, 2, ""));
    let run = json(&capture(&parts((1 << 24) + 1)));
    assert_eq!((run.status, sections(&run), frames(&run)), (0, 0, 6), "{}", run.stdout);
    let note = "h2wire: connection 0, from the client: field sections are not read from offset 42 on: the HPACK table \
                exceeds 16 MiB\n";
    assert_eq!(run.stderr, note);
}

#[test]
fn what_was_before_the_capture_is_no_fault_of_the_sender() {
    // A server that changes its settings in the middle of a connection.
    let from_server = [SETTINGS, &headers(b"\x88"), &headers(b"\x88\xbf"), &headers(b"\x88")].concat();
    let run = json(&Capture::pcap(true, false, &segments(&[('<', from_server.clone())])));
    assert_eq!((run.status, sections(&run), frames(&run)), (0, 3, 4), "{}", run.stdout);
    let objects = run.objects();
    let fields: Vec<_> =
        objects.iter().filter_map(|object| object["field_section"]["fields"].as_array()).collect();
    assert_eq!((&fields[1][0]["name"], &fields[1][1]["name"]), (&":status".into(), &serde_json::Value::Null));
    assert_eq!(fields[1][1]["value"], serde_json::Value::Null);
    // With its start it is one.
    let run = json(&capture(&[('<', from_server)]));
    assert_eq!(
        (run.status, rules(&run)),
        (1, ["headers_on_idle", "index_out_of_range"].map(str::to_owned).to_vec())
    );
}

#[test]
fn an_upgrade_starts_afresh() {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n";
    let response = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let mut fields = Vec::new();
    let mut encoder = Encoder::new(65_536);
    encoder.set_table_limit(65_536);
    encoder.encode_block([(b":status".as_slice(), b"200".as_slice(), Indexing::Auto)], &mut fields);
    assert_eq!(fields[0], 0x3f, "a size update");
    let answer = [response.as_slice(), SETTINGS, &headers(&fields)].concat();
    let run = json(&capture(&[
        ('>', request.to_vec()),
        ('<', answer),
        ('>', [start(), on(3, headers(GET))].concat()),
    ]));
    assert_eq!(
        (run.status, sections(&run), run.stderr.lines().count()),
        (0, 2, 1),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
#[cfg(target_os = "linux")]
fn many_connections_with_large_tables_take_little_memory() {
    let packets = (1..2000).flat_map(|port| {
        let parts = [('>', start()), ('<', table(u32::MAX)), ('>', [ACK, &headers(GET)].concat())];
        segments(&parts).into_iter().map(move |packet| packet.on_port(port))
    });
    // 1 GB of addresses: half a MiB a connection.
    let arguments = ["-c", "ulimit -v 1000000 && exec \"$0\" decode --stats", env!("CARGO_BIN_EXE_h2wire")];
    let capture = Capture::pcap(true, false, &packets.collect::<Vec<_>>());
    let output = assert_cmd::Command::new("sh").args(arguments).write_stdin(capture).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("field sections             1999"), "{stdout}");
}

/// A SETTINGS frame.
fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let len = u8::try_from(pairs.len() * 6).unwrap();
    let payload = pairs.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat());
    [0, 0, len, 4, 0, 0, 0, 0, 0].into_iter().chain(payload).collect()
}

/// HEADERS and CONTINUATION frames of `size` bytes.
fn frames_of(stream_id: u8, fields: &[u8], size: usize) -> Vec<u8> {
    let pieces: Vec<_> = fields.chunks(size).collect();
    let frames = pieces.iter().enumerate().flat_map(|(index, piece)| {
        let len = u32::try_from(piece.len()).unwrap().to_be_bytes();
        let end = if index + 1 == pieces.len() { 4 } else { 0 };
        let (frame_type, flags) = if index == 0 { (1, 1 | end) } else { (9, end) };
        [&len[1..], &[frame_type, flags, 0, 0, 0, stream_id], piece].concat()
    });
    frames.collect()
}

/// Requests and answers with a table of 512 bytes, and sections of this size in this many fields.
fn conversation(section: usize, count: usize) -> [(char, Vec<u8>); 6] {
    let announced = settings(&[(1, 512), (6, 2 << 20), (5, 32_768)]);
    let no_push = settings(&[(2, 0), (1, 512), (6, 2 << 20)]);
    let value = "v".repeat(section / count - 32 - 5);
    let block = |encoder: &mut Encoder<Vec<u8>>, first: &[(&'static str, &'static str)]| {
        let mut fields = Vec::new();
        let lines = first.iter().copied().chain(std::iter::repeat_n(("x-big", value.as_str()), count));
        let lines = lines.map(|(name, value)| (name.as_bytes(), value.as_bytes(), Indexing::Auto));
        encoder.encode_block(lines, &mut fields);
        fields
    };
    let request = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")];
    let (mut client, mut server) = (Encoder::new(512), Encoder::new(512));
    for encoder in [&mut client, &mut server] {
        encoder.set_table_limit(512);
    }
    let (asked, again) = (block(&mut client, &request), block(&mut client, &request));
    let answered = block(&mut server, &[(":status", "200")]);
    [
        ('>', [PREFACE, &no_push].concat()),
        ('<', [announced.as_slice(), ACK].concat()),
        ('>', [ACK.to_vec(), frames_of(1, &asked, 16_384)].concat()),
        ('>', frames_of(3, &again, 32_768)),
        // Frames that are not full, as many servers send them.
        ('<', frames_of(1, &answered, 4_000)),
        ('<', frames_of(3, &block(&mut server, &[(":status", "200")]), 16_384)),
    ]
}

#[test]
fn no_limit_of_this_command_is_held_against_a_peer() {
    // 512 bytes of table; sections of 64 KiB and 1 MiB, in few fields and in many.
    for (section, count) in [(512, 1), (65_536, 1), (65_536, 900), (1 << 20, 2), (1 << 20, 9_000)] {
        let parts = conversation(section, count);
        let run = json(&capture(&parts));
        assert_eq!((run.status, rules(&run), sections(&run)), (0, vec![], 4), "{section} {}", run.stderr);
        assert_eq!(run.stderr, "", "{section}");
        for side in ['>', '<'] {
            let sent: Vec<u8> =
                parts.iter().filter(|(from, _)| *from == side).flat_map(|(_, sent)| sent.clone()).collect();
            let run = json(&sent);
            assert_eq!((run.status, rules(&run), sections(&run)), (0, vec![], 2), "{section} {side}");
            let run = decode(&["--json", "--role", "observer"], &sent);
            assert_eq!((run.status, rules(&run), sections(&run)), (0, vec![], 2), "{section} {side}");
        }
    }
    // The endpoint itself would refuse that much.
    let [(_, start), _, (_, asked), ..] = conversation(65_536 + 4_000, 100);
    let run = decode(&["--json", "--role", "server"], &[start, asked].concat());
    assert_eq!(rules(&run), ["section_size_limit"]);
}

#[test]
fn a_section_above_what_its_receiver_announced_is_a_note() {
    let big = |len: usize| {
        let value = "v".repeat(len - 32 - 1);
        let mut fields = Vec::new();
        let line = (b"a".as_slice(), value.as_bytes(), Indexing::Never);
        // `:status: 200`, 42 bytes.
        fields.push(0x88);
        Encoder::new(0).encode_block([line], &mut fields);
        fields.drain(1..2);
        frames_of(1, &fields, 16_384)
    };
    for (size, noted) in [(1_000 - 42, false), (1_001 - 42, true)] {
        let run = json(&capture(&[
            ('>', [PREFACE, &settings(&[(6, 1_000)]), &headers(GET)].concat()),
            ('<', [SETTINGS, ACK].concat()),
            ('<', big(size)),
        ]));
        assert_eq!((run.status, rules(&run), sections(&run)), (0, vec![], 2), "{}", run.stderr);
        let note = "the field section of stream 1 has 1001 bytes, more than the 1000";
        assert_eq!(run.stderr.contains(note) && run.stderr.contains("advisory"), noted, "{}", run.stderr);
    }
}

#[test]
fn an_acknowledgment_that_comes_first_is_not_off_by_one() {
    // The acknowledgment is captured before the SETTINGS, and then another SETTINGS frame is lowered.
    let run = json(&capture(&[
        ('>', start()),
        ('<', SETTINGS.to_vec()),
        ('>', ACK.to_vec()),
        ('>', [ACK, &update(8_192)].concat()),
        ('<', table(8_192)),
        ('<', table(100)),
        ('>', on(3, headers(GET))),
        ('>', [ACK, &on(5, update(100))].concat()),
        ('>', on(7, update(101))),
    ]));
    assert_eq!(
        (sections(&run), rules(&run)),
        (3, vec!["size_update_above_limit".to_owned()]),
        "{}",
        run.stdout
    );
}
