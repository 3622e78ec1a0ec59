//! `h2wire explain` as people see it.
#![cfg(feature = "command")]

use assert_cmd::Command;

fn explain(name: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("h2wire").unwrap().arg("explain").args(name).output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn frame_size_error_tells_of_alpn() {
    let (status, text, _) = explain(&["FRAME_SIZE_ERROR"]);
    assert_eq!(status, 0);
    for part in ["error code 0x06", "did not offer `h2`", "prior knowledge", "alpn_protocols", "h2wire probe"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn every_name_that_is_listed_is_explained() {
    let (status, list, _) = explain(&[]);
    assert_eq!(status, 0);
    let names: Vec<&str> =
        list.lines().filter(|line| line.starts_with(' ')).flat_map(|line| line.trim().split(", ")).collect();
    assert!(names.len() > 100, "{list}");
    for name in names {
        let name = name.trim_end_matches(',');
        let (status, text, _) = explain(&[name]);
        assert!(status == 0 && text.contains("RFC "), "{name}: {text}");
    }
}

#[test]
fn a_message_a_section_and_what_probe_finds_are_explained() {
    for (words, parts) in [
        (&[r#"GoAway(b"", FRAME_SIZE_ERROR, Library)"#][..], ["error code 0x06", "alpn_protocols"]),
        (&["RFC", "9113", "§6.5.2"], ["settings_max_frame_size", "(RFC 9113 §6.5.2)"]),
        (&["alpn_http1"], ["RFC 9113 §3.2", "ends with status 4"]),
        (&["stream_window_exceeded"], ["RFC 9113 §6.9.1, FLOW_CONTROL_ERROR", "of a stream"]),
        (&["SETTINGS_TIMEOUT"], ["error code 0x04", "rule"]),
    ] {
        let (status, text, _) = explain(words);
        assert!(status == 0 && parts.iter().all(|part| text.contains(part)), "{words:?}: {text}");
    }
}

#[test]
fn what_clients_and_servers_print_is_explained() {
    for (message, parts) in [
        (r#"GoAway(b"", FRAME_SIZE_ERROR, Library)"#, &["error code 0x06", "this side found the error"][..]),
        (
            r#"hyper::Error(Http2, Error { kind: GoAway(b"too_many_pings", ENHANCE_YOUR_CALM, Remote) })"#,
            &["error code 0x0b", "keepalive_time", "the peer sent the code"],
        ),
        ("too_many_pings", &["keepalive", "ENHANCE_YOUR_CALM"]),
        ("ENHANCE_YOUR_CALM", &["error code 0x0b"]),
        ("http2 error: connection error detected: frame with invalid size", &["error code 0x06"]),
        ("curl: (92) HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1)", &["error code 0x01"]),
        (
            "curl: (16) Error in the HTTP2 framing layer",
            &["RFC 9113 §5.4", "GOAWAY of the server", "curl -v"],
        ),
        ("curl: (1) Received HTTP/0.9 when not allowed", &["speaks only HTTP/2", "--http2-prior-knowledge"]),
        ("curl: (56) Recv failure: Connection reset by peer", &["closed or reset", "TLS port"]),
        (
            "<ConnectionTerminated error_code:11, last_stream_id:0, additional_data:None>",
            &["error code 0x0b"],
        ),
        ("Stream closed with error code NGHTTP2_REFUSED_STREAM", &["error code 0x07"]),
        ("net::ERR_HTTP2_PROTOCOL_ERROR", &["error code 0x01"]),
        ("RST_STREAM closed stream. HTTP/2 error code: 0x8", &["RST_STREAM", "error code 0x08"]),
        (
            r#"http2: server sent GOAWAY and closed the connection; ErrCode=NO_ERROR, debug="max_age""#,
            &["GOAWAY", "error code 0x00", "MAX_CONNECTION_AGE"],
        ),
        ("http2: frame too large, note that the frame header looked like an HTTP/1.1 header", &["probe"]),
        ("0x4d", &["METADATA", "Envoy", "§5.5"]),
        ("0x4d44", &["ENABLE_METADATA"]),
        ("0x2a", &["GREASE", "frame type"]),
        ("0x0b", &["ENHANCE_YOUR_CALM", "GREASE"]),
        ("0x3a3a", &["GREASE", "setting"]),
        ("0x3a4a", &["An unknown setting is ignored"]),
        ("4000000000", &["INTERNAL_ERROR (RFC 9113 §7)"]),
        ("421", &["Misdirected Request", "RFC 9113 §9.1.2"]),
        ("431", &["Request Header Fields Too Large", "MAX_HEADER_LIST_SIZE"]),
        ("505", &["HTTP Version Not Supported", "http1_response"]),
    ] {
        let (status, text, stderr) = explain(&[message]);
        let text = text.replace("-\n  ", "-").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(status == 0 && parts.iter().all(|part| text.contains(part)), "{message}: {text}{stderr}");
    }
    let (_, text, _) = explain(&["0x4d"]);
    assert!(!text.contains("GREASE"), "{text}");
}

#[test]
fn what_is_not_known_is_told_with_what_is_like_it() {
    let (status, _, stderr) = explain(&["frame_size"]);
    assert!(status == 2 && stderr.contains("FRAME_SIZE_ERROR"), "{stderr}");
    let (_, _, stderr) = explain(&["MAX_FRAME_SIZ"]);
    let (_, names) = stderr.split_once("similar names: ").unwrap();
    assert!(names.starts_with("MAX_FRAME_SIZE") && names.split(", ").count() <= 3, "{stderr}");
    assert_eq!(explain(&["nonsense"]).0, 2);
}

/// Each message of the page about HTTP/2 that does not start, and each part of it that people may paste.
#[test]
fn the_messages_of_clients_whose_http2_does_not_start_are_explained() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../h2wire/docs/when-http2-does-not-start.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, table) = page.split_once("| client | message | meaning |\n|---|---|---|\n").unwrap();
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= 13, "{rows:?}");
    for row in rows {
        let cell = row.split('|').nth(2).unwrap().trim();
        // Code between backticks, the rest perhaps in quotation marks.
        let mut messages = vec![cell];
        for (index, part) in cell.split('`').enumerate() {
            if index % 2 == 1 {
                messages.push(part);
            } else {
                messages.extend(part.split('"').skip(1).step_by(2));
            }
        }
        for message in messages.into_iter().filter(|message| !message.starts_with("--")) {
            let (status, text, stderr) = explain(&["--", message]);
            assert!(status == 0 && text.contains("RFC "), "{message}: {text}{stderr}");
        }
    }
}

#[test]
fn the_outermost_text_of_an_error_is_explained_where_nothing_else_is_known() {
    let (_, text, _) = explain(&["transport error"]);
    assert!(text.starts_with("transport error") && text.contains("print the sources"), "{text}");
    let (_, text, _) = explain(&["transport error: ConnectError(H2NotNegotiated)"]);
    assert!(text.starts_with("H2NotNegotiated") && !text.contains("print the sources"), "{text}");
    assert_eq!(explain(&["error"]).0, 2);
}
