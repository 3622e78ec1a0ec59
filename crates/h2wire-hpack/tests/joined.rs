//! A decoder that joins between any two blocks, or goes on after lost ones: it never gives a wrong name or value, and knows
//! everything that was inserted since.

mod common;

use common::{Owned, decode, decoder, hex, integer, whole};
use h2wire_hpack::{Decoded, Decoder, DecoderLimits, Encoder, HpackError, Indexing, Known, Representation};
use proptest::prelude::*;

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT.with_max_table_size(8192);

fn joined(limits: DecoderLimits) -> Decoder<Vec<u8>> {
    Decoder::joined_in(&limits, vec![0xa5; limits.memory_len()]).unwrap()
}

/// Whole, and octet by octet in another decoder: the fields, or the error.
fn read(decoder: &mut Decoder<Vec<u8>>, block: &[u8]) -> Result<Vec<Owned>, HpackError> {
    let mut other = decoder.clone();
    let (fields, end) = whole(decoder, block);
    if !block.is_empty() {
        assert_eq!((fields.clone(), end), decode(&mut other, block.chunks(1)), "octet by octet");
        assert!(end.is_err() || decoder.dynamic_table().eq(other.dynamic_table()));
    }
    end.map(|_| fields)
}

fn known(decoder: &mut Decoder<Vec<u8>>, block: &str) -> Result<Vec<Known>, HpackError> {
    read(decoder, &hex(block)).map(|fields| fields.iter().map(|field| field.known).collect())
}

#[test]
fn what_is_known_of_a_field() {
    let mut decoder = joined(LIMITS);
    assert_eq!(known(&mut decoder, "82 be ff30"), Ok(vec![Known::Both, Known::Neither, Known::Neither]));
    // Literals whose name was not seen: indexed, not indexed, never indexed.
    assert_eq!(known(&mut decoder, "7e 01 61 0f2f 01 62 1f2f 01 63"), Ok(vec![Known::Value; 3]));
    // The entry of the first one, the name of that entry, and the one before it.
    assert_eq!(
        known(&mut decoder, "be 7e 01 64 bf c0"),
        Ok(vec![Known::Value, Known::Value, Known::Value, Known::Neither])
    );
    let fields = read(&mut decoder, &hex("be bf 4001 6e 01 76 be 7e 01 77 be c0")).unwrap();
    let lines: Vec<_> = fields.iter().map(|field| (field.known, field.line())).collect();
    let line = |known, name: &str, value: &str| (known, (name.to_owned(), value.to_owned()));
    assert_eq!(
        lines,
        [
            line(Known::Value, "", "d"),
            line(Known::Value, "", "a"),
            line(Known::Both, "n", "v"),
            line(Known::Both, "n", "v"),
            line(Known::Both, "n", "w"),
            line(Known::Both, "n", "w"),
            line(Known::Value, "", "d"),
        ]
    );
    let entries: Vec<_> = decoder.dynamic_table().map(|entry| format!("{entry:?}")).collect();
    assert_eq!(entries, ["n: w", "n: v", "<unknown>: d", "<unknown>: a"]);
    assert_eq!(decoder.dynamic_table().len(), 4);
}

/// A table of 4,096 octets has 128 entries at the most.
#[test]
fn what_cannot_be_an_entry_is_an_error() {
    let limits = DecoderLimits::DEFAULT;
    let index = |index: u32| integer(index, 7, 0x80);
    let name = |index: u32| [integer(index, 6, 0x40), vec![0]].concat();
    let fails = |prepare: &str, block: Vec<u8>, error| {
        let mut decoder = joined(limits);
        read(&mut decoder, &hex(prepare)).unwrap();
        assert_eq!(read(&mut decoder, &block), Err(error), "{prepare}");
        decoder.forget_table();
        assert_eq!(read(&mut decoder, b"\x82"), Err(error), "it stays failed");
    };
    fails("", index(0), HpackError::IndexZero);
    for (prepare, last) in [
        ("", 61 + 128),
        // An entry of 34 octets leaves room for 126, one without a name of 33 for 126 also.
        ("4001610162", 61 + 1 + 126),
        ("7e 0162", 61 + 1 + 126),
        ("3f45", 61 + 3),
        ("20", 61),
        ("20 3fe11f", 61),
        ("20 3fe11f 4001610162", 61 + 1),
    ] {
        fails(prepare, index(last + 1), HpackError::IndexOutOfRange);
        fails(prepare, name(last + 1), HpackError::NameIndexOutOfRange);
        let mut decoder = joined(limits);
        read(&mut decoder, &hex(prepare)).unwrap();
        read(&mut decoder, &[index(last), name(last)].concat()).unwrap();
    }
    // Entries that push each other out have pushed out what was there before.
    let mut decoder = joined(limits);
    read(&mut decoder, &[b"\x3f\x45".to_vec(), hex("4001610162").repeat(3)].concat()).unwrap();
    assert_eq!(decoder.table_entries(), 2);
    assert_eq!(known(&mut decoder, "be bf"), Ok(vec![Known::Both; 2]));
    assert_eq!(known(&mut decoder, "c0"), Err(HpackError::IndexOutOfRange));
}

