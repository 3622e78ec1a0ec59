//! What the page is given for each kind of input.

#[cfg(feature = "gzip")]
mod gzip; // what is gzip'd

use super::*;

/// SETTINGS, and a request whose `te` is not allowed.
const REQUEST: &str = "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a 000000 04 00 00000000
    00000d 01 05 00000001 82 86 84 41 01 61 40 02 74 65 02 67 7a # te: gz\n";

fn lines(input: &[u8], read_as: ReadAs) -> Vec<Value> {
    let shown = shown(input.to_vec(), read_as);
    shown.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()).map(parsed).collect()
}

fn parsed(line: &[u8]) -> Value {
    serde_json::from_slice(line).expect("a line is an object")
}

fn of(input: impl AsRef<[u8]>) -> Vec<Value> {
    lines(input.as_ref(), ReadAs::Detected)
}

fn with<'a>(lines: &'a [Value], key: &str) -> Vec<&'a Value> {
    lines.iter().filter_map(|line| line.get(key)).collect()
}

#[test]
fn hexadecimal_text_becomes_frames_and_errors() {
    let lines = of(REQUEST);
    assert_eq!(with(&lines, "kind"), ["hexadecimal text"]);
    assert_eq!(with(&lines, "frame"), ["preface", "SETTINGS", "HEADERS"]);
    let error = lines.iter().find(|line| line.get("error").is_some()).unwrap();
    let rows = error["rows"].as_array().unwrap();
    assert_eq!(rows[0], json!(["rule", "te in RFC 9113 §8.2.2"]));
    assert!(rows.iter().any(|row| row[0] == "remedy"), "{rows:?}");
    let reaction = rows.iter().find(|row| row[0] == "reaction").unwrap();
    assert!(reaction[1].as_str().unwrap().starts_with("stream error PROTOCOL_ERROR"), "{reaction}");
    // Byte by byte.
    let blocks: Vec<&Value> = with(&lines, "on").iter().filter_map(|on| on.get("block")).collect();
    assert!(blocks[0]["pieces"].as_array().unwrap().len() > 4, "{blocks:?}");
    assert_eq!(with(&lines, "end").len(), 1);
}

/// What the command would need an option for.
#[test]
fn every_form_of_text_is_found_by_itself() {
    let octets: Vec<u8> = Read::bytes(HexText::new(REQUEST.as_bytes())).map(|octet| octet.unwrap()).collect();
    let expected = of(&octets);
    assert_eq!(with(&expected, "kind"), ["bytes"]);
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let text = |octet: &u8| if matches!(octet, b' '..=b'~') { char::from(*octet) } else { '.' };
    let dump = |(at, part): (usize, &[u8])| {
        let digits = &digits[at * 16..][..part.len()];
        format!("{:08x}: {:47}  {}\n", at * 16, digits.join(" "), part.iter().map(text).collect::<String>())
    };
    let xxd: String = octets.chunks(16).enumerate().map(dump).collect();
    let escaped = format!("\\x{}", digits.join("\\x"));
    for text in [digits.concat(), xxd, escaped.clone(), format!("b\"{escaped}\"")] {
        let lines = of(&text);
        assert_eq!(with(&lines, "kind"), ["hexadecimal text"], "{text}");
        assert_eq!(lines[1..], expected[1..], "{text}");
    }
}

fn capture() -> Vec<u8> {
    std::fs::read(h2wire_testdata::folder().join("captures/curl-nginx.pcap")).unwrap()
}

#[test]
fn captures_are_read() {
    let plain = of(capture());
    assert_eq!(with(&plain, "kind"), ["capture"]);
    assert!(with(&plain, "ends").len() > 1 && with(&plain, "frame").len() > 20);
    assert!(plain.iter().any(|line| line["from"] == "server" && line["connection"] == 0));
}

