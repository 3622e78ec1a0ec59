//! Each limit at its boundary: the last that is taken, the first that is refused; and that what is refused softly leaves HPACK
//! in step.

mod readers;

use h2wire::frame::{ErrorCode, PayloadLength, SettingId};
use h2wire::hpack;
use h2wire::{EndOfInput, Limit, Limits, Options, Role, Rule, SectionKind};
use readers::{Report, Setup, Told, by_all, by_chunks, by_reader};

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
    let options = Options::DEFAULT.with_validate_fields(false);
    Setup { limits, options, ..Setup::new(Role::Observer) }
}

fn read(limits: Limits, frames: &[Vec<u8>]) -> Report {
    by_all(&setup(limits), &[SETTINGS, &frames.concat()].concat(), &[3, 17, 40, 41, 77])
}

fn refused(report: &Report, rule: Rule, code: ErrorCode) {
    assert_eq!((report.rule(), rule.code()), (Some(rule), code));
}

/// What all readers say of a frame of this many bytes, after `before`: known at the header, whatever the type.
fn longest(limits: Limits, settings: &[(SettingId, u32)], before: &[u8], octets: u32) -> Option<Rule> {
    let [.., l0, l1, l2] = octets.to_be_bytes();
    let all = [0, 1, 0xee].map(|frame_type| {
        let header = [l0, l1, l2, frame_type, 0, 0, 0, 0, 1];
        let setup = Setup { settings: settings.to_vec(), ..setup(limits) };
        let octets = [SETTINGS, before, &header].concat();
        let rule = by_reader(&setup, [octets.as_slice()]).rule();
        assert_eq!(by_chunks(&setup, [octets.as_slice()]).rule(), rule);
        rule
    });
    assert_eq!(all, [all[0]; 3]);
    all[0]
}

#[test]
fn frame_size() {
    let rule = Rule::Frame(h2wire::frame::FrameRule::FrameLengthLimit);
    assert_eq!(rule.code(), ErrorCode::FRAME_SIZE_ERROR);
    let too_long = Some(rule);
    // Whatever the limits are, the protocol's default counts until something else is announced.
    for octets in [100, 16_384, 20_000, 0x00ff_ffff] {
        let limits = Limits::DEFAULT.with_max_frame_size(PayloadLength::new(octets).unwrap());
        assert_eq!(longest(limits, &[], b"", 16_384), None);
        assert_eq!(longest(limits, &[], b"", 16_385), too_long);
    }
    // So it is for SETTINGS, before their length is.
    let header = frame(4, 0, 0, &vec![0; 16_386])[..9].to_vec();
    refused(&read(Limits::DEFAULT.with_max_settings(u32::MAX), &[header]), rule, ErrorCode::FRAME_SIZE_ERROR);
    // Announced: at once, and after the acknowledgment.
    let larger = [(SettingId::MAX_FRAME_SIZE, 20_000)];
    for before in [b"".as_slice(), ACK] {
        assert_eq!(longest(Limits::DEFAULT, &larger, before, 20_000), None);
        assert_eq!(longest(Limits::DEFAULT, &larger, before, 20_001), too_long);
    }
    // Lowered again: allowed until that is acknowledged too.
    let lowered = [(SettingId::MAX_FRAME_SIZE, 20_000), (SettingId::MAX_FRAME_SIZE, 16_384)];
    assert_eq!(longest(Limits::DEFAULT, &lowered, ACK, 20_000), None);
    let both = [ACK, ACK].concat();
    assert_eq!(longest(Limits::DEFAULT, &lowered, &both, 16_384), None);
    assert_eq!(longest(Limits::DEFAULT, &lowered, &both, 16_385), too_long);
}

/// Whole frames of 16,384 bytes, the last one shorter.
fn full_frames(block: &[u8]) -> Vec<u8> {
    let pieces: Vec<_> = block.chunks(16_384).collect();
    let each = pieces.iter().enumerate().flat_map(|(index, piece)| {
        let end = if index + 1 == pieces.len() { END_HEADERS } else { 0 };
        frame(if index == 0 { HEADERS } else { CONTINUATION }, end, 1, piece)
    });
    each.collect()
}

