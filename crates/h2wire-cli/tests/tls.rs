//! Captures of TLS: secrets in the file or in a key log, and what is said where they are missing.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod support;

use std::io::Write;
use std::path::PathBuf;

use packets::{Capture, Packet};
use serde_json::{Value, json};
use support::{Run, decode};
use tempfile::NamedTempFile;

/// The type of a block of secrets in pcapng.
const SECRETS: u32 = 10;

fn capture(name: &str) -> PathBuf {
    h2wire_testdata::folder().join(format!("captures/{name}.pcapng"))
}

/// A capture without its secrets, and the secrets.
fn split(name: &str) -> (Vec<u8>, String) {
    let file = std::fs::read(capture(name)).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let (mut packets, mut log, mut at) = (Vec::new(), Vec::new(), 0);
    while at < file.len() {
        let len = usize::try_from(word(at + 4)).unwrap();
        if word(at) == SECRETS {
            let octets = usize::try_from(word(at + 12)).unwrap();
            log.extend_from_slice(&file[at + 16..at + 16 + octets]);
        } else {
            packets.extend_from_slice(&file[at..at + len]);
        }
        at += len;
    }
    (packets, String::from_utf8(log).unwrap())
}

fn with_log(options: &[&str], packets: &[u8], log: &str) -> Run {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(log.as_bytes()).unwrap();
    decode(&[options, &["--keylog", file.path().to_str().unwrap()]].concat(), packets)
}

/// The `tls` objects of a run.
fn told(run: &Run) -> Vec<Value> {
    run.objects().iter().filter(|object| object.get("tls").is_some()).cloned().collect()
}

#[test]
fn a_key_log_and_secrets_in_the_file_give_the_same() {
    for name in ["tls-curl-h2wire", "tls-curl-nginx", "tls-node-h2wire", "tls-go-go", "tls-chromium-go"] {
        let with_secrets = decode(&["--json", capture(name).to_str().unwrap()], b"");
        let (packets, log) = split(name);
        let run = with_log(&["--json"], &packets, &log);
        assert!(!told(&run).is_empty(), "{name}: {}", run.stderr);
        assert_eq!(
            (run.status, run.stdout, run.stderr),
            (0, with_secrets.stdout, with_secrets.stderr),
            "{name}"
        );
    }
}

/// A capture without its packets at these indices.
fn without(name: &str, lost: &[usize]) -> Vec<u8> {
    const PACKET: u32 = 6;
    let file = std::fs::read(capture(name)).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let (mut kept, mut at, mut index) = (Vec::new(), 0, 0);
    while at < file.len() {
        let len = usize::try_from(word(at + 4)).unwrap();
        let is_lost = word(at) == PACKET && lost.contains(&index);
        index += usize::from(word(at) == PACKET);
        if !is_lost {
            kept.extend_from_slice(&file[at..at + len]);
        }
        at += len;
    }
    kept
}

/// Each frame of a direction that is told is one that is told without loss, and what is after the loss is told again.
#[test]
fn whatever_packet_is_lost_the_rest_is_told() {
    for name in ["tls-curl-nginx", "tls-node-h2wire", "tls-openssl-h2wire", "tls-chromium-go"] {
        let frames = |capture: &[u8]| -> Vec<Value> {
            let run = decode(&["--json"], capture);
            // Nobody is blamed for what is lost.
            assert!(!run.stdout.contains("{\"error\":"), "{}", run.stdout);
            let frames = run.objects().into_iter().filter(|object| object.get("type").is_some());
            // How many bytes were inside of what is lost is an estimate, and the packets are others.
            let without_place = |mut frame: Value| {
                for key in ["offset", "packet", "time", "guessed"] {
                    frame.as_object_mut().unwrap().remove(key);
                }
                frame
            };
            frames.map(without_place).collect()
        };
        let whole = without(name, &[]);
        let all = frames(&whole);
        let (mut told, mut possible) = (0, 0);
        for index in 0.. {
            let capture = without(name, &[index]);
            if capture.len() == whole.len() {
                break;
            }
            let rest = frames(&capture);
            for frame in &rest {
                assert!(all.contains(frame), "{name} without packet {index}: {frame}");
            }
            told += rest.len();
            possible += all.len();
        }
        assert!(told * 10 > possible * 8, "{name}: {told} of {possible}");
    }
}

