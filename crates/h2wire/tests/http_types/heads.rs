//! `Heads` makes of fields what `to_request` and its like make of lists of them, whatever the table of HPACK holds.

use h2wire::frame::{Flags, PayloadLength, SettingBuffer, SettingId, StreamId};
use h2wire::http_types::{Heads, ToHttpError};
use h2wire::{
    Event, FieldLine, FieldList, Indexing, Limits, Malformed, MalformedSet, Message, Options, Progress,
    Reader, Role, SectionHead, SectionKind, Writer,
};
use proptest::prelude::*;

const NAMES: [&str; 14] = [
    ":method",
    ":scheme",
    ":path",
    ":authority",
    ":status",
    ":protocol",
    "cookie",
    "host",
    "accept",
    "x-a",
    "x-b",
    "accept-encoding",
    "authorization",
    "UPPER",
];
const VALUES: [&str; 14] = [
    "GET",
    "CONNECT",
    "https",
    "/",
    "/a?b=c",
    "a.test",
    "b.test:1",
    "200",
    "103",
    "gzip, deflate",
    "a=1",
    "\u{1}",
    " a",
    "x y",
];

/// Fields as name, value and a number for how they are indexed.
pub(super) type Section = Vec<(String, String, u8)>;

/// A field, and how it is indexed; more often than not one of a request or response.
fn field() -> impl Strategy<Value = (String, String, u8)> {
    let value = prop_oneof![
        8 => prop::sample::select(&VALUES[..]).prop_map(String::from),
        1 => (0..3000_usize).prop_map(|len| "v".repeat(len)),
    ];
    (prop::sample::select(&NAMES[..]).prop_map(String::from), value, 0..8_u8)
}

fn section() -> impl Strategy<Value = Section> {
    let line = |name: &str, value: &str| (name.to_owned(), value.to_owned(), 0);
    let request = vec![
        line(":method", "GET"),
        line(":scheme", "https"),
        line(":authority", "a.test"),
        line(":path", "/a?b=c"),
    ];
    let start = prop_oneof![
        4 => Just(request),
        2 => Just(vec![line(":status", "200")]),
        1 => Just(vec![]),
    ];
    (start, prop::collection::vec(field(), 0..8)).prop_map(|(mut start, rest)| {
        // Most of the time what follows are regular fields.
        let keep = rest.len() % 3 == 0;
        start.extend(rest.into_iter().filter(|(name, ..)| keep || !name.starts_with(':')));
        start
    })
}

/// All sections, in frames of at most `frame` bytes, with table sizes that change.
pub(super) fn encode(sections: &[(Section, Option<u32>)], frame: u32) -> Vec<u8> {
    let mut writer = Writer::new(Role::Server, 4_096);
    (writer.validate_fields, writer.max_frame_size) = (false, PayloadLength::new(frame).unwrap());
    let mut out = Vec::new();
    writer.append_settings(&SettingBuffer::<0>::new().list(), &mut out).unwrap();
    for (section, table) in sections {
        if let Some(table) = table {
            let mut settings = SettingBuffer::<1>::new();
            settings.push(SettingId::HEADER_TABLE_SIZE, *table).unwrap();
            writer.append_acknowledge(&settings.list(), &mut out).unwrap();
        }
        let fields = section.iter().map(|(name, value, indexing)| {
            FieldLine::new(name.as_bytes(), value.as_bytes()).with_indexing(match indexing {
                0..=3 => Indexing::Incremental,
                4 => Indexing::Without,
                5 => Indexing::Never,
                _ => Indexing::Auto,
            })
        });
        let head = SectionHead::headers(StreamId::FIRST_CLIENT, false);
        writer.append_section(head, fields, &mut out).unwrap();
    }
    out
}

pub(super) type Made = Result<String, ToHttpError>;

fn options() -> Options {
    let mut options = Options::DEFAULT;
    options.allowed = MalformedSet::EMPTY.with(Malformed::TrailersWithoutEndStream);
    options
}

pub(super) fn by_heads(octets: &[u8], skip: usize) -> Vec<Made> {
    read_by(&mut Heads::new(), octets, skip)
}

fn read_by(heads: &mut Heads, octets: &[u8], skip: usize) -> Vec<Made> {
    let mut reader = Reader::new(Role::Observer, &Limits::observing(65_536, 4_096)).unwrap();
    reader.options = options();
    let (mut made, mut rest, mut frames) = (Vec::new(), octets, 0);
    // Some frames are not shown to it.
    let mut visit = |heads: &mut Heads, fields: &mut h2wire::Fields<'_, '_, Vec<u8>>| {
        frames += 1;
        if frames % skip == 0 { fields.skip().is_err().then_some(None)? } else { Some(heads.read(fields)) }
    };
    while let Progress::Item { item, consumed } =
        reader.read_with(rest, |fields| visit(heads, fields)).unwrap()
    {
        rest = &rest[consumed..];
        let Event::Fields { header, fields, .. } = item else { continue };
        match fields {
            Some(Some(Ok(SectionKind::Request))) => {
                made.push(heads.take_request().map(|request| format!("{request:?}")));
            }
            Some(Some(Ok(SectionKind::Response))) => {
                made.push(heads.take_response().map(|response| format!("{response:?}")));
            }
            Some(Some(Ok(SectionKind::Trailers))) => {
                made.push(heads.take_trailers().map(|trailers| format!("{trailers:?}")));
            }
            None | Some(Some(Err(_))) if header.flags.contains(Flags::END_HEADERS) => {
                made.push(Ok(String::new()));
            }
            _ => {}
        }
        assert_eq!(heads.take_request().unwrap_err(), ToHttpError::NotComplete);
    }
    made
}

