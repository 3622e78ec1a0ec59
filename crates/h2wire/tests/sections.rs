//! Field sections as a reader tells them: what is dropped, malformed, promised, counted; and settings that come into force.

mod readers;

use h2wire::frame::{FrameType, PayloadLength, SettingBuffer, SettingId, StreamId};
use h2wire::{
    Chunk, ChunkedReader, EndOfInput, Event, FieldStep, Limits, Malformed, Options, Progress, Reader,
    ReaderError, Role, Rule, SectionKind, SettingsSentError, StreamError, hpack,
};
use readers::{Setup, Told, by_all};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
/// `:status: 200`, and `a: b` as an entry.
const RESPONSE: &[u8] = b"\0\0\x06\x01\x04\0\0\0\x01\x88\x40\x01a\x01b";
/// `:status: 200`, and the entry.
const SAME_AGAIN: &[u8] = b"\0\0\x02\x01\x04\0\0\0\x03\x88\xbe";

type Memory = Vec<u8>;

fn reader(role: Role) -> Reader<Memory> {
    Reader::new_in(role, &Limits::DEFAULT, vec![0; Limits::DEFAULT.memory_len()]).unwrap()
}

fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

/// Reads items until more bytes are needed, and drops the fields of each as soon as they are lent.
fn drop_all(reader: &mut Reader<Memory>, octets: &[u8]) -> Result<usize, h2wire::ConnectionError> {
    let (mut rest, mut items) = (octets, 0);
    while let Progress::Item { item, consumed } = reader.read(rest)? {
        drop(item);
        rest = &rest[consumed..];
        items += 1;
    }
    Ok(items)
}

#[test]
fn fields_that_nobody_looks_at_are_decoded_nevertheless() {
    let mut reader = reader(Role::Client);
    assert_eq!(drop_all(&mut reader, &[SETTINGS, RESPONSE].concat()), Ok(2));
    let Ok(Progress::Item { item: Event::Fields { mut fields, .. }, .. }) = reader.read(SAME_AGAIN) else {
        panic!()
    };
    assert!(matches!(fields.next(), Ok(FieldStep::Field(field)) if field.name == b":status"));
    assert!(
        matches!(fields.next(), Ok(FieldStep::Field(field)) if (field.name, field.value) == (b"a", b"b"))
    );
    // Stopped half-way: the rest counts too.
    drop(fields);
    assert_eq!((reader.counters.sections, reader.counters.frames(FrameType::HEADERS)), (2, 2));
}

#[test]
fn an_error_in_fields_that_nobody_looks_at_is_told_by_the_next_call() {
    let mut reader = reader(Role::Client);
    let broken = b"\0\0\x02\x01\x04\0\0\0\x01\x88\x80";
    assert_eq!(drop_all(&mut reader, SETTINGS), Ok(1));
    let offset = reader.offset();
    let Ok(Progress::Item { item, .. }) = reader.read(broken) else { panic!() };
    drop(item);
    let error = reader.read(ACK).unwrap_err();
    assert_eq!(error.rule, Rule::Hpack(hpack::HpackError::IndexZero));
    assert_eq!(reader.offset(), offset, "an error is where its frame starts");
    assert_eq!(reader.end_of_input(b""), Err(error));
}

#[test]
fn a_malformed_section_is_an_error_of_its_stream_and_hpack_is_in_step() {
    let upper_case = b"\0\0\x0a\x01\x04\0\0\0\x05\x88\x40\x01a\x01b\0\x01A\0";
    let octets = [SETTINGS, upper_case, SAME_AGAIN].concat();
    let report = by_all(&Setup::new(Role::Client), &octets, &[20, 23]);
    assert_eq!(report.sections(), [Err(Rule::Malformed(Malformed::FieldName)), Ok(SectionKind::Response)]);
    assert_eq!((report.end, report.counters.stream_errors), (Ok(EndOfInput::Clean), 1));

    // A tool that shows what is there does without.
    let options = Options::DEFAULT.with_validate_fields(false);
    let report = by_all(&Setup { options, ..Setup::new(Role::Client) }, &octets, &[]);
    assert_eq!(report.sections(), [Ok(SectionKind::Response); 2]);

    // An endpoint may end the connection instead.
    let options = Options::DEFAULT.with_escalate_stream_errors(true);
    let report = by_all(&Setup { options, ..Setup::new(Role::Client) }, &octets, &[]);
    assert_eq!(report.rule(), Some(Rule::Malformed(Malformed::FieldName)));
    assert_eq!(report.offset, 9);
    let window_update = b"\0\0\x04\x08\0\0\0\0\x07\0\0\0\0";
    let report = by_all(
        &Setup { options, ..Setup::new(Role::Client) },
        &[SETTINGS, window_update, SAME_AGAIN].concat(),
        &[],
    );
    assert_eq!(report.rule(), Some(Rule::Frame(h2wire::frame::FrameRule::WindowUpdateIncrement)));
}

