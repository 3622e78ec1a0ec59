//! What a reader or writer finds in fields whose class it keeps with the entries of HPACK is what a fresh validator finds in the same
//! fields.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use h2wire::frame::StreamId;
use h2wire::hpack::{Encoder, Indexing};
use h2wire::{
    Event, Expected, FieldLine, FieldStep, FieldValidator, Limits, Malformed, MalformedSet, Options,
    Progress, Reader, Role, SectionHead, WriteError, Writer,
};
use proptest::prelude::*;

const NAMES: [&str; 28] = [
    ":method",
    ":scheme",
    ":path",
    ":authority",
    ":protocol",
    ":status",
    ":other",
    ":",
    "",
    "host",
    "te",
    "content-length",
    "connection",
    "proxy-connection",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
    "a",
    "accept",
    "user-agent",
    "cookie",
    "Upper",
    "TE",
    "Host",
    "bad name",
    "x-\u{e9}",
    "content-type",
    "via",
];

const VALUES: [&str; 45] = [
    "",
    "GET",
    "HEAD",
    "POST",
    "OPTIONS",
    "CONNECT",
    "G T",
    "http",
    "https",
    "HTTPS",
    "ftp",
    "1a",
    "/",
    "/index.html",
    "*",
    "x",
    "/a#b",
    "/a b",
    "example.com",
    "EXAMPLE.com:443",
    "example.com:80",
    "a@b",
    "a/b",
    ":1",
    "[::1]:443",
    "websocket",
    "a b",
    "200",
    "204",
    "100",
    "101",
    "20",
    "2000",
    "099",
    "trailers",
    "Trailers",
    "gzip",
    "0",
    "5",
    "18446744073709551616",
    " a",
    "a\t",
    "a\nb",
    "a\u{1}b",
    "\0",
];

#[derive(Clone, Debug)]
struct Section {
    fields: Vec<(usize, usize)>,
    end_stream: bool,
}

fn section() -> impl Strategy<Value = Section> {
    // Mostly the same few, so that entries are used again.
    let field = prop_oneof![
        3 => (0..NAMES.len(), 0..VALUES.len()),
        1 => Just((0, 1)),
        1 => Just((1, 8)),
        1 => Just((2, 13)),
        1 => Just((3, 18)),
        1 => Just((9, 19)),
        1 => Just((5, 27)),
    ];
    (prop::collection::vec(field, 0..9), any::<bool>())
        .prop_map(|(fields, end_stream)| Section { fields, end_stream })
}

fn compare(role: Role, options: Options, sections: &[Section], table: u32) {
    let mut encoder = Encoder::new(table);
    let mut reader = Reader::new(role, &Limits::DEFAULT).unwrap();
    reader.options = options;
    let mut octets = if role == Role::Server { h2wire::frame::PREFACE.to_vec() } else { Vec::new() };
    octets.extend(b"\0\0\0\x04\0\0\0\0\0");
    let first: u32 = 1;
    for (number, section) in (0..).zip(sections) {
        let mut block = Vec::new();
        let fields = section
            .fields
            .iter()
            .map(|(name, value)| (NAMES[*name].as_bytes(), VALUES[*value].as_bytes(), Indexing::Incremental));
        encoder.encode_block(fields, &mut block);
        let stream_id = StreamId::new(first + 2 * number).unwrap();
        // END_HEADERS, and END_STREAM.
        let flags = 4 | u8::from(section.end_stream);
        octets.extend(&u32::try_from(block.len()).unwrap().to_be_bytes()[1..]);
        octets.extend([1, flags]);
        octets.extend(stream_id.get().to_be_bytes());
        octets.extend(block);
    }
    let (mut rest, mut next) = (octets.as_slice(), sections.iter());
    while let Progress::Item { item, consumed } = reader.read(rest).unwrap() {
        rest = &rest[consumed..];
        let Event::Fields { frame, mut fields, .. } = item else { continue };
        let section = next.next().unwrap();
        let head = SectionHead::from_frame(&frame).unwrap();
        let mut validator = FieldValidator::new(Expected::by(role, &head));
        (validator.extended_connect, validator.allowed) =
            (options.extended_connect || role == Role::Observer, options.allowed);
        let mut at = 0;
        loop {
            match fields.next().unwrap() {
                FieldStep::Field(field) => {
                    let (name, value) = section.fields[at];
                    assert_eq!((field.name, field.value), (NAMES[name].as_bytes(), VALUES[value].as_bytes()));
                    at += 1;
                    let found = validator.field(field.name, field.value);
                    assert_eq!(fields.broken(), found, "field {at} of {section:?}");
                }
                FieldStep::FragmentEnd => panic!("one frame"),
                FieldStep::SectionEnd(end) => {
                    assert_eq!(end.broken, validator.broken(section.end_stream), "{section:?}");
                    assert_eq!(end.content_length, validator.content_length());
                    let found = validator.finish(section.end_stream);
                    assert_eq!(
                        end.kind.map_err(|error| (error.rule.name(), error.field())),
                        found.map_err(|breach| { (breach.malformed.name(), breach.field()) }),
                        "{section:?}"
                    );
                    break;
                }
            }
        }
        assert_eq!(at, section.fields.len());
    }
    assert!(rest.is_empty() && next.next().is_none());
}

