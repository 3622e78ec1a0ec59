//! Each limit at its boundary: the last that is taken, the first that is refused; and that what is refused softly leaves HPACK
//! in step.

mod readers;

use h2wire::frame::{ErrorCode, PayloadLength};
use h2wire::hpack;
use h2wire::{EndOfInput, Limit, Limits, Options, Role, Rule, SectionKind};
use readers::{Report, Setup, Told, by_all, by_chunks};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const END_HEADERS: u8 = 0x4;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;

fn frame(frame_type: u8, flags: u8, stream_id: u8, payload: &[u8]) -> Vec<u8> {
    let [.., l0, l1, l2] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[l0, l1, l2, frame_type, flags, 0, 0, 0, stream_id], payload].concat()
}

/// A literal field that becomes an entry; the lengths are below 127.
fn literal(name: &str, value: &str) -> Vec<u8> {
    let len = |text: &str| u8::try_from(text.len()).unwrap();
    [&[0x40, len(name)], name.as_bytes(), &[len(value)], value.as_bytes()].concat()
}

fn setup(limits: Limits) -> Setup {
    // Sections here are about sizes, not about meaning.
    let options = Options::DEFAULT.with_validate_fields(false).with_max_frame_size(limits.max_frame_size);
    Setup { limits, options, ..Setup::new(Role::Observer) }
}

fn read(limits: Limits, frames: &[Vec<u8>]) -> Report {
    by_all(&setup(limits), &[SETTINGS, &frames.concat()].concat(), &[3, 17, 40, 41, 77])
}

fn refused(report: &Report, rule: Rule, code: ErrorCode) {
    assert_eq!((report.rule(), rule.code()), (Some(rule), code));
}

#[test]
fn frame_size() {
    let limits = Limits::DEFAULT.with_max_frame_size(PayloadLength::new(100).unwrap());
    assert_eq!(read(limits, &[frame(0, 0, 1, &[0; 100])]).end, Ok(EndOfInput::Clean));
    // Known at the header, whatever the type.
    for frame_type in [0, 1, 4, 0xee] {
        let header = frame(frame_type, 0, 1, &[0; 101])[..9].to_vec();
        let rule = Rule::Frame(h2wire::frame::FrameRule::FrameLengthLimit);
        refused(&read(limits, &[header]), rule, ErrorCode::FRAME_SIZE_ERROR);
    }
}

/// The entry that the first section made is found by the second.
fn in_step(report: &Report, field: (&str, &str)) {
    let (name, value) = (field.0.as_bytes().to_vec(), field.1.as_bytes().to_vec());
    let end = report.told.iter().rposition(|told| matches!(told, Told::SectionEnd(end) if end.kind.is_ok()));
    assert_eq!(report.told[end.unwrap() - 1], Told::Field(name, value, false));
    assert_eq!(report.end, Ok(EndOfInput::Clean));
}

#[test]
fn section_size() {
    // 32 + 5 + 63 = 100 bytes.
    let value = "v".repeat(63);
    let limits = Limits::DEFAULT.with_max_section_size(100).with_max_block_len(Limits::DEFAULT.max_block_len);
    let fits = frame(HEADERS, END_HEADERS, 1, &literal("x-one", &value));
    let report = read(limits, &[fits]);
    assert_eq!(report.sections(), [Ok(SectionKind::Trailers)]);

    let too_large = frame(HEADERS, END_HEADERS, 1, &[literal("a", "b"), literal("x-one", &value)].concat());
    let again = frame(HEADERS, END_HEADERS, 3, b"\xbe");
    let report = read(limits, &[too_large, again]);
    let rule = Rule::Limit(Limit::SectionSize);
    assert_eq!(report.sections(), [Err(rule), Ok(SectionKind::Trailers)]);
    assert_eq!(rule.code(), ErrorCode::ENHANCE_YOUR_CALM);
    assert_eq!(report.counters.stream_errors, 1);
    in_step(&report, ("x-one", &value));
}

#[test]
fn fields() {
    let limits = Limits::DEFAULT.with_max_fields(3);
    let three = frame(HEADERS, END_HEADERS, 1, b"\x82\x82\x82");
    assert_eq!(read(limits, &[three]).sections(), [Ok(SectionKind::Request)]);
    let four = frame(HEADERS, END_HEADERS, 1, &[b"\x82\x82\x82".to_vec(), literal("x-four", "4")].concat());
    let report = read(limits, &[four, frame(HEADERS, END_HEADERS, 3, b"\xbe")]);
    assert_eq!(report.sections(), [Err(Rule::Limit(Limit::Fields)), Ok(SectionKind::Trailers)]);
    in_step(&report, ("x-four", "4"));
}

