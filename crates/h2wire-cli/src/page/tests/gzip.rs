//! What the page is given for what is gzip'd.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{capture, of, with};

#[test]
fn captures_are_unpacked() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&capture()).unwrap();
    assert!(of(packed.finish().unwrap()) == of(capture()), "the same lines");
}

/// A bomb ends.
#[test]
fn no_more_is_unpacked_than_is_read() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let part = [&[0, 0x10, 0, 0, 0, 0, 0, 0, 1], [0; 4096].as_slice()].concat().repeat(256);
    packed.write_all(b"\0\0\0\x04\0\0\0\0\0").unwrap();
    for _ in 0..140 {
        packed.write_all(&part).unwrap();
    }
    let lines = of(packed.finish().unwrap());
    assert_eq!(with(&lines, "trouble"), ["no more than 128 MiB are read here"]);
    let frames = with(&lines, "frame").len();
    let left_out = with(&lines, "end")[0]["frame"].as_u64().unwrap();
    assert!(frames > 1000 && left_out > 1000, "{frames} {left_out}");
}
