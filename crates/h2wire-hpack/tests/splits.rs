//! A block gives the same fields, the same end and the same errors wherever it is cut.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

mod common;

use common::{Block, decode, decoder, hex, integer, string, whole};
use h2wire_hpack::{Decoder, DecoderLimits, HpackError};
use proptest::prelude::*;

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(256)
    .with_max_list_size(300)
    .with_max_fields(12)
    .with_max_string_len(400);

fn pieces(block: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (block.len() + 1)).collect();
    cuts.sort_unstable();
    cuts.insert(0, 0);
    cuts.push(block.len());
    cuts.windows(2).map(|window| block[window[0]..window[1]].to_vec()).collect()
}

/// Decodes a connection's blocks, each cut in its way, until an error.
fn connection(blocks: &[Vec<u8>], cut: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<(Block, u32, u32)> {
    let mut decoder: Decoder<Vec<u8>> = decoder(LIMITS);
    let mut answers = Vec::new();
    for block in blocks {
        let pieces = cut(block);
        let answer = decode(&mut decoder, pieces.iter().map(Vec::as_slice));
        let failed = answer.1.is_err();
        // After an error the table is of no use; how far it went depends on the cut.
        let (size, entries) = if failed { (0, 0) } else { (decoder.table_size(), decoder.table_entries()) };
        answers.push((answer, size, entries));
        if failed {
            break;
        }
    }
    answers
}

#[track_caller]
fn same_for_all(blocks: &[Vec<u8>], cuts: &[usize]) {
    let expected = connection(blocks, |block| vec![block.to_vec()]);
    assert_eq!(connection(blocks, |block| pieces(block, cuts)), expected, "at {cuts:?}");
    let octets = |block: &[u8]| {
        if block.is_empty() { vec![vec![]] } else { block.chunks(1).map(<[u8]>::to_vec).collect() }
    };
    assert_eq!(connection(blocks, octets), expected, "octet by octet");
}

/// Representations, well-formed and not.
fn representation() -> impl Strategy<Value = Vec<u8>> {
    let string = prop_oneof![
        "[a-z]{0,12}".prop_map(|text| string(text.as_bytes(), false)),
        "[ -~]{0,40}".prop_map(|text| string(text.as_bytes(), true)),
        prop::collection::vec(any::<u8>(), 0..12).prop_map(|octets| string(&octets, true)),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|octets| [
            &[0x80 | octets.len() as u8][..],
            &octets
        ]
        .concat()),
        (200..500_usize).prop_map(|len| string(&vec![b'a'; len], false)),
        (200..500_usize).prop_map(|len| string(&vec![b'a'; len], true)),
        (150..260_usize).prop_map(|len| string(&vec![b'~'; len], true)),
    ];
    let first = prop_oneof![Just(0x40), Just(0x00), Just(0x10)];
    prop_oneof![
        4 => (0x80..=0xff_u8).prop_map(|octet| vec![octet]),
        1 => (0..300_u32).prop_map(|index| integer(index, 7, 0x80)),
        1 => (0..300_u32).prop_map(|size| integer(size, 5, 0x20)),
        8 => (first.clone(), string.clone(), string.clone()).prop_map(|(first, name, value)| [vec![first], name, value].concat()),
        4 => (first, 1..70_u32, string).prop_map(|(first, index, value)| {
            [integer(index, if first == 0x40 { 6 } else { 4 }, first), value].concat()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn representations(
        blocks in prop::collection::vec(prop::collection::vec(representation(), 0..8).prop_map(|all| all.concat()), 1..6),
        cuts: [usize; 3],
    ) {
        same_for_all(&blocks, &cuts);
    }

    #[test]
    fn octets(blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..4), cuts: [usize; 3]) {
        same_for_all(&blocks, &cuts);
    }
}

/// Every cut in two of a block that has everything in it.
#[test]
fn every_cut() {
    let block = hex(
        "3f e1 01  82  41 8a a0e41d139d09b8f01e07  40 85 f2b24a84ff 84 49509a7f  00 03 616263 03 646566
         10 7f 81 00", /* a name of 0x7f + 1 octets follows */
    );
    let block = [block, vec![b'x'; 0x7f + 1], hex("01 76  be  7f 81 00 00")].concat();
    let expected = connection(std::slice::from_ref(&block), |block| vec![block.to_vec()]);
    for first in 0..=block.len() {
        same_for_all(std::slice::from_ref(&block), &[first]);
    }
    assert_eq!(expected.len(), 1);
}

#[test]
fn a_field_seen_in_an_earlier_fragment_counts() {
    let mut decoder = decoder(LIMITS);
    let (_, end) = decode(&mut decoder, [&b"\x82"[..], b"", b"\x20"]);
    assert_eq!(end, Err(HpackError::SizeUpdateAfterField));
}

#[test]
fn a_fragment_that_was_not_read_to_its_end_is_an_error() {
    let mut decoder = decoder(LIMITS);
    decoder.feed(b"\x82\x84", true).next().unwrap();
    assert_eq!(whole(&mut decoder, b"\x82").1, Err(HpackError::AbandonedBlock));
}