#[test]
fn block_length() {
    let limits = Limits::DEFAULT.with_max_block_len(10);
    let blocks = |first: usize, second: usize| {
        [frame(HEADERS, 0, 1, &vec![0x82; first]), frame(CONTINUATION, END_HEADERS, 1, &vec![0x82; second])]
    };
    let whole = |len: usize| [frame(HEADERS, END_HEADERS, 1, &vec![0x82; len])];
    // Bytes of every frame count.
    let three = |last: usize| {
        let middle = frame(CONTINUATION, 0, 1, &[0x82; 4]);
        vec![frame(HEADERS, 0, 1, &[0x82; 2]), middle, frame(CONTINUATION, END_HEADERS, 1, &vec![0x82; last])]
    };
    assert_eq!(read(limits, &three(4)).sections(), [Ok(SectionKind::Request)]);
    refused(&read(limits, &three(5)), Rule::Limit(Limit::BlockLength), ErrorCode::ENHANCE_YOUR_CALM);
    for frames in [blocks(4, 6).as_slice(), &blocks(10, 0), &whole(10)] {
        // A block is counted by itself.
        let frames = [frames, frames].concat();
        assert_eq!(read(limits, &frames).sections(), [Ok(SectionKind::Request); 2]);
    }
    let rule = Rule::Limit(Limit::BlockLength);
    for frames in [blocks(4, 7).as_slice(), &blocks(10, 1), &whole(11)] {
        refused(&read(limits, frames), rule, ErrorCode::ENHANCE_YOUR_CALM);
    }
    // Padding and priority fields are not counted.
    let padded =
        frame(HEADERS, END_HEADERS | 0x28, 1, &[&[20, 0, 0, 0, 0, 0], &[0x82; 10][..], &[0; 20]].concat());
    assert_eq!(read(limits, &[padded]).sections(), [Ok(SectionKind::Request)]);
    // A CONTINUATION is refused at its header.
    let [first, second] = blocks(4, 7);
    refused(&read(limits, &[first, second[..9].to_vec()]), rule, ErrorCode::ENHANCE_YOUR_CALM);
}

#[test]
fn block_length_of_a_promise() {
    let limits = Limits::DEFAULT.with_max_block_len(10);
    let promise = |len: usize, flags: u8| frame(5, flags, 1, &[&[0, 0, 0, 2], &vec![0x82; len][..]].concat());
    let rule = |frames: &[Vec<u8>]| read(limits, frames).rule();
    let two = |len: usize| [promise(6, 0), frame(CONTINUATION, END_HEADERS, 1, &vec![0x82; len])];
    assert_eq!(rule(&[promise(10, END_HEADERS)]), None);
    assert_eq!(rule(&two(4)), None);
    for frames in [&[promise(11, END_HEADERS)][..], &two(5)] {
        assert_eq!(rule(frames), Some(Rule::Limit(Limit::BlockLength)));
    }
}

#[test]
fn continuations() {
    let limits = Limits::DEFAULT.with_max_continuations(2);
    let start = frame(HEADERS, 0, 1, b"\x82");
    let empty = frame(CONTINUATION, 0, 1, b"");
    let last = frame(CONTINUATION, END_HEADERS, 1, b"");
    let two = [start.clone(), empty.clone(), last.clone()];
    assert_eq!(read(limits, &[two.clone(), two].concat()).sections(), [Ok(SectionKind::Request); 2]);
    // The third is refused at its header: there is no payload to wait for.
    let third = last[..9].to_vec();
    let report = read(limits, &[start.clone(), empty.clone(), empty, third]);
    refused(&report, Rule::Limit(Limit::Continuations), ErrorCode::ENHANCE_YOUR_CALM);
    assert_eq!((report.counters.empty_continuations, report.counters.sections), (2, 0));

    let none = limits.with_max_continuations(0);
    refused(&read(none, &[start, last]), Rule::Limit(Limit::Continuations), ErrorCode::ENHANCE_YOUR_CALM);
}

