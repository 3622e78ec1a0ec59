//! Inputs of all kinds: what is shown, and what is chosen.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{InUse, capture, frame, opened};

#[test]
fn pasted_bytes_are_frames_on_the_left_and_fields_on_the_right() {
    let Some(mut tab) = opened() else { return };
    tab.paste("00 00 06 04 00 00 00 00 00 00 03 00 00 00 64 # SETTINGS\n00 00 00 04 01 00 00 00 00");
    assert_eq!(
        tab.rows(),
        [
            "1 connection SETTINGS Identifier: MAX_CONCURRENT_STREAMS, Value: 100 · 6 bytes",
            "2 connection SETTINGS ACK · 0 bytes"
        ]
    );
    assert_eq!(tab.text("found"), "2 frames · no rule broken");
    assert_eq!(
        tab.bytes(),
        [
            "00 00 06 | Length: 6 | §4.1",
            "04 | Type: SETTINGS | §4.1",
            "00 | Flags: none | §4.1",
            "00 00 00 00 | Stream Identifier: 0 | §4.1",
            "00 03 | Identifier: MAX_CONCURRENT_STREAMS | §6.5.1",
            "00 00 00 64 | Value: 100 | §6.5.1",
        ]
    );
    tab.was_quiet();
}

#[test]
fn the_example_has_errors_with_rule_code_scope_and_remedy() {
    let Some(mut tab) = opened() else { return };
    tab.click("example");
    tab.is_ready();
    assert_eq!(tab.text("found"), "6 frames · ⚠ 3 errors");
    // The first error is chosen.
    let detail = tab.text("detail");
    for part in [
        "⚠",
        "te in RFC 9113 §8.2.2",
        "stream error PROTOCOL_ERROR: RST_STREAM on stream 3",
        "remedy",
        "field 4",
        "7 fields",
    ] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    // HPACK byte by byte.
    let bytes = tab.bytes();
    assert!(bytes.iter().any(|row| row.starts_with("be | 1|0111110 indexed 62 = :authority")), "{bytes:?}");
    tab.run("document.querySelector('.breach button').click()");
    tab.wait("document.querySelector('.breach h3') !== null");
    assert!(tab.text("detail").contains("PROTOCOL_ERROR error code 0x01"), "{}", tab.text("detail"));
    tab.click("next");
    assert!(tab.text("detail").contains("window_update_increment in RFC 9113 §6.9"));
    tab.click("next");
    let detail = tab.text("detail");
    assert!(detail.contains("ping_length in RFC 9113 §6.7"), "{detail}");
    assert!(detail.contains("connection error FRAME_SIZE_ERROR: GOAWAY, then close"), "{detail}");
    tab.was_quiet();
}

#[test]
fn keys_and_clicks_choose_frames() {
    let Some(mut tab) = opened() else { return };
    tab.click("example");
    tab.is_ready();
    tab.run("document.getElementById('list').focus()");
    let chosen = |tab: &mut crate::Tab| {
        let list =
            "document.getElementById(document.getElementById('list').getAttribute('aria-activedescendant'))";
        let row = tab.run(&format!("{list}.ariaSelected + ' ' + {list}.ariaPosInSet"));
        let head = tab.run("document.querySelector('#detail h2').textContent");
        format!("{} {}", row.as_str().unwrap(), head.as_str().unwrap())
    };
    assert_eq!(chosen(&mut tab), "true 4 HEADERS");
    for (key, expected) in [
        ("ArrowUp", "true 3 HEADERS"),
        ("Home", "true 1 preface"),
        ("ArrowUp", "true 1 preface"),
        ("ArrowDown", "true 2 SETTINGS"),
        ("e", "true 4 HEADERS"),
        ("e", "true 6 WINDOW_UPDATE"),
        ("E", "true 4 HEADERS"),
        ("End", "true 7 PING"),
        ("ArrowDown", "true 7 PING"),
        ("PageUp", "true 1 preface"),
    ] {
        tab.press(key, 0);
        assert_eq!(chosen(&mut tab), expected, "{key}");
    }
    tab.press("Enter", 0);
    assert_eq!(tab.run("document.activeElement.id"), "detail");
    tab.run("document.querySelectorAll('#space div')[4].click()");
    assert_eq!(chosen(&mut tab), "true 5 DATA");
    tab.was_quiet();
}

#[test]
fn a_dropped_capture_has_both_sides() {
    let Some(mut tab) = opened() else { return };
    let path = capture("curl-nginx.pcap");
    tab.drop_file(&path);
    let plain = tab.text("said");
    assert!(plain.starts_with("curl-nginx.pcap: capture: "), "{plain}");
    let rows = tab.rows();
    assert!(rows[0].starts_with("1 → connection preface"), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("← connection SETTINGS")), "{rows:?}");
    assert!(tab.text("detail").contains("connection 0 127.0.0.1:"), "{}", tab.text("detail"));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&fs::read(path).unwrap()).unwrap();
    tab.drop_octets("packed\u{202e}gz", &packed.finish().unwrap());
    let said = tab.text("said");
    assert_eq!(said.split_once(": ").unwrap().1, plain.split_once(": ").unwrap().1);
    assert!(said.starts_with("packed\\u{202e}gz: "), "{said}");
    // What is inside TLS is not read, and that is said, with what reads it.
    tab.drop_file(&capture("tls-curl-nginx.pcapng"));
    let said = tab.text("trouble");
    assert!(said.contains("cannot decrypt cipher suite") && said.contains("h2wire decode"), "{said}");
    tab.was_quiet();
}

