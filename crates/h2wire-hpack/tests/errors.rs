//! Every error kind, from the octets that cause it; and what looks like an error and is none.

mod common;

use common::{decode, decoder, hex, whole};
use h2wire_hpack::{Decoded, Decoder, DecoderLimits, HpackError, TableLimitError};

fn fresh() -> Decoder<Vec<u8>> {
    decoder(DecoderLimits::DEFAULT)
}

/// Whole and octet by octet.
#[track_caller]
fn rejects(mut prepare: impl FnMut() -> Decoder<Vec<u8>>, block: &str, error: HpackError) {
    let block = hex(block);
    assert_eq!(whole(&mut prepare(), &block).1, Err(error));
    if !block.is_empty() {
        assert_eq!(decode(&mut prepare(), block.chunks(1)).1, Err(error), "octet by octet");
    }
}

#[track_caller]
fn accepts(mut prepare: impl FnMut() -> Decoder<Vec<u8>>, block: &str, fields: usize) -> Decoder<Vec<u8>> {
    let block = hex(block);
    assert_eq!(decode(&mut prepare(), block.chunks(1)).0.len(), fields, "octet by octet");
    let mut decoder = prepare();
    let (found, end) = whole(&mut decoder, &block);
    assert!(end.is_ok(), "{end:?}");
    assert_eq!(found.len(), fields);
    decoder
}

#[test]
fn indices() {
    rejects(fresh, "80", HpackError::IndexZero);
    rejects(fresh, "be", HpackError::IndexOutOfRange);
    rejects(fresh, "4001 61 01 62 be bf", HpackError::IndexOutOfRange);
    rejects(fresh, "ff8000", HpackError::IndexOutOfRange);
    rejects(fresh, "7e 00", HpackError::NameIndexOutOfRange);
    rejects(fresh, "0f2f 00", HpackError::NameIndexOutOfRange);
    rejects(fresh, "1f2f 00", HpackError::NameIndexOutOfRange);
    accepts(fresh, "4001 61 01 62 be 7e 00 0f2f 00 1f2f 00", 5);
}

#[test]
fn integers() {
    rejects(fresh, "ff 80 80 80 80 80", HpackError::IntegerOverflow);
    rejects(fresh, "ff 80 80 80 80 10", HpackError::IntegerOverflow);
    rejects(fresh, "3f ff ff ff ff ff", HpackError::IntegerOverflow);
    rejects(fresh, "00 7f ff ff ff ff ff", HpackError::IntegerOverflow);
    // Padded with zeros, and legal.
    accepts(fresh, "3f 81 80 80 80 00 82", 1);
}

#[test]
fn a_lone_3f_is_truncated() {
    rejects(fresh, "3f", HpackError::TruncatedBlock);
}

#[test]
fn truncated_blocks() {
    for block in ["ff", "40", "4001", "400161", "40016101", "41", "4183a8", "00 83 a8eb", "3f 80", "7f"] {
        rejects(fresh, block, HpackError::TruncatedBlock);
    }
}

#[test]
fn strings() {
    let limits = DecoderLimits::DEFAULT.with_max_string_len(5);
    let small = || decoder(limits);
    rejects(small, "00 06", HpackError::StringTooLong);
    rejects(small, "00 86", HpackError::StringTooLong);
    rejects(small, "01 7f 80 80 80 80 08", HpackError::StringTooLong);
    accepts(small, "00 05 6161616161 05 6161616161", 1);
}

#[test]
fn huffman() {
    // 'a' is 00011.
    accepts(fresh, "00 81 1f 81 1f", 1);
    rejects(fresh, "00 81 18 00", HpackError::HuffmanPaddingNotOnes);
    rejects(fresh, "00 82 1fff 00", HpackError::HuffmanPaddingTooLong);
    rejects(fresh, "00 81 ff 00", HpackError::HuffmanPaddingTooLong);
    rejects(fresh, "00 84 ffffffff 00", HpackError::HuffmanEos);
    rejects(fresh, "00 85 1fffffffff 00", HpackError::HuffmanEos);
    rejects(fresh, "00 81 fe 00", HpackError::HuffmanPaddingNotOnes);
    // An empty string is well coded.
    accepts(fresh, "00 80 80", 1);
}

