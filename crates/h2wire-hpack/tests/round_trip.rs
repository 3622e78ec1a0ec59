//! What the encoder writes the decoder reads, and the tables of both stay the same, through changes of the table size
//! and buffers that are too small.

mod common;

use common::{decoder, whole};
use h2wire_hpack::{BufferTooSmall, DecoderLimits, Encoder, HuffmanPolicy, Indexing, Representation};
use proptest::prelude::*;

const MAX: u32 = 700;
const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(1000)
    .with_max_list_size(1 << 20)
    .with_max_fields(10_000)
    .with_max_string_len(1 << 20);

const POLICIES: [HuffmanPolicy; 3] = [HuffmanPolicy::Auto, HuffmanPolicy::Always, HuffmanPolicy::Never];

#[derive(Clone, Debug)]
enum Step {
    Limit(u32),
    Huffman(HuffmanPolicy),
    Block(Vec<(Vec<u8>, Vec<u8>, Indexing)>),
}

fn field() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Indexing)> {
    let name = prop_oneof![
        Just(":path".to_owned()),
        Just(":status".to_owned()),
        Just("cookie".to_owned()),
        Just("authorization".to_owned()),
        "[a-d]{0,2}",
        "[a-z-]{1,90}",
    ];
    let value = prop_oneof![
        Just("200".to_owned()),
        Just("/".to_owned()),
        "[a-c]{0,2}",
        "[ -~]{0,60}",
        "[a-z]{0,900}"
    ];
    let octets = prop::collection::vec(any::<u8>(), 0..20);
    let indexing = prop_oneof![
        6 => Just(Indexing::Auto), 3 => Just(Indexing::Incremental), 1 => Just(Indexing::Without), 1 => Just(Indexing::Never)
    ];
    (name, prop_oneof![9 => value.prop_map(String::into_bytes), 1 => octets], indexing)
        .prop_map(|(name, value, indexing)| (name.into_bytes(), value, indexing))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..=LIMITS.max_table_size).prop_map(Step::Limit),
        1 => prop::sample::select(POLICIES.to_vec()).prop_map(Step::Huffman),
        6 => prop::collection::vec(field(), 0..12).prop_map(Step::Block),
    ]
}

/// Encodes into a buffer that has just the room that the encoder says it needs.
fn encode(encoder: &mut Encoder<Vec<u8>>, fields: &[(Vec<u8>, Vec<u8>, Indexing)]) -> Vec<u8> {
    let huffman = encoder.huffman;
    let mut buf = vec![0; Encoder::MAX_SIZE_UPDATES_LEN];
    let mut out = Vec::new();
    let block = encoder.block(&mut buf).unwrap();
    let len = block.written();
    let mut block = block.continue_in(&mut []);
    for (name, value, indexing) in fields {
        let BufferTooSmall { needed } = block.encode(name, value, *indexing).unwrap_err();
        let mut small = vec![0xee; needed - 1];
        assert!(needed <= Encoder::max_field_len(name.len(), value.len(), huffman));
        block = block.continue_in(&mut small);
        assert_eq!(block.encode(name, value, *indexing), Err(BufferTooSmall { needed }));
        let mut exact = vec![0; needed];
        block = block.continue_in(&mut exact);
        block.encode(name, value, *indexing).unwrap();
        assert_eq!(block.written(), needed);
        block = block.continue_in(&mut []);
        assert!(small.iter().all(|octet| *octet == 0xee), "wrote in spite of the error");
        out.extend(exact);
    }
    assert_eq!(block.finish(), 0);
    [&buf[..len], &out].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_step(steps in prop::collection::vec(step(), 1..25)) {
        let memory = vec![0xa5; Encoder::memory_len(MAX)];
        let mut encoder = Encoder::new_in(MAX, memory).unwrap();
        let mut other = Encoder::new_in(MAX, vec![0; 2 * Encoder::memory_len(MAX)]).unwrap();
        let mut decoder = decoder(LIMITS);
        // Both ends of this connection start below the usual 4,096.
        decoder.set_table_limit(1000).unwrap();
        encoder.set_table_limit(1000);
        other.set_table_limit(1000);
        for step in steps {
            match step {
                Step::Limit(limit) => {
                    decoder.set_table_limit(limit).unwrap();
                    encoder.set_table_limit(limit);
                    other.set_table_limit(limit);
                }
                Step::Huffman(policy) => {
                    encoder.huffman = policy;
                    other.huffman = policy;
                }
                Step::Block(fields) => {
                    let wire = encode(&mut encoder, &fields);
                    prop_assert_eq!(&wire, &encode(&mut other, &fields), "the memory's size and content do not matter");
                    let (decoded, end) = whole(&mut decoder, &wire);
                    prop_assert!(end.is_ok(), "{:?}", end);
                    prop_assert_eq!(decoded.len(), fields.len());
                    for (decoded, (name, value, indexing)) in decoded.iter().zip(&fields) {
                        prop_assert_eq!((&decoded.name, &decoded.value), (name, value));
                        let never = *indexing == Indexing::Never
                            || *indexing == Indexing::Auto && name == b"authorization"
                            || *indexing == Indexing::Auto && name == b"cookie" && value.len() < 20;
                        prop_assert_eq!(decoded.never_indexed, never);
                        if *indexing == Indexing::Without {
                            let incremental = matches!(decoded.representation, Representation::IncrementalIndexing { .. });
                            prop_assert!(!incremental);
                        }
                    }
                    prop_assert_eq!(
                        (decoder.table_size(), decoder.table_entries(), decoder.table_capacity()),
                        (encoder.table_size(), encoder.table_entries(), encoder.table_capacity())
                    );
                }
            }
        }
    }
}

