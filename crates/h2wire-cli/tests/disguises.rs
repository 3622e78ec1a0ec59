//! Files that are something else are named, with status 2 and one line, and no rule of HTTP/2 is said to be broken.
#![cfg(feature = "command")]

mod support;

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use support::{Run, decode};

fn file(folder: &Path, name: &str, octets: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, octets).unwrap();
    path.to_str().unwrap().to_owned()
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn capture() -> Vec<u8> {
    std::fs::read(h2wire_testdata::folder().join("captures/curl-nginx.pcap")).unwrap()
}

#[track_caller]
fn is_named(run: &Run, what: &str) {
    assert_eq!(
        (run.status, run.stdout.as_str(), run.stderr.lines().count()),
        (2, "", 1),
        "{what}: {}",
        run.stderr
    );
    assert!(run.stderr.contains(what), "{what}: {}", run.stderr);
}

#[test]
fn other_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let tar = [b"name.bin".to_vec(), vec![0; 249], b"ustar\x0000".to_vec(), vec![0; 300]].concat();
    let files: [(&[u8], &str); 17] = [
        (b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello", "compressed with zstd: run zstd -dc"),
        (b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46", "compressed with xz: run xz -dc"),
        (b"BZh91AY&SY\x0b\xd3\xfd\x5a", "compressed with bzip2"),
        (b"\x04\x22\x4d\x18\x64\x40\xa7", "compressed with lz4"),
        (b"PK\x03\x04\x14\0\0\0\x08\0", "a zip archive: unpack it first"),
        (&tar, "a tar archive: unpack it first"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "a program"),
        (b"snoop\0\0\0\0\0\0\x02\0\0\0\x04", "a capture of snoop"),
        (b"<!DOCTYPE html>\n<html><head>", "an HTML page"),
        (b"<HTML><HEAD><TITLE>x</TITLE>", "an HTML page"),
        (b"{\"offset\":0,\"length\":0,\"type\":4}\n", "JSON: h2wire encode"),
        (b"\xff\xfe0\x000\0 \x000\x000\0", "text in UTF-16"),
        (
            b"Frame 1: 74 bytes on wire\nEthernet II\n",
            "text, not bytes of HTTP/2; it starts with \"Frame 1: 74",
        ),
        ("Überschrift\r\n\r\nmehr Text".as_bytes(), "it starts with \"Überschrift\""),
        ("a\u{202e}b is some text".as_bytes(), "it starts with \"a\\u{202e}b is"),
        (b"220 localhost ESMTP\r\n", "text, not bytes of HTTP/2"),
    ];
    for (number, (octets, what)) in files.into_iter().enumerate() {
        is_named(&decode(&[&file(folder.path(), &number.to_string(), octets)], b""), what);
        // Of what may go on, a few bytes are waited for.
        if octets != tar {
            let (what, _) = what.split_once("; it").unwrap_or((what, ""));
            is_named(&decode(&[], octets), what.split(" \"").next().unwrap());
            is_named(&decode(&[], &gzip(octets)), "standard input is");
        }
    }
}

/// What is there of a packed capture is read.
#[test]
fn a_packed_capture_may_be_cut_off() {
    let packed = gzip(&capture());
    let cut = &packed[..packed.len() * 3 / 4];
    let run = decode(&["--summary"], cut);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stdout.contains("GET http://127.0.0.1:28099/style.css"), "{}", run.stdout);
    assert!(run.stderr.contains("cannot be read after offset"), "{}", run.stderr);
}

