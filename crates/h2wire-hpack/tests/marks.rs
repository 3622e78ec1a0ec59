//! What the caller of an encoder or a decoder keeps of entries, and fields that it does not accept.

use h2wire_hpack::{Decoder, DecoderLimits, Encoder, Indexing, Marks, NoMarks};

/// The length of the value; of an entry of the static table its index, with the top bit.
#[derive(Clone, Copy)]
struct Lengths;

impl Marks for Lengths {
    fn fixed(self, index: u32) -> u8 {
        0x80 | u8::try_from(index).unwrap()
    }

    fn literal(self, static_name: u32, name: &[u8], value: &[u8]) -> u8 {
        assert_eq!(static_name, if name == b"server" { 54 } else { 0 });
        u8::try_from(value.len()).unwrap()
    }
}

/// The marks that `accept` was asked about, and the octets.
fn encode(
    encoder: &mut Encoder<Vec<u8>>,
    fields: &[(&[u8], &[u8], Indexing)],
    accepted: bool,
) -> (Vec<u8>, Vec<u8>) {
    let (mut marks, mut buf) = (Vec::new(), vec![0; 4096]);
    let mut block = encoder.block(&mut buf).unwrap();
    for (name, value, indexing) in fields {
        let taken = block.encode_if(Lengths, name, value, *indexing, |mark| {
            marks.push(mark);
            accepted
        });
        assert_eq!(taken, Ok(accepted));
    }
    let len = block.finish();
    buf.truncate(len);
    (marks, buf)
}

const FIELDS: [(&[u8], &[u8], Indexing); 5] = [
    (b":method", b"GET", Indexing::Auto),
    (b"server", b"h2wire", Indexing::Auto),
    (b"x-name", b"value", Indexing::Auto),
    (b"x-name", b"secret value", Indexing::Never),
    (b"x-empty", b"", Indexing::Auto),
];

fn fixed() -> Encoder<Vec<u8>> {
    Encoder::new_in(4096, vec![0xa5; Encoder::memory_len(4096)]).unwrap()
}

#[test]
fn an_entry_keeps_its_mark() {
    let mut encoder = fixed();
    let marks = encode(&mut encoder, &FIELDS, true).0;
    assert_eq!(marks, [0x82, 6, 5, 12, 0]);
    // Found by index, but for the one that is never an entry.
    let (again, octets) = encode(&mut encoder, &FIELDS, true);
    assert_eq!(again, marks);
    assert_eq!(octets[..4], [0x82, 0xc0, 0xbf, 0x1f]);
}

#[test]
#[cfg(feature = "alloc")]
fn marks_move_with_their_entries() {
    let mut encoder = Encoder::new(4096);
    encode(&mut encoder, &FIELDS, true);
    let names: Vec<_> = (0..30).map(|number| format!("x-{number}")).collect();
    let more: Vec<_> = names.iter().map(|name| (name.as_bytes(), &b"v"[..], Indexing::Auto)).collect();
    encode(&mut encoder, &more, true);
    assert_eq!(encode(&mut encoder, &FIELDS, true).0, [0x82, 6, 5, 12, 0]);
}

#[test]
fn a_field_that_is_not_accepted_changes_nothing() {
    let mut encoder = fixed();
    assert_eq!(encode(&mut encoder, &FIELDS, false), (vec![0x82, 6, 5, 12, 0], vec![]));
    assert_eq!(encoder.table_entries(), 0);
    encode(&mut encoder, &FIELDS, true);
    assert_eq!(encode(&mut encoder, &FIELDS, false).1, []);
    assert_eq!(encoder.table_entries(), 3);
}

#[test]
fn without_room_nobody_is_asked() {
    let mut encoder = fixed();
    encode(&mut encoder, &FIELDS, true);
    for (name, value, indexing) in FIELDS {
        let mut block = encoder.block(&mut []).unwrap();
        let taken = block.encode_if(Lengths, name, value, indexing, |_| panic!("there is no room"));
        assert!(taken.is_err());
    }
    let mut buf = [0; 8];
    let mut block = encoder.block(&mut buf).unwrap();
    block.encode(b"x-plain", b"v", Indexing::Auto).unwrap_err();
    assert_eq!((block.finish(), encoder.table_entries()), (0, 3));
}

