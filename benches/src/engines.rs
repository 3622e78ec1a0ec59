//! The engines, and that they are right before they are timed.

use h2wire_hpack::{Decoder, DecoderLimits, Encoder, Indexing};
use h2wire_nghttp2::{Deflater, Inflater, Line};

use crate::corpus::{Block, Corpus};

/// Large enough for every corpus.
pub const LIMITS: DecoderLimits = DecoderLimits::DEFAULT.with_max_list_size(65_536).with_max_fields(1000);

/// The fields of each block, as an engine decodes them.
pub type Decode = fn(&[Block]) -> Vec<Vec<Line>>;

/// The blocks as an engine encodes them.
pub type Encode = fn(&[Block]) -> Vec<Vec<u8>>;

/// All decoders.
pub const DECODERS: [(&str, Decode); 4] = [
    ("h2wire", |story| {
        let mut decoder = Decoder::new(&LIMITS);
        let block = |block: &Block| {
            let mut lines = Vec::new();
            let end = decoder
                .decode_block(&block.wire, |field| lines.push((field.name.into(), field.value.into())));
            assert_eq!(end.unwrap().exceeded, None);
            lines
        };
        story.iter().map(block).collect()
    }),
    ("nghttp2", |story| {
        let mut inflater = Inflater::new();
        let block = |block: &Block| {
            let mut lines = Vec::new();
            let each = |name: &[u8], value: &[u8], _| lines.push((name.into(), value.into()));
            inflater.decode(&block.wire, each).expect("valid");
            lines
        };
        story.iter().map(block).collect()
    }),
    ("fluke-hpack", |story| {
        let mut decoder = fluke_hpack::Decoder::new();
        story.iter().map(|block| decoder.decode(&block.wire).unwrap()).collect()
    }),
    ("httlib-hpack", |story| {
        let mut decoder = httlib_hpack::Decoder::with_dynamic_size(4096);
        let block = |block: &Block| {
            let mut lines = Vec::new();
            decoder.decode(&mut block.wire.clone(), &mut lines).unwrap();
            lines.into_iter().map(|(name, value, _)| (name, value)).collect()
        };
        story.iter().map(block).collect()
    }),
];

/// All encoders.
pub const ENCODERS: [(&str, Encode); 4] = [
    ("h2wire", |story| {
        let mut encoder = Encoder::new(4096);
        let block = |block: &Block| {
            let mut out = Vec::new();
            let lines = block.lines.iter().map(|(name, value)| (&name[..], &value[..], Indexing::Auto));
            encoder.encode_block(lines, &mut out);
            out
        };
        story.iter().map(block).collect()
    }),
    ("nghttp2", |story| {
        let mut deflater = Deflater::new();
        let block = |block: &Block| {
            let mut out = Vec::new();
            deflater.encode(&block.lines, &mut out);
            out
        };
        story.iter().map(block).collect()
    }),
    ("fluke-hpack", |story| {
        let mut encoder = fluke_hpack::Encoder::new();
        let block =
            |block: &Block| encoder.encode(block.lines.iter().map(|(name, value)| (&name[..], &value[..])));
        story.iter().map(block).collect()
    }),
    ("httlib-hpack", |story| {
        let mut encoder = httlib_hpack::Encoder::with_dynamic_size(4096);
        let block = |block: &Block| {
            let mut out = Vec::new();
            for (name, value) in &block.lines {
                // Best representation, incremental indexing, Huffman.
                encoder.encode((name.clone(), value.clone(), 0x17), &mut out).unwrap();
            }
            out
        };
        story.iter().map(block).collect()
    }),
];

/// Checks that an engine decodes all blocks to their fields; false if it does not.
#[must_use]
pub fn decodes(decode: Decode, corpus: &Corpus) -> bool {
    corpus.stories.iter().all(|story| {
        let lines = decode(story);
        lines.len() == story.len() && lines.iter().zip(story).all(|(lines, block)| *lines == block.lines)
    })
}

/// The octets an engine encodes all blocks to, if nghttp2 and h2wire decode them to their fields.
#[must_use]
pub fn encoded(encode: Encode, corpus: &Corpus) -> Option<usize> {
    let mut octets = 0;
    for story in &corpus.stories {
        let wires = encode(story);
        octets += wires.iter().map(Vec::len).sum::<usize>();
        let blocks: Vec<Block> =
            story.iter().zip(wires).map(|(block, wire)| Block { wire, lines: block.lines.clone() }).collect();
        let corpus = Corpus { name: String::new(), stories: vec![blocks] };
        if !DECODERS.iter().take(2).all(|(_, decode)| decodes(*decode, &corpus)) {
            return None;
        }
    }
    Some(octets)
}