/// The encoder has evicted more than a late decoder can know, or an entry has emptied its table.
#[test]
fn sizes_that_are_not_known() {
    let mut decoder = joined(LIMITS);
    // Larger than the encoder's table of 40, as the decoder cannot know; then an entry.
    let value = "76".repeat(30);
    assert_eq!(
        known(&mut decoder, &format!("4001 61 1e {value} 4001 62 01 76 be")),
        Ok(vec![Known::Both; 3])
    );
    assert_eq!(decoder.table_entries(), 2);
    // What the update tells leaves the newest entry alone.
    assert_eq!(known(&mut decoder, "3f09 be"), Ok(vec![Known::Both]));
    assert_eq!(decoder.dynamic_table().map(|entry| entry.name.to_vec()).collect::<Vec<_>>(), [b"b"]);
    // Limits: no update is missing, and none above the limit is taken.
    let mut decoder = joined(LIMITS);
    known(&mut decoder, &format!("4001 61 1e {value}")).unwrap();
    decoder.set_table_limit(62).unwrap();
    assert_eq!(known(&mut decoder, "be 4001 62 01 76 be"), Ok(vec![Known::Both; 3]));
    assert_eq!(decoder.table_entries(), 1);
    assert_eq!(known(&mut decoder.clone(), "3f20"), Err(HpackError::SizeUpdateAboveLimit));
    // Without an update the encoder has what it had, once the limit is raised.
    decoder.set_table_limit(8192).unwrap();
    assert_eq!(known(&mut decoder, &format!("4001 61 1e {value} be bf")), Ok(vec![Known::Both; 3]));
}

/// Inside a field, inside a fragment, and after an error.
#[test]
fn a_block_that_is_lost_half_way() {
    for prepare in ["4001610162 40 05 61", "82 40 85", "ff", "3f"] {
        let mut decoder = decoder(LIMITS);
        let half = hex(prepare);
        let mut fragment = decoder.feed(&half, false);
        while let Decoded::Field(_) = fragment.next().unwrap() {}
        decoder.forget_table();
        assert_eq!(decoder.table_entries(), 0);
        assert_eq!(
            known(&mut decoder, "be 4001610162 be"),
            Ok(vec![Known::Neither, Known::Both, Known::Both])
        );
    }
    let mut decoder = decoder(LIMITS);
    decoder.feed(b"\x82\x84", true).next().unwrap();
    decoder.forget_table();
    assert_eq!(known(&mut decoder, "82"), Ok(vec![Known::Both]));
}

#[test]
fn goes_on_after_an_error_if_told_so() {
    for broken in ["4001610162 ff ff ff ff ff 7f", "80", "40 81 ff", "82 20", "3f ff ff ff 7f"] {
        let mut decoder = decoder(LIMITS);
        read(&mut decoder, &hex("4001610162")).unwrap();
        let error = read(&mut decoder, &hex(broken)).unwrap_err();
        decoder.forget_table();
        assert_eq!(read(&mut decoder, b"\x82"), Err(error), "{broken}");
        decoder.rejoin();
        assert_eq!(decoder.table_entries(), 0);
        assert_eq!(
            known(&mut decoder, "be 82 4001610162 be bf"),
            Ok(vec![Known::Neither, Known::Both, Known::Both, Known::Both, Known::Neither])
        );
    }
}

/// The entry that is above the limit is longer than the memory. What comes after it is stored all the same.
#[test]
fn goes_on_after_an_entry_that_was_not_kept_as_a_whole() {
    let limits = LIMITS.with_max_table_size(100).with_max_list_size(100);
    for mut decoder in [decoder(limits), Decoder::new(&limits)] {
        decoder.set_table_limit(100).unwrap();
        let block = [&hex("4001 61 7f 81 07")[..], &[b'v'; 1_024]].concat();
        assert_eq!(read(&mut decoder, &block), Err(HpackError::MissingSizeUpdate));
        decoder.rejoin();
        for _ in 0..10 {
            let fields = read(&mut decoder, &hex("4001610162 be")).unwrap();
            assert!(
                fields.iter().all(|field| field.line() == ("a".to_owned(), "b".to_owned())),
                "{fields:?}"
            );
        }
    }
}

#[test]
fn limits_of_a_lost_block_are_not_those_of_the_next() {
    let mut decoder = decoder(LIMITS);
    let mut fragment = decoder.feed(b"\x82", false);
    fragment.limit_block(10, 1);
    while let Decoded::Field(_) = fragment.next().unwrap() {}
    decoder.forget_table();
    assert_eq!(known(&mut decoder, "82 84 86"), Ok(vec![Known::Both; 3]));
}