#[test]
fn whose_fields_they_are_decides_what_they_must_be() {
    let request = b"\0\0\x03\x01\x05\0\0\0\x01\x82\x86\x84";
    let response = &RESPONSE[..10];
    let response = [b"\0\0\x01", &response[3..]].concat();
    let other_side = Err(Rule::Malformed(Malformed::PseudoFieldOfOtherSide));
    let first = |role, frame: &[u8]| {
        let preface: &[u8] = if role == Role::Server { PREFACE } else { b"" };
        by_all(&Setup::new(role), &[preface, SETTINGS, frame].concat(), &[]).sections().remove(0)
    };
    assert_eq!(first(Role::Server, request), Ok(SectionKind::Request));
    assert_eq!(first(Role::Client, request), other_side);
    assert_eq!(first(Role::Client, &response), Ok(SectionKind::Response));
    assert_eq!(first(Role::Server, &response), other_side);
    assert_eq!(first(Role::Observer, request), Ok(SectionKind::Request));
    assert_eq!(first(Role::Observer, &response), Ok(SectionKind::Response));
}

#[test]
fn a_promised_request_is_told_with_its_stream() {
    let promise = b"\0\0\x0a\x05\x04\0\0\0\x01\0\0\0\x02\x82\x86\x84\x01\x01a";
    let broken = b"\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x04\x82";
    let report = by_all(&Setup::new(Role::Client), &[SETTINGS, promise, broken].concat(), &[]);
    let ends: Vec<_> = report
        .told
        .iter()
        .filter_map(|told| match told {
            Told::SectionEnd(end) => Some(*end),
            _ => None,
        })
        .collect();
    assert_eq!((ends[0].head.stream_id, ends[0].head.promised_stream_id), (stream(1), Some(stream(2))));
    assert_eq!(ends[0].kind, Ok(SectionKind::Request));
    // The promised stream is the one to reset.
    let rule = Rule::Malformed(Malformed::SchemeMissing);
    assert_eq!(ends[1].kind, Err(StreamError::new(stream(4), rule)));
}

#[test]
fn counters_count_what_floods_are_made_of() {
    let empty_data = b"\0\0\0\0\0\0\0\0\x01";
    let last_data = b"\0\0\0\0\x01\0\0\0\x01";
    let reset = b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08";
    let ping = b"\0\0\x08\x06\0\0\0\0\x0012345678";
    let pong = b"\0\0\x08\x06\x01\0\0\0\x0012345678";
    let unknown = b"\0\0\0\xee\0\0\0\0\0";
    let octets =
        [SETTINGS, ACK, empty_data, empty_data, last_data, reset, ping, pong, unknown, RESPONSE].concat();
    let counters = by_all(&Setup::new(Role::Client), &octets, &[]).counters;
    assert_eq!((counters.frames(FrameType::DATA), counters.empty_data), (3, 2));
    assert_eq!((counters.frames(FrameType::SETTINGS), counters.settings), (2, 1));
    assert_eq!((counters.frames(FrameType::PING), counters.pings), (2, 1));
    assert_eq!((counters.frames(FrameType::RST_STREAM), counters.frames(FrameType(0xee))), (1, 1));
    assert_eq!((counters.sections, counters.stream_errors), (1, 0));
}

#[test]
fn settings_come_into_force_when_they_are_acknowledged() {
    let mut reader = reader(Role::Client);
    drop_all(&mut reader, SETTINGS).unwrap();
    let frame_size = |octets: u32| {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(SettingId::MAX_FRAME_SIZE, octets).unwrap();
        settings
    };
    // Larger frames may come before the acknowledgment, smaller ones are sure after it.
    reader.settings_sent(&frame_size(20_000).list()).unwrap();
    assert_eq!(reader.max_frame_size(), PayloadLength::new(20_000).unwrap());
    reader.settings_sent(&frame_size(16_384).list()).unwrap();
    drop_all(&mut reader, ACK).unwrap();
    assert_eq!(reader.max_frame_size(), PayloadLength::new(20_000).unwrap());
    drop_all(&mut reader, ACK).unwrap();
    assert_eq!(reader.max_frame_size(), PayloadLength::new(16_384).unwrap());
    // An acknowledgment of nothing is no error.
    drop_all(&mut reader, ACK).unwrap();

    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::HEADER_TABLE_SIZE, 4097).unwrap();
    assert_eq!(reader.settings_sent(&settings.list()), Err(SettingsSentError::TableSize { max: 4096 }));
}

