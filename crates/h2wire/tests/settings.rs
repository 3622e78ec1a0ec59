//! Settings and their acknowledgments in any order, and limits that change under way.

mod readers;

use h2wire::frame::{FrameRule, PayloadLength, SettingBuffer, SettingId};
use h2wire::{
    Chunk, ChunkedReader, Event, FieldStep, FrameReader, Limit, Limits, Malformed, Progress, Reader,
    ReaderError, Role, Rule, SectionKind, hpack,
};
use readers::{Setup, by_all, by_reader};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
const ACK: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
/// A size update to 8,192, and a request.
const GET_LARGE: &[u8] = b"\0\0\x06\x01\x05\0\0\0\x01\x3f\xe1\x3f\x82\x86\x84";
fn settings(pairs: &[(SettingId, u32)]) -> SettingBuffer<4> {
    let mut settings = SettingBuffer::new();
    for (id, value) in pairs {
        settings.push(*id, *value).unwrap();
    }
    settings
}

/// The rule that ends the connection.
fn read_all(reader: &mut Reader<Vec<u8>>, octets: &[u8]) -> Option<Rule> {
    let mut rest = octets;
    loop {
        match reader.read(rest) {
            Ok(Progress::Item { item, consumed }) => {
                drop(item);
                rest = &rest[consumed..];
            }
            Ok(Progress::Needed(_)) => return None,
            Err(error) => return Some(error.rule),
        }
    }
}

/// How the only section ends.
fn section(reader: &mut Reader<Vec<u8>>, octets: &[u8]) -> Result<SectionKind, Rule> {
    let Ok(Progress::Item { item: Event::Fields { mut fields, .. }, .. }) = reader.read(octets) else {
        panic!("no fields")
    };
    let Ok(FieldStep::SectionEnd(end)) = fields.skip() else { panic!("not the end") };
    end.kind.map_err(|error| error.rule)
}

#[test]
fn an_acknowledgment_out_of_the_blue_is_harmless() {
    let limits = Limits::DEFAULT.with_max_table_size(8_192);
    let mut reader = Reader::new(Role::Client, &limits).unwrap();
    assert_eq!(read_all(&mut reader, &[SETTINGS, ACK, ACK].concat()), None);
    assert_eq!((reader.counters.unexpected_acks, reader.unacknowledged()), (2, 0));
    // It counts for nothing that is announced later.
    reader.settings_sent(&limits.settings(Role::Client).list()).unwrap();
    assert_eq!(reader.unacknowledged(), 1);
    let above = Rule::Hpack(hpack::HpackError::SizeUpdateAboveLimit);
    assert_eq!(read_all(&mut reader.clone(), GET_LARGE), Some(above));
    assert_eq!(read_all(&mut reader, &[ACK, GET_LARGE].concat()), None);
    assert_eq!((reader.counters.unexpected_acks, reader.unacknowledged()), (2, 0));

    let mut chunked = ChunkedReader::new(Role::Client, &Limits::DEFAULT).unwrap();
    let octets = [SETTINGS, ACK].concat();
    let mut rest = octets.as_slice();
    while chunked.read(&mut rest).unwrap().is_some() {}
    assert_eq!((chunked.counters.unexpected_acks, chunked.unacknowledged()), (1, 0));
}

#[test]
fn an_observer_that_sees_the_acknowledgment_first_is_not_off_by_one() {
    let larger = settings(&[(SettingId::HEADER_TABLE_SIZE, 8_192)]);
    let smaller = settings(&[(SettingId::HEADER_TABLE_SIZE, 100)]);
    let limits = Limits::observing(1 << 16, 8_192);
    for mut reader in [
        Reader::new(Role::Observer, &limits).unwrap(),
        Reader::new(Role::Server, &limits).unwrap().observing(),
    ] {
        let start = [PREFACE, SETTINGS, ACK, GET_LARGE].concat();
        assert_eq!(read_all(&mut reader, &start), None, "what is unknown is allowed");
        assert_eq!(reader.max_frame_size(), PayloadLength::MAX);
        reader.settings_sent(&larger.list()).unwrap();
        assert_eq!(reader.max_frame_size(), PayloadLength::INITIAL_MAX_FRAME_SIZE);
        reader.settings_sent(&smaller.list()).unwrap();
        // Not in force yet; then it is.
        assert_eq!(read_all(&mut reader, GET_LARGE), None);
        let above = Rule::Hpack(hpack::HpackError::SizeUpdateAboveLimit);
        assert_eq!(read_all(&mut reader, &[ACK, GET_LARGE].concat()), Some(above));
    }
    // An endpoint knows what it sent.
    let mut reader = Reader::new(Role::Server, &limits).unwrap();
    let above = Rule::Hpack(hpack::HpackError::SizeUpdateAboveLimit);
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS, ACK, GET_LARGE].concat()), Some(above));
}