/// What may have been sent in place of HTTP/2 is judged, and so is what is asked for.
#[test]
fn what_a_peer_has_sent_is_judged() {
    for (octets, rule) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), "http1_response"),
        (b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", "http1_request"),
        (b"PRI * HTTP/2.0\n\nSM\n\nmore of it", "preface"),
        (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "tls_record"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", "first_frame"),
    ] {
        let run = decode(&[], octets);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stdout.contains(rule), "{rule}: {}", run.stdout);
    }
    // All that has come is shown, not only what the kind of the input was found out by.
    let run = decode(&[], b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert!(run.stdout.contains("seen      HTTP/1.1 400 Bad Request\n"), "{}", run.stdout);
    let run = decode(&["--role=client"], b"<!DOCTYPE html>\n");
    assert!(run.status == 1 && run.stdout.contains("http1_response"), "{}", run.stdout);
    let run = decode(&["--stateless"], b"220 localhost ESMTP\r\n");
    assert!(run.status == 1 && run.stdout.contains("frame_length_limit"), "{}", run.stdout);
}

#[test]
fn a_capture_that_is_packed_twice_is_read() {
    let (capture, mut packed) = (capture(), capture());
    let plain = decode(&[], &capture);
    for times in 1..=5 {
        packed = gzip(&packed);
        let run = decode(&[], &packed);
        if times < 5 {
            assert_eq!((run.status, &run.stdout), (plain.status, &plain.stdout), "{times}: {}", run.stderr);
        } else {
            is_named(&run, "gzip'd more than 4 times");
        }
    }
    let twice = gzip(&gzip(b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello"));
    is_named(&decode(&[], &twice), "compressed with zstd");
}

/// The packets of an ordinary file, with the longer headers.
#[test]
fn modified_pcap_is_read() {
    let capture = capture();
    let mut modified = [&0xa1b2_cd34_u32.to_le_bytes()[..], &capture[4..24]].concat();
    assert!(capture.starts_with(&0xa1b2_c3d4_u32.to_le_bytes()));
    let mut at = 24;
    while at < capture.len() {
        let len = usize::try_from(u32::from_le_bytes(capture[at + 8..at + 12].try_into().unwrap())).unwrap();
        modified.extend_from_slice(&capture[at..at + 16]);
        modified.extend_from_slice(&[3, 0, 0, 0, 0x08, 0, 4, 0]);
        modified.extend_from_slice(&capture[at + 16..at + 16 + len]);
        at += 16 + len;
    }
    let plain = decode(&[], &capture);
    for octets in [&modified, &gzip(&modified)] {
        let run = decode(&[], octets);
        assert_eq!((run.status, &run.stdout), (plain.status, &plain.stdout), "{}", run.stderr);
    }
    let cut = |octets: &[u8]| decode(&[], &octets[..octets.len() - 1]);
    assert_eq!((cut(&modified).status, cut(&modified).stdout), (cut(&capture).status, cut(&capture).stdout));
}

/// By number, as in other places, and by name.
#[test]
fn types_of_frames_have_numbers_and_names() {
    let frame = |frame_type: u8| [b"\0\0\0".as_slice(), &[frame_type], b"\0\0\0\0\x01"].concat();
    let octets = [frame(0x0d), frame(0xfa), frame(0)].concat();
    let shown = |wanted: &str| {
        let run = decode(&["--stateless", "--json", "--type", wanted], &octets);
        assert_eq!(run.status, 0, "{wanted}: {}", run.stderr);
        run.objects().iter().map(|object| object["type"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    for (wanted, expected) in [
        ("0xd", vec![0x0d]),
        ("0x0D", vec![0x0d]),
        ("13", vec![0x0d]),
        ("0XFA", vec![0xfa]),
        ("0xd,250", vec![0x0d, 0xfa]),
        ("data,0xd", vec![0x0d, 0]),
        ("0", vec![0]),
        ("0x0", vec![0]),
        ("DATA", vec![0]),
        ("0x6", vec![]),
    ] {
        assert_eq!(shown(wanted), expected, "{wanted}");
    }
    for wrong in ["0x", "0x100", "256", "-1", "0xg", "d", "DATUM", ""] {
        let run = decode(&["--stateless", &format!("--type={wrong}")], &octets);
        assert_eq!(run.status, 2, "{wrong}: {}", run.stdout);
    }
}
