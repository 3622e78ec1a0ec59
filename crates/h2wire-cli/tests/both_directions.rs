//! What both directions of a capture show together, and when each frame was captured.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use h2wire::frame::PREFACE;
use packets::{Capture, Packet};
use serde_json::Value;
use support::{Run, decode, h2wire};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const GET: &[u8] = b"\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x01\x01a";
const OK: &[u8] = b"\0\0\x01\x01\x05\0\0\0\x01\x88";
const RST_STREAM: &[u8] = b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08";

/// A connection in which the client and then the server send these bytes after their SETTINGS.
fn connection(client: &[u8], server: &[u8]) -> Vec<Packet> {
    let client = [PREFACE, SETTINGS, client].concat();
    let server = [SETTINGS, server].concat();
    vec![
        Packet::client(1).syn(),
        Packet::server(1).syn_ack(),
        Packet::client(2).data(&client),
        Packet::server(2).data(&server),
    ]
}

fn capture(packets: &[Packet]) -> Vec<u8> {
    Capture::pcap(true, false, packets)
}

fn errors(run: &Run) -> Vec<Value> {
    let errors = run.objects().into_iter().filter(|object| object.get("error").is_some());
    errors.collect()
}

#[test]
fn a_reset_of_an_idle_stream_is_told_at_its_place() {
    let file = capture(&connection(RST_STREAM, &[]));
    let run = decode(&["--json"], &file);
    let objects = run.objects();
    let kinds: Vec<String> = objects
        .iter()
        .map(|object| {
            object["type_name"].as_str().or(object["error"]["rule"].as_str()).unwrap_or("-").to_owned()
        })
        .collect();
    assert_eq!(kinds, ["-", "SETTINGS", "RST_STREAM", "rst_stream_on_idle", "SETTINGS"]);
    let error = &objects[3];
    assert_eq!(
        (run.status, error["from"].as_str(), error["connection"].as_u64()),
        (1, Some("client"), Some(0))
    );
    let error = &error["error"];
    assert_eq!((error["offset"].as_u64(), error["stream_id"].as_u64()), (Some(33), Some(1)));
    assert_eq!(
        (error["code_name"].as_str(), error["scope"].as_str()),
        (Some("PROTOCOL_ERROR"), Some("connection"))
    );
    assert_eq!(error["section"], "6.4");

    let text = decode(&[], &file);
    assert_eq!(text.status, 1);
    for part in
        ["from the client at offset 33: RST_STREAM came", "rule      rst_stream_on_idle in", "stream    1\n"]
    {
        assert!(text.stdout.contains(part), "{}", text.stdout);
    }
    let stats = decode(&["--stats"], &file);
    assert!(stats.status == 1 && stats.stdout.contains("1 rst_stream_on_idle"), "{}", stats.stdout);

    // The other side of it: the stream is open.
    assert_eq!(decode(&[], &capture(&connection(&[GET, RST_STREAM].concat(), &[]))).status, 0);
}

#[test]
fn content_beyond_a_window_is_a_breach_up_to_its_last_byte() {
    let frame = |len: usize, flags: u8| {
        let header = [&u32::try_from(len).unwrap().to_be_bytes()[1..], &[0, flags, 0, 0, 0, 1]].concat();
        [header, vec![0; len]].concat()
    };
    let post = [&GET[..4], &[4], &GET[5..]].concat();
    let most = frame(16_384, 0).repeat(3);
    let kept = [post.as_slice(), &most, &frame(16_383, 1)].concat();
    let broken = [post.as_slice(), &most, &frame(16_384, 1)].concat();
    for (octets, rules) in
        [(kept, vec![]), (broken, vec!["connection_window_exceeded", "stream_window_exceeded"])]
    {
        // Two segments, as one holds less than that.
        let (first, second) = octets.split_at(33_000);
        let mut packets = connection(first, OK);
        let next = u32::try_from(2 + PREFACE.len() + SETTINGS.len() + first.len()).unwrap();
        packets.push(Packet::client(next).data(second));
        let run = decode(&["--json"], &capture(&packets));
        let told: Vec<Value> =
            errors(&run).into_iter().map(|object| object["error"]["rule"].clone()).collect();
        assert!(told.iter().all(|rule| rules.contains(&rule.as_str().unwrap())), "{told:?}");
        assert_eq!(
            (told.is_empty(), run.status),
            (rules.is_empty(), i32::from(!rules.is_empty())),
            "{told:?}"
        );
    }
}

#[test]
fn streams_that_are_left_open_are_told_at_the_end() {
    let file = capture(&connection(GET, &[]));
    let run = decode(&["--json"], &file);
    let last = run.objects().pop().unwrap();
    let open = serde_json::json!([{"stream_id": 1, "client_ended": true, "server_ended": false}]);
    assert_eq!(
        (run.status, &last["connection_end"]["open_streams"], &last["connection"]),
        (0, &open, &0.into())
    );
    let text = decode(&[], &file).stdout;
    assert!(
        text.ends_with("0 ends with open streams\n            stream 1: the server has not ended it\n"),
        "{text}"
    );
    let answered = decode(&["--json"], &capture(&connection(GET, OK)));
    assert!(!answered.stdout.contains("connection_end"), "{}", answered.stdout);
    // What the capture lacks may have ended it.
    let mut packets = connection(GET, &[]);
    packets.push(Packet::server(2 + 9 + 5).data(&OK[5..]));
    let lacking = decode(&["--json"], &capture(&packets));
    assert!(!lacking.stdout.contains("connection_end"), "{}", lacking.stdout);
    // `encode` has no bytes for it.
    let server = h2wire(&["encode", "--from", "server"], run.stdout.as_bytes());
    assert_eq!((server.status, server.stdout.len()), (0, SETTINGS.len()), "{}", server.stderr);
}