#[test]
fn settings_that_an_observer_sees_inside_a_field_block_count_for_the_next() {
    let mut reader = Reader::new(Role::Observer, &Limits::DEFAULT).unwrap();
    assert_eq!(read_all(&mut reader, &[SETTINGS, ACK, b"\0\0\x01\x01\0\0\0\0\x01\x82"].concat()), None);
    reader.settings_sent(&settings(&[(SettingId::HEADER_TABLE_SIZE, 0)]).list()).unwrap();
    let rest = [b"\0\0\x02\x09\x04\0\0\0\x01\x86\x84".as_slice(), b"\0\0\x02\x01\x05\0\0\0\x03\x20\x82"];
    assert_eq!(read_all(&mut reader, &rest.concat()), None);
}

#[test]
fn a_reader_of_frames_finds_a_push_that_is_disabled() {
    let promise = b"\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x02\x82";
    for (pairs, refused) in [(&[(SettingId::ENABLE_PUSH, 0)][..], true), (&[], false)] {
        let mut reader = FrameReader::new(Role::Client);
        reader.settings_sent(&settings(pairs).list()).unwrap();
        let mut rule = |octets: &[u8]| {
            let mut rest = octets;
            loop {
                match reader.read(rest) {
                    Ok(Progress::Item { consumed, .. }) => rest = &rest[consumed..],
                    Ok(Progress::Needed(_)) => return None,
                    Err(error) => return Some(error.rule),
                }
            }
        };
        assert_eq!(rule(&[SETTINGS, promise].concat()), None, "not acknowledged yet");
        let found = rule(&[ACK, promise].concat());
        assert_eq!(found, refused.then_some(Rule::Frame(FrameRule::PushPromiseDisabled)));
    }
}

#[test]
fn a_reader_of_frames_tells_table_limits_and_frame_sizes() {
    let mut reader = FrameReader::new(Role::Client);
    let list = [(SettingId::HEADER_TABLE_SIZE, 0), (SettingId::HEADER_TABLE_SIZE, 200)];
    reader.settings_sent(&settings(&list).list()).unwrap();
    reader.settings_sent(&settings(&[(SettingId::MAX_FRAME_SIZE, 20_000)]).list()).unwrap();
    assert_eq!((reader.unacknowledged(), reader.take_table_limits()), (2, None));
    assert_eq!(reader.options.max_frame_size.get(), 20_000);
    let octets = [SETTINGS, ACK].concat();
    reader.read(&octets).unwrap();
    reader.read(&octets[9..]).unwrap();
    assert_eq!((reader.unacknowledged(), reader.take_table_limits()), (1, Some([0, 200])));
    // What was set by hand stays until settings change it.
    reader.options.max_frame_size = PayloadLength::MAX;
    reader.settings_sent(&settings(&[]).list()).unwrap();
    assert_eq!(reader.options.max_frame_size, PayloadLength::MAX);
}

/// An extended CONNECT request.
const TUNNEL: &[u8] = b"\0\0\x30\x01\x04\0\0\0\x01\x02\x07CONNECT\0\x09:protocol\x09websocket\x86\x84\
    \x01\x0eexample.com:80";

#[test]
fn extended_connect_is_for_who_announced_it() {
    let start = [PREFACE, SETTINGS].concat();
    let unknown = Err(Rule::Malformed(Malformed::PseudoFieldUnknown));
    for (pairs, by_option, role, kind) in [
        (&[][..], false, Role::Server, unknown),
        (&[(SettingId::ENABLE_CONNECT_PROTOCOL, 0)], false, Role::Server, unknown),
        (&[(SettingId::ENABLE_CONNECT_PROTOCOL, 1)], false, Role::Server, Ok(SectionKind::Request)),
        (&[], true, Role::Server, Ok(SectionKind::Request)),
        (&[], false, Role::Observer, Ok(SectionKind::Request)),
    ] {
        let mut setup = Setup { settings: pairs.to_vec(), ..Setup::new(role) };
        setup.options.extended_connect = by_option;
        // It need not be acknowledged: the client has seen it if it uses it.
        let report = by_all(&setup, &[start.as_slice(), TUNNEL].concat(), &[30, 50]);
        assert_eq!(report.sections(), [kind], "{pairs:?} {by_option} {role:?}");
    }
}

