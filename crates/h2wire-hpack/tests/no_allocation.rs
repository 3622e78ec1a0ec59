//! P7: nothing is allocated for blocks, whole or in pieces, whatever they do to the table.
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
