//! P9: what a hostile encoder can send costs time in proportion to its octets. Each input is decoded at one size and
//! at twice that size, whole and octet by octet, under a counter of the octets of memory that are written.
//!
//! The counter is the memory itself: between two calls the decoder may only have changed as many octets as the bound
//! says. Reading is bounded by the code's shape: no loop but over input, evicted entries, and the table when it
//! moves.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

mod common;

use common::{decoder, string, whole};
use h2wire_hpack::{Decoded, Decoder, DecoderLimits, Encoder, Exceeded, Indexing};

/// A string of one octet, Huffman-coded.
fn coded(len: usize, octet: u8) -> Vec<u8> {
    string(&vec![octet; len], true)
}

/// Calls of `next` that blocks take, and the octets of memory they change in all of them.
fn work(limits: DecoderLimits, blocks: &[&[u8]], piece: usize) -> (usize, usize) {
    let mut memory = vec![0; limits.memory_len()];
    let (mut calls, mut changed) = (0, 0);
    let mut before = memory.clone();
    let mut decoder = Decoder::new_in(&limits, Shared(&mut memory, &mut before, &mut changed)).unwrap();
    for block in blocks {
        let mut pieces = block.chunks(piece).peekable();
        while let Some(piece) = pieces.next() {
            let mut fragment = decoder.feed(piece, pieces.peek().is_none());
            loop {
                calls += 1;
                match fragment.next().unwrap() {
                    Decoded::Field(_) => {}
                    Decoded::FragmentEnd | Decoded::BlockEnd(_) => break,
                }
            }
        }
    }
    // What the last call changed.
    decoder.feed(&[], true).next().unwrap();
    (calls, changed)
}

/// Memory that counts what changed since it was last asked for.
struct Shared<'m>(&'m mut [u8], &'m mut [u8], &'m mut usize);

impl AsRef<[u8]> for Shared<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl AsMut<[u8]> for Shared<'_> {
    fn as_mut(&mut self) -> &mut [u8] {
        *self.2 += self.0.iter().zip(self.1.iter()).filter(|(now, before)| now != before).count();
        self.1.copy_from_slice(self.0);
        self.0
    }
}

/// Octets of memory beside those of an entry.
const SLOT: usize = 16;

/// Small, so that every call can be compared.
const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(256)
    .with_max_list_size(256)
    .with_max_fields(1_000_000)
    .with_max_string_len(1 << 24);

/// Work at most in proportion to the octets, and no more for twice as many than twice as much.
#[track_caller]
fn linear(one: &[u8], two: &[u8], piece: usize, factor: usize) {
    let (calls, changed) = work(LIMITS, &[one], piece);
    let (calls_two, changed_two) = work(LIMITS, &[two], piece);
    assert!(calls <= 2 * one.len() + 2, "{calls} calls for {} octets", one.len());
    assert!(changed <= factor * one.len() + 1000, "{changed} octets written for {}", one.len());
    assert!(calls_two <= 2 * calls + 10, "{calls} calls, then {calls_two}");
    assert!(changed_two <= 2 * changed + 1000, "{changed} octets written, then {changed_two}");
}

#[test]
fn a_long_huffman_name_octet_by_octet() {
    let block = |len| [vec![0x40], coded(len, b'a'), coded(len, b'0')].concat();
    linear(&block(2000), &block(4000), 1, 4);
    linear(&block(2000), &block(4000), 700, 4);
}

#[test]
fn inserts_that_make_the_table_move() {
    let insert = |count: usize, len: usize| -> Vec<u8> {
        (0..count)
            .flat_map(|at| [vec![0x40, 1, at as u8], coded(len, b'a' + (at % 20) as u8)].concat())
            .collect()
    };
    for len in [0, 1, 10, 100, 180, 300] {
        linear(&insert(100, len), &insert(200, len), usize::MAX, 12);
        linear(&insert(100, len), &insert(200, len), 1, 12);
    }
}

/// A small entry, then a large literal that needs all the room there is, again and again.
#[test]
fn literals_that_need_all_room() {
    let block = |count: usize| -> Vec<u8> {
        (0..count).flat_map(|at| [vec![0x40, 1, at as u8, 0, 0x00, 0], coded(150, b'0')].concat()).collect()
    };
    linear(&block(100), &block(200), usize::MAX, 12);
    linear(&block(100), &block(200), 1, 12);
}

/// Megabytes in pieces of an octet: a call for each, and no more is written than is kept.
#[test]
fn megabytes_octet_by_octet() {
    let limits =
        DecoderLimits::DEFAULT.with_max_table_size(64).with_max_list_size(64).with_max_string_len(1 << 23);
    for len in [2 << 20, 4 << 20] {
        let block = [vec![0x40], coded(len, b'e'), vec![0]].concat();
        assert!(block.len() > 1 << 20);
        let (calls, changed) = work(limits, &[&block], 1);
        assert_eq!(calls, block.len());
        assert!(changed <= 64, "{changed} octets written for a name of which 64 may be kept");
    }

    let limits = DecoderLimits::DEFAULT.with_max_string_len(1 << 23);
    let mut decoder = Decoder::new_in(&limits, vec![0; limits.memory_len()]).unwrap();
    let block = [vec![0x40], coded(4 << 20, b'e'), vec![0]].concat();
    let end = common::decode(&mut decoder, block.chunks(1)).1.unwrap();
    assert_eq!((end.list_size, end.exceeded), ((4 << 20) + 32, Some(Exceeded::ListSize)));
    assert_eq!(decoder.table_entries(), 0, "§4.4");
}