#[test]
fn a_small_table_is_demanded_when_it_is_acknowledged() {
    // An entry that 4,096 bytes hold, and 512 do not; then its index.
    let entry = [[0x40, 1, b'a', 0x7f, 0xd9, 3].as_slice(), &[b'v'; 600]].concat();
    let headers = |block: &[u8]| {
        let len = u32::try_from(block.len()).unwrap().to_be_bytes();
        [&len[1..], b"\x01\x05\0\0\0\x01", block].concat()
    };
    let before = [headers(&entry), headers(b"\xbe")].concat();
    let limits = Limits::DEFAULT.with_max_table_size(512);
    let mut setup = Setup { limits, ..Setup::new(Role::Observer) };
    setup.options.validate_fields = false;
    let mut reader = Reader::new(Role::Server, &limits).unwrap();
    reader.settings_sent(&limits.settings(Role::Server).list()).unwrap();
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS, &before].concat()), None);
    // 512 = 31 + 481.
    let after = [ACK, &headers(b"\x3f\xe1\x03\x82"), &headers(b"\xbe")].concat();
    let gone = Rule::Hpack(hpack::HpackError::IndexOutOfRange);
    assert_eq!(read_all(&mut reader, &after), Some(gone));
    // In the caller's memory the table is as small as that memory.
    let octets = [SETTINGS, &before].concat();
    assert_eq!(by_reader(&setup, [octets.as_slice()]).rule(), Some(gone));
}

#[test]
fn limits_change_under_way() {
    let small = Limits::DEFAULT.with_max_section_size(1_000).with_max_continuations(0);
    let mut reader = Reader::new(Role::Server, &small).unwrap();
    let headers = |len: u8, flags| {
        [[0, 0, len + 4, 1, flags, 0, 0, 0, 1, 0, 1, b'a', len].as_slice(), &vec![b'v'; len.into()]].concat()
    };
    let too_large = Err(Rule::Limit(Limit::SectionSize));
    reader.options.validate_fields = false;
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS].concat()), None);
    assert_eq!(section(&mut reader, &headers(100, 5)), Ok(SectionKind::Trailers));
    // Lowered: the boundary is 100 + 1 + 32.
    reader.set_limits(&small.with_max_section_size(133)).unwrap();
    assert_eq!(section(&mut reader, &headers(100, 5)), Ok(SectionKind::Trailers));
    assert_eq!(section(&mut reader, &headers(101, 5)), too_large);
    reader.set_limits(&small.with_max_fields(1)).unwrap();
    assert_eq!(section(&mut reader, b"\0\0\x02\x01\x05\0\0\0\x01\x82\x82"), Err(Rule::Limit(Limit::Fields)));
    // Raised: memory of the caller does not grow.
    let large = small.with_max_section_size(1 << 20).with_max_continuations(1);
    let mut fixed = Reader::new_in(Role::Server, &small, vec![0; small.memory_len()]).unwrap();
    assert!(matches!(fixed.set_limits(&large), Err(ReaderError::Memory(_))));
    reader.set_limits(&large).unwrap();
    assert_eq!(section(&mut reader, b"\0\0\x02\x01\x05\0\0\0\x01\x82\x82"), Ok(SectionKind::Request));
    assert_eq!(read_all(&mut reader, &headers(100, 1)), None);
    assert_eq!(reader.set_limits(&small), Err(ReaderError::FieldBlockOpen));
    assert!(matches!(reader.set_limits(&small.with_max_fields(0)), Err(ReaderError::Limit(_))));
    assert_eq!(read_all(&mut reader, b"\0\0\0\x09\0\0\0\0\x01"), None);
    let rule = Rule::Limit(Limit::Continuations);
    assert_eq!(read_all(&mut reader, b"\0\0\0\x09\x04\0\0\0\x01"), Some(rule));
}

/// The block has started, though nothing of it was decoded.
#[test]
fn limits_do_not_change_between_the_start_of_a_frame_and_its_fields() {
    let mut reader = ChunkedReader::new(Role::Client, &Limits::DEFAULT).unwrap();
    let mut rest = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88".as_slice();
    let small = Limits::DEFAULT.with_max_section_size(1);
    for _ in 0..2 {
        assert!(reader.read(&mut rest).unwrap().is_some());
    }
    assert_eq!((rest.len(), reader.set_limits(&small)), (1, Err(ReaderError::FieldBlockOpen)));
    let Some(Chunk::Fields(mut fields)) = reader.read(&mut rest).unwrap() else { panic!("no fields") };
    let FieldStep::SectionEnd(end) = fields.skip().unwrap() else { panic!("not the end") };
    assert_eq!(end.kind, Ok(SectionKind::Response));
    drop(fields);
    reader.set_limits(&small).unwrap();
}

