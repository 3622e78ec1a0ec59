//! What the encoder writes the decoder reads, nghttp2 too, and all tables stay the same: whatever the fields, the policies,
//! the changes of the table's size and the room for writing.
//!
//! Input: an octet for the encoder's own cap, then steps of two or more octets; see [`step`].

use h2wire_hpack::{
    BufferTooSmall, Decoder, DecoderLimits, Encoder, HuffmanPolicy, Indexing, Representation, static_entry,
};
use h2wire_nghttp2::Inflater;

use crate::hpack::decode;
use crate::input::Input;

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(16_384)
    .with_max_list_size(1 << 16)
    .with_max_fields(1 << 16)
    .with_max_string_len(1 << 16);

enum Step<'a> {
    Limit(u32),
    Huffman(HuffmanPolicy),
    Block(Vec<Line<'a>>),
}

type Line<'a> = (&'a [u8], &'a [u8], Indexing);

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let cap = [4096, 0, 100, 700, 16_384][usize::from(input.octet()) % 5];
    let mut encoder = Encoder::new_in(cap, vec![0xa5; Encoder::memory_len(cap)]).expect("enough");
    let mut other = Encoder::new(cap);
    let mut decoder = Decoder::new(&LIMITS);
    let mut inflater = Inflater::new();
    while !input.is_empty() {
        match step(&mut input) {
            Step::Limit(limit) => {
                decoder.set_table_limit(limit).expect("small");
                inflater.set_table_limit(limit);
                encoder.set_table_limit(limit);
                other.set_table_limit(limit);
            }
            Step::Huffman(policy) => {
                encoder.huffman = policy;
                other.huffman = policy;
            }
            Step::Block(lines) => {
                let wire = in_small_buffers(&mut encoder, &lines);
                let mut at_once = b"before".to_vec();
                other.encode_block(lines.iter().copied(), &mut at_once);
                assert_eq!(at_once, [b"before", &wire[..]].concat(), "however the room, the same octets");
                read_by_us(&mut decoder, &wire, &lines);
                read_by_nghttp2(&mut inflater, &wire, &lines);
                let table = (encoder.table_size(), encoder.table_capacity(), encoder.table_entries());
                assert_eq!(table, (decoder.table_size(), decoder.table_capacity(), decoder.table_entries()));
                assert_eq!(table.0 as usize, inflater.table_size());
                assert_eq!(table.2 as usize, inflater.table_entries());
                assert!(table.0 <= table.1 && table.1 <= cap);
            }
        }
    }
}

/// Two octets: what, and a number; fields follow, with a name that is static or literal and a value.
fn step<'a>(input: &mut Input<'a>) -> Step<'a> {
    let [what, number] = input.octets();
    match what {
        0..0x20 => Step::Limit(u32::from(u16::from_be_bytes([what, number]))),
        0x20..0x40 => Step::Huffman(
            [HuffmanPolicy::Auto, HuffmanPolicy::Always, HuffmanPolicy::Never][usize::from(number) % 3],
        ),
        _ => Step::Block((0..number % 32).map(|_| line(input)).collect()),
    }
}

fn line<'a>(input: &mut Input<'a>) -> Line<'a> {
    let [how, value_len] = input.octets();
    let indexing =
        [Indexing::Auto, Indexing::Incremental, Indexing::Without, Indexing::Never][usize::from(how >> 6)];
    let name = match how & 0x3f {
        0 => {
            let len = input.octet();
            input.take(len.into())
        }
        index => static_entry(index.into()).map_or(&b"x"[..], |(name, _)| name),
    };
    // Long values, so that entries are pushed out.
    let value = input.take(if value_len < 0xf0 { value_len.into() } else { usize::from(value_len) << 2 });
    (name, value, indexing)
}

/// Encodes field by field into buffers that have just the room that the encoder says it needs.
fn in_small_buffers(encoder: &mut Encoder<Vec<u8>>, lines: &[Line<'_>]) -> Vec<u8> {
    let mut buf = [0; 12];
    let block = encoder.block(&mut buf).expect("enough for two updates");
    let updates = block.written();
    let mut block = block.continue_in(&mut []);
    let mut out = Vec::new();
    for (name, value, indexing) in lines {
        let BufferTooSmall { needed } = block.encode(name, value, *indexing).expect_err("no room");
        let mut small = vec![0xee; needed - 1];
        block = block.continue_in(&mut small);
        assert_eq!(block.encode(name, value, *indexing), Err(BufferTooSmall { needed }));
        let mut exact = vec![0; needed];
        block = block.continue_in(&mut exact);
        block.encode(name, value, *indexing).expect("as much as it asked for");
        assert_eq!(block.written(), needed);
        block = block.continue_in(&mut []);
        assert!(small.iter().all(|octet| *octet == 0xee), "wrote in spite of the error");
        out.extend(exact);
    }
    assert_eq!(block.finish(), 0);
    [&buf[..updates], &out].concat()
}

fn read_by_us(decoder: &mut Decoder<Vec<u8>>, wire: &[u8], lines: &[Line<'_>]) {
    let block = decode(decoder, &[wire]);
    assert_eq!(block.end.map(|end| end.exceeded), Ok(None));
    assert_eq!(block.fields.len(), lines.len());
    for (field, (name, value, indexing)) in block.fields.iter().zip(lines) {
        assert_eq!((&field.name[..], &field.value[..]), (*name, *value));
        let secret = [&b"authorization"[..], b"proxy-authorization"].contains(name)
            || (*name == b"cookie" && value.len() < 20);
        let never = *indexing == Indexing::Never || (*indexing == Indexing::Auto && secret);
        assert_eq!(field.never_indexed, never);
        if *indexing == Indexing::Without {
            assert!(!matches!(field.representation, Representation::IncrementalIndexing { .. }));
        }
    }
}

fn read_by_nghttp2(inflater: &mut Inflater, wire: &[u8], lines: &[Line<'_>]) {
    let mut found = Vec::new();
    let each = |name: &[u8], value: &[u8], _| found.push((name.to_vec(), value.to_vec()));
    inflater.decode(wire, each).expect("valid");
    assert!(
        found
            .iter()
            .map(|(name, value)| (&name[..], &value[..]))
            .eq(lines.iter().map(|line| (line.0, line.1)))
    );
}