#[test]
fn a_message_of_a_client_is_explained() {
    let Some(mut tab) = opened() else { return };
    tab.paste(r#"http2 error: GoAway(b"", FRAME_SIZE_ERROR, Library)"#);
    let detail = tab.text("detail");
    for part in ["FRAME_SIZE_ERROR error code 0x06", "What to check", "Library"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    assert_eq!(tab.text("said"), "message");
    tab.paste("FRAME_SIZE_EROR");
    assert!(tab.text("trouble").contains("FRAME_SIZE_ERROR"), "{}", tab.text("trouble"));
    tab.was_quiet();
}

#[test]
fn what_is_nothing_says_so_and_what_comes_next_is_read() {
    let Some(mut tab) = opened() else { return };
    tab.run("document.getElementById('read').click()");
    tab.is_ready();
    assert!(tab.text("trouble").contains("empty"), "{}", tab.text("trouble"));
    tab.drop_octets("nothing", b"");
    assert!(tab.text("trouble").contains("empty"));
    // Noise, also where it starts like something.
    let mut state = 1_u64;
    let mut noise = |len| -> Vec<u8> {
        std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .take(len)
        .collect()
    };
    for start in [
        b"".as_slice(),
        b"\x1f\x8b\x08",
        b"\x0a\x0d\x0d\x0a",
        b"\xd4\xc3\xb2\xa1",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        for len in [3, 100, 5000] {
            tab.drop_octets("noise", &[start, &noise(len)].concat());
            let said = [tab.text("trouble"), tab.text("said")].concat();
            assert!(!said.contains("error of h2wire") && !said.is_empty(), "{said}");
        }
    }
    tab.paste("00 00 00 04 00 00 00 00 00");
    assert_eq!(tab.text("trouble"), "");
    assert_eq!(tab.rows(), ["1 connection SETTINGS 0 bytes"]);
    tab.was_quiet();
}

#[test]
fn who_receives_can_be_chosen_and_hints_are_buttons() {
    let Some(mut tab) = opened() else { return };
    tab.paste("000008060000000000 3132333435363738");
    assert!(tab.text("detail").contains("first_frame"));
    tab.run("document.body.dataset.ready = ''; document.querySelector('.breach button').click()");
    tab.is_ready();
    assert_eq!(tab.run("document.getElementById('as').value"), "alone");
    assert_eq!(tab.rows(), ["1 connection PING 8 bytes"]);
    tab.was_quiet();
}

/// What is shown is bounded, and what is left out is counted.
#[test]
fn ten_megabytes_do_not_stop_the_page() {
    let Some(mut tab) = opened() else { return };
    let mut octets = frame(4, 0, 0, b"");
    while octets.len() < 10 << 20 {
        octets.extend(frame(0, 0, 1, &[b'x'; 100]));
        octets.extend(frame(1, 4, 3, b"\x88\x5c\x01\x35"));
    }
    let started = Instant::now();
    tab.drop_octets("many", &octets);
    let took = started.elapsed();
    h2wire_browser::say(&format!("10 MiB in small frames: {} ms", took.as_millis()));
    assert!(took < Duration::from_secs(60), "{took:?}");
    assert!(tab.text("notes").contains("left out"), "{}", tab.text("notes"));
    assert!(tab.rows().len() < 100);
    tab.run("document.getElementById('list').focus()");
    tab.press("End", 0);
    assert!(tab.rows().last().unwrap().contains("stream"), "{:?}", tab.rows());
    // Few and large.
    let large = [frame(4, 0, 0, b""), frame(0, 0, 1, &vec![0; 16_000]).repeat(320)].concat();
    tab.drop_octets("large", &large);
    assert_eq!(tab.text("found").split(" · ").next(), Some("321 frames"));
    tab.was_quiet();
}

#[test]
fn a_link_carries_small_inputs() {
    let Some(mut tab) = opened() else { return };
    tab.click("example");
    tab.is_ready();
    tab.click("link");
    tab.wait("location.hash.length > 100");
    let found = tab.text("found");
    let url = tab.run("location.href").as_str().unwrap().to_owned();
    tab.go("about:blank", "true");
    tab.visit(&url);
    tab.is_ready();
    assert_eq!(tab.text("found"), found);
    assert!(
        tab.run("document.getElementById('text').value").as_str().unwrap().starts_with("# What a client")
    );
    // Bytes too, and how they were read.
    tab.click("clear");
    assert_eq!(tab.run("location.hash"), "");
    tab.run("document.getElementById('as').value = 'alone'");
    tab.drop_octets("ping", &frame(6, 0, 0, &[0xff; 8]));
    tab.click("link");
    tab.wait("location.hash.startsWith('#as=alone&in=AAAI')");
    let url = tab.run("location.href").as_str().unwrap().to_owned();
    tab.go("about:blank", "true");
    tab.visit(&url);
    tab.is_ready();
    assert_eq!(tab.rows(), ["1 connection PING 8 bytes"]);
    // Large ones have no link.
    tab.drop_octets("large", &frame(6, 0, 0, &[0xff; 8]).repeat(1000));
    assert_eq!(tab.run("document.getElementById('link').disabled"), true);
    // A broken one says so.
    let (page, _) = url.split_once('#').unwrap();
    tab.go("about:blank", "true");
    tab.visit(&format!("{page}#in=%%%"));
    assert!(tab.text("trouble").contains("link is broken"));
    tab.was_quiet();
}