#[test]
fn one_direction_alone_is_not_judged_by_the_other() {
    let packets = connection(&[], OK);
    let server_only: Vec<Packet> = packets.into_iter().filter(|packet| !packet.is_from_client()).collect();
    let run = decode(&["--json"], &capture(&server_only));
    assert_eq!((run.status, errors(&run)), (0, vec![]), "{}", run.stdout);
    // With the client's bytes it is an answer to nothing.
    let run = decode(&["--json"], &capture(&connection(&[], OK)));
    assert_eq!(errors(&run)[0]["error"]["rule"], "headers_on_idle");
    // The one side that is named is that which receives.
    let (server, client) = (capture(&connection(&[], OK)), ["--role", "client"]);
    assert_eq!((decode(&client, &server).status, decode(&["--role", "server"], &server).status), (1, 0));
}

#[test]
fn an_answer_that_overtakes_a_lost_segment_is_no_breach() {
    let mut packets = connection(&[], &[]);
    let next = u32::try_from(2 + PREFACE.len() + SETTINGS.len()).unwrap();
    packets.push(Packet::client(next + 3).data(&GET[3..]));
    packets.push(Packet::server(2 + 9).data(OK));
    packets.push(Packet::client(next).data(&GET[..3]));
    let run = decode(&["--json"], &capture(&packets));
    assert_eq!((run.status, errors(&run)), (0, vec![]), "{}", run.stdout);
}

#[test]
fn real_peers_break_none_of_these_rules() {
    for path in h2wire_testdata::captures() {
        let run = decode(&["--json", path.to_str().unwrap()], &[]);
        for object in errors(&run) {
            let section = object["error"]["section"].as_str().unwrap().to_owned();
            assert_eq!(section, "3.4", "{}: {object}", path.display());
        }
    }
    for (name, open) in [
        ("curl-haproxy.pcapng", 0),
        ("curl-nginx.pcap", 1),
        ("derived-truncated.pcap", 3),
        ("node-node.pcapng", 0),
    ] {
        let path = h2wire_testdata::folder().join("captures").join(name);
        let run = decode(&["--json", path.to_str().unwrap()], &[]);
        assert_eq!(run.stdout.matches("connection_end").count(), open, "{name}");
    }
}

/// Connection, packet, and both times of packets that complete frames, as `expect.sh` has them from tshark.
fn table(path: &Path) -> BTreeSet<Vec<String>> {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let table = h2wire_testdata::folder().join(format!("captures/expected/{name}.times.tsv"));
    let table = fs::read_to_string(table).unwrap();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn packets_and_times_are_those_of_the_dissector() {
    let mut count = 0;
    for path in h2wire_testdata::captures() {
        let frames = |options: &[&str]| -> Vec<Value> {
            let run = decode(&[options, &["--json", path.to_str().unwrap()]].concat(), &[]);
            run.objects().into_iter().filter(|object| object.get("type").is_some()).collect()
        };
        let both = frames(&[]).into_iter().zip(frames(&["--relative-time"]));
        let told: BTreeSet<Vec<String>> = both
            .map(|(epoch, start)| {
                let time = |frame: &Value| frame["time"].as_str().unwrap().to_owned();
                vec![epoch["connection"].to_string(), epoch["packet"].to_string(), time(&epoch), time(&start)]
            })
            .collect();
        let expected = table(&path);
        // After an upgrade the server may speak before the preface of the client; h2wire waits for that.
        let is_upgrade = path.to_str().unwrap().contains("upgrade-");
        assert!(told == expected || is_upgrade && told.is_subset(&expected), "{}", path.display());
        count += told.len();
    }
    assert!(count > 300, "{count}");
}

#[test]
fn text_has_the_time_of_day_or_since_the_start() {
    let path = h2wire_testdata::folder().join("captures/curl-nginx.pcap");
    let path = path.to_str().unwrap();
    let first = table(Path::new(path)).into_iter().find(|line| line[..2] == ["0", "4"]).unwrap();
    let [_, packet, time, since] = <[String; 4]>::try_from(first).unwrap();
    let seconds = time.split('.').next().unwrap().parse::<u64>().unwrap() % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let micros = &time.split('.').nth(1).unwrap()[..6];
    let line = format!("{hour:02}:{minute:02}:{second:02}.{micros} {packet:>6}  0 >       0  preface");
    assert!(decode(&[path], &[]).stdout.contains(&line), "{line}");
    let line = format!("{:>15} {packet:>6}  0 >       0  preface", &since[..since.len() - 3]);
    assert!(decode(&["--relative-time", path], &[]).stdout.contains(&line), "{line}");
}