pub(super) fn by_lists(octets: &[u8]) -> Vec<Made> {
    let mut reader = Reader::new(Role::Observer, &Limits::observing(65_536, 4_096)).unwrap();
    reader.options = options();
    let (mut made, mut rest) = (Vec::new(), octets);
    while let Progress::Item { item, .. } = reader.read_message(&mut rest).unwrap() {
        match item {
            Message::Section { kind, fields, .. } => made.push(match kind {
                SectionKind::Request => fields.into_request().map(|request| format!("{request:?}")),
                SectionKind::Response => fields.into_response().map(|response| format!("{response:?}")),
                SectionKind::Trailers => fields.to_trailers().map(|trailers| format!("{trailers:?}")),
            }),
            Message::RefusedSection { .. } => made.push(Ok(String::new())),
            _ => {}
        }
    }
    made
}

/// What a reader has checked is not checked again, and says the same.
fn checked_lists_are_as_others(octets: &[u8]) {
    let mut reader = Reader::new(Role::Observer, &Limits::observing(65_536, 4_096)).unwrap();
    let mut rest = octets;
    while let Progress::Item { item, .. } = reader.read_message(&mut rest).unwrap() {
        let Message::Section { kind, fields, .. } = item else { continue };
        let copy: FieldList = fields.iter().collect();
        let made = |list: &FieldList| match kind {
            SectionKind::Request => list.to_request().map(|request| format!("{request:?}")),
            SectionKind::Response => list.to_response().map(|response| format!("{response:?}")),
            SectionKind::Trailers => list.to_trailers().map(|trailers| format!("{trailers:?}")),
        };
        assert_eq!(made(&fields), made(&copy));
        let list = fields.clone();
        match kind {
            SectionKind::Request => {
                assert_eq!(list.into_request().map(|request| format!("{request:?}")), made(&fields));
            }
            SectionKind::Response => {
                assert_eq!(list.into_response().map(|response| format!("{response:?}")), made(&fields));
            }
            SectionKind::Trailers => {}
        }
        assert_eq!(copy.clone().into_request().is_ok(), copy.to_request().is_ok());
        let mut broken = fields;
        broken.push(&FieldLine::new(b":status", b"200"));
        assert!(
            broken.to_request().is_err() && broken.to_response().is_err() && broken.to_trailers().is_err()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn heads_are_those_of_the_lists(
        sections in prop::collection::vec((section(), prop::option::weighted(0.1, 0..4_096_u32)), 1..20),
        frame in prop_oneof![Just(16_384_u32), 16..200_u32],
        skip in prop_oneof![Just(usize::MAX), 2..6_usize],
    ) {
        let octets = encode(&sections, frame);
        let expected = by_lists(&octets);
        let found = by_heads(&octets, usize::MAX);
        prop_assert_eq!(found.len(), sections.len());
        prop_assert_eq!(&found, &expected);
        checked_lists_are_as_others(&octets);
        // Of sections that it has seen as a whole nothing is wrong, whichever others it was not shown.
        if frame == 16_384 {
            for (found, expected) in by_heads(&octets, skip).iter().zip(&expected) {
                if *found != Ok(String::new()) {
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Of fields that repeat nothing is made again. It is the same in any case.
    #[test]
    fn repeated_sections_are_as_new_ones(
        pool in prop::collection::vec(section(), 1..4),
        picks in prop::collection::vec((0..4_usize, 1..5_usize, prop::option::weighted(0.1, 0..4_096_u32)), 1..12),
        frame in prop_oneof![3 => Just(16_384_u32), 1 => 16..60_u32],
        skip in prop_oneof![Just(usize::MAX), 2..9_usize],
    ) {
        let mut sections = Vec::new();
        for (pick, times, table) in picks {
            let section = &pool[pick % pool.len()];
            sections.push((section.clone(), table));
            sections.extend((1..times).map(|_| (section.clone(), None)));
        }
        let octets = encode(&sections, frame);
        let expected = by_lists(&octets);
        prop_assert_eq!(&by_heads(&octets, usize::MAX), &expected);
        if frame == 16_384 {
            for (found, expected) in by_heads(&octets, skip).iter().zip(&expected) {
                if *found != Ok(String::new()) {
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }

    /// Sections with the same names, of which some values change: a map that was made before is not taken with the wrong ones.
    #[test]
    fn sections_with_the_same_names_are_as_new_ones(
        pool in prop::collection::vec(section(), 1..4),
        picks in prop::collection::vec((0..4_usize, 1..5_usize, prop::collection::vec((0..12_usize, field()), 0..3)), 1..16),
        frame in prop_oneof![3 => Just(16_384_u32), 1 => 16..60_u32],
        cut in prop_oneof![2 => Just(usize::MAX), 1 => 4..12_usize],
    ) {
        let mut sections = Vec::new();
        for (pick, times, changes) in picks {
            let mut section = pool[pick % pool.len()].clone();
            section.truncate(cut);
            sections.extend((0..times).map(|_| (section.clone(), None)));
            for (at, (_, value, indexing)) in changes {
                if let Some(line) = section.get_mut(4 + at) {
                    (line.1, line.2) = (value, indexing);
                }
            }
            sections.extend((0..times).map(|_| (section.clone(), None)));
        }
        let octets = encode(&sections, frame);
        prop_assert_eq!(&by_heads(&octets, usize::MAX), &by_lists(&octets));
    }

    /// The same heads read one direction after the other, under whose numbers other fields stand.
    #[test]
    fn repeated_sections_of_another_direction_are_no_repeats(
        pools in prop::collection::vec(prop::collection::vec(section(), 1..3), 2..4),
        times in 2..6_usize,
    ) {
        let mut heads = Heads::new();
        for pool in pools {
            let sections: Vec<_> =
                pool.iter().flat_map(|section| vec![(section.clone(), None); times]).collect();
            let octets = encode(&sections, 16_384);
            prop_assert_eq!(read_by(&mut heads, &octets, usize::MAX), by_lists(&octets));
        }
    }
}

/// Another direction's fields under the same numbers are not taken for these.
#[test]
fn what_is_kept_is_compared() {
    let sections = |value: &str| {
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned(), 0);
        let section = vec![line(":status", "200"), line("x-a", value)];
        vec![(section.clone(), None), (section, None)]
    };
    let [first, second] = ["one", "two"].map(|value| encode(&sections(value), 16_384));
    let mut heads = Heads::new();
    for (octets, value) in [(first, "one"), (second, "two")] {
        let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
        let (mut rest, mut responses) = (octets.as_slice(), 0);
        while let Progress::Item { item, consumed } =
            reader.read_with(rest, |fields| heads.read(fields)).unwrap()
        {
            rest = &rest[consumed..];
            if let Event::Fields { fields: Some(Ok(_)), .. } = item {
                assert_eq!(
                    heads.take_trailers().unwrap_err(),
                    ToHttpError::OtherKind { found: SectionKind::Response }
                );
                assert_eq!(heads.take_response().unwrap().headers()["x-a"], value);
                responses += 1;
            }
        }
        assert_eq!(responses, 2);
    }
    assert!(matches!(
        FieldList::new().to_request(),
        Err(ToHttpError::Malformed(_) | ToHttpError::OtherKind { .. })
    ));
}

/// Literals that are too large for the table get the numbers that entries get later, more of them than there are places to keep.
#[test]
fn what_never_became_an_entry_is_not_taken_for_one() {
    let string = |block: &mut Vec<u8>, text: &str| {
        block.push(u8::try_from(text.len()).unwrap());
        block.extend_from_slice(text.as_bytes());
    };
    let start = |updates: &[u8], authority: &str| {
        // GET, https, /, and an authority that does not become an entry.
        let mut block = [updates, &[0x82, 0x87, 0x84, 0x01]].concat();
        string(&mut block, authority);
        block
    };
    let literal = |block: &mut Vec<u8>, name: &str, value: &str| {
        block.push(0x40);
        string(block, name);
        string(block, value);
    };
    for fields in [2_u8, 31, 32, 33, 60, 64, 65] {
        let mut without = start(&[0x20], "evil.test");
        literal(&mut without, "host", "evil.test");
        (1..fields).for_each(|index| literal(&mut without, "x", &index.to_string()));
        let mut filling = start(&[0x20, 0x3f, 0xe1, 0x1f], "a.test");
        literal(&mut filling, "x", &(fields - 1).to_string());
        (1..fields).for_each(|index| literal(&mut filling, "x", &index.to_string()));
        let mut entries = start(&[], "good.test");
        entries.extend((0..fields).rev().map(|index| 0x80 | (62 + index)).filter(|octet| *octet < 0xff));

        let mut octets = b"\0\0\0\x04\0\0\0\0\0".to_vec();
        for block in [&without, &without, &filling, &entries] {
            octets.extend_from_slice(&u32::try_from(block.len()).unwrap().to_be_bytes()[1..]);
            octets.extend_from_slice(b"\x01\x04\0\0\0\x01");
            octets.extend_from_slice(block);
        }
        let (found, expected) = (by_heads(&octets, 3), by_lists(&octets));
        assert_eq!((found.len(), expected.len()), (4, 4));
        assert_eq!((&found[..2], &found[3]), (&expected[..2], &expected[3]), "{fields} fields");
    }
}
