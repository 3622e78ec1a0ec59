//! Soft limits: the block is decoded to its end, its fields are discarded, the caller is informed, and the table is
//! in step: the next block refers to what the refused one inserted.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

mod common;

use common::{decode, decoder, string, whole};
use h2wire_hpack::{BlockEnd, DecoderLimits, Encoder, Exceeded, HpackError, Indexing};

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(4096)
    .with_max_list_size(200)
    .with_max_fields(5)
    .with_max_string_len(100_000);

fn encode(encoder: &mut Encoder<Vec<u8>>, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut buf = vec![0; 200_000];
    let mut block = encoder.block(&mut buf).unwrap();
    for (name, value) in fields {
        block.encode(name.as_bytes(), value.as_bytes(), Indexing::Incremental).unwrap();
    }
    let written = block.finish();
    buf[..written].to_vec()
}

fn encoder() -> Encoder<Vec<u8>> {
    Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap()
}

fn block_end(list_size: u32, fields: u32, exceeded: Option<Exceeded>) -> BlockEnd {
    let mut end = BlockEnd::default();
    (end.list_size, end.fields, end.exceeded) = (list_size, fields, exceeded);
    end
}

#[track_caller]
fn refused_and_in_step(refused: &[(&str, &str)], exceeded: Exceeded, shown: usize) {
    let (mut encoder, mut decoder, mut by_octets) = (encoder(), decoder(LIMITS), decoder(LIMITS));
    let wire = encode(&mut encoder, refused);
    let (fields, end) = whole(&mut decoder, &wire);
    let list_size = refused.iter().map(|(name, value)| (name.len() + value.len() + 32) as u32).sum();
    let expected = block_end(list_size, refused.len() as u32, Some(exceeded));
    assert_eq!((fields.len(), end), (shown, Ok(expected)));
    assert_eq!(decode(&mut by_octets, wire.chunks(1)).1, Ok(expected));

    // The last one that fits in the table is referred to.
    let again: Vec<_> = refused
        .iter()
        .rev()
        .find(|(name, value)| name.len() + value.len() < 1000)
        .copied()
        .into_iter()
        .collect();
    let wire = encode(&mut encoder, &again);
    assert_eq!(wire.len(), again.len(), "an index");
    for decoder in [&mut decoder, &mut by_octets] {
        assert_eq!(decoder.table_size(), encoder.table_size());
        let (fields, end) = whole(decoder, &wire);
        let size: u32 = again.iter().map(|(name, value)| (name.len() + value.len() + 32) as u32).sum();
        assert_eq!(end.unwrap().list_size, size, "found, even if it is too large to be shown");
        if size <= LIMITS.max_list_size {
            let lines: Vec<_> = fields.iter().map(common::Owned::line).collect();
            assert!(lines.iter().map(|(name, value)| (&**name, &**value)).eq(again.iter().copied()));
        }
    }
}

#[test]
fn list_size() {
    let long = "v".repeat(120);
    refused_and_in_step(&[("a", "1"), ("b", &long), ("c", "3"), ("d", "4")], Exceeded::ListSize, 2);
}

#[test]
fn field_count() {
    let fields: Vec<_> = ["a", "b", "c", "d", "e", "f"].into_iter().map(|name| (name, "")).collect();
    let limits = LIMITS.with_max_list_size(1000);
    let (mut encoder, mut decoder) = (encoder(), decoder(limits));
    let (shown, end) = whole(&mut decoder, &encode(&mut encoder, &fields));
    assert_eq!((shown.len(), end.unwrap().exceeded), (5, Some(Exceeded::Fields)));
    let (shown, end) = whole(&mut decoder, &encode(&mut encoder, &fields[1..]));
    assert_eq!((shown.len(), end.unwrap().exceeded), (5, None));
}

#[test]
fn exactly_at_the_limit_is_within() {
    let value = "v".repeat(200 - 33);
    let (mut encoder, mut decoder) = (encoder(), decoder(LIMITS));
    let (fields, end) = whole(&mut decoder, &encode(&mut encoder, &[("a", &value)]));
    assert_eq!((fields.len(), end), (1, Ok(block_end(200, 1, None))));
    let value = value + "v";
    refused_and_in_step(&[("b", &value)], Exceeded::ListSize, 0);
}

/// Longer than the caller takes, short enough for the table; then longer than both, Huffman-coded and not.
#[test]
fn strings_that_are_not_stored() {
    for value in ["v".repeat(900), "v".repeat(4096), "v".repeat(30_000), "\u{1}".repeat(20_000)] {
        refused_and_in_step(&[("x", &value)], Exceeded::ListSize, 0);
        refused_and_in_step(&[("x", &value), ("y", "1")], Exceeded::ListSize, 0);
    }
    let name = "n".repeat(30_000);
    refused_and_in_step(&[(&name, "1"), ("y", "1")], Exceeded::ListSize, 0);
}

#[test]
fn tables_that_cannot_be_managed_are_refused() {
    for (max_table_size, max_list_size) in [(u32::MAX, 0), (0, u32::MAX), (1 << 30, 1 << 30)] {
        let limits = LIMITS.with_max_table_size(max_table_size).with_max_list_size(max_list_size);
        assert_eq!(limits.memory_len(), usize::MAX);
        assert!(h2wire_hpack::Decoder::new_in(&limits, [0; 1000]).is_err());
    }
    // 2 GiB less a byte for the list and what is always free, and a slot.
    let longest = LIMITS.with_max_table_size(0).with_max_list_size(0x7fff_ffff - 16);
    assert_eq!(longest.memory_len(), 0x7fff_ffff + 16);
    assert_eq!(longest.with_max_list_size(0x7fff_ffff - 15).memory_len(), usize::MAX);
    assert_eq!(Encoder::memory_len(1 << 30), usize::MAX);
    assert!(Encoder::new_in(u32::MAX, [0; 1000]).is_err());
}

#[test]
fn a_string_is_too_long_where_it_is_there_as_a_whole_too() {
    let limits = DecoderLimits::DEFAULT.with_max_string_len(20);
    let literal = |first: u8, name: usize, value: usize| {
        [&[first], &string(&vec![b'n'; name], false)[..], &string(&vec![b'v'; value], false)].concat()
    };
    for first in [0x40, 0x00, 0x10] {
        whole(&mut decoder(limits), &literal(first, 20, 20)).1.unwrap();
        for (name, value) in [(21, 1), (1, 21), (20, 21)] {
            let block = literal(first, name, value);
            assert_eq!(whole(&mut decoder(limits), &block).1, Err(HpackError::StringTooLong));
            assert_eq!(decode(&mut decoder(limits), block.chunks(1)).1, Err(HpackError::StringTooLong));
        }
    }
}

/// Memory that does not grow bounds what the limits may become.
#[test]
fn limits_that_need_more_memory_are_refused() {
    let limits = LIMITS.with_max_list_size(8_000);
    let mut decoder = h2wire_hpack::Decoder::new_in(&limits, vec![0; limits.memory_len()]).unwrap();
    decoder.set_limits(&limits.with_max_list_size(100)).unwrap();
    decoder.set_limits(&limits).unwrap();
    for larger in [limits.with_max_list_size(8_001), limits.with_max_table_size(limits.max_table_size + 1)] {
        let error = decoder.set_limits(&larger).unwrap_err();
        let needed = larger.memory_len();
        assert_eq!(error, h2wire_hpack::MemoryTooSmall { needed }.into());
        // With that much it is possible.
        let mut decoder = h2wire_hpack::Decoder::new_in(&larger, vec![0; needed]).unwrap();
        assert_eq!(decoder.set_limits(&larger), Ok(()));
    }
}
