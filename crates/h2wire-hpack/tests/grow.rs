//! A decoder that grows is one that was large from the start.
#![cfg(feature = "alloc")]

mod common;

use common::{decoder, whole};
use h2wire_hpack::{Decoder, Encoder, Indexing, Limits};

const SMALL: Limits = Limits { max_list_size: 300, ..Limits::DEFAULT };

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
        let mut encoder = Encoder::with_table_size(1 << 20);
        let mut large = decoder(Limits { max_table_size: 1 << 20, ..SMALL });
        let mut growing = decoder(SMALL);
        for number in 0..2_000_usize {
            let step = number.checked_sub(start).filter(|behind| behind % 400 == 0);
            if let Some(size) = step.map(|behind| (5_000 << (behind / 200)).min(1 << 20)) {
                encoder.set_table_limit(size);
                large.set_table_limit(size).unwrap();
                growing.set_table_limit(size).unwrap_err();
                growing.grow(size);
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
    let mut decoder = decoder(SMALL);
    decoder.grow(100);
    decoder.set_table_limit(4_096).unwrap();
    assert!(decoder.set_table_limit(4_097).is_err());
}