/// Of what was encoded without marks nothing is known.
#[test]
fn other_entries_have_none() {
    let mut encoder = fixed();
    let mut buf = [0; 64];
    let mut block = encoder.block(&mut buf).unwrap();
    for (name, value, indexing) in FIELDS {
        block.encode(name, value, indexing).unwrap();
    }
    block.finish();
    assert_eq!(encode(&mut encoder, &FIELDS, true).0, [0x82, 0, 0, 12, 0]);
}

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT;

/// The marks of the fields of a block.
fn decode(decoder: &mut Decoder<Vec<u8>>, block: &[u8]) -> Vec<u8> {
    decode_by(Lengths, decoder, block)
}

fn decode_by(kind: impl Marks, decoder: &mut Decoder<Vec<u8>>, block: &[u8]) -> Vec<u8> {
    let mut fragment = decoder.feed(block, true);
    let mut marks = Vec::new();
    while !fragment.has_ended() {
        fragment.next_with(
            kind,
            &mut marks,
            |marks, _, mark| marks.push(mark),
            |_, end| assert!(end.is_ok()),
        );
    }
    marks
}

#[test]
fn a_decoder_keeps_marks_of_entries() {
    let (_, block) = encode(&mut fixed(), &FIELDS, true);
    let mut decoder = Decoder::new_in(&LIMITS, vec![0xa5; LIMITS.memory_len()]).unwrap();
    assert_eq!(decode(&mut decoder, &block), [0x82, 6, 5, 12, 0]);
    // `x-empty`, `x-name`, `server`; the name of one of them; `:status`.
    assert_eq!(decode(&mut decoder, b"\xbe\xbf\xc0\x0f\x30\x01a\x88"), [0, 5, 6, 1, 0x88]);
}

#[test]
fn without_marks_all_are_0() {
    let (_, block) = encode(&mut fixed(), &FIELDS, true);
    let mut decoder = Decoder::new_in(&LIMITS, vec![0xa5; LIMITS.memory_len()]).unwrap();
    assert_eq!(decode_by(NoMarks, &mut decoder, &block), [0; 5]);
    assert_eq!(decode(&mut decoder, b"\xbe\xbf\xc0"), [0; 3], "nor has an entry got one");
}

/// Its name may be anything.
#[test]
#[cfg(feature = "alloc")]
fn what_a_decoder_has_not_seen_has_no_mark() {
    let mut decoder = Decoder::joined_in(&LIMITS, vec![0xa5; LIMITS.memory_len()]).unwrap();
    // An entry, values with the name of one, and the entry that has become of the first of these.
    assert_eq!(decode(&mut decoder, b"\xbe\x7e\x03abc\x0f\x2f\x01a\xbe"), [0; 4]);
}

#[test]
fn entries_are_numbered_as_they_are_added() {
    let mut decoder = Decoder::new_in(&LIMITS, vec![0xa5; LIMITS.memory_len()]).unwrap();
    let mut fragment = decoder.feed(b"\x40\x01a\x011\x40\x01b\x012", true);
    let (mut numbers, start) = (Vec::new(), fragment.entries().added);
    let since = |number: Option<u32>| number.map(|number| number.wrapping_sub(start));
    while !fragment.has_ended() {
        let entries = fragment.entries();
        numbers.push([61, 62, 63, 64].map(|index| since(entries.number_of(index))));
        fragment.next().unwrap();
    }
    assert_eq!(
        numbers,
        [[None; 4], [None, Some(0), None, None], [None, Some(1), Some(0), None]],
        "the newest has the lowest index"
    );
    let entries = fragment.entries();
    assert_eq!((since(Some(entries.added)), entries.present), (Some(2), 2));
    // A table for one of them.
    let mut fragment = decoder.feed(b"\x3f\x03\xbe", true);
    fragment.next().unwrap();
    let entries = fragment.entries();
    assert_eq!((entries.present, since(entries.number_of(62)), entries.number_of(63)), (1, Some(1), None));
}