/// Each reference is lent from the table: nothing is copied, nothing is written.
#[test]
fn references_to_a_large_entry() {
    let limits = DecoderLimits::DEFAULT.with_max_list_size(1 << 27).with_max_fields(20_000);
    let mut decoder = Decoder::new_in(&limits, vec![0; limits.memory_len()]).unwrap();
    let insert = [vec![0x40, 1, b'n'], string(&[b'x'; 4000], false)].concat();
    assert!(whole(&mut decoder, &insert).1.is_ok());
    let mut fragment = decoder.feed(&[0xbe; 16_000], true);
    let mut lent = None;
    for _ in 0..16_000 {
        let Ok(Decoded::Field(field)) = fragment.next() else { panic!("a field for each octet") };
        assert_eq!(field.value.len(), 4000);
        // The same octets each time.
        assert_eq!(*lent.get_or_insert(field.value.as_ptr()), field.value.as_ptr());
    }
    assert!(matches!(fragment.next(), Ok(Decoded::BlockEnd(_))));

    // Counted, in memory of the usual size: the octets of the entry are all that is ever written.
    let block = |count| [&insert[..], &vec![0xbe; count]].concat();
    for piece in [usize::MAX, 4000] {
        let (calls, changed) = work(DecoderLimits::DEFAULT, &[&block(16_000)], piece);
        assert!(calls <= 20, "{calls} calls");
        assert!(changed <= 4001 + SLOT, "{changed} octets written");
        assert_eq!(work(DecoderLimits::DEFAULT, &[&block(8_000)], piece).1, changed, "octets written");
    }

    // With the usual limit four of them are the end of what is shown, and the block is decoded all the same.
    let mut decoder = common::decoder(DecoderLimits::DEFAULT);
    assert!(whole(&mut decoder, &insert).1.is_ok());
    let (shown, end) = whole(&mut decoder, &[0xbe; 16_000]);
    assert_eq!((shown.len(), end.unwrap().exceeded), (4, Some(Exceeded::ListSize)));
}

#[test]
fn ten_thousand_empty_fields() {
    let block: Vec<u8> = [0x40, 0, 0].repeat(10_000);
    let (shown, end) = whole(&mut decoder(DecoderLimits::DEFAULT), &block);
    assert_eq!((shown.len(), end.unwrap().exceeded), (256, Some(Exceeded::Fields)));
    // An entry of no octets is a slot.
    for piece in [usize::MAX, 1] {
        linear(&block[..15_000], &block, piece, 6);
        assert!(work(LIMITS, &[&block], piece).1 <= 10_000 * SLOT);
    }
}

#[test]
fn alternating_size_updates() {
    // In one block: all of them, and nothing is written for any.
    let block: Vec<u8> = [0x20, 0x3f, 0xe1, 0x01].repeat(5000);
    for piece in [usize::MAX, 1] {
        let (calls, changed) = work(LIMITS, &[&block], piece);
        assert!(calls <= 2 * block.len() && changed == 0, "{calls} calls, {changed} octets written");
    }

    // In many blocks, counted: each one empties the table, and its entry is all it writes.
    let block = [&[0x20, 0x3f, 0xe1, 0x01][..], &[0x40, 1, b'x', 2], b"yz"].concat();
    for piece in [usize::MAX, 1] {
        let (calls, changed) = work(LIMITS, &vec![&block[..]; 1000], piece);
        let (calls_two, changed_two) = work(LIMITS, &vec![&block[..]; 2000], piece);
        assert!(calls <= 1000 * (block.len() + 1), "{calls} calls");
        assert!(changed <= 1000 * (3 + SLOT) + 2 * LIMITS.memory_len(), "{changed} octets written");
        assert!(calls_two == 2 * calls && changed_two <= 2 * changed + 2 * LIMITS.memory_len());
    }
    // And they are what an encoder says when limits go up and down.
    let mut decoder = decoder(DecoderLimits::DEFAULT);
    let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let mut buf = [0; 256];
    for number in 0..5000_u16 {
        encoder.set_table_limit(0);
        encoder.set_table_limit(4096);
        let mut block = encoder.block(&mut buf).unwrap();
        block.encode(b"x", &number.to_be_bytes(), Indexing::Incremental).unwrap();
        let written = block.finish();
        assert!(whole(&mut decoder, &buf[..written]).1.is_ok());
        assert_eq!(decoder.table_entries(), 1);
    }
}

/// Names and values chosen so that many land in the same chains: a search stays short, the octets stay right.
#[test]
fn fields_that_differ_where_the_hash_does_not_look() {
    let mut encoder = Encoder::new_in(1 << 16, vec![0; Encoder::memory_len(1 << 16)]).unwrap();
    let limits = DecoderLimits::DEFAULT
        .with_max_table_size(1 << 16)
        .with_max_list_size(1 << 24)
        .with_max_fields(100_000);
    let mut decoder = decoder(limits);
    decoder.set_table_limit(1 << 16).unwrap();
    encoder.set_table_limit(1 << 16);
    let mut buf = vec![0; 1 << 20];
    for _ in 0..2 {
        let mut block = encoder.block(&mut buf).unwrap();
        for number in 0..300 {
            let value = format!("{}{number:05}{}", "v".repeat(20), "w".repeat(60));
            block.encode(b"x-same", value.as_bytes(), Indexing::Incremental).unwrap();
        }
        let written = block.finish();
        let (fields, end) = whole(&mut decoder, &buf[..written]);
        assert_eq!((fields.len(), end.unwrap().exceeded), (300, None));
    }
}
