//! `Debug` is short, readable, and shows no secrets.

mod common;

use common::decoder;
use h2wire_hpack::{Decoded, DecoderLimits, Encoder, Indexing};

const FIELDS: [(&str, &str, Indexing); 4] = [
    (":method", "GET", Indexing::Auto),
    ("x-text", "a \"b\"\n\u{e4}", Indexing::Auto),
    ("authorization", "Bearer of new", Indexing::Auto),
    ("x-empty", "", Indexing::Never),
];

#[test]
fn a_field_is_a_line_of_text() {
    let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let mut decoder = decoder(DecoderLimits::DEFAULT);
    let mut buf = [0; 256];
    let mut block = encoder.block(&mut buf).unwrap();
    for (name, value, indexing) in FIELDS {
        block.encode(name.as_bytes(), value.as_bytes(), indexing).unwrap();
    }
    let len = block.finish();
    let mut fragment = decoder.feed(&buf[..len], true);
    let mut lines = Vec::new();
    while let Decoded::Field(field) = fragment.next().unwrap() {
        lines.push(format!("{field:?}"));
    }
    let expected = [
        ":method: GET",
        r#"x-text: a \"b\"\n\xc3\xa4"#,
        "authorization: <never indexed, 13 bytes>",
        "x-empty: <never indexed, 0 bytes>",
    ];
    assert_eq!(lines, expected);
    assert_eq!(format!("{:?}", decoder.dynamic_table()), format!("[{}]", expected[1]));
}

#[test]
fn coders_show_sizes_in_place_of_their_memory() {
    let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let mut decoder = decoder(DecoderLimits::DEFAULT);
    let mut buf = [0; 256];
    let mut block = encoder.block(&mut buf).unwrap();
    block.encode(b"x-name", b"the-value", Indexing::Incremental).unwrap();
    let writer = format!("{block:?}");
    let len = block.finish();
    let mut fragment = decoder.feed(&buf[..len], true);
    let fragment_before = format!("{fragment:?}");
    while let Decoded::Field(_) = fragment.next().unwrap() {}
    let (encoder, decoder) = (format!("{encoder:?}"), format!("{decoder:?}"));
    for text in [&writer, &fragment_before, &encoder, &decoder] {
        assert!(text.len() < 400 && !text.contains("165, 165") && !text.contains("0, 0"), "{text}");
    }
    for text in [encoder, decoder] {
        assert!(text.contains("table_size: 47, table_capacity: 4096, table_entries: 1"), "{text}");
    }
}