#[derive(Clone, Debug)]
enum Step {
    Block(Vec<(Vec<u8>, Vec<u8>, Indexing)>),
    /// The receiver's limit, and whether the late decoder hears of it.
    Limit(u32, bool),
    OwnLimit(u32),
    /// The next blocks are lost, the first of them after some octets.
    Hole(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let how =
        prop_oneof![3 => Just(Indexing::Auto), 4 => Just(Indexing::Incremental), 1 => Just(Indexing::Never)];
    let name = prop_oneof!["[a-h]{1,40}", "x-[a-f]", Just("cookie".to_owned()), Just("server".to_owned())];
    let value = prop_oneof!["[0-3]{0,2}", "[x-z]{20,90}", "[x-z]{300}"];
    let field =
        (name, value, how).prop_map(|(name, value, how)| (name.into_bytes(), value.into_bytes(), how));
    let sizes = || prop::sample::select(vec![0, 40, 100, 333, 1000, 4096, 8192]);
    prop_oneof![
        10 => prop::collection::vec(field, 0..14).prop_map(Step::Block),
        1 => (sizes(), any::<bool>()).prop_map(|(limit, heard)| Step::Limit(limit, heard)),
        1 => sizes().prop_map(Step::OwnLimit),
        1 => (0..3_usize, 0..60_usize).prop_map(|(blocks, octets)| Step::Hole(blocks, octets)),
    ]
}

/// What a late decoder must know: for each entry inserted since, newest first, whether its name is known.
#[derive(Default)]
struct Since(Vec<bool>);

impl Since {
    fn check(&mut self, field: &Owned, truth: &Owned) {
        let named = |index: u32| {
            index.checked_sub(62).map_or(Some(true), |index| self.0.get(index as usize).copied())
        };
        let expected = match field.representation {
            Representation::Indexed { index } => match named(index) {
                None => Known::Neither,
                Some(true) => Known::Both,
                Some(false) => Known::Value,
            },
            Representation::IncrementalIndexing { name_index }
            | Representation::WithoutIndexing { name_index }
            | Representation::NeverIndexed { name_index } => {
                if named(name_index) == Some(true) {
                    Known::Both
                } else {
                    Known::Value
                }
            }
        };
        assert_eq!(field.known, expected);
        assert_eq!((field.representation, field.never_indexed), (truth.representation, truth.never_indexed));
        let name = if field.known == Known::Both { &truth.name[..] } else { b"" };
        let value = if field.known == Known::Neither { b"" } else { &truth.value[..] };
        assert_eq!((&field.name[..], &field.value[..]), (name, value));
        if matches!(field.representation, Representation::IncrementalIndexing { .. }) {
            self.0.insert(0, field.known == Known::Both);
        }
    }
}

/// A late decoder of a conversation.
struct Late {
    decoder: Decoder<Vec<u8>>,
    since: Since,
    /// How many more blocks are lost, and how many octets of the first one arrive.
    lost: Option<(usize, usize)>,
}

impl Late {
    fn new() -> Self {
        Self { decoder: joined(LIMITS), since: Since::default(), lost: None }
    }

    fn block(&mut self, block: &[u8], truth: &[Owned]) {
        if let Some((blocks, octets)) = self.lost {
            let mut fragment = self.decoder.feed(&block[..block.len().min(octets)], false);
            while let Decoded::Field(_) = fragment.next().unwrap() {}
            self.decoder.forget_table();
            self.since = Since::default();
            self.lost = blocks.checked_sub(1).map(|blocks| (blocks, 0));
            return;
        }
        let fields = read(&mut self.decoder, block).unwrap();
        assert_eq!(fields.len(), truth.len());
        for (field, truth) in fields.iter().zip(truth) {
            self.since.check(field, truth);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conversations_joined_anywhere(steps in prop::collection::vec(step(), 1..40), at in 0..30_usize) {
        let mut encoder = Encoder::new(8192);
        let mut truth = decoder(LIMITS);
        let mut late = None;
        for (number, step) in steps.into_iter().enumerate() {
            if number == at {
                late = Some(Late::new());
            }
            match step {
                Step::Block(lines) => {
                    let mut block = Vec::new();
                    let fields = lines.iter().map(|line| (&line.0[..], &line.1[..], line.2));
                    encoder.encode_block(fields, &mut block);
                    let (fields, end) = whole(&mut truth, &block);
                    end.unwrap();
                    if let Some(late) = &mut late {
                        late.block(&block, &fields);
                    }
                }
                Step::Limit(limit, heard) => {
                    truth.set_table_limit(limit).unwrap();
                    encoder.set_table_limit(limit);
                    if let Some(late) = &mut late {
                        // Any limit will do that is not lower than the one in force.
                        late.decoder.set_table_limit(if heard { limit } else { 8192 }).unwrap();
                    }
                }
                Step::OwnLimit(limit) => encoder.set_max_table_size(limit).unwrap(),
                Step::Hole(blocks, octets) => {
                    if let Some(late) = &mut late {
                        late.lost.get_or_insert((blocks, octets));
                    }
                }
            }
        }
    }
}