/// Literal fields without indexing whose values have `octets` bytes, of a Huffman code that is as long as possible or not.
fn block_of(count: usize, octets: usize, wasteful: bool) -> Vec<u8> {
    let mut block = Vec::new();
    let code = if wasteful { octets * 30 / 8 } else { octets };
    for _ in 0..count {
        block.extend([0, 1, b'a', if wasteful { 0xff } else { 0x7f }]);
        let mut rest = code - 127;
        while rest >= 128 {
            block.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
            rest >>= 7;
        }
        block.push(u8::try_from(rest).unwrap());
        if wasteful {
            // Four times the code of LF, 30 bits: `3ffffffc`.
            let four =
                [0xff, 0xff, 0xff, 0xf3, 0xff, 0xff, 0xff, 0xcf, 0xff, 0xff, 0xff, 0x3f, 0xff, 0xff, 0xfc];
            block.extend(four.iter().cycle().take(code));
        } else {
            block.resize(block.len() + code, b'v');
        }
    }
    block
}

#[test]
fn a_section_within_its_size_in_full_frames_is_never_refused() {
    for size in [16_384, 65_536, 262_144, 1 << 20] {
        let limits = Limits::DEFAULT.with_max_section_size(size);
        let room = usize::try_from(size).unwrap();
        for wasteful in [false, true] {
            // One field that fills it, or many.
            for count in [1, room / 1024] {
                let value = (room / count - 33) / 4 * 4;
                let block = block_of(count, value, wasteful);
                let octets = [SETTINGS, &full_frames(&block)].concat();
                let report = by_reader(&setup(limits), [octets.as_slice()]);
                assert_eq!(report.sections(), [Ok(SectionKind::Trailers)], "{size} {count} {wasteful}");
                assert_eq!(by_chunks(&setup(limits), [octets.as_slice()]), report);
            }
        }
        // As many fields as fit: nothing but the size counts.
        let fields = vec![0x82; room / 42];
        let octets = [SETTINGS, &full_frames(&fields)].concat();
        let report = by_reader(&setup(limits), [octets.as_slice()]);
        assert_eq!(report.sections(), [Ok(SectionKind::Request)]);
        let more = [SETTINGS, &full_frames(&vec![0x82; room / 42 + 1])].concat();
        let report = by_reader(&setup(limits), [more.as_slice()]);
        assert_eq!(report.sections(), [Err(Rule::Limit(Limit::SectionSize))]);
    }
}

#[test]
fn a_block_above_a_small_section_size_ends_its_stream() {
    let limits = Limits::DEFAULT.with_max_section_size(512);
    let too_large = Err(Rule::Limit(Limit::SectionSize));
    for octets in [600, 2_049, 16_384, 65_000] {
        let block = [block_of(1, octets, false), literal("x-last", "1")].concat();
        let frames = [full_frames(&block), frame(HEADERS, END_HEADERS, 3, b"\xbe")];
        let report = read(limits, &frames);
        assert_eq!(report.sections(), [too_large, Ok(SectionKind::Trailers)], "{octets}");
        in_step(&report, ("x-last", "1"));
    }
    // Up to 65,536 bytes of the block.
    let block = |len: usize| vec![full_frames(&vec![0x82; len])];
    assert_eq!(read(limits, &block(65_536)).sections(), [too_large]);
    refused(&read(limits, &block(65_537)), Rule::Limit(Limit::BlockLength), ErrorCode::ENHANCE_YOUR_CALM);
}

#[test]
fn continuations_follow_from_the_section_size() {
    let many = |count: usize| {
        let mut frames = vec![frame(HEADERS, 0, 1, b"\x82")];
        frames.resize(count, frame(CONTINUATION, 0, 1, b""));
        frames.push(frame(CONTINUATION, END_HEADERS, 1, b""));
        frames
    };
    for (size, most) in [(512, 8), (65_536, 16), (262_144, 64)] {
        let limits = Limits::DEFAULT.with_max_section_size(size);
        assert_eq!(read(limits, &many(most)).sections(), [Ok(SectionKind::Request)]);
        let rule = Rule::Limit(Limit::Continuations);
        refused(&read(limits, &many(most + 1)), rule, ErrorCode::ENHANCE_YOUR_CALM);
        assert!(rule.remedy().contains("max_continuations"));
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
    let limits = Limits::DEFAULT.with_max_section_size(100);
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