#[test]
fn what_was_negotiated_is_told() {
    let run = decode(&["--json", capture("tls-curl-h2wire").to_str().unwrap()], b"");
    let tls = |version: &str, suite: &str| json!({"version": version, "cipher_suite": suite, "alpn": "h2", "sni": "localhost"});
    let expected = [
        tls("TLS 1.3", "TLS_AES_128_GCM_SHA256"),
        tls("TLS 1.3", "TLS_AES_256_GCM_SHA384"),
        tls("TLS 1.3", "TLS_CHACHA20_POLY1305_SHA256"),
        tls("TLS 1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        tls("TLS 1.2", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ];
    let mut told: Vec<_> = told(&run);
    told.sort_by_key(|object| object["connection"].as_u64());
    for (index, (object, expected)) in told.iter().zip(&expected).enumerate() {
        assert_eq!((&object["tls"], &object["connection"]), (expected, &json!(index)));
    }
    assert_eq!(told.len(), expected.len());
    assert!(run.stderr.contains("1 connection skipped: it spoke HTTP/1.x inside TLS (ALPN chose http/1.1)"));
    let text = decode(&[capture("tls-curl-h2wire").to_str().unwrap()], b"").stdout;
    assert!(text.contains("\n0 = TLS 1.3, TLS_AES_128_GCM_SHA256, ALPN h2, SNI localhost\n"), "{text}");
}

#[test]
fn sessions_are_resumed_in_the_capture() {
    // The client that was recorded fails if they are not.
    let run = decode(&["--json", capture("tls-node-h2wire").to_str().unwrap()], b"");
    let versions: Vec<_> = told(&run).iter().map(|object| object["tls"]["version"].to_string()).collect();
    assert_eq!(versions, ["\"TLS 1.3\"", "\"TLS 1.3\"", "\"TLS 1.2\"", "\"TLS 1.2\""]);
    let statuses = run.stdout.matches("{\"name\":\":status\",\"value\":\"200\"").count();
    assert_eq!((run.status, statuses), (0, 4));
}

#[test]
fn what_is_not_decrypted_says_why() {
    let (packets, log) = split("tls-curl-h2wire");
    let run = decode(&["--json"], &packets);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let expected = "6 connections skipped: they spoke TLS (name a key log with --keylog to decrypt it)";
    assert!(run.stderr.contains(expected), "{}", run.stderr);

    // All but the secrets of the first connection.
    let first = log.lines().find(|line| line.starts_with("CLIENT")).unwrap().split(' ').nth(1).unwrap();
    let lines = log.lines().filter(|line| !line.contains(first)).map(|line| format!("{line}\n"));
    let rest = with_log(&["--json"], &packets, &lines.collect::<String>());
    assert_eq!((rest.status, told(&rest).len()), (0, 4));
    assert!(rest.stderr.contains("(no secret for its client random in the key log)"), "{}", rest.stderr);

    // Secrets of other connections.
    let wrong = log.lines().map(|line| format!("{}{}\n", &line[..line.len() - 64], "0".repeat(64)));
    let run = with_log(&["--json"], &packets, &wrong.collect::<String>());
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("a record does not open"), "{}", run.stderr);
}

#[test]
fn secrets_are_never_printed() {
    let (packets, log) = split("tls-curl-h2wire");
    for options in [[].as_slice(), &["--json"], &["--annotate"], &["--stats"]] {
        let run = with_log(options, &packets, &log);
        for secret in log.lines().filter_map(|line| line.split(' ').nth(2)) {
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret));
        }
    }
}

#[test]
fn a_key_log_that_is_none_is_told() {
    let (packets, _) = split("tls-curl-nginx");
    let run = decode(&["--keylog", "/nowhere/keys"], &packets);
    assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{}", run.stderr);
    assert!(run.stderr.contains("--keylog /nowhere/keys"), "{}", run.stderr);
    let run = with_log(&[], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--keylog decrypts TLS in pcap and pcapng files"), "{}", run.stderr);
}

/// What has no end or is no text is not read to its end.
#[test]
fn a_key_log_is_not_read_for_ever() {
    let path = capture("tls-curl-nginx");
    let (packets, log) = split("tls-curl-nginx");
    let told = |keys: &str| {
        let run = decode(&["--keylog", keys], &packets);
        assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{keys}: {}", run.stderr);
        run.stderr
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    assert!(told(folder.path().to_str().unwrap()).contains("a directory, not a key log"));
    assert!(told(path.to_str().unwrap()).contains("is not text: this is not a key log"));
    let utf16: Vec<u8> = log.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(told(&file("utf16", &utf16)).contains("line 1 is not text"));
    let long = [b"# fine\n".to_vec(), vec![b'a'; 70_000]].concat();
    assert!(told(&file("long", &long)).contains("line 2 is longer than 65536 bytes"));
    if cfg!(target_os = "linux") {
        assert!(
            told("/dev/zero")
                .contains("--keylog /dev/zero: line 1 is longer than 65536 bytes: this is not a key log")
        );
        assert!(told("/dev/urandom").contains("is not text"));
    }
    // A log with something broken in it is one.
    let whole = decode(&["--keylog", &file("keys", log.as_bytes())], &packets);
    assert_eq!(whole.status, 0, "{}", whole.stderr);
    for broken in [vec![0; 100], vec![b'a'; 200_000], b"\xff\xfe\n".to_vec()] {
        let first = log.lines().next().unwrap();
        let rest = [format!("# é\n{first}\n").into_bytes(), broken, b"\n".to_vec(), log.clone().into_bytes()]
            .concat();
        let run = decode(&["--keylog", &file("broken", &rest)], &packets);
        assert_eq!((run.status, run.stdout), (0, whole.stdout.clone()), "{}", run.stderr);
    }
    // One without an end is read up to a bound.
    let sparse = file("sparse", log.as_bytes());
    std::fs::OpenOptions::new().write(true).open(&sparse).unwrap().set_len(300 << 20).unwrap();
    let run = decode(&["--keylog", &sparse], &packets);
    assert_eq!((run.status, run.stdout), (2, whole.stdout), "{}", run.stderr);
    assert!(run.stderr.contains("only the first 256 MiB of it were read"), "{}", run.stderr);
}

/// As process substitution of a shell, by a command that writes nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_key_log_on_a_pipe_may_be_empty() {
    let (packets, _) = split("tls-curl-nginx");
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&packets).unwrap();
    let line = format!(
        "'{}' decode --keylog <(true) {}",
        assert_cmd::cargo::cargo_bin("h2wire").display(),
        file.path().display()
    );
    let output = std::process::Command::new("bash").args(["-c", &line]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && error.contains("no secret"), "{error}");
}