#[test]
fn larger_frames_that_are_on_their_way_stay_allowed() {
    let mut reader = reader(Role::Client);
    drop_all(&mut reader, SETTINGS).unwrap();
    for size in [16_384, 100_000] {
        let mut settings = SettingBuffer::<1>::new();
        settings.push(SettingId::MAX_FRAME_SIZE, size).unwrap();
        reader.settings_sent(&settings.list()).unwrap();
    }
    drop_all(&mut reader, ACK).unwrap();
    let header = b"\0\x4e\x20\0\0\0\0\0\x01";
    // Before and after the reader has seen it.
    assert_eq!(reader.end_of_input(header), Ok(EndOfInput::InsideFrame { have: 9, need: 20_009 }));
    assert!(matches!(reader.read(header), Ok(Progress::Needed(20_000))));
}

#[test]
fn push_is_refused_once_it_is_known_to_be_disabled() {
    let promise = b"\0\0\x09\x05\x04\0\0\0\x01\0\0\0\x02\x82\x86\x84\x41\0";
    let setup = Setup { disables_push: true, ..Setup::new(Role::Client) };
    // Before the acknowledgment the server may not have known.
    assert_eq!(by_all(&setup, &[SETTINGS, promise].concat(), &[]).rule(), None);
    let report = by_all(&setup, &[SETTINGS, ACK, promise].concat(), &[]);
    assert_eq!(report.rule(), Some(Rule::Frame(h2wire::frame::FrameRule::PushPromiseDisabled)));
}

#[test]
fn every_table_size_of_a_frame_counts() {
    let mut settings = SettingBuffer::<2>::new();
    settings.push(SettingId::HEADER_TABLE_SIZE, 0).unwrap();
    settings.push(SettingId::HEADER_TABLE_SIZE, 4096).unwrap();
    // :status 200, and a: b, which goes into the table.
    let inserting = b"\0\0\x06\x01\x04\0\0\0\x01\x88\x40\x01a\x01b";
    let updates = b"\x20\x3f\xe1\x1f\x88".as_slice();
    for (before, block, ok) in
        [(inserting.as_slice(), updates, true), (inserting, b"\x88", false), (b"", b"\x88", true)]
    {
        let mut reader = reader(Role::Client);
        drop_all(&mut reader, SETTINGS).unwrap();
        drop_all(&mut reader, before).unwrap();
        reader.settings_sent(&settings.list()).unwrap();
        drop_all(&mut reader, ACK).unwrap();
        let len = u8::try_from(block.len()).unwrap();
        let frame = [&[0, 0, len, 1, 4, 0, 0, 0, 1], block].concat();
        drop_all(&mut reader, &frame).ok();
        assert_eq!(
            reader.end_of_input(b"").is_ok(),
            ok,
            "a size update to the lowest is due once the table has entries"
        );
    }
}

#[test]
fn fields_that_are_forgotten_are_an_error_of_the_caller() {
    let mut reader = reader(Role::Client);
    drop_all(&mut reader, SETTINGS).unwrap();
    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::HEADER_TABLE_SIZE, 100).unwrap();
    reader.settings_sent(&settings.list()).unwrap();
    std::mem::forget(reader.read(RESPONSE).unwrap());
    drop_all(&mut reader, ACK).unwrap();
    let error = drop_all(&mut reader, RESPONSE).unwrap_err();
    assert_eq!(error.rule, Rule::Hpack(hpack::HpackError::AbandonedBlock));
}

#[test]
fn what_is_missing_at_the_end_is_told() {
    let open = b"\0\0\x01\x01\0\0\0\0\x01\x82";
    for (octets, ending) in [
        (&b""[..], EndOfInput::BeforeSettings),
        (&PREFACE[..5], EndOfInput::InsideFrame { have: 5, need: 24 }),
        (PREFACE, EndOfInput::BeforeSettings),
        (&[PREFACE, &SETTINGS[..4]].concat(), EndOfInput::InsideFrame { have: 4, need: 9 }),
        (&[PREFACE, SETTINGS].concat(), EndOfInput::Clean),
        (&[PREFACE, SETTINGS, &open[..9]].concat(), EndOfInput::InsideFrame { have: 9, need: 10 }),
        (&[PREFACE, SETTINGS, open].concat(), EndOfInput::InsideFieldBlock { stream_id: stream(1) }),
    ] {
        assert_eq!(by_all(&Setup::new(Role::Server), octets, &[]).end, Ok(ending), "{octets:?}");
    }
}

