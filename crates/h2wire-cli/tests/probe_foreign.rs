//! `h2wire probe` against servers of other protocols: what they say is named, and no rule of HTTP/2 is laid to their charge.
#![cfg(feature = "command")]

mod servers;
mod support;

use serde_json::Value;
use servers::{Identity, Server};
use support::h2wire;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Probes without encryption; the exit status and the diagnosis.
fn probe(server: &Server) -> (i32, Value) {
    ends(&[&server.url("http"), "--prior-knowledge"])
}

fn ends(arguments: &[&str]) -> (i32, Value) {
    let run = h2wire(&[&["probe", "--json", "--timeout=0.5"], arguments].concat(), b"");
    let diagnosis = run.objects().into_iter().rev().find_map(|object| object.get("diagnosis").cloned());
    (run.status, diagnosis.unwrap_or_else(|| panic!("{}{}", run.stdout, run.stderr)))
}

#[track_caller]
fn is_foreign((status, diagnosis): (i32, Value), seen: &str, cause: &str) {
    assert_eq!((status, &diagnosis["rule"]), (4, &"not_http2".into()), "{diagnosis}");
    assert_eq!(diagnosis["phase"], "settings");
    assert!(diagnosis["seen"].as_str().unwrap().starts_with(seen), "{seen}: {diagnosis}");
    assert!(diagnosis["cause"].as_str().unwrap().ends_with(cause), "{cause}: {diagnosis}");
}

/// What servers say to a client that speaks HTTP/2 to them, or before that.
const SAID: [(&[u8], &str, &str); 19] = [
    (
        b"J\0\0\0\n8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff",
        "4a 00 00 00 0a 38 2e 30  2e 33 36 00",
        "looks like MySQL",
    ),
    (b"G\0\0\0\xffj\x04Host '10.0.0.1' is not allowed to connect", "47 00 00 00 ff 6a 04 48", "MySQL"),
    (b"E\0\0\0\x77SFATAL\0VFATAL\0C0A000\0Munsupported\0\0", "45 00 00 00 77 53", "PostgreSQL"),
    (b"R\0\0\0\x0c\0\0\0\x05abcd", "52 00 00 00 0c 00", "PostgreSQL"),
    (b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x02\0\0\0", "03 00 00 13 0e d0", "RDP"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0-OpenSSH_9.6", "SSH"),
    (b"220 localhost ESMTP\r\n", "220 localhost ESMTP", "SMTP"),
    (b"220 (vsFTPd 3.0.5)\r\n", "220 (vsFTPd", "FTP"),
    (b"-ERR unknown command 'PRI'\r\n", "-ERR unknown", "Redis"),
    (b"* OK [CAPABILITY IMAP4rev1]\r\n", "* OK", "IMAP"),
    (b"RFB 003.008\n", "RFB 003.008", "VNC"),
    (b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27", "ff fd 18", "Telnet"),
    // Fewer bytes than the header of a frame has.
    (b"ERROR\r\n", "ERROR", "memcached"),
    (b"AMQP\0\0\x09\x01", "41 4d 51 50 00 00 09 01  |AMQP....|", "AMQP"),
    (b"\x05\xff", "05 ff", "SOCKS5"),
    (b"HTTP/1", "HTTP/1", "HTTP/1.x"),
    // Of no known protocol, some of them with a length that a frame could have.
    (b"\0\0\0\x40\x80\x01\0\x03\0\0\0\x04", "00 00 00 40", "another protocol on this port"),
    (b"\0\0\0\x55\xffSMB\x72\0\0\0\0", "00 00 00 55", "another protocol on this port"),
    (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b", "01 02 03", "another protocol on this port"),
];

#[test]
fn other_protocols_are_named_and_break_no_rule() {
    for (said, seen, name) in SAID {
        is_foreign(probe(&Server::says_and_ends(said)), seen, name);
    }
}

#[test]
fn it_does_not_matter_whether_the_server_closes() {
    for said in [b"\x4a\0\0\0\n8.0".as_slice(), b"\x05\xff", b"220 a ESMTP\r\n"] {
        let (status, diagnosis) = probe(&Server::says(said));
        assert_eq!((status, &diagnosis["rule"]), (4, &"not_http2".into()), "{diagnosis}");
    }
}

#[test]
fn an_echo_is_named() {
    let server = Server::start(|mut tcp| async move {
        let mut buf = [0; 1024];
        while let Ok(read @ 1..) = tcp.read(&mut buf).await {
            if tcp.write_all(&buf[..read]).await.is_err() {
                return;
            }
        }
    });
    is_foreign(probe(&server), "50 52 49 20 2a", "sends back what it receives, as an echo service does");
}

#[test]
fn a_proxy_that_chose_h2_is_blamed() {
    let identity = Identity::new();
    let server = Server::tls_says(&identity, b"J\0\0\0\n8.0.36\0\x08\0\0\0abcdefgh\0");
    let ended = ends(&[&server.url("https"), "--cacert", identity.path()]);
    assert!(ended.1["cause"].as_str().unwrap().starts_with("the server chose h2 by ALPN"), "{}", ended.1);
    is_foreign(ended, "4a 00 00 00", "looks like MySQL");
}

/// What has a rule or a meaning of its own keeps it.
#[test]
fn frames_alerts_and_silence_are_no_other_protocol() {
    for (said, rule, status) in [
        (b"\0\0\x04\x08\0\0\0\0\0\0\0\0\x01".as_slice(), "first_frame", 1),
        (b"\0\0\x08\x06\0\0\0\0\0abcdefgh", "first_frame", 1),
        (b"\0\0\x01\x01\x05\0\0\0\x01\x88", "first_frame", 1),
        (b"\0\0\0\x04\x01\0\0\0\0", "first_frame", 1),
        (b"\0\0\0\x2a\0\0\0\0\0\0\0\0\x04\0\0\0\0\0", "first_frame", 1),
        (b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0b", "first_frame", 1),
        (b"\0\x60\0\x04\0\0\0\0\0", "frame_length_limit", 1),
        (b"\0\0\x05\x04\0\0\0\0\0abcde", "settings_length", 1),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "http1_response", 4),
        (b"\x15\x03\x03\0\x02\x02\x46", "tls_record", 5),
        (b"\0\0\0\x04\0", "connection_closed", 7),
        (b"", "connection_closed", 7),
    ] {
        let (ended, diagnosis) = probe(&Server::says_and_ends(said));
        assert_eq!((&diagnosis["rule"], ended), (&rule.into(), status), "{diagnosis}");
    }
}