/// A peer may use 4,096 bytes before it has seen less, and as much as was announced before the limits were lowered.
#[test]
fn a_table_is_allowed_what_there_is_memory_for_where_the_limit_is_not_known() {
    let entry = [&[0x82, 0x86, 0x84, 0x40, 1, b'a', 0x7f, 0xe9, 0x07][..], &[b'v'; 1_128]].concat();
    let [.., l1, l2] = entry.len().to_be_bytes();
    let request = [&[0, l1, l2, 1, 5, 0, 0, 0, 1][..], &entry].concat();
    let small = Limits::DEFAULT.with_max_table_size(1_000);
    let mut reader = Reader::new(Role::Observer, &small).unwrap();
    assert_eq!(read_all(&mut reader, &[SETTINGS, ACK, &request].concat()), None);
    reader.settings_sent(&settings(&[]).list()).unwrap();
    assert_eq!(read_all(&mut reader, &request), None);
    reader.settings_sent(&settings(&[(SettingId::HEADER_TABLE_SIZE, 1_000)]).list()).unwrap();
    let missing = Rule::Hpack(hpack::HpackError::MissingSizeUpdate);
    assert_eq!(read_all(&mut reader, &[ACK, &request].concat()), Some(missing));

    let large = Limits::DEFAULT.with_max_table_size(8_192);
    let mut reader = Reader::new(Role::Server, &large).unwrap();
    reader.settings_sent(&large.settings(Role::Server).list()).unwrap();
    reader.set_limits(&Limits::DEFAULT).unwrap();
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS, ACK, GET_LARGE].concat()), None);
}

#[test]
fn one_section_may_have_limits_of_its_own() {
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).unwrap();
    reader.options.validate_fields = false;
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS].concat()), None);
    // `a: b` as an entry, and its index: 34 bytes each.
    let trailers = b"\0\0\x06\x01\x05\0\0\0\x01\x40\x01a\x01b\xbe";
    let mut with = |limits: Option<(u32, u32)>| {
        let Ok(Progress::Item { item: Event::Fields { mut fields, .. }, .. }) = reader.read(trailers) else {
            panic!("no fields")
        };
        if let Some((size, count)) = limits {
            fields.limit_section(size, count);
        }
        let mut yielded = 0;
        loop {
            match fields.next().unwrap() {
                FieldStep::Field(_) => yielded += 1,
                FieldStep::FragmentEnd => panic!("not the end"),
                FieldStep::SectionEnd(end) => break (yielded, end.kind.map_err(|error| error.rule)),
            }
        }
    };
    let whole = (2, Ok(SectionKind::Trailers));
    assert_eq!(with(Some((68, 2))), whole);
    assert_eq!(with(Some((67, 2))), (1, Err(Rule::Limit(Limit::SectionSize))));
    assert_eq!(with(Some((68, 1))), (1, Err(Rule::Limit(Limit::Fields))));
    // Only that one.
    assert_eq!(with(None), whole);
    assert_eq!(with(Some((u32::MAX, u32::MAX))), whole);
}

/// What an observer sees is sent, however little memory it has for it: its acknowledgment must find it.
#[test]
fn an_observer_records_tables_that_it_has_no_memory_for() {
    let large = settings(&[(SettingId::HEADER_TABLE_SIZE, 65_536), (SettingId::MAX_FRAME_SIZE, 20_000)]);
    let none = settings(&[(SettingId::HEADER_TABLE_SIZE, 0)]);
    let mut reader = Reader::new(Role::Observer, &Limits::observing(65_536, 4_096)).unwrap();
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS].concat()), None);
    reader.settings_sent(&large.list()).unwrap();
    assert_eq!((reader.unacknowledged(), reader.max_frame_size().get()), (1, 20_000));
    let get = b"\0\0\x06\x01\x05\0\0\0\x01\x82\x87\x84\x41\x01a";
    assert_eq!(read_all(&mut reader, &[ACK, get].concat()), None);
    reader.settings_sent(&none.list()).unwrap();
    assert_eq!(reader.unacknowledged(), 1);
    // Not acknowledged yet: the table may be used.
    assert_eq!(read_all(&mut reader, b"\0\0\x04\x01\x05\0\0\0\x03\x82\x87\x84\xbe"), None);
    // An endpoint must have the memory for what it sends.
    let mut endpoint = Reader::new(Role::Server, &Limits::DEFAULT).unwrap();
    let refused = endpoint.settings_sent(&large.list()).unwrap_err();
    assert!(matches!(refused, h2wire::SettingsSentError::TableSize { max: 4_096, .. }), "{refused}");
}

