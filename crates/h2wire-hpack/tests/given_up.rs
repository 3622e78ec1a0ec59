//! A block that is given up leaves encoder and decoder in step, wherever that happens, and no size update gets lost.

mod common;

use common::{decoder, whole};
use h2wire_hpack::{BlockWriter, BufferTooSmall, Decoder, DecoderLimits, Encoder, HuffmanPolicy, Indexing};
use proptest::prelude::*;

type Line = (Vec<u8>, Vec<u8>, Indexing);

fn encoder(max_table_size: u32) -> Encoder<Vec<u8>> {
    Encoder::new_in(max_table_size, vec![0xa5; Encoder::memory_len(max_table_size)]).unwrap()
}

fn block(encoder: &mut Encoder<Vec<u8>>, fields: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    encoder.encode_block(fields.iter().map(|(name, value)| (*name, *value, Indexing::Auto)), &mut out);
    out
}

/// Gives up at a field that does not fit.
fn given_up(encoder: &mut Encoder<Vec<u8>>) -> Result<usize, BufferTooSmall> {
    let mut buf = [0; 12];
    let mut block = encoder.block(&mut buf)?;
    block.encode(b"r", b"3", Indexing::Auto)?;
    block.encode(b"s", b"does not fit here at all", Indexing::Auto)?;
    Ok(block.finish())
}

#[test]
fn a_block_given_up_with_a_question_mark_changes_no_later_field() {
    let (mut encoder, mut decoder) = (encoder(4096), decoder(DecoderLimits::DEFAULT));
    whole(&mut decoder, &block(&mut encoder, &[(b"p", b"1"), (b"q", b"2")])).1.unwrap();
    given_up(&mut encoder).unwrap_err();
    let next = block(&mut encoder, &[(b"q", b"2")]);
    assert_eq!(next[..4], [0x20, 0x3f, 0xe1, 0x1f], "both tables are emptied");
    let (fields, end) = whole(&mut decoder, &next);
    end.unwrap();
    assert_eq!(fields[0].line(), ("q".into(), "2".into()));
    assert_eq!((encoder.table_size(), encoder.table_entries()), (34, 1));
    assert_eq!((decoder.table_size(), decoder.table_entries()), (34, 1));
}

#[test]
fn a_block_that_changed_nothing_costs_nothing() {
    let mut encoder = encoder(4096);
    block(&mut encoder, &[(b"p", b"1")]);
    let mut buf = [0; 64];
    for _ in 0..3 {
        let mut unsent = encoder.block(&mut buf).unwrap();
        unsent.encode(b"p", b"1", Indexing::Auto).unwrap();
        unsent.encode(b"z", b"1", Indexing::Never).unwrap();
    }
    assert_eq!(block(&mut encoder, &[(b"p", b"1")]), [0xbe]);
}

#[test]
fn size_updates_are_still_due() {
    let mut encoder = encoder(4096);
    encoder.set_table_limit(0);
    encoder.set_table_limit(100);
    for _ in 0..3 {
        let mut buf = [0; 64];
        assert_eq!(encoder.block(&mut buf).unwrap().written(), 3);
        assert_eq!(buf[..3], [0x20, 0x3f, 100 - 31]);
    }
    assert_eq!(block(&mut encoder, &[]), [0x20, 0x3f, 100 - 31]);
    assert_eq!(block(&mut encoder, &[]), []);
}

