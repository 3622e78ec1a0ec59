//! White space around a value, where it is allowed, is no part of it: `Heads` makes the same of it as a conversion of a list.

use h2wire::frame::{SettingBuffer, StreamId};
use h2wire::http_types::{Heads, ToHttp};
use h2wire::{
    Event, FieldLine, Indexing, Limits, Malformed, MalformedSet, Message, Progress, Reader, Role,
    SectionHead, Writer,
};

const ALLOWED: Malformed = Malformed::FieldValueWhiteSpace;

/// The bytes of such sections.
fn encode(sections: &[Vec<FieldLine<'_>>]) -> Vec<u8> {
    let mut writer = Writer::new(Role::Server, 4_096);
    writer.validate_fields = false;
    let mut octets = Vec::new();
    writer.append_settings(&SettingBuffer::<0>::new().list(), &mut octets).unwrap();
    for fields in sections {
        let head = SectionHead::headers(StreamId::FIRST_CLIENT, false);
        writer.append_section(head, fields.iter().copied(), &mut octets).unwrap();
    }
    octets
}

fn reader(allowed: MalformedSet) -> Reader<Vec<u8>> {
    let mut reader = Reader::new(Role::Observer, &Limits::observing(65_536, 4_096)).unwrap();
    reader.options.allowed = allowed;
    reader
}

/// The cookie of a response for each list of cookies, by [`Heads`] and by lists.
fn cookies(sections: &[&[&'static str]], indexing: Indexing) -> [Vec<Vec<u8>>; 2] {
    let section = |cookies: &&[&'static str]| {
        let cookie =
            |value: &&'static str| FieldLine::new(b"cookie", value.as_bytes()).with_indexing(indexing);
        let status = FieldLine::new(b":status", b"200");
        core::iter::once(status).chain(cookies.iter().map(cookie)).collect()
    };
    let octets = encode(&sections.iter().map(section).collect::<Vec<_>>());
    let allowed = MalformedSet::EMPTY.with(ALLOWED);
    let cookie = |response: http::Response<()>| response.headers()["cookie"].as_bytes().to_vec();
    let (mut by_heads, mut by_lists) = (Vec::new(), Vec::new());
    let (mut heads, mut frames, mut rest) = (Heads::new(), reader(allowed), octets.as_slice());
    while let Progress::Item { item, consumed } = frames.read_with(rest, |fields| heads.read(fields)).unwrap()
    {
        rest = &rest[consumed..];
        if let Event::Fields { .. } = item {
            by_heads.push(cookie(heads.take_response().unwrap()));
        }
    }
    let (mut messages, mut rest) = (reader(allowed), octets.as_slice());
    while let Progress::Item { item, .. } = messages.read_message(&mut rest).unwrap() {
        if let Message::Section { fields, .. } = item {
            by_lists.push(cookie(ToHttp::DEFAULT.allow(ALLOWED).response(fields.iter()).unwrap()));
        }
    }
    [by_heads, by_lists]
}

/// A cookie that was kept is not taken for one in pieces that say the same with white space around them.
#[test]
fn white_space_around_a_piece_of_a_cookie_is_no_part_of_it() {
    for (kept, pieces, expected) in [
        (&["a;  b"][..], &["a", " b"][..], "a; b"),
        (&["a ; b"], &["a ", "b"], "a; b"),
        (&["a", ""], &["a; "], "a;"),
        (&["a\t; b"], &["a\t", "b"], "a; b"),
        (&["a;  b"], &["a;  b"], "a;  b"),
        (&["a; b"], &["a", "b"], "a; b"),
    ] {
        for indexing in [Indexing::Incremental, Indexing::Without] {
            let mut sections = vec![kept; 6];
            sections.push(pieces);
            let [by_heads, by_lists] = cookies(&sections, indexing);
            assert_eq!(by_lists.last().unwrap(), expected.as_bytes());
            assert_eq!(by_heads, by_lists, "{kept:?} {pieces:?} {indexing:?}");
        }
    }
}

/// A field without a place is reported as it is without the white space, however it was indexed.
#[test]
fn white_space_around_a_field_without_a_place_is_no_part_of_it() {
    for indexing in [Indexing::Incremental, Indexing::Without, Indexing::Never] {
        let request = [(":method", "GET"), (":scheme", "\t1x "), (":path", " /a"), ("x-a", " \u{1}")];
        let fields: Vec<_> = request
            .iter()
            .map(|(name, value)| FieldLine::new(name.as_bytes(), value.as_bytes()).with_indexing(indexing))
            .collect();
        let allowed = Malformed::ALL.iter().fold(MalformedSet::EMPTY, |all, one| all.with(*one));
        let octets = encode(&[fields.clone(), fields.clone()]);
        let mut frames = reader(allowed);
        let (mut heads, mut rest, mut made) = (Heads::new(), octets.as_slice(), 0);
        let mut to_http = ToHttp::DEFAULT;
        to_http.allowed = allowed;
        let expected = to_http.request_lossy(fields).unwrap();
        let value_of = |at: usize| expected.unplaced[at].value.as_slice();
        assert_eq!([value_of(0), value_of(1)], [&b"1x"[..], b"\x01"]);
        while let Progress::Item { item, consumed } =
            frames.read_with(rest, |fields| heads.read(fields)).unwrap()
        {
            rest = &rest[consumed..];
            if let Event::Fields { .. } = item {
                assert_eq!(heads.take_request_lossy().unwrap().unplaced, expected.unplaced, "{indexing:?}");
                made += 1;
            }
        }
        assert_eq!(made, 2);
    }
}