#[test]
fn what_is_told_can_be_encoded_again() {
    let json = decode(&["--json", capture("tls-curl-nginx").to_str().unwrap()], b"").stdout;
    // Bytes, not text: the request is HPACK.
    let mut command = assert_cmd::Command::cargo_bin("h2wire").unwrap();
    let output =
        command.args(["encode", "--connection", "0", "--from", "client"]).write_stdin(json).output().unwrap();
    assert!(output.status.success());
    assert!(output.stdout.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
}

#[test]
fn a_connection_from_the_middle_of_tls_is_named() {
    let record = [b"\x17\x03\x03\0\x40".as_slice(), &[0; 64]].concat();
    let packets = [Packet::client(100).data(&record), Packet::server(500).data(&record)];
    let run = decode(&[], &Capture::pcap(true, false, &packets));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("it spoke TLS (the capture lacks the handshake)"), "{}", run.stderr);
}

#[test]
fn many_connections_without_secrets_take_one_line() {
    let hello =
        b"\x16\x03\x01\0\x2d\x01\0\0\x29\x03\x03aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0\0\x02\x13\x01\x01\0";
    let both = |port| {
        let answer = b"\x15\x03\x03\0\x02\x02\x28";
        [Packet::client(1).on_port(port).data(hello), Packet::server(1).on_port(port).data(answer)]
    };
    let packets: Vec<_> = (1..50).flat_map(both).collect();
    let run = decode(&["--json"], &Capture::pcap(true, false, &packets));
    assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{}", run.stderr);
    let expected =
        "49 connections skipped: they spoke TLS (the handshake ended with the alert HandshakeFailure)";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

/// A direction without its secret says nothing about the other.
#[test]
fn a_key_log_of_one_direction_blames_nobody() {
    for name in ["tls-go-go", "tls-curl-h2wire", "tls-curl-nginx"] {
        let (packets, log) = split(name);
        for label in ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"] {
            let lines = log.lines().filter(|line| !line.starts_with(label)).map(|line| format!("{line}\n"));
            let run = with_log(&["--json"], &packets, &lines.collect::<String>());
            let side = if label.starts_with("CLIENT") { "client" } else { "server" };
            assert!(run.stdout.contains("\"type_name\":\"HEADERS\""), "{name} without {label}");
            assert!(!run.stdout.contains("{\"error\":"), "{name} without {label}: {}", run.stdout);
            assert!(!run.stdout.contains("open_streams"), "{name} without {label}: {}", run.stdout);
            assert!(!run.stderr.contains("without sending a byte"), "{}", run.stderr);
            let reason = format!("from the {side}: TLS: no secret for its client random in the key log");
            assert!(run.status == 2 && run.stderr.contains(&reason), "{}", run.stderr);
        }
    }
}

/// How a message ends that is not decrypted is not known.
#[test]
fn a_summary_says_what_is_not_decrypted() {
    let (packets, log) = split("tls-curl-nginx");
    for (label, part, key) in
        [("CLIENT_TRAFFIC_SECRET_0", "request", "client"), ("SERVER_TRAFFIC_SECRET_0", "response", "server")]
    {
        let lines = log.lines().filter(|line| !line.starts_with(label)).map(|line| format!("{line}\n"));
        let lines = lines.collect::<String>();
        let text = with_log(&["--summary"], &packets, &lines).stdout;
        assert!(text.contains(&format!("[{part} not decrypted]")), "{text}");
        assert!(!text.contains("incomplete"), "{text}");
        let exchanges = with_log(&["--summary", "--json"], &packets, &lines).objects();
        let sealed = exchanges.iter().filter(|object| object["exchange"][key]["decrypted"] == false).count();
        assert!(sealed > 0 && sealed < exchanges.len(), "{exchanges:?}");
        // The other connection is decrypted on both sides.
        assert!(exchanges.iter().all(|object| {
            object["exchange"][key]["ended"] == true || object["exchange"][key]["decrypted"] == false
        }));
    }
}