#[test]
fn size_updates() {
    accepts(fresh, "20 3fe11f 82", 1);
    accepts(fresh, "20 3fe11f", 0);
    rejects(fresh, "3fe21f", HpackError::SizeUpdateAboveLimit);
    rejects(fresh, "82 20", HpackError::SizeUpdateAfterField);
    // Any number of them: the length of the block is their bound.
    let decoder = accepts(fresh, &["3fc907 3fb10f 3f9917", &"20".repeat(1000), "31 82 84"].concat(), 2);
    assert_eq!(decoder.table_capacity(), 17);
    rejects(fresh, "20 20 20 82 20", HpackError::SizeUpdateAfterField);
    rejects(fresh, "20 20 20 3fe21f", HpackError::SizeUpdateAboveLimit);
}

/// A decoder whose table holds one entry of `size`.
fn holding(size: u32) -> Decoder<Vec<u8>> {
    let mut decoder = fresh();
    assert!(whole(&mut decoder, &entry(size)).1.is_ok());
    assert_eq!(decoder.table_size(), size);
    decoder
}

/// A literal that becomes an entry of `size`: its name has one octet.
fn entry(size: u32) -> Vec<u8> {
    let value = vec![b'v'; size as usize - 33];
    [b"\x40\x01n".to_vec(), common::string(&value, false)].concat()
}

/// A table that holds `size` octets of 4,096, whose limit then goes through `limits`.
fn lowered(size: u32, limits: &'static [u32]) -> impl Fn() -> Decoder<Vec<u8>> {
    move || {
        let mut decoder = holding(size);
        for limit in limits {
            decoder.set_table_limit(*limit).unwrap();
        }
        decoder
    }
}

#[test]
fn a_lower_limit_needs_an_update() {
    let hundred = lowered(101, &[100]);
    rejects(&hundred, "82", HpackError::MissingSizeUpdate);
    rejects(&hundred, "", HpackError::MissingSizeUpdate);
    rejects(&hundred, "be", HpackError::MissingSizeUpdate);
    rejects(&hundred, "3f46 82", HpackError::SizeUpdateAboveLimit);
    assert_eq!(accepts(&hundred, "3f45 82", 1).table_capacity(), 100);
    assert_eq!(accepts(&hundred, "20 82", 1).table_capacity(), 0);
    assert_eq!(accepts(&hundred, "20 3f45 82", 1).table_capacity(), 100);
}

#[test]
fn the_lowest_limit_counts_and_the_final_one() {
    let there_and_back = lowered(500, &[100, 4096]);
    rejects(&there_and_back, "82", HpackError::MissingSizeUpdate);
    rejects(&there_and_back, "3fe11f 82", HpackError::MissingSizeUpdate);
    assert_eq!(accepts(&there_and_back, "3f45 3fe11f 82", 1).table_capacity(), 4096);
    assert_eq!(accepts(&there_and_back, "3f45 82", 1).table_capacity(), 100);
    let lower_and_lower = lowered(500, &[300, 50, 200]);
    rejects(&lower_and_lower, "3f45 82", HpackError::MissingSizeUpdate);
    rejects(&lower_and_lower, "33 3fe11f", HpackError::SizeUpdateAboveLimit);
    // The lowest one somewhere before the first field.
    accepts(&lower_and_lower, "3f45 3f13 3fa901 82", 1);
    accepts(&lower_and_lower, "3f13 3fa901 82", 1);
}