/// An iterator that panics ends `encode_block` early.
#[test]
fn a_panic_gives_up_the_block() {
    let (mut encoder, mut decoder) = (encoder(4096), decoder(DecoderLimits::DEFAULT));
    whole(&mut decoder, &block(&mut encoder, &[(b"p", b"1")])).1.unwrap();
    let panics = std::panic::AssertUnwindSafe(|| {
        let fields = [&b"q"[..], b"r"].into_iter().map(|name| {
            assert_ne!(name, b"r", "as planned");
            (name, &b"2"[..], Indexing::Auto)
        });
        encoder.encode_block(fields, &mut Vec::new());
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    let (fields, end) = whole(&mut decoder, &block(&mut encoder, &[(b"p", b"1")]));
    end.unwrap();
    assert_eq!(fields[0].line(), ("p".into(), "1".into()));
    assert_eq!(decoder.table_entries(), encoder.table_entries());
}

/// What happens to a connection.
#[derive(Clone, Debug)]
enum Step {
    /// A block: the room of its buffer, and whether it is finished.
    Block(Vec<Line>, usize, bool),
    PeerLimit(u32),
    OwnLimit(u32),
    Grow(u32),
    Discard(Vec<Line>),
}

fn line() -> impl Strategy<Value = Line> {
    let name = prop_oneof!["[a-d]{1,3}", Just("cookie".to_owned()), Just("server".to_owned())];
    let value = prop_oneof!["[0-3]{0,2}", "[x-z]{30,90}"];
    let how = prop_oneof![
        3 => Just(Indexing::Auto),
        3 => Just(Indexing::Incremental),
        1 => Just(Indexing::Without),
        1 => Just(Indexing::Never),
    ];
    (name, value, how).prop_map(|(name, value, how)| (name.into_bytes(), value.into_bytes(), how))
}

fn step() -> impl Strategy<Value = Step> {
    let lines = || prop::collection::vec(line(), 0..12);
    let finished = prop::bool::weighted(0.6);
    let sizes = || prop::sample::select(vec![0, 40, 100, 333, 1000, 4096, 8192]);
    prop_oneof![
        8 => (lines(), 12..200_usize, finished).prop_map(|(lines, room, end)| Step::Block(lines, room, end)),
        1 => sizes().prop_map(Step::PeerLimit),
        1 => sizes().prop_map(Step::OwnLimit),
        1 => sizes().prop_map(Step::Grow),
        1 => lines().prop_map(Step::Discard),
    ]
}

/// Encodes until the room is used up; how many of the fields were encoded.
fn encode_some(block: &mut BlockWriter<'_, '_, Vec<u8>>, lines: &[Line]) -> usize {
    lines.iter().take_while(|line| block.encode(&line.0, &line.1, line.2).is_ok()).count()
}

fn read(decoder: &mut Decoder<Vec<u8>>, wire: &[u8], lines: &[Line]) {
    let (fields, end) = whole(decoder, wire);
    assert_eq!(end.unwrap().exceeded, None);
    let fields: Vec<_> = fields.iter().map(|field| (&field.name, &field.value)).collect();
    assert_eq!(fields, lines.iter().map(|line| (&line.0, &line.1)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_given_up_anywhere(steps in prop::collection::vec(step(), 1..30), never in any::<bool>()) {
        let mut encoder = encoder(1000);
        if never {
            encoder.huffman = HuffmanPolicy::Never;
        }
        let mut decoder = decoder(DecoderLimits::DEFAULT.with_max_table_size(8192));
        let mut memory = 1000;
        for step in steps {
            match step {
                Step::Block(lines, room, finished) => {
                    let mut buf = vec![0; room];
                    let mut block = encoder.block(&mut buf).unwrap();
                    let fit = encode_some(&mut block, &lines);
                    if !finished {
                        continue;
                    }
                    let len = block.finish();
                    read(&mut decoder, &buf[..len], &lines[..fit]);
                    let table = (encoder.table_size(), encoder.table_capacity(), encoder.table_entries());
                    let theirs = (decoder.table_size(), decoder.table_capacity(), decoder.table_entries());
                    assert_eq!(table, theirs);
                    assert!(encoder.dynamic_table().eq(decoder.dynamic_table()));
                }
                Step::PeerLimit(limit) => {
                    decoder.set_table_limit(limit).unwrap();
                    encoder.set_table_limit(limit);
                }
                Step::OwnLimit(limit) => {
                    assert_eq!(encoder.set_max_table_size(limit).is_ok(), limit <= memory);
                }
                Step::Grow(limit) => {
                    encoder.grow(limit);
                    memory = memory.max(limit);
                }
                Step::Discard(lines) => {
                    let fields = lines.iter().map(|line| (&line.0[..], &line.1[..], line.2));
                    encoder.encode_block(fields, &mut Vec::new());
                    encoder.discard_block();
                }
            }
        }
    }
}

#[test]
fn the_own_bound_goes_down_and_up() {
    let (mut encoder, mut decoder) =
        (encoder(4096), decoder(DecoderLimits::DEFAULT.with_max_table_size(8192)));
    let fields: [(&[u8], &[u8]); 2] = [(b"p", b"1"), (b"q", b"2")];
    whole(&mut decoder, &block(&mut encoder, &fields)).1.unwrap();
    encoder.set_max_table_size(40).unwrap();
    let lowered = block(&mut encoder, &fields[1..]);
    assert_eq!(lowered, [0x3f, 40 - 31, 0xbe], "the newest entry stays");
    whole(&mut decoder, &lowered).1.unwrap();
    assert_eq!((decoder.table_capacity(), decoder.table_entries()), (40, 1));

    encoder.set_max_table_size(4097).unwrap_err();
    encoder.set_max_table_size(4096).unwrap();
    whole(&mut decoder, &block(&mut encoder, &fields)).1.unwrap();
    assert_eq!((decoder.table_capacity(), decoder.table_entries()), (4096, 2));

    // The peer's limit counts, too.
    encoder.grow(8192);
    assert_eq!(block(&mut encoder, &fields), [0xbe, 0xbf]);
    decoder.set_table_limit(8192).unwrap();
    encoder.set_table_limit(8192);
    let raised = block(&mut encoder, &fields);
    assert_eq!(raised, [0x3f, 0xe1, 0x3f, 0xbe, 0xbf], "8192, and the entries stay");
    whole(&mut decoder, &raised).1.unwrap();
    assert_eq!((encoder.table_capacity(), decoder.table_capacity()), (8192, 8192));
}