/// RFC 7541 §4.2: the lowest size was followed in a block that has passed.
#[test]
fn an_observer_does_not_ask_again_for_the_lowest_of_two_table_sizes() {
    let both = settings(&[(SettingId::HEADER_TABLE_SIZE, 100), (SettingId::HEADER_TABLE_SIZE, 4_096)]);
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).unwrap().observing();
    let get = b"\0\0\x0b\x01\x05\0\0\0\x01\x3f\x45\x3f\xe1\x1f\x82\x87\x84\x41\x01a\xbe";
    assert_eq!(read_all(&mut reader, &[PREFACE, SETTINGS, ACK, get].concat()), None);
    reader.settings_sent(&both.list()).unwrap();
    assert_eq!(read_all(&mut reader, b"\0\0\x04\x01\x05\0\0\0\x03\x82\x87\x84\xbe"), None);
}

#[test]
fn a_reader_in_pieces_observes_for_a_known_role() {
    let chunked = || ChunkedReader::new(Role::Server, &Limits::observing(1 << 16, 8_192)).unwrap();
    for (mut reader, allowed) in [(chunked(), false), (chunked().observing(), true)] {
        let octets = [PREFACE, SETTINGS, ACK, GET_LARGE].concat();
        let mut rest = octets.as_slice();
        let mut result = Ok(());
        while let Some(chunk) = reader.read_with(&mut rest, |_| ()).transpose() {
            result = result.and(chunk.map(drop));
            if result.is_err() {
                break;
            }
        }
        assert_eq!(result.is_ok(), allowed, "{result:?}");
        let most = if allowed { PayloadLength::MAX } else { PayloadLength::INITIAL_MAX_FRAME_SIZE };
        assert_eq!(reader.max_frame_size(), most);
    }
}

#[test]
fn both_readers_end_pushes_by_settings_that_come_after_their_acknowledgment() {
    let promise = b"\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x02\x82";
    let off = settings(&[(SettingId::ENABLE_PUSH, 0)]);
    let disabled = Some(Rule::Frame(FrameRule::PushPromiseDisabled));

    let mut reader = Reader::new(Role::Observer, &Limits::DEFAULT).unwrap();
    assert_eq!(read_all(&mut reader, &[SETTINGS, ACK].concat()), None);
    reader.settings_sent(&off.list()).unwrap();
    assert_eq!(read_all(&mut reader, promise), disabled);

    let mut reader = ChunkedReader::new(Role::Observer, &Limits::DEFAULT).unwrap();
    let rule = |reader: &mut ChunkedReader<Vec<u8>>, mut rest: &[u8]| {
        loop {
            match reader.read(&mut rest) {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => return Some(error.rule),
            }
        }
    };
    assert_eq!(rule(&mut reader, &[SETTINGS, ACK].concat()), None);
    reader.settings_sent(&off.list()).unwrap();
    assert_eq!(rule(&mut reader, promise), disabled);
}

#[test]
fn an_observer_that_missed_settings_keeps_its_fields() {
    let none = settings(&[(SettingId::HEADER_TABLE_SIZE, 0)]);
    let get = b"\0\0\x06\x01\x05\0\0\0\x01\x82\x87\x84\x41\x01a";
    let again = b"\0\0\x04\x01\x05\0\0\0\x03\x82\x87\x84\xbe";
    let start = [PREFACE, SETTINGS, ACK, get].concat();

    let mut reader = Reader::new(Role::Observer, &Limits::DEFAULT).unwrap();
    assert_eq!(read_all(&mut reader, &start), None);
    let mut unaware = reader.clone();
    // Those that were acknowledged are in the hole. The next ones are not acknowledged.
    reader.settings_lost();
    reader.settings_sent(&none.list()).unwrap();
    assert_eq!((read_all(&mut reader, again), reader.unacknowledged()), (None, 0));
    unaware.settings_sent(&none.list()).unwrap();
    let missing = Rule::Hpack(hpack::HpackError::MissingSizeUpdate);
    assert_eq!(read_all(&mut unaware, again), Some(missing), "one off");

    let mut reader = ChunkedReader::new(Role::Observer, &Limits::DEFAULT).unwrap();
    let mut rest = start.as_slice();
    while reader.read(&mut rest).unwrap().is_some() {}
    reader.settings_lost();
    reader.settings_sent(&none.list()).unwrap();
    let mut rest = again.as_slice();
    while reader.read(&mut rest).unwrap().is_some() {}
    assert!(rest.is_empty());
}