/// The page has its browser unpack what is gzip'd.
#[cfg(not(feature = "gzip"))]
#[test]
fn what_is_gzipped_is_named() {
    assert_eq!(with(&of(b"\x1f\x8b\x08\0"), "trouble"), ["the input is gzip'd: unpack it first"]);
}

/// Nothing of it goes to standard error.
#[test]
fn notes_are_lines() {
    let path = h2wire_testdata::folder().join("captures/tls-curl-nginx.pcapng");
    let capture = std::fs::read(path).unwrap();
    // Cut off in the middle of the first packet after the header.
    let lines = of(&capture[..capture.len() - 5]);
    let said = [with(&lines, "note"), with(&lines, "trouble")].concat();
    assert!(!said.is_empty(), "{lines:?}");
}

#[test]
fn messages_are_explained() {
    let lines = of(r#"http2 error: GoAway(b"", FRAME_SIZE_ERROR, Library)"#);
    assert_eq!(with(&lines, "kind"), ["message"]);
    let explained = with(&lines, "explained")[0].as_array().unwrap();
    assert_eq!(explained[0][0], json!(["title", "FRAME_SIZE_ERROR"]));
    let labels: Vec<&Value> = explained[0]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part[0] == "label")
        .map(|part| &part[1])
        .collect();
    assert_eq!(labels[..2], ["Usual causes", "What to check"]);
    assert_eq!(explained.len(), 2, "the code, and what `Library` says");
    assert_eq!(
        with(&of("FRAME_SIZE_EROR"), "trouble")[0].as_str().unwrap().matches("FRAME_SIZE_ERROR").count(),
        1
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let trouble = |input: &[u8]| {
        let lines = of(input);
        with(&lines, "trouble").first().unwrap_or_else(|| panic!("{lines:?}")).as_str().unwrap().to_owned()
    };
    assert!(trouble(b"").contains("empty"));
    assert!(trouble(b"\x28\xb5\x2f\xfd1234").contains("zstd"));
    assert!(trouble(b"\xa1\xb2\xc3\xd4").contains("cut off"));
    assert!(trouble(b"000004 00 0z").contains("line 1"));
    assert!(trouble(b"\t0x0000:  4500 0073 1c46 4000 4006 0000 7f00 0001\n").contains("tcpdump -w"));
    assert!(trouble("some other text ".repeat(9).as_bytes()).contains("not hexadecimal"));
    // Another protocol is read, and named.
    let lines = of("HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(lines[1]["rows"][0][1], "http1_response in RFC 9113 §3.4");
}

/// Nobody is blamed for the headers of a packet, which Wireshark copies too.
#[test]
fn a_packet_is_named() {
    let packet = "0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00   ..............E.\n\
                  0010  00 3c 92 e2 40 00 40 06 a9 d7 7f 00 00 01 7f 00   .<..@.@.........\n";
    let lines = of(packet);
    assert!(with(&lines, "trouble")[0].as_str().unwrap().starts_with("this is a packet"), "{lines:?}");
    assert!(with(&lines, "error").is_empty());
    // A value of SETTINGS may look like that.
    let settings = of("000006 04 00 00000000 0004 00080040");
    assert_eq!(with(&settings, "frame"), ["SETTINGS"]);
    assert!(with(&settings, "trouble").is_empty());
}

#[test]
fn who_receives_can_be_chosen() {
    let ping = "000008 06 00 00000000 3132333435363738";
    let first = |read_as| lines(ping.as_bytes(), read_as)[1].clone();
    assert_eq!(first(ReadAs::Alone)["frame"], "PING");
    assert!(first(ReadAs::Detected)["rows"][0][1].as_str().unwrap().starts_with("first_frame"));
    assert!(first(ReadAs::Server)["rows"][0][1].as_str().unwrap().starts_with("preface"));
    let settings = "000006 04 00 00000000 0002 00000001";
    assert!(lines(settings.as_bytes(), ReadAs::Client)[1]["error"].is_string(), "a server enables push");
}
