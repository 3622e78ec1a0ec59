//! Connections that do not start with HTTP/2: tunnels, PROXY headers, and HTTP/1.1 before an upgrade.
#![cfg(feature = "command")]

#[allow(dead_code, reason = "most of it is for the tests of capture files")]
mod packets;
mod starts;
mod support;

use starts::{GET, OK, PREFACE, SETTINGS, SWITCH, capture, frames, upgrade};
use support::decode;

/// HTTP/2 after some parts, which end at offsets of the client and of the server.
fn http2_after(parts: &[(char, &[u8])], word: &str) {
    let client = [PREFACE, SETTINGS, GET].concat();
    let server = [SETTINGS, OK].concat();
    let offset = |side| parts.iter().filter(|part| part.0 == side).map(|part| part.1.len()).sum::<usize>();
    for size in [1400, 7, 1] {
        let run = decode(&["--json"], &capture(&[parts, &[('>', &client), ('<', &server)]].concat(), size));
        assert_eq!(
            (run.status, frames(&run)),
            (0, vec!["> SETTINGS", "> HEADERS", "< SETTINGS", "< HEADERS"]),
            "{}",
            run.stderr
        );
        let objects = run.objects();
        let start = |from| objects.iter().find(|object| object["from"] == from).unwrap()["offset"].clone();
        assert_eq!((start("client"), start("server")), (offset('>').into(), offset('<').into()));
        assert!(run.stderr.contains(word) && run.stderr.lines().count() == 1, "{}", run.stderr);
        assert!(run.stderr.contains(&format!("after {} bytes", offset('>'))), "{}", run.stderr);
    }
}