#[test]
fn too_little_memory_and_useless_limits_are_refused() {
    let needed = Limits::DEFAULT.memory_len();
    assert!(matches!(
        Reader::new_in(Role::Client, &Limits::DEFAULT, vec![0; needed - 1]),
        Err(ReaderError::Memory(error)) if error.needed == needed
    ));
    let limits = Limits::DEFAULT.with_max_fields(0);
    assert!(matches!(
        ChunkedReader::new_in(Role::Client, &limits, vec![0; needed]),
        Err(ReaderError::Limit(error)) if error.limit == "max_fields"
    ));
}

#[test]
fn a_small_device_takes_large_frames() {
    const LIMITS: Limits =
        Limits::DEFAULT.with_max_section_size(512).with_max_table_size(512).with_max_block_len(1 << 20);
    type Small = ChunkedReader<[u8; LIMITS.memory_len()]>;
    assert!(size_of::<Small>() < 1024 + LIMITS.memory_len(), "{}", size_of::<Small>() - LIMITS.memory_len());
    assert!(size_of::<Small>() <= 4096, "state and HPACK memory: {}", size_of::<Small>());

    let mut reader = Small::new_in(Role::Client, &LIMITS, [0; LIMITS.memory_len()]).unwrap();
    let block = [&[0x88][..], &[0x40, 1, b'a', 100], &[b'v'; 100]].concat();
    let mut octets = [SETTINGS, b"\0\x40\0\0\0\0\0\0\x01", &[7; 16_384]].concat();
    for (index, fragment) in block.chunks(block.len().div_ceil(8)).enumerate() {
        let (frame_type, flags) = (if index == 0 { 1 } else { 9 }, if index == 7 { 4 } else { 0 });
        octets.extend([0, 0, u8::try_from(fragment.len()).unwrap(), frame_type, flags, 0, 0, 0, 3]);
        octets.extend_from_slice(fragment);
    }
    let (mut content, mut fields, mut ended) = (0, 0, None);
    for piece in octets.chunks(100) {
        let mut rest = piece;
        while let Some(chunk) = reader.read(&mut rest).unwrap() {
            match chunk {
                Chunk::Payload { octets, .. } => content += octets.len(),
                Chunk::Fields(mut step) => loop {
                    match step.next().unwrap() {
                        FieldStep::Field(_) => fields += 1,
                        FieldStep::FragmentEnd => break,
                        FieldStep::SectionEnd(end) => break ended = Some(end.kind),
                    }
                },
                _ => {}
            }
        }
    }
    assert_eq!((content, fields, ended), (16_384, 2, Some(Ok(SectionKind::Response))));
    assert_eq!(reader.counters.frames(FrameType::CONTINUATION), 7);
    assert_eq!(reader.end_of_input(), Ok(EndOfInput::Clean));
}

/// A breach does not hide another one, and each rule can be allowed by itself.
#[test]
fn breaches_are_told_by_field() {
    // :status 200, x: "b ", te: trailers, content-length: 5
    let response = b"\0\0\x18\x01\x04\0\0\0\x01\x88\0\x01x\x02b \0\x02te\x08trailers\x0f\x0d\x015";
    let octets = [SETTINGS, response].concat();
    let read = |options| {
        let mut reader = reader(Role::Client);
        reader.options = options;
        let (mut rest, mut broken) = (octets.as_slice(), Vec::new());
        loop {
            let Progress::Item { item, consumed } = reader.read(rest).unwrap() else { panic!("no section") };
            rest = &rest[consumed..];
            let Event::Fields { mut fields, .. } = item else { continue };
            loop {
                match fields.next().unwrap() {
                    FieldStep::Field(_) => broken.push(fields.broken().iter().collect::<Vec<_>>()),
                    FieldStep::SectionEnd(end) => return (broken, *end),
                    FieldStep::FragmentEnd => panic!("one frame"),
                }
            }
        }
    };
    let (white_space, te) = (Malformed::FieldValueWhiteSpace, Malformed::ConnectionSpecific);
    let (broken, end) = read(Options::DEFAULT);
    assert_eq!(broken, [vec![], vec![white_space], vec![te], vec![]]);
    let error = end.kind.unwrap_err();
    assert_eq!((error.rule, error.field()), (Rule::Malformed(white_space), Some(1)));
    assert_eq!(end.broken.iter().collect::<Vec<_>>(), [white_space, te]);
    assert_eq!(end.content_length, Some(5));

    let (_, end) = read(Options::DEFAULT.allow(white_space));
    assert_eq!(end.kind.unwrap_err().field(), Some(2));
    let (_, end) = read(Options::DEFAULT.allow(white_space).allow(te));
    assert_eq!((end.kind, end.broken.is_empty()), (Ok(SectionKind::Response), true));
}
