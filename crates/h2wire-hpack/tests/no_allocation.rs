//! P7, P11: nothing is allocated for blocks, whole or in pieces, whatever they do to the table, and memory that
//! grows is no more than a connection needs.
//!
//! An allocator of one's own is `unsafe` code, which this workspace forbids; `allocation-counter` has one.

use allocation_counter::measure;
use h2wire_hpack::{Decoded, Decoder, DecoderLimits, Encoder, Indexing};

const FIELDS: [(&[u8], &[u8], Indexing); 6] = [
    (b":method", b"GET", Indexing::Auto),
    (b":path", b"/some/where?with=a&query=string", Indexing::Auto),
    (b"x-one", b"value of the first kind", Indexing::Auto),
    (b"x-two", b"\xff\x00 octets \x01", Indexing::Incremental),
    (b"authorization", b"Bearer of news", Indexing::Never),
    (b"cookie", b"a=b", Indexing::Auto),
];

/// Encodes and decodes 1,000 blocks with values that change, the last ones in pieces.
fn steady_state(encoder: &mut Encoder<Vec<u8>>, decoder: &mut Decoder<Vec<u8>>, buf: &mut [u8]) -> usize {
    let mut fields = 0;
    for number in 0..1000_u16 {
        let mut block = encoder.block(buf).unwrap();
        for (name, value, indexing) in FIELDS {
            block.encode(name, value, indexing).unwrap();
        }
        block.encode(b"x-number", &number.to_be_bytes(), Indexing::Incremental).unwrap();
        let written = block.finish();
        let piece = if number < 500 { written } else { 3 };
        let mut rest = &buf[..written];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(piece.min(rest.len()));
            let mut fragment = decoder.feed(piece, after.is_empty());
            while let Decoded::Field(field) = fragment.next().unwrap() {
                fields += usize::from(!field.name.is_empty());
            }
            rest = after;
        }
        encoder.set_table_limit(if number % 100 == 50 { 300 } else { 4096 });
    }
    fields
}

#[test]
fn none_in_steady_state() {
    let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let mut decoder =
        Decoder::new_in(&DecoderLimits::DEFAULT, vec![0; DecoderLimits::DEFAULT.memory_len()]).unwrap();
    let mut buf = vec![0; 4096];
    let mut fields = 0;
    let counted = measure(|| fields = steady_state(&mut encoder, &mut decoder, &mut buf));
    assert_eq!(fields, 7000);
    assert_eq!(counted.count_total, 0);
    assert_eq!(measure(|| drop(Vec::<u8>::with_capacity(1))).count_total, 1, "it does count");
}

/// After the first blocks memory that grows has what it needs.
#[test]
#[cfg(feature = "alloc")]
fn memory_that_grows_comes_to_rest() {
    let mut encoder = Encoder::new(4096);
    let mut decoder = Decoder::new(&DecoderLimits::DEFAULT);
    let mut buf = vec![0; 4096];
    let first = measure(|| assert_eq!(steady_state(&mut encoder, &mut decoder, &mut buf), 7000));
    assert!(first.count_total < 16, "{first:?}");
    let counted = measure(|| assert_eq!(steady_state(&mut encoder, &mut decoder, &mut buf), 7000));
    assert_eq!(counted.count_total, 0);
}

/// What a browser sends first, 12 entries of 1,000 bytes in all, and what a decoder takes for it.
#[test]
#[cfg(feature = "alloc")]
fn an_idle_connection_takes_what_its_entries_take() {
    let mut block = b"\x82\x84\x87".to_vec();
    for number in 0..12_u8 {
        block.extend_from_slice(&[0x40, 10, b'a' + number]);
        block.extend_from_slice(b"some-name");
        block.push(40);
        block.extend_from_slice(&[b'v'; 40]);
    }
    let mut decoder = None;
    let counted = measure(|| {
        decoder = Some(Decoder::new(&DecoderLimits::DEFAULT));
    });
    assert_eq!(counted.bytes_total, 0, "nothing before the first block");
    let decoder = decoder.as_mut().unwrap();
    let counted = measure(|| assert_eq!(decoder.decode_block(&block, |_| {}).unwrap().fields, 15));
    assert_eq!(decoder.table_entries(), 12);
    assert!(counted.bytes_current < 3_000, "{counted:?}");
    assert!(DecoderLimits::DEFAULT.memory_len() > 20_000);
}

/// The response to it: 5 entries of some 250 bytes, and what an encoder takes for them.
#[test]
#[cfg(feature = "alloc")]
fn an_encoder_takes_what_its_entries_take() {
    let mut encoder = None;
    let counted = measure(|| encoder = Some(Encoder::new(4096)));
    assert_eq!(counted.bytes_total, 0, "nothing before the first block");
    let (encoder, mut buf) = (encoder.as_mut().unwrap(), [0; 512]);
    let counted = measure(|| {
        let mut block = encoder.block(&mut buf).unwrap();
        block.encode(b":status", b"200", Indexing::Auto).unwrap();
        block.encode(b"content-length", b"100", Indexing::Auto).unwrap();
        block.finish();
    });
    assert_eq!(counted.bytes_total, 0, "nor for what is no entry");
    let counted = measure(|| {
        let mut block = encoder.block(&mut buf).unwrap();
        for name in [b"x-a", b"x-b", b"x-c", b"x-d", b"x-e"] {
            block.encode(name, b"a value of 20 bytes.", Indexing::Auto).unwrap();
        }
        block.finish();
    });
    assert_eq!(encoder.table_entries(), 5);
    assert!(counted.bytes_current < 2_000, "{counted:?}");
    assert!(Encoder::memory_len(4096) > 14_000);
}

/// A length is only a promise.
#[test]
#[cfg(feature = "alloc")]
fn a_length_that_is_announced_takes_no_memory() {
    let mut decoder = Decoder::new(&DecoderLimits::DEFAULT);
    let counted = measure(|| {
        // A name of 16,000 octets.
        let mut fragment = decoder.feed(b"\x40\x7f\x81\x7c", false);
        assert_eq!(fragment.next(), Ok(Decoded::FragmentEnd));
        for _ in 0..20 {
            assert_eq!(decoder.feed(b"n", false).next(), Ok(Decoded::FragmentEnd));
        }
    });
    assert!(counted.bytes_max < 1_000, "{counted:?}");
    let arrived = measure(|| {
        assert_eq!(decoder.feed(&[b'n'; 15_000], false).next(), Ok(Decoded::FragmentEnd));
    });
    assert!(arrived.bytes_current > 10_000);
}
