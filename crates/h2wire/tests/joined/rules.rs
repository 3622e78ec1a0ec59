//! One thing at a time.

use h2wire::frame::{Flags, PayloadLength, SettingBuffer, SettingId, StreamId};
use h2wire::hpack::Known;
use h2wire::{
    ChunkedReader, EndOfInput, FieldLine, FieldList, FrameEvent, FrameReader, Limits, LostError, Malformed,
    Progress, Reader, Role, Rule, SectionEnd, SectionHead, SectionKind, WriteError, Writer,
};

use super::seen::{Contiguous, LIMITS, Late, Pieces, Seen};

pub(crate) fn frame(frame_type: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let [.., l0, l1, l2] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[l0, l1, l2, frame_type, flags, 0, 0, 0, stream], payload].concat()
}

pub(crate) fn ping() -> Vec<u8> {
    frame(6, 0, 0, b"12345678")
}

/// By both readers, whole and byte by byte: the same, and the name of the rule that was broken.
fn read(role: Role, octets: &[u8]) -> (Seen, Option<&'static str>) {
    fn by<L: Late>(role: Role, octets: &[u8], piece: usize) -> (Seen, Option<&'static str>) {
        let (mut reader, mut seen) = (L::joined(role), Seen::default());
        let error = reader.take(octets, piece, &mut seen).err();
        assert_eq!(error, reader.take(&ping(), 1, &mut Seen::default()).err(), "it stays failed");
        (seen, error.map(|error| error.rule.name()))
    }
    let whole = by::<Contiguous>(role, octets, usize::MAX);
    assert_eq!(by::<Contiguous>(role, octets, 1), whole);
    assert_eq!(by::<Pieces>(role, octets, usize::MAX), whole);
    assert_eq!(by::<Pieces>(role, octets, 1), whole);
    whole
}

/// One section, of a block in a frame of its own.
fn section(role: Role, flags: Flags, block: &[u8]) -> (SectionEnd, FieldList) {
    let (seen, error) = read(role, &frame(1, flags.0 | 4, 1, block));
    assert_eq!(error, None);
    seen.sections.into_iter().next().unwrap()
}