#[test]
fn a_proxy_header() {
    http2_after(&[('>', b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n")], "PROXY");
    http2_after(&[('>', b"PROXY UNKNOWN\r\n")], "PROXY");
    let binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\0\x50";
    http2_after(&[('>', binary)], "PROXY");
    http2_after(&[('>', b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")], "PROXY");
}

#[test]
fn socks() {
    let bound = b"\x05\0\0\x01\0\0\0\0\0\0";
    http2_after(
        &[('>', b"\x05\x01\0"), ('<', b"\x05\0"), ('>', b"\x05\x01\0\x03\x06a.test\0\x50"), ('<', bound)],
        "SOCKS",
    );
    let password =
        [('>', &b"\x05\x02\0\x02"[..]), ('<', b"\x05\x02"), ('>', b"\x01\x01u\x02pw"), ('<', b"\x01\0")];
    let tunnel = [('>', &b"\x05\x01\0\x01\xc0\0\x02\x02\0\x50"[..]), ('<', bound)];
    http2_after(&[&password[..], &tunnel].concat(), "SOCKS");
    http2_after(&[('>', b"\x04\x01\0\x50\xc0\0\x02\x02me\0"), ('<', b"\0\x5a\0\0\0\0\0\0")], "SOCKS");
    http2_after(&[('>', b"\x04\x01\0\x50\0\0\0\x01me\0a.test\0"), ('<', b"\0\x5a\0\0\0\0\0\0")], "SOCKS");
}

#[test]
fn a_connect_tunnel() {
    let connect = b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n";
    http2_after(&[('>', connect), ('<', b"HTTP/1.1 200 OK\r\n\r\n")], "CONNECT");
    let refused = b"HTTP/1.1 407 Authenticate\r\nContent-Length: 3\r\n\r\nno\n";
    http2_after(
        &[('>', connect), ('<', refused), ('>', connect), ('<', b"HTTP/1.0 200 Connected\r\n\r\n")],
        "CONNECT",
    );
    // A PROXY header in it.
    let proxy = b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n";
    http2_after(&[('>', connect), ('<', b"HTTP/1.1 200 OK\r\n\r\n"), ('>', proxy)], "PROXY");
}

#[test]
fn an_upgrade_on_any_request() {
    let asked = upgrade("GET", "\r\n");
    let get = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    http2_after(&[('>', &asked), ('<', SWITCH)], "upgraded");
    for response in [
        &b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nPRI * H",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\na;x=y\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 70\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    ] {
        http2_after(&[('>', get), ('<', response), ('>', &asked), ('<', SWITCH)], "upgraded");
    }
    let head = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    http2_after(
        &[('>', head), ('<', b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n"), ('>', &asked), ('<', SWITCH)],
        "upgraded",
    );
    // An upgrade that is refused, and one that is not.
    let refused = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    http2_after(&[('>', &asked), ('<', refused), ('>', &asked), ('<', SWITCH)], "upgraded");
    let pipelined = [&get[..], &asked].concat();
    http2_after(&[('>', &pipelined), ('<', refused), ('<', SWITCH)], "upgraded");
}

#[test]
fn an_upgrade_with_a_body_and_interim_responses() {
    let fixed = upgrade("POST", "Content-Length: 12\r\n\r\nPRI * HTTP/2");
    http2_after(&[('>', &fixed), ('<', SWITCH)], "upgraded");
    let chunked = upgrade("POST", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    http2_after(&[('>', &chunked), ('<', SWITCH)], "upgraded");
    let expecting = upgrade("POST", "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
    http2_after(
        &[('>', &expecting), ('<', interim), ('>', b"hello"), ('<', interim), ('<', SWITCH)],
        "upgraded",
    );
    let large = upgrade("POST", &format!("Content-Length: 200000\r\n\r\n{}", "x".repeat(200_000)));
    let run = decode(
        &["--json"],
        &capture(&[('>', &large), ('<', SWITCH), ('>', PREFACE), ('>', SETTINGS), ('<', SETTINGS)], 1400),
    );
    assert_eq!((run.status, frames(&run)), (0, vec!["> SETTINGS", "< SETTINGS"]), "{}", run.stderr);
}

#[test]
fn a_window_of_content_before_the_preface() {
    let data = [b"\0\x40\0\0\0\0\0\0\x01".as_slice(), &[b'x'; 16_384]].concat().repeat(3);
    let server = [SWITCH, SETTINGS, b"\0\0\x01\x01\x04\0\0\0\x01\x88", &data].concat();
    let asked = upgrade("GET", "\r\n");
    let run = decode(
        &["--json"],
        &capture(&[('>', &asked), ('<', &server), ('>', PREFACE), ('>', SETTINGS)], 1400),
    );
    assert_eq!(frames(&run), ["< SETTINGS", "< HEADERS", "another", "another", "another", "> SETTINGS"]);
    assert_eq!(run.status, 0);
}

#[test]
fn what_starts_otherwise_is_named() {
    let named = |parts: &[(char, &[u8])]| {
        let run = decode(&["--json"], &capture(parts, 1400));
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        run.stderr
    };
    let get = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    assert!(
        named(&[('>', get), ('<', b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]).contains("HTTP/1.x")
    );
    assert!(named(&[('>', get), ('<', b"HTTP/1.1 200 OK\r\n\r\nuntil the end")]).contains("HTTP/1.x"));
    let websocket = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
    assert!(
        named(&[('>', websocket), ('<', b"HTTP/1.1 101 Switching\r\n\r\n\x81\x05hello")])
            .contains("HTTP/1.x")
    );
    let connect = b"CONNECT a.test:443 HTTP/1.1\r\n\r\n";
    let hello = b"\x16\x03\x01\0\xc4\x01\0\0\xc0\x03\x03";
    assert!(
        named(&[('>', connect), ('<', b"HTTP/1.1 200 OK\r\n\r\n"), ('>', hello), ('<', hello)])
            .contains("TLS")
    );
}

/// The order of packets in a file is not always that of the wire, and a server may send its SETTINGS first.
#[test]
fn a_proxy_header_after_what_the_server_sent() {
    let (line, binary) = (
        &b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n"[..],
        &b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\0\x50"[..],
    );
    let client = [PREFACE, SETTINGS, GET].concat();
    for header in [line, binary] {
        for size in [1400, 7, 1] {
            let parts = [('<', SETTINGS), ('>', header), ('>', &client), ('<', OK)];
            let run = decode(&["--json"], &capture(&parts, size));
            let expected = vec!["< SETTINGS", "> SETTINGS", "> HEADERS", "< HEADERS"];
            assert_eq!((run.status, frames(&run)), (0, expected), "{}", run.stderr);
            let start =
                run.objects().iter().find(|object| object["from"] == "client").unwrap()["offset"].clone();
            assert_eq!(start, header.len());
            assert!(
                run.stderr.contains(&format!("after {} bytes of a PROXY header", header.len())),
                "{}",
                run.stderr
            );
        }
    }
    // A header that is not complete is none, and a preface that is cut is incomplete.
    let run = decode(&["--json"], &capture(&[('<', SETTINGS), ('>', &line[..20])], 7));
    assert!(run.status == 1 && run.stdout.contains("\"rule\":\"preface\""), "{}", run.stdout);
    let run = decode(&["--json"], &capture(&[('<', SETTINGS), ('>', &PREFACE[..2])], 7));
    assert_eq!((run.status, run.stdout.contains("incomplete")), (3, true), "{}", run.stdout);
}