#[test]
fn an_encoder_below_the_usual_size_says_so_first() {
    let mut encoder = Encoder::new_in(100, vec![0; Encoder::memory_len(100)]).unwrap();
    let mut buf = [0; 12];
    assert_eq!(encoder.block(&mut buf[..1]).unwrap_err(), BufferTooSmall { needed: 2 });
    assert_eq!(encoder.block(&mut buf).unwrap().finish(), 2);
    assert_eq!(buf[..2], [0x3f, 100 - 31]);
    assert_eq!(encoder.block(&mut buf).unwrap().finish(), 0, "once is enough");
}

#[test]
fn the_lowest_size_then_the_final_one() {
    let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let mut buf = [0; 12];
    let mut updates = |limits: &[u32]| {
        for limit in limits {
            encoder.set_table_limit(*limit);
        }
        let written = encoder.block(&mut buf).unwrap().finish();
        hex::encode(&buf[..written])
    };
    assert_eq!(updates(&[65_536]), "", "our own cap is in force already");
    assert_eq!(updates(&[4096, 0, 4096]), "203fe11f");
    assert_eq!(updates(&[30]), "3e");
    assert_eq!(updates(&[20, 10, 25]), "2a39");
    assert_eq!(updates(&[31]), "3f00");
    assert_eq!(updates(&[31]), "");
    assert_eq!(updates(&[1 << 30]), "3fe11f");
}

/// The longest codes, and lengths around those where the integers get longer.
#[test]
fn no_field_needs_more_than_its_bound() {
    let new = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let mut buf = vec![0; 1 << 20];
    let lens = [0, 1, 2, 3, 4, 5, 7, 33, 34, 125, 126, 127, 128, 4_300, 16_509, 16_510, 16_511];
    let how = [Indexing::Auto, Indexing::Incremental, Indexing::Without, Indexing::Never];
    for (name_len, value_len) in lens.iter().flat_map(|name| lens.map(|value| (*name, value))) {
        for (policy, indexing) in POLICIES.iter().flat_map(|policy| how.map(|how| (*policy, how))) {
            let bound = Encoder::max_field_len(name_len, value_len, policy);
            for octet in [b'\n', b'a', b'}'] {
                let (name, value) = (vec![octet; name_len], vec![octet; value_len]);
                let mut encoder = new.clone();
                encoder.huffman = policy;
                encoder.block(&mut buf[..bound]).unwrap().encode(&name, &value, indexing).unwrap();
            }
        }
    }
    assert_eq!(Encoder::max_field_len(12, 6, HuffmanPolicy::Auto), 1 + 13 + 7);
    for policy in POLICIES {
        assert_eq!(Encoder::max_field_len(1 << 30, 0, policy), usize::MAX);
        assert_eq!(Encoder::max_field_len(0, usize::MAX, policy), usize::MAX);
    }
}

