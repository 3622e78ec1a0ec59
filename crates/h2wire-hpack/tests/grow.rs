//! A decoder or encoder that grows is one that was large from the start.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

mod common;

use common::{decode, decoder, whole};
use h2wire_hpack::{
    Decoded, Decoder, DecoderLimits, Encoder, HpackError, Indexing, SetLimitsError, TableLimitError,
};
use proptest::prelude::*;

const SMALL: DecoderLimits = DecoderLimits::DEFAULT.with_max_list_size(300);

/// A block of fields that are different each time, and old again after some.
fn block(encoder: &mut Encoder<Vec<u8>>, number: usize) -> Vec<u8> {
    let name = format!("x-name-{}", number % 7);
    let value = "v".repeat(number * 31 % 199) + &(number % 300).to_string();
    let mut block = Vec::new();
    encoder.encode_block(
        [(name.as_bytes(), value.as_bytes(), Indexing::Auto), (b"a", b"b", Indexing::Auto)],
        &mut block,
    );
    block
}

#[test]
fn a_decoder_that_grows_is_one_that_was_large_from_the_start() {
    for start in [0, 1, 30, 500] {
        let mut encoder = Encoder::new(1 << 20);
        let mut large = decoder(SMALL.with_max_table_size(1 << 20));
        let mut growing = Decoder::new(&SMALL);
        for number in 0..2_000_usize {
            let step = number.checked_sub(start).filter(|blocks| blocks % 400 == 0);
            if let Some(size) = step.map(|blocks| (5_000 << (blocks / 200)).min(1 << 20)) {
                encoder.set_table_limit(size);
                large.set_table_limit(size).unwrap();
                growing.set_table_limit(size).unwrap_err();
                growing.set_limits(&SMALL.with_max_table_size(size)).unwrap();
                growing.set_table_limit(size).unwrap();
            }
            let block = block(&mut encoder, number);
            let decoded = whole(&mut growing, &block);
            decoded.1.unwrap();
            assert_eq!(decoded, whole(&mut large, &block), "{number}");
            let table = |decoder: &Decoder<_>| {
                (decoder.table_size(), decoder.table_capacity(), decoder.table_entries())
            };
            assert_eq!(table(&growing), table(&large), "{number}");
        }
        assert!(large.table_size() > 100_000);
    }
}

#[test]
fn nothing_shrinks() {
    let mut decoder = Decoder::new(&SMALL);
    decoder.set_limits(&SMALL.with_max_table_size(100)).unwrap();
    decoder.set_table_limit(4_096).unwrap();
    assert!(decoder.set_table_limit(4_097).is_err());
}

#[test]
fn a_block_that_is_open_is_not_moved() {
    let mut decoder = Decoder::new(&SMALL);
    decoder.feed(b"\x40\x01a\x06abc", false).next().unwrap();
    assert_eq!(decoder.set_limits(&SMALL.with_max_table_size(8_192)), Err(SetLimitsError::FieldBlockOpen));
    let mut rest = decoder.feed(b"def\xbe", true);
    for _ in 0..2 {
        let field = rest.next().unwrap();
        assert!(matches!(field, Decoded::Field(field) if field.value == b"abcdef"), "{field:?}");
    }
}

#[test]
fn a_small_start_is_made_good_before_the_first_block() {
    let mut decoder = Decoder::new(&SMALL.with_max_table_size(64));
    decoder.set_limits(&SMALL.with_max_table_size(4_096)).unwrap();
    decoder.set_table_limit(4_096).unwrap();
    // The encoder has used 4,096 octets all along, and says nothing of it.
    let block = block(&mut Encoder::new(4_096), 100);
    whole(&mut decoder, &block).1.unwrap();
    assert_eq!((decoder.table_capacity(), decoder.table_entries()), (4_096, 2));
    // Less than the table holds must be followed by an update.
    assert!(decoder.table_size() > 100);
    decoder.set_table_limit(100).unwrap();
    assert_eq!(whole(&mut decoder, b"\x82").1, Err(HpackError::MissingSizeUpdate));
}

/// A block of fields that fills the table.
fn decoded_alike(
    mut growing: Decoder<Vec<u8>>,
    limits: DecoderLimits,
    piece: usize,
    blocks: usize,
) -> Decoder<Vec<u8>> {
    let mut encoder = Encoder::new(1 << 20);
    encoder.set_table_limit(limits.max_table_size);
    let mut large = decoder(limits);
    for decoder in [&mut growing, &mut large] {
        decoder.set_table_limit(limits.max_table_size).unwrap();
    }
    for number in 0..blocks {
        let block = block(&mut encoder, number);
        let expected = whole(&mut large, &block);
        expected.1.unwrap();
        assert_eq!(decode(&mut growing, block.chunks(piece)), expected, "{number}");
        assert!(growing.dynamic_table().eq(large.dynamic_table()), "{number}");
    }
    growing
}

