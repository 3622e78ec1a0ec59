use h2wire_hpack::{DecoderLimits, Encoder};

use super::*;

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT.with_max_list_size(1 << 20);

fn labels(decoder: &Decoder<Vec<u8>>, block: &[u8]) -> Vec<String> {
    let pieces = pieces(decoder.clone(), true, block);
    let octets: usize = pieces.iter().map(|piece| piece.len).sum();
    assert_eq!(octets, block.len(), "{block:x?}: {pieces:?}");
    pieces.into_iter().map(|piece| piece.label).collect()
}

#[test]
fn every_representation_is_named_by_its_bits() {
    let decoder = Decoder::new(&LIMITS);
    for (block, expected) in [
        (b"\x82".as_slice(), "1|0000010 indexed 2 = :method: GET (static)"),
        (b"\x41\x01a", "01|000001 literal, becomes an entry: name 1 = :authority (static)"),
        (b"\x01\x01a", "0000|0001 literal, not indexed: name 1 = :authority (static)"),
        (b"\x10\x01a\0", "0001|0000 literal, never indexed: name 0, a string"),
        (
            b"\x3f\xe1\x0f",
            "001|11111 1|1100001 0|0001111 size update: the table may have 2048 bytes, 4096 before",
        ),
        (b"\x20", "001|00000 size update: the table may have 0 bytes, 4096 before"),
    ] {
        assert_eq!(labels(&decoder, block)[0], expected);
    }
    assert_eq!(
        labels(&decoder, b"\0\x01a\x82\x94\xe7")[1..],
        ["0|0000001 name: 1 byte, plain", "name a", "1|0000010 value: 2 bytes, Huffman", "value foo"]
    );
}

#[test]
fn what_a_representation_does_to_the_table_is_said() {
    let mut decoder = Decoder::new(&LIMITS);
    // A table of 70 bytes, which holds two entries of 34.
    decoder.decode_block(b"\x3f\x27\x40\x01a\x011\x40\x01b\x012", |_| {}).unwrap();
    assert_eq!(labels(&decoder, b"\xbe\xbf")[1], "1|0111111 indexed 63 = a: 1 (dynamic)");
    // The name of an entry that has to go.
    let shown = labels(&decoder, b"\x7f\x00\x013");
    assert_eq!(shown[0], "01|111111 0|0000000 literal, becomes an entry: name 63 = a (dynamic)");
    assert_eq!(shown[3..], ["-> evicted: a: 1", "-> entry 62: a: 3", "-> table: 2 entries, 68 of 70 bytes"]);
    // Larger than the table, which is empty after it.
    let block = [b"\x40\x01c\x28".as_slice(), &[b'x'; 40]].concat();
    let shown = labels(&decoder, &block);
    assert_eq!(
        shown[5..],
        [
            "-> evicted: a: 1",
            "-> evicted: b: 2",
            "-> no entry: it is larger than the table",
            "-> table: 0 entries, 0 of 70 bytes"
        ]
    );
    assert_eq!(
        labels(&decoder, b"\x3f\x04\x82")[1..3],
        ["-> evicted: a: 1", "-> table: 1 entry, 34 of 35 bytes"]
    );
}

#[test]
fn errors_are_named_where_they_are() {
    let decoder = Decoder::new(&LIMITS);
    let shown = labels(&decoder, b"\x82\xff\x00\x84");
    assert_eq!(shown[1], "1|1111111 0|0000000 indexed 127 = no entry");
    assert!(shown[2].starts_with("error index_out_of_range: "), "{shown:?}");
    assert_eq!((shown[3].as_str(), shown.len()), ("not read", 4));
    assert!(labels(&decoder, b"\x82\x40\x05ab")[1].starts_with("error truncated"), "{shown:?}");
    assert!(labels(&decoder, b"\x00\x81\x00\x00")[2].ends_with("not a Huffman code"));
}

#[test]
fn entries_that_were_not_seen_are_not_known() {
    let mut decoder = Decoder::joined(&LIMITS);
    decoder.decode_block(b"\xbe", |_| {}).unwrap();
    assert_eq!(labels(&decoder, b"\xbf")[0], "1|0111111 indexed 63 = <unknown>: <unknown> (dynamic)");
    assert_eq!(
        labels(&decoder, b"\x7f\x01\x01v")[0],
        "01|111111 0|0000001 literal, becomes an entry: name 64 = <unknown> (dynamic)"
    );
    let shown = pieces(decoder, false, b"\x7f\x01\x01v\xbe");
    assert_eq!(
        shown[3..].iter().map(|piece| piece.label.as_str()).collect::<Vec<_>>(),
        [
            "-> entry 62: <unknown>: v",
            "-> table: 1 entry known, others are from before",
            "1|0111110 indexed 62 = <unknown>: v (dynamic)"
        ]
    );
}

/// Whatever the bytes are, each belongs to one piece, and nothing is an error that the decoder takes.
#[test]
fn cut_and_changed_blocks_are_shown_as_a_whole() {
    let mut block = Vec::new();
    let fields = [("x-name", "value"), (":path", "/a?b"), ("cookie", "a=1; b=2")];
    Encoder::new(4096).encode_block(
        fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes(), h2wire_hpack::Indexing::Auto)),
        &mut block,
    );
    let mut is_error = 0;
    for at in 0..block.len() {
        for octet in 0..=u8::MAX {
            let mut changed = block.clone();
            changed[at] = octet;
            for octets in [&changed[..], &changed[..at]] {
                let decoder = Decoder::new(&LIMITS);
                let shown = labels(&decoder, octets);
                let taken = decoder.clone().decode_block(octets, |_| {});
                let has_error = shown.iter().any(|label| label.starts_with("error "));
                assert_eq!(has_error, taken.is_err(), "{octets:x?}: {shown:?}");
                is_error += usize::from(has_error);
            }
        }
    }
    assert!(is_error > 100);
}
