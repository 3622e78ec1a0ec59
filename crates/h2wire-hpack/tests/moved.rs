//! The table moves in its memory while it is read from: names that literals take from it stay what they are.

mod common;

use common::{decode, decoder, string, whole};
use h2wire_hpack::{Decoder, DecoderLimits, HpackError};

/// As little memory as there can be, so that the table moves every few entries.
const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(256)
    .with_max_list_size(100)
    .with_max_fields(10)
    .with_max_string_len(1_000);

/// A literal whose name is the one of the newest entry: to be indexed, or not.
fn literal(incremental: bool, value: &[u8]) -> Vec<u8> {
    let index: &[u8] = if incremental { &[0x7e] } else { &[0x0f, 47] };
    [index, &string(value, false)].concat()
}

/// All entries, the newest first.
fn entries(decoder: &mut Decoder<Vec<u8>>) -> Vec<(String, String)> {
    let indices = (62..62 + u8::try_from(decoder.table_entries()).unwrap()).map(|index| 0x80 | index);
    let mut entries = Vec::new();
    for index in indices {
        entries.extend(whole(decoder, &[index]).0.iter().map(common::Owned::line));
    }
    entries
}

#[test]
fn names_of_entries_move_along() {
    let name = "a-name-that-moves";
    let (mut by_block, mut by_octet) = (decoder(LIMITS), decoder(LIMITS));
    let first = [&[0x40], string(name.as_bytes(), false).as_slice(), &string(b"first", false)].concat();
    whole(&mut by_block, &first).1.unwrap();
    decode(&mut by_octet, first.chunks(1)).1.unwrap();
    let mut expected = vec![(name.to_owned(), "first".to_owned())];
    for number in 0..2_000_usize {
        let value = "v".repeat(number * 7 % 45);
        let incremental = number % 3 != 0;
        let block = literal(incremental, value.as_bytes());
        let line = (name.to_owned(), value);
        for (fields, end) in [whole(&mut by_block, &block), decode(&mut by_octet, block.chunks(1))] {
            end.unwrap();
            assert_eq!(
                fields.iter().map(common::Owned::line).collect::<Vec<_>>(),
                std::slice::from_ref(&line),
                "{number}"
            );
        }
        if incremental {
            expected.insert(0, line);
        }
        let mut size = 0;
        expected.retain(|(name, value)| {
            size += name.len() + value.len() + 32;
            size <= 256
        });
        assert_eq!(entries(&mut by_block), expected, "{number}");
        assert_eq!(entries(&mut by_octet), expected, "{number}");
    }
}

/// §4.4: an entry that is larger than the table empties it, also when its octets were too many to be kept.
#[test]
fn what_does_not_fit_empties_the_table() {
    for len in [257, 900] {
        let mut decoder = decoder(LIMITS);
        whole(&mut decoder, &[&[0x40], string(b"a", false).as_slice(), &string(b"b", false)].concat())
            .1
            .unwrap();
        assert_eq!((decoder.table_entries(), decoder.table_size()), (1, 34));
        let large = [&[0x40], string(b"x", false).as_slice(), &string(&vec![b'y'; len], false)].concat();
        assert!(whole(&mut decoder, &large).1.unwrap().exceeded.is_some());
        assert_eq!((decoder.table_entries(), decoder.table_size()), (0, 0), "{len}");
        assert_eq!(whole(&mut decoder, &[0xbe]).1, Err(HpackError::IndexOutOfRange));
    }
}

#[test]
fn a_name_is_not_overwritten_by_the_value_behind_it() {
    let limits = LIMITS.with_max_list_size(256);
    for (first, len) in (0..120).flat_map(|first| (40..120).map(move |len| (first, len))) {
        let mut decoder = decoder(limits);
        for (octet, len) in [(b'a', first), (b'b', 60)] {
            let (name, value) = (string(&[octet; 100], false), string(&vec![b'v'; len], false));
            whole(&mut decoder, &[&[0x40], &name[..], &value].concat()).1.unwrap();
        }
        for index in [&[0x0f, 47][..], &[0x7e]] {
            let (fields, end) = whole(&mut decoder, &[index, &string(&vec![b'c'; len], true)].concat());
            end.unwrap();
            assert_eq!(fields[0].line(), ("b".repeat(100), "c".repeat(len)), "{first} {len} {index:?}");
        }
    }
}

#[test]
fn a_name_is_taken_from_an_entry_that_has_it_from_the_static_table() {
    let value = |value: &str| string(value.as_bytes(), false);
    let block = [&[0x41], &value("a.example")[..], &[0x7e], &value("b.example"), &[0xbe]].concat();
    let expected = ["a.example", "b.example", "b.example"].map(|value| (":authority", value));
    for pieces in [vec![&block[..]], block.chunks(1).collect()] {
        let (fields, end) = decode(&mut decoder(DecoderLimits::DEFAULT), pieces);
        end.unwrap();
        let lines: Vec<_> = fields.iter().map(common::Owned::line).collect();
        assert!(lines.iter().map(|(name, value)| (&**name, &**value)).eq(expected), "{lines:?}");
    }
}