fn malformed(end: &SectionEnd) -> Option<Malformed> {
    end.kind.err().map(|error| match error.rule {
        Rule::Malformed(malformed) => malformed,
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_block_whose_start_was_not_seen_ends_like_any_other() {
    let [more, last] = [0, 4].map(|flags| frame(9, flags, 1, b"\x82\xff\xff"));
    for (octets, rule) in [
        ([&last[..], &ping()].concat(), None),
        ([&more[..], &more, &last, &ping(), &frame(1, 5, 3, b"\x88")].concat(), None),
        ([&more[..], &ping()].concat(), Some("frame_inside_field_block")),
        ([&more[..], &frame(9, 4, 3, b"")].concat(), Some("continuation_other_stream")),
        ([&last[..], &last].concat(), Some("continuation_without_headers")),
        ([&ping()[..], &last].concat(), Some("continuation_without_headers")),
        (frame(9, 4, 0, b""), Some("continuation_stream_id")),
    ] {
        let (seen, error) = read(Role::Observer, &octets);
        assert_eq!(error, rule, "{octets:?}");
        assert!(rule.is_some() || seen.headers.len() > 1);
    }
    let (seen, _) = read(Role::Client, &[more, last, frame(1, 5, 3, b"\x88")].concat());
    assert_eq!((seen.headers.len(), seen.streams()), (3, vec![StreamId::new(3).unwrap()]));
    let mut reader = Pieces::joined(Role::Client);
    reader.take(&frame(9, 0, 1, b"x"), 1, &mut Seen::default()).unwrap();
    let open = EndOfInput::InsideFieldBlock { stream_id: StreamId::new(1).unwrap() };
    assert_eq!(reader.0.end_of_input(), Ok(open));
}

#[test]
fn what_may_have_been_announced_is_allowed() {
    // No SETTINGS, a long frame, a push, and a request for a protocol: CONNECT.
    let long = frame(0, 0, 1, &vec![0; 20_000]);
    let promise = frame(5, 4, 1, &[&[0, 0, 0, 2][..], b"\x82\x86\x84\x41\x01a"].concat());
    assert_eq!(read(Role::Client, &[long, promise].concat()).1, None);
    let connect = b"\x42\x07CONNECT\x00\x09:protocol\x01x\x86\x84\x41\x01a";
    assert_eq!(section(Role::Server, Flags::NONE, connect).0.kind, Ok(SectionKind::Request));
    // The rules of the role remain.
    assert_eq!(read(Role::Server, &frame(5, 4, 1, b"\0\0\0\x02")).1, Some("push_promise_to_server"));
}

/// An acknowledgment may be of SETTINGS that were not seen: those that were are not in force yet.
#[test]
fn settings_do_not_lower_what_may_be_in_force() {
    let mut settings = SettingBuffer::<2>::new();
    settings.push(SettingId::HEADER_TABLE_SIZE, 0).unwrap();
    settings.push(SettingId::MAX_FRAME_SIZE, 16_384).unwrap();
    let mut reader = Contiguous::joined(Role::Client);
    let mut seen = Seen::default();
    reader.take(&frame(4, 1, 0, b""), 9, &mut seen).unwrap();
    reader.0.settings_sent(&settings.list()).unwrap();
    reader.take(&frame(1, 4, 1, b"\x88\x40\x01a\x01b"), 99, &mut seen).unwrap();
    reader.take(&frame(1, 5, 1, b"\xbe\xbe"), 99, &mut seen).unwrap();
    assert_eq!(seen.unknown(), 0);
    assert_eq!(reader.0.max_frame_size(), PayloadLength::MAX);
    // A table for which there is no memory is recorded all the same: it is sent.
    let mut settings = SettingBuffer::<1>::new();
    settings.push(SettingId::HEADER_TABLE_SIZE, LIMITS.max_table_size + 1).unwrap();
    reader.0.settings_sent(&settings.list()).unwrap();
}

/// A peer that got no settings has a table of 4,096 bytes.
#[test]
fn a_small_table_size_leaves_room_for_the_initial_table() {
    let limits = Limits::DEFAULT.with_max_table_size(100);
    let mut reader = Reader::joined(Role::Client, &limits).unwrap();
    let mut input = frame(4, 1, 0, b"");
    input.extend(frame(1, 4, 1, &[b"\x88".to_vec(), b"\x40\x01a\x01b".repeat(60)].concat()));
    input.extend(frame(1, 5, 3, &[0x88, 0x80 | (62 + 59)]));
    let mut rest = input.as_slice();
    let mut list = FieldList::new();
    while let Progress::Item { item, consumed } = reader.read(rest).unwrap() {
        rest = &rest[consumed..];
        if let h2wire::Event::Fields { mut fields, .. } = item {
            fields.read_into(&mut list).unwrap();
        }
    }
    assert!(rest.is_empty() && list.iter().all(|field| field.known == Known::Both));
    assert_eq!(list.len(), 63);
}

#[test]
fn nothing_is_missing_that_may_be_unknown() {
    let end_stream = Flags::END_STREAM;
    for (role, flags, block, kind, is_guess) in [
        // `:method`, and an unknown rest.
        (Role::Server, end_stream, b"\x82\xbe\xbf".as_slice(), SectionKind::Request, false),
        (Role::Observer, end_stream, b"\x82\xbe", SectionKind::Request, false),
        (Role::Observer, Flags::NONE, b"\xbe\x88", SectionKind::Response, false),
        // Nothing known, or regular fields alone.
        (Role::Server, Flags::NONE, b"\xbe\x00\x01a\x01b", SectionKind::Request, true),
        (Role::Server, end_stream, b"\xbe", SectionKind::Trailers, true),
        (Role::Client, Flags::NONE, b"\x00\x01a\x01b\xbe", SectionKind::Response, true),
        (Role::Client, end_stream, b"\xbe\x00\x01a\x01b", SectionKind::Trailers, true),
        (Role::Observer, Flags::NONE, b"\xbe", SectionKind::Response, true),
        // A tunnel without `:authority`, or of another protocol with a path.
        (Role::Server, Flags::NONE, b"\x02\x07CONNECT\xbe", SectionKind::Request, false),
        (Role::Server, Flags::NONE, b"\x02\x07CONNECT\xbe\x86\x84", SectionKind::Request, false),
        // OPTIONS for `*`, if the method is that; `host` beside `:authority`, if the scheme has this port.
        (Role::Server, end_stream, b"\xbe\x86\x04\x01*", SectionKind::Request, false),
        (Role::Server, end_stream, b"\x82\xbe\x84\x01\x01a\x0f\x17\x04a:80", SectionKind::Request, false),
    ] {
        let (end, _) = section(role, flags, block);
        assert_eq!((end.kind, end.kind_is_guess), (Ok(kind), is_guess), "{block:02x?}");
        assert!(end.unknown > 0 && end.broken.is_empty(), "{block:02x?}");
        // The same without validation.
        let mut reader = Reader::joined(role, &LIMITS).unwrap();
        reader.options.validate_fields = false;
        let octets = frame(1, flags.0 | 4, 1, block);
        let Ok(Progress::Item { item: h2wire::Event::Fields { mut fields, .. }, .. }) = reader.read(&octets)
        else {
            panic!("no fields")
        };
        let Ok(h2wire::FieldStep::SectionEnd(end)) = fields.skip() else { panic!("no end") };
        assert_eq!((end.kind, end.kind_is_guess), (Ok(kind), is_guess), "{block:02x?}");
    }
    let promise = frame(5, 4, 1, b"\0\0\0\x02\xbe");
    let (seen, _) = read(Role::Client, &promise);
    assert_eq!(
        (seen.sections[0].0.kind, seen.sections[0].0.kind_is_guess),
        (Ok(SectionKind::Request), false)
    );
}

#[test]
fn what_is_known_is_judged() {
    let end_stream = Flags::END_STREAM;
    for (role, flags, block, rule) in [
        (Role::Server, end_stream, b"\x82\xbe\x00\x01A\x01b".as_slice(), Malformed::FieldName),
        // The value of a name that is not known.
        (Role::Server, end_stream, b"\x82\x7e\x03a\nb", Malformed::FieldValue),
        (Role::Server, end_stream, b"\x82\x7e\x02a ", Malformed::FieldValueWhiteSpace),
        (Role::Server, end_stream, b"\xbe\x82\x82", Malformed::PseudoFieldRepeated),
        (Role::Server, end_stream, b"\xbe\x00\x01a\x01b\x82", Malformed::PseudoFieldLate),
        (Role::Server, end_stream, b"\xbe\x88", Malformed::PseudoFieldOfOtherSide),
        (Role::Server, end_stream, b"\x82\xbe\x0f\x0d\x011", Malformed::ContentLengthEndStream),
        (Role::Server, end_stream, b"\x82\x86\xbe\x01\x03a b", Malformed::AuthorityForm),
        (Role::Server, end_stream, b"\x82\x86\xbe\x01\x03a@b", Malformed::AuthorityUserinfo),
        (Role::Server, end_stream, b"\xbe\x86\x04\x01x", Malformed::PathForm),
        (Role::Server, end_stream, b"\x82\x86\xbe\x04\x01*", Malformed::PathForm),
        (Role::Server, end_stream, b"\x82\x86\xbe\x01\x01a\x0f\x17\x01b", Malformed::HostDiffers),
        (Role::Server, end_stream, b"\x82\xbe\x00\x09:protocol\x01x", Malformed::ProtocolWithoutConnect),
        (Role::Client, end_stream, b"\x08\x03103\xbe", Malformed::InformationalEndStream),
    ] {
        let (end, _) = section(role, flags, block);
        assert_eq!(malformed(&end), Some(rule), "{block:02x?}");
        assert!(end.broken.contains(rule));
    }
    let (seen, _) = read(Role::Client, &frame(5, 4, 1, b"\0\0\0\x02\x83\xbe"));
    assert_eq!(malformed(&seen.sections[0].0), Some(Malformed::PromiseMethod));
    // §8.5: it may be a tunnel, whose content-length says nothing of DATA.
    for (block, is_tunnel) in [
        (b"\x02\x07CONNECT\x01\x05a:443\x0f\x0d\x015\xbe".as_slice(), true),
        (b"\xbe\x01\x05a:443\x0f\x0d\x015", true),
        (b"\xbe\x00\x09:protocol\x01x\x0f\x0d\x015", false),
        (b"\x83\x01\x05a:443\x0f\x0d\x015\xbe", false),
    ] {
        let (end, _) = section(Role::Server, Flags::END_STREAM, block);
        let rule = (!is_tunnel).then_some(Malformed::ContentLengthEndStream);
        assert_eq!((malformed(&end), end.content_length), (rule, (!is_tunnel).then_some(5)), "{block:02x?}");
    }
    // What was unknown in one section says nothing of the next.
    let (seen, _) = read(Role::Server, &[frame(1, 5, 1, b"\xbe"), frame(1, 5, 3, b"\x82")].concat());
    assert_eq!(malformed(&seen.sections[1].0), Some(Malformed::SchemeMissing));
}

#[test]
fn fields_that_are_not_known_are_kept_and_not_sent() {
    let (_, list) = section(Role::Server, Flags::END_STREAM, b"\x82\xbe\x7e\x01v\x00\x01n\x01v");
    let known: Vec<_> = list.iter().map(|field| (field.known, format!("{field:?}"))).collect();
    assert_eq!(
        known,
        [
            (Known::Both, ":method: GET".to_owned()),
            (Known::Neither, "<unknown>".to_owned()),
            (Known::Value, "<unknown>: v".to_owned()),
            (Known::Both, "n: v".to_owned()),
        ]
    );
    assert_eq!((list.get(b""), list.get(b"n")), (None, Some(b"v".as_slice())));
    assert_ne!(list, list.iter().map(|field| FieldLine::new(field.name, field.value)).collect());

    let mut writer = Writer::new(Role::Observer, 4096);
    let mut out = Vec::new();
    writer.append_settings(&SettingBuffer::<1>::new().list(), &mut out).unwrap();
    let len = out.len();
    for validates in [true, false] {
        writer.validate_fields = validates;
        let head = SectionHead::headers(StreamId::new(1).unwrap(), true);
        assert_eq!(writer.append_section(head, &list, &mut out), Err(WriteError::UnknownField));
        assert_eq!(out.len(), len);
        let mut buf = [0; 200];
        let mut section = writer.section(head, &mut buf).unwrap();
        let unknown = list.iter().nth(2).unwrap();
        assert_eq!(section.field(&unknown), Err(WriteError::UnknownField));
    }
    #[cfg(feature = "http")]
    {
        use h2wire::http_types::{ToHttp, ToHttpError, request, trailers};
        assert_eq!(request(&list).unwrap_err(), ToHttpError::UnknownField { index: 1 });
        assert_eq!(trailers(list.iter().skip(2)).unwrap_err(), ToHttpError::UnknownField { index: 0 });
        let lossy = ToHttp::DEFAULT.request_lossy(&list);
        assert_eq!(
            lossy.unwrap_err().to_string(),
            "field 1 is not known: the reader has missed field blocks"
        );
    }
}

#[test]
fn an_error_is_final_until_the_reader_joins_again() {
    let broken = frame(6, 0, 0, b"1");
    let mut reader = FrameReader::joined(Role::Observer, &LIMITS).unwrap();
    let error = reader.read(&broken).unwrap_err();
    assert_eq!((error.rule.name(), reader.read(&ping())), ("ping_length", Err(error)));
    reader.rejoin(10);
    let next = ping();
    let read = reader.read(&next).unwrap();
    assert!(matches!(read, Progress::Item { item: FrameEvent::Frame { .. }, consumed: 17 }));
    assert_eq!((reader.offset(), reader.end_of_input(b"")), (27, Ok(EndOfInput::Clean)));

    stays_failed::<Contiguous>(&broken);
    stays_failed::<Pieces>(&broken);
    // A reader from the start that loses bytes is one that has joined.
    let mut reader = ChunkedReader::new(Role::Client, &LIMITS).unwrap();
    reader.rejoin(5);
    let mut pieces = Pieces(reader);
    let mut seen = Seen::default();
    pieces.take(&[frame(9, 4, 1, b"x"), frame(1, 5, 1, b"\x88\xbe")].concat(), 3, &mut seen).unwrap();
    assert_eq!((seen.headers.len(), seen.unknown(), pieces.offset()), (2, 1, 5 + 10 + 11));
    // Limits of 0 are refused here too.
    let none = LIMITS.with_max_section_size(0);
    assert!(
        Reader::joined(Role::Client, &none).is_err() && ChunkedReader::joined(Role::Client, &none).is_err()
    );
    assert!(FrameReader::joined(Role::Client, &none).is_err());
    let short = vec![0; Limits::DEFAULT.memory_len() - 1];
    assert!(Reader::joined_in(Role::Client, &Limits::DEFAULT, short.clone()).is_err());
    assert!(ChunkedReader::joined_in(Role::Client, &Limits::DEFAULT, short).is_err());
}

/// Only an error of HPACK can be gone on after where it is.
fn stays_failed<L: Late>(broken: &[u8]) {
    let (mut reader, mut seen) = (L::joined(Role::Observer), Seen::default());
    let error = reader.take(broken, 100, &mut seen).unwrap_err();
    reader.rejoin_fields();
    reader.without_fields();
    assert_eq!(reader.take(b"", 1, &mut seen), Err(error));
}

#[test]
fn without_fields_until_told_otherwise() {
    fn by<L: Late>() {
        let (mut reader, mut seen) = (L::joined(Role::Client), Seen::default());
        reader.without_fields();
        let first = frame(1, 4, 1, b"\x88\x40\x01a\x01b");
        reader
            .take(&[&first[..], &frame(1, 0, 3, b"\x88"), &frame(9, 4, 3, b"")].concat(), 7, &mut seen)
            .unwrap();
        assert_eq!((seen.headers.len(), seen.sections.len()), (3, 0));
        reader.rejoin_fields();
        reader.take(&frame(1, 4, 1, b"\x88\xbe"), 7, &mut seen).unwrap();
        assert_eq!((seen.headers.len(), seen.sections.len(), seen.unknown()), (4, 1, 1));
        // Their order is checked.
        reader.without_fields();
        reader.take(&frame(1, 0, 3, b"\x80"), 7, &mut seen).unwrap();
        let error = reader.take(&ping(), 20, &mut seen).unwrap_err();
        assert_eq!(error.rule.name(), "frame_inside_field_block");
    }
    by::<Contiguous>();
    by::<Pieces>();
}

#[test]
fn a_hole_in_a_block_turns_no_fields_on() {
    let (mut reader, mut seen) = (Pieces::joined(Role::Client), Seen::default());
    reader.without_fields();
    // Padding and a priority are gathered, whether fields are decoded or not.
    let headers = frame(1, 4 | 8 | 32, 1, b"\x01\0\0\0\x03\x10\x88\0");
    reader.take(&headers[..10], 100, &mut seen).unwrap();
    assert!(matches!(reader.lost(2), Err(LostError::Frame(_))));
    reader.take(&[&headers[12..], &frame(1, 5, 3, b"\x88")].concat(), 100, &mut seen).unwrap();
    assert_eq!((seen.headers.len(), seen.sections.len()), (1, 0));
}

/// A hole of `len` bytes after `taken` of them, and whether the next frame is seen.
fn hole(octets: &[u8], taken: usize, len: usize) -> (Result<(), LostError>, bool) {
    let (mut reader, mut seen) = (Pieces::joined(Role::Client), Seen::default());
    reader.take(&octets[..taken], 100, &mut seen).unwrap();
    let lost = reader.lost(len);
    let before = seen.headers.len();
    reader.take(&[&octets[taken + len..], &ping()].concat(), 1, &mut seen).unwrap();
    assert_eq!(reader.0.end_of_input(), Ok(EndOfInput::Clean));
    assert_eq!(reader.offset(), (octets.len() + ping().len()) as u64);
    (lost, seen.headers.len() > before)
}

#[test]
fn a_hole_takes_what_is_needed_as_a_whole() {
    let data = frame(0, 8, 1, b"\x03hello\0\0\0");
    for (taken, len, lost) in [
        (0, 1, Some(LostError::Position)),
        (8, 1, Some(LostError::Position)),
        (10, 5, None),
        (10, 8, None),
        (12, 4, None),
        (15, 3, None),
        (17, 1, None),
        (18, 0, None),
    ] {
        let expected = lost.map_or(Ok(()), Err);
        let sees = lost.is_none();
        assert_eq!(hole(&data, taken, len), (expected, sees), "{taken}, {len}");
    }
    // Across the end.
    let two = [&data[..], &data].concat();
    assert_eq!(hole(&two, 10, 9), (Err(LostError::Position), false));
    assert_eq!(hole(&two, 18, 1), (Err(LostError::Position), false));
    // What is gathered; the padding's length; a frame that is skipped; fields.
    let header = |octets: &[u8]| h2wire::frame::FrameHeader::parse(octets.first_chunk().unwrap());
    let lost_frame = |octets: &[u8]| (Err(LostError::Frame(header(octets))), true);
    assert_eq!(hole(&ping(), 9, 8), lost_frame(&ping()));
    assert_eq!(hole(&ping(), 16, 1), lost_frame(&ping()));
    assert_eq!(hole(&data, 9, 2), lost_frame(&data));
    let headers = frame(1, 4 | 8, 1, b"\x01\x88\x88\0");
    assert_eq!(hole(&headers, 9, 1), lost_frame(&headers));
    assert_eq!(hole(&headers, 11, 1), (Err(LostError::Fields), true));
    assert_eq!(hole(&headers, 12, 1), (Ok(()), true));
    // A lost start of a block that goes on: the next frame goes on with it.
    let start = frame(1, 8, 1, b"\x01\x88\x88\0");
    let block = [&start[..], &frame(9, 4, 1, b"x")].concat();
    assert_eq!(hole(&block, 9, 2), lost_frame(&start));
    // A reader that has failed stays so.
    let mut reader = Pieces::joined(Role::Client);
    let error = reader.take(&frame(6, 0, 0, b"1"), 100, &mut Seen::default()).unwrap_err();
    assert_eq!(reader.lost(1), Err(LostError::Position));
    assert_eq!(reader.take(b"", 1, &mut Seen::default()), Err(error));
}

/// A frame that is a stream error is skipped, whatever it holds.
#[test]
fn a_hole_in_a_frame_that_is_skipped() {
    let mut reader = ChunkedReader::joined(Role::Client, &LIMITS).unwrap();
    let mut start = &frame(2, 0, 1, b"123")[..10];
    assert!(reader.read(&mut start).unwrap().is_none());
    reader.lost(2).unwrap();
    let chunk = reader.read(&mut b"".as_slice()).unwrap();
    assert!(matches!(chunk, Some(h2wire::Chunk::StreamError { .. })));
}