/// Writes sections as a whole, and field by field without those that are refused. Fields that only some sections may have are
/// entries all the same.
fn compare_writer(role: Role, allowed: MalformedSet, sections: &[Section], table: u32) {
    let mut writer = Writer::new(role, table);
    let (receiver, mut out) =
        if role == Role::Client { (Role::Server, Vec::new()) } else { (Role::Client, Vec::new()) };
    if role == Role::Client {
        writer.append_preface(&mut out).unwrap();
    }
    writer.append_settings(&Limits::DEFAULT.settings(role).list(), &mut out).unwrap();
    for (number, section) in (0..).zip(sections) {
        writer.allowed = if number % 3 == 0 { allowed } else { MalformedSet::EMPTY };
        let head = SectionHead::headers(StreamId::new(1 + 2 * number).unwrap(), section.end_stream);
        let mut validator = FieldValidator::new(Expected::by(receiver, &head)).sending();
        (validator.extended_connect, validator.allowed) = (writer.extended_connect, writer.allowed);
        let lines = section.fields.iter().map(|(name, value)| {
            FieldLine::new(NAMES[*name].as_bytes(), VALUES[*value].as_bytes())
                .with_indexing(Indexing::Incremental)
        });
        let written = if number % 2 == 0 {
            for line in lines.clone() {
                validator.field(line.name, line.value);
            }
            writer.append_section(head, lines, &mut out)
        } else {
            let mut buf = [0; 4_096];
            let mut open = writer.section(head, &mut buf).unwrap();
            for line in lines {
                let mut next = validator.clone();
                next.field(line.name, line.value);
                match next.breach() {
                    None => {
                        open.field(&line).unwrap();
                        validator = next;
                    }
                    Some(breach) => assert_eq!(open.field(&line), Err(WriteError::Malformed(breach))),
                }
            }
            open.finish().map(|_| ())
        };
        let expected = validator.finish(section.end_stream).map(|_| ()).map_err(WriteError::Malformed);
        assert_eq!(written, expected, "{section:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn marks_change_nothing(
        sections in prop::collection::vec(section(), 1..12),
        role in prop_oneof![Just(Role::Server), Just(Role::Client), Just(Role::Observer)],
        (extended_connect, lenient) in any::<(bool, bool)>(),
        table in prop_oneof![Just(4_096_u32), Just(200), Just(0)],
    ) {
        let allowed = MalformedSet::EMPTY.with(Malformed::FieldValueWhiteSpace).with(Malformed::Te);
        let mut options = Options::DEFAULT.with_extended_connect(extended_connect);
        options.allowed = if lenient { allowed } else { MalformedSet::EMPTY };
        compare(role, options, &sections, table);
    }

    #[test]
    fn marks_change_nothing_for_writers(
        sections in prop::collection::vec(section(), 1..12),
        role in prop_oneof![Just(Role::Server), Just(Role::Client)],
        table in prop_oneof![Just(4_096_u32), Just(200), Just(0)],
    ) {
        let allowed = MalformedSet::EMPTY
            .with(Malformed::FieldValueWhiteSpace)
            .with(Malformed::Te)
            .with(Malformed::ConnectionSpecific)
            .with(Malformed::FieldValue);
        compare_writer(role, allowed, &sections, table);
    }
}