#[test]
fn string_length() {
    let limits = Limits::DEFAULT.with_max_section_size(100).with_max_block_len(300);
    // A literal that announces a name of 127 + n bytes.
    let announce = |n: u8, flags| frame(HEADERS, flags, 1, &[0x40, 0x7f, n & 0x7f | 0x80, n >> 7]);
    assert_eq!(read(limits, &[announce(173, 0)]).rule(), None);
    let rule = Rule::Hpack(hpack::HpackError::StringTooLong);
    refused(&read(limits, &[announce(174, 0)]), rule, ErrorCode::COMPRESSION_ERROR);

    // Between what a section may be and this a string is passed over; an entry larger than the table empties it.
    let limits = limits.with_max_table_size(64);
    let long = [[0x40, 0x7f, 73, b'n'].as_slice(), &[b'n'; 199], b"\x01v"].concat();
    let frames = [
        // A size update to 64 is due: 31 + 33.
        frame(HEADERS, END_HEADERS, 1, &[vec![0x3f, 33], literal("a", "b")].concat()),
        frame(HEADERS, END_HEADERS, 3, &long),
        frame(HEADERS, END_HEADERS, 5, &literal("c", "d")),
        frame(HEADERS, END_HEADERS, 7, b"\xbe"),
    ];
    let report =
        by_all(&setup_with_table(limits), &[SETTINGS, ACK, &frames.concat()].concat(), &[30, 60, 100]);
    let too_large = Err(Rule::Limit(Limit::SectionSize));
    let ok = Ok(SectionKind::Trailers);
    assert_eq!(report.sections(), [ok, too_large, ok, ok]);
    in_step(&report, ("c", "d"));
}

const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";

/// The table is announced and acknowledged.
fn setup_with_table(limits: Limits) -> Setup {
    Setup { table_sizes: vec![limits.max_table_size], ..setup(limits) }
}

#[test]
fn settings() {
    let settings = |count| frame(4, 0, 0, &[0xff, 0, 0, 0, 0, 1].repeat(count));
    assert_eq!(read(Limits::DEFAULT, &[settings(32)]).end, Ok(EndOfInput::Clean));
    let rule = Rule::Limit(Limit::Settings);
    refused(&read(Limits::DEFAULT, &[settings(33)[..9].to_vec()]), rule, ErrorCode::ENHANCE_YOUR_CALM);
    // A chunked reader has room for so many, whatever the limit.
    let many = Limits::DEFAULT.with_max_settings(100);
    let octets = [SETTINGS, &settings(33)].concat();
    refused(&by_chunks(&setup(many), [octets.as_slice()]), rule, ErrorCode::ENHANCE_YOUR_CALM);
    let one = Limits::DEFAULT.with_max_settings(1);
    assert_eq!(read(one, &[settings(1)]).end, Ok(EndOfInput::Clean));
    refused(&read(one, &[settings(2)]), rule, ErrorCode::ENHANCE_YOUR_CALM);
}

#[test]
fn table_size() {
    let update = |octets: &[u8]| frame(HEADERS, END_HEADERS, 1, &[octets, b"\x82"].concat());
    // 4,096 = 31 + 4,065.
    let limits = Limits::DEFAULT.with_max_table_size(10_000);
    assert_eq!(read(limits, &[update(b"\x3f\xe1\x1f")]).sections(), [Ok(SectionKind::Request)]);
    let rule = Rule::Hpack(hpack::HpackError::SizeUpdateAboveLimit);
    refused(&read(limits, &[update(b"\x3f\xe2\x1f")]), rule, ErrorCode::COMPRESSION_ERROR);
    // Once it is acknowledged more is allowed, and not before.
    let larger = update(b"\x3f\xf1\x4d");
    let octets = [SETTINGS, ACK, &larger].concat();
    assert_eq!(by_all(&setup_with_table(limits), &octets, &[]).sections(), [Ok(SectionKind::Request)]);
    let too_early = by_all(&setup_with_table(limits), &[SETTINGS, &larger].concat(), &[]);
    refused(&too_early, rule, ErrorCode::COMPRESSION_ERROR);
}

#[test]
fn a_lowered_table_size() {
    let rule = Rule::Hpack(hpack::HpackError::MissingSizeUpdate);
    // An entry of 33 octets and more.
    let request = |update: &[u8], more: usize| {
        frame(HEADERS, END_HEADERS, 1, &[update, b"\x82", &literal("x", &"v".repeat(more))].concat())
    };
    // Also where there is only memory for less: the encoder has 4,096 bytes until it says otherwise.
    for setup in [
        setup_with_table(Limits::DEFAULT.with_max_table_size(100)),
        Setup { table_sizes: vec![100], ..setup(Limits::DEFAULT) },
    ] {
        let read = |octets: &[u8]| by_all(&setup, &[SETTINGS, ACK, octets].concat(), &[]);
        let within = read(&[request(b"", 67), request(b"", 0)].concat());
        refused(&within, rule, ErrorCode::COMPRESSION_ERROR);
        assert_eq!(
            within.sections(),
            [Ok(SectionKind::Request)],
            "a table of 100 octets is within the limit"
        );
        refused(&read(&request(b"", 68)), rule, ErrorCode::COMPRESSION_ERROR);
        assert_eq!(read(&request(b"\x3f\x45", 68)).sections(), [Ok(SectionKind::Request)]);
    }
}