#[test]
fn a_limit_above_what_the_encoder_uses_needs_nothing() {
    accepts(lowered(500, &[4096]), "82", 1);
    let mut decoder = fresh();
    assert!(whole(&mut decoder, &hex("20 82")).1.is_ok());
    decoder.set_table_limit(100).unwrap();
    assert!(whole(&mut decoder, &hex("82")).1.is_ok(), "the encoder uses no table");
    assert!(whole(&mut decoder, &hex("82")).1.is_ok(), "once is enough");
    assert_eq!(decoder.set_table_limit(4097), Err(TableLimitError::TooLarge { max: 4096 }));
}

/// RFC 9113 §4.3.1 names the size of the table, not what the encoder may use: a table that stays within the limit
/// needs no update, and is evicted from as before.
#[test]
fn a_table_within_the_lower_limit_needs_no_update() {
    let hundred = lowered(100, &[100]);
    assert_eq!(accepts(&hundred, "82", 1).table_size(), 100);
    assert_eq!(accepts(&hundred, "be", 1).table_capacity(), 4096);
    assert!(whole(&mut hundred(), b"").1.is_ok());
    // Larger than what the encoder uses, so it empties the table.
    let mut decoder = hundred();
    assert!(whole(&mut decoder, &entry(4097)).1.is_ok());
    assert_eq!(decoder.table_entries(), 0);
    // Within the limit on an empty table; then the entry that exceeds it.
    assert!(whole(&mut decoder, &entry(60)).1.is_ok());
    assert!(whole(&mut decoder, &entry(40)).1.is_ok());
    assert_eq!((decoder.table_size(), decoder.table_entries()), (100, 2));
    assert!(whole(&mut decoder, b"\xbe\xbf\x00\x01a\x00").1.is_ok());
    for size in [33, 100, 4000, 4096] {
        let mut decoder = decoder.clone();
        assert_eq!(whole(&mut decoder, &entry(size)).1, Err(HpackError::MissingSizeUpdate), "{size}");
        assert_eq!(whole(&mut decoder, b"\x82").1, Err(HpackError::MissingSizeUpdate), "it stays failed");
    }
    // An update may come later, too.
    assert!(whole(&mut decoder, &[b"\x3f\x45", &entry(33)[..]].concat()).1.is_ok());
    assert_eq!((decoder.table_size(), decoder.table_capacity(), decoder.table_entries()), (73, 100, 2));
    // Once the limit is raised the table may fill as ever.
    let mut decoder = lowered(100, &[100, 4096])();
    assert!(whole(&mut decoder, &entry(3996)).1.is_ok());
    assert_eq!((decoder.table_size(), decoder.table_entries()), (4096, 2));
}

/// A decoder with less memory than the encoder has at first.
#[test]
fn a_small_memory_needs_no_update_while_the_table_fits() {
    let small = DecoderLimits::DEFAULT.with_max_table_size(100);
    let mut decoder = decoder(small);
    decoder.set_table_limit(100).unwrap();
    assert!(whole(&mut decoder, &entry(100)).1.is_ok());
    assert_eq!((decoder.table_size(), decoder.table_capacity()), (100, 4096));
    assert!(whole(&mut decoder.clone(), b"\x3f\x45\xbe").1.is_ok());
    for size in [33, 4096] {
        let block = entry(size);
        assert_eq!(whole(&mut decoder.clone(), &block).1, Err(HpackError::MissingSizeUpdate));
        let octets = decode(&mut decoder.clone(), block.chunks(1));
        assert_eq!(octets.1, Err(HpackError::MissingSizeUpdate));
    }
    assert!(whole(&mut decoder, &entry(4097)).1.is_ok());
    assert_eq!(decoder.table_entries(), 0);
}

