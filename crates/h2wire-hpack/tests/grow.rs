//! A decoder that grows is one that was large from the start.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

mod common;

use common::{decode, decoder, whole};
use h2wire_hpack::{Decoded, Decoder, DecoderLimits, Encoder, HpackError, Indexing, SetLimitsError};

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