/// An index of 60,000 takes 4 bytes, more than the name that it stands for.
#[test]
fn no_index_needs_more_than_the_bound() {
    let mut encoder = Encoder::new_in(1 << 22, vec![0; Encoder::memory_len(1 << 22)]).unwrap();
    encoder.set_table_limit(1 << 22);
    let mut buf = vec![0; 40];
    for number in 0..60_000_u32 {
        let mut block = encoder.block(&mut buf).unwrap();
        block.encode(&number.to_be_bytes()[2..], b"", Indexing::Incremental).unwrap();
        block.finish();
    }
    for policy in POLICIES {
        encoder.huffman = policy;
        for (value, indexing) in [(&b""[..], Indexing::Auto), (b"v", Indexing::Never)] {
            let bound = Encoder::max_field_len(2, value.len(), policy);
            let mut block = encoder.block(&mut buf[..bound]).unwrap();
            block.encode(b"\0\0", value, indexing).unwrap();
            assert!(block.finish() >= 4);
        }
    }
}

/// Short strings and long ones, whatever room there is.
#[test]
fn each_policy_codes_as_it_says() {
    for (octet, len, is_shorter) in
        [(b'a', 1, false), (b'a', 20, true), (b'a', 126, true), (b'a', 300, true), (b'\\', 20, false)]
    {
        let string = vec![octet; len];
        for (policy, coded) in POLICIES.into_iter().zip([is_shorter, true, false]) {
            let most = Encoder::max_field_len(1, len, policy);
            for room in [most, most + 300] {
                let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
                let mut buf = vec![0; room];
                encoder.huffman = policy;
                let mut block = encoder.block(&mut buf).unwrap();
                block.encode(b"\0", &string, Indexing::Never).unwrap();
                block.finish();
                // A name whose code is longer than it, so that its length says how it is coded.
                let name: &[u8] = if policy == HuffmanPolicy::Always { &[0x10, 0x82] } else { &[0x10, 1] };
                assert_eq!(&buf[..2], name, "{policy:?}");
                let value = if name[1] == 1 { buf[3] } else { buf[4] };
                assert_eq!(value & 0x80 != 0, coded, "{policy:?}, {len} of {octet}, room for {room}");
            }
        }
    }
}

/// Where there is much room, literals are written without being measured first.
#[test]
fn the_room_makes_no_difference() {
    let new = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
    let texts = ["a", "0", "~", "{", "\n", "\u{7f}x", "e}", "www.example.com/{id}", "AZ\u{e9}\\"];
    let lens = [0, 1, 2, 5, 6, 7, 8, 11, 12, 13, 30, 125, 126, 127, 128, 300];
    for (text, name_len) in texts.iter().flat_map(|text| lens.map(|len| (text, len))) {
        for (other, value_len) in texts.iter().flat_map(|text| lens.map(|len| (text, len))) {
            let octets = |text: &str, len| text.bytes().cycle().take(len).collect::<Vec<u8>>();
            let (name, value) = (octets(text, name_len), octets(other, value_len));
            let written = |room: usize| {
                let (mut encoder, mut buf) = (new.clone(), vec![0x55; room]);
                let mut block = encoder.block(&mut buf).unwrap();
                block.encode(&name, &value, Indexing::Auto).unwrap();
                let len = block.finish();
                buf.truncate(len);
                buf
            };
            let roomy = written(2_000);
            assert_eq!(roomy, written(roomy.len()), "{text} {name_len} {other} {value_len}");
        }
    }
}