#[test]
fn memory_that_follows_the_need_changes_nothing() {
    for size in [0, 40, 4_096, 65_536] {
        for piece in [usize::MAX, 7, 1] {
            let limits = SMALL.with_max_table_size(size);
            decoded_alike(Decoder::new(&limits), limits, piece, 1_000);
        }
    }
}

/// The limits of one block say nothing about the memory that later ones need.
#[test]
fn a_block_with_limits_of_its_own_does_not_end_the_growth() {
    let literal = |pattern: u8, len: usize| {
        [&[pattern, 1, b'a'], &common::string(&vec![b'v'; len], false)[..]].concat()
    };
    let (entry, large) = (literal(0x40, 60), literal(0x10, 15_000));
    for table_size in [0, 100] {
        let limits = DecoderLimits::DEFAULT.with_max_table_size(table_size).with_max_list_size(20_000);
        let mut growing = Decoder::new(&limits);
        for block in [&entry, &entry, &large] {
            let mut fragment = growing.feed(block, true);
            fragment.limit_block(0, 1);
            assert!(matches!(fragment.next().unwrap(), Decoded::BlockEnd(_)));
        }
        for pieces in [vec![&large[..]], large.chunks(1_000).collect()] {
            let (fields, end) = decode(&mut growing, pieces);
            assert_eq!(end.unwrap().exceeded, None);
            assert_eq!(fields[0].line(), ("a".to_owned(), "v".repeat(15_000)), "{table_size}");
        }
    }
}

#[test]
fn limits_of_a_block_that_has_ended_change_nothing() {
    let mut decoder = decoder(SMALL);
    let mut fragment = decoder.feed(b"\x82", true);
    while let Decoded::Field(_) = fragment.next().unwrap() {}
    fragment.limit_block(0, 0);
    assert_eq!(whole(&mut decoder, b"\x82\x84").1.unwrap().exceeded, None);
}

/// An encoder with all its memory.
fn large_encoder(max_table_size: u32) -> Encoder<Vec<u8>> {
    Encoder::new_in(max_table_size, vec![0xa5; Encoder::memory_len(max_table_size)]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Blocks that are finished, given up after some fields, or discarded, between limits that change.
    #[test]
    fn an_encoder_that_grows_writes_what_a_large_one_writes(
        max in prop::sample::select(vec![0_u32, 31, 33, 100, 511, 512, 2_000, 4_096, 70_000]),
        steps in prop::collection::vec(
            (prop::collection::vec((0..40_u8, 0..300_usize), 0..12), 0..8_u8, 0..80_000_u32), 1..60
        ),
    ) {
        let (mut growing, mut large) = (Encoder::new(max), large_encoder(max));
        for (fields, what, limit) in steps {
            let mut written = Vec::new();
            for encoder in [&mut growing, &mut large] {
                let mut buf = vec![0; 8_192];
                let mut block = encoder.block(&mut buf).unwrap();
                for (name, len) in &fields {
                    let (name, value) = ([b'x', b'a' + name % 20], vec![b'a' + name; *len]);
                    block.encode(&name, &value, Indexing::Incremental).unwrap();
                }
                let len = if what == 0 { block.written() } else { block.finish() };
                buf.truncate(len);
                match what {
                    1 => encoder.discard_block(),
                    2 => encoder.set_table_limit(limit),
                    3 => assert_eq!(encoder.set_max_table_size(limit).is_ok(), limit <= max),
                    _ => {}
                }
                let table = (encoder.table_size(), encoder.table_capacity(), encoder.table_entries());
                written.push((buf, table));
            }
            prop_assert_eq!(&written[0], &written[1]);
            prop_assert!(growing.dynamic_table().eq(large.dynamic_table()));
        }
    }
}

/// The largest table is only allowed, not made.
#[test]
fn an_encoder_may_be_allowed_any_table() {
    let mut encoder = Encoder::new(u32::MAX);
    encoder.set_table_limit(u32::MAX);
    let mut decoder = Decoder::new(&SMALL.with_max_table_size(u32::MAX));
    decoder.set_table_limit(u32::MAX).unwrap();
    for number in 0..3_000 {
        whole(&mut decoder, &block(&mut encoder, number)).1.unwrap();
    }
    assert!(encoder.table_size() > 100_000);
    assert!(encoder.dynamic_table().eq(decoder.dynamic_table()));
    let max = encoder.table_capacity();
    assert!(Encoder::memory_len(max) < usize::MAX && Encoder::memory_len(max + 1) == usize::MAX);
    assert_eq!(encoder.set_max_table_size(u32::MAX), Err(TableLimitError::TooLarge { max }));
}
