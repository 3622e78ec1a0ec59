//! A block encoded into a `Vec` is the block that is encoded into a buffer.

use h2wire_hpack::{Encoder, Indexing};

#[test]
fn a_block_in_a_vec_is_the_same_block() {
    let fields: Vec<_> =
        (0..300).map(|number| (format!("x-{}", number % 7), "v".repeat(number), Indexing::Auto)).collect();
    let mut encoder = Encoder::new(100);
    let mut other = encoder.clone();
    let mut out = b"before".to_vec();
    encoder.encode_block(
        fields.iter().map(|(name, value, how)| (name.as_bytes(), value.as_bytes(), *how)),
        &mut out,
    );

    let mut buf = vec![0; 1 << 20];
    let mut block = other.block(&mut buf).unwrap();
    for (name, value, indexing) in &fields {
        block.encode(name.as_bytes(), value.as_bytes(), *indexing).unwrap();
    }
    let written = block.finish();
    assert_eq!(out, [b"before", &buf[..written]].concat());
}