/// A caller who takes the acknowledgement of SETTINGS for one that came inside a block.
#[test]
fn a_limit_does_not_change_inside_a_block() {
    let refused = Err(TableLimitError::FieldBlockOpen);
    let mut decoder = fresh();
    // In a fragment that was not read to its end, which is lost anyway.
    assert!(matches!(decoder.feed(&hex("82 84"), true).next(), Ok(Decoded::Field(_))));
    assert_eq!(decoder.set_table_limit(100), refused);

    // Between two fragments, before the first field and after one.
    for first in ["", "82", "82 40 01"] {
        let mut decoder = fresh();
        let block = hex("82 4001610162");
        let (front, back) = block.split_at(hex(first).len());
        let mut fragment = decoder.feed(front, false);
        while !matches!(fragment.next(), Ok(Decoded::FragmentEnd)) {}
        assert_eq!(decoder.set_table_limit(100), refused);
        assert_eq!(decoder.set_table_limit(4097), Err(TableLimitError::TooLarge { max: 4096 }));
        // Nothing has changed: the block goes on, and no size update is missing.
        assert!(whole(&mut decoder, back).1.is_ok());
        assert_eq!((decoder.table_capacity(), decoder.table_entries()), (4096, 1));
        assert_eq!(decoder.set_table_limit(33), Ok(()));
        assert_eq!(whole(&mut decoder, &hex("82")).1, Err(HpackError::MissingSizeUpdate));
    }
}

#[test]
fn the_memory_must_be_large_enough() {
    let needed = DecoderLimits::DEFAULT.memory_len();
    assert_eq!(Decoder::new_in(&DecoderLimits::DEFAULT, vec![0; needed - 1]).unwrap_err().needed, needed);
}

/// §4.4, §2.3.3, §2.3.2.
#[test]
fn what_is_no_error() {
    // An entry larger than the table empties it.
    let mut decoder = fresh();
    assert!(whole(&mut decoder, &hex("3f03 4001 61 01 62")).1.is_ok());
    assert_eq!((decoder.table_size(), decoder.table_entries()), (34, 1));
    let (fields, end) = whole(&mut decoder, &hex("4002 6161 01 62"));
    assert!(end.is_ok() && fields[0].line() == ("aa".into(), "b".into()));
    assert_eq!((decoder.table_size(), decoder.table_entries()), (0, 0));

    // A name that its own entry pushes out.
    assert!(whole(&mut decoder, &hex("4001 61 01 62")).1.is_ok());
    let (fields, _) = whole(&mut decoder, &hex("7e 01 63"));
    assert_eq!(fields[0].line(), ("a".into(), "c".into()));
    assert_eq!((decoder.table_size(), decoder.table_entries()), (34, 1));

    // Duplicates.
    let decoder = accepts(fresh, "4001 61 01 62 4001 61 01 62", 2);
    assert_eq!((decoder.table_size(), decoder.table_entries()), (68, 2));
}

/// The kinds in the order of their list, each provoked, and each the answer to whatever comes after it.
#[test]
fn every_kind_is_provoked_and_stays() {
    let hundred = lowered(101, &[100]);
    let abandoned = || {
        let mut decoder = fresh();
        decoder.feed(b"\x82\x84", true).next().unwrap();
        decoder
    };
    let provoke = |mut decoder: Decoder<Vec<u8>>, block: &str| {
        let error = whole(&mut decoder, &hex(block)).1.unwrap_err();
        assert_eq!(whole(&mut decoder, &hex("82")).1, Err(error), "a decoder stays failed");
        error
    };
    let provoked = [
        provoke(fresh(), "80"),
        provoke(fresh(), "be"),
        provoke(fresh(), "7e 00"),
        provoke(fresh(), "ff 80 80 80 80 10"),
        provoke(fresh(), "00 7f 82ff03"),
        provoke(fresh(), "00 81 ff 00"),
        provoke(fresh(), "00 81 fe 00"),
        provoke(fresh(), "00 84 ffffffff 00"),
        provoke(fresh(), "3fe21f"),
        provoke(fresh(), "82 20"),
        provoke(hundred(), "82"),
        provoke(fresh(), "3f"),
        provoke(abandoned(), "82"),
    ];
    assert_eq!(provoked, HpackError::ALL);
}
