//! Messages in one call, and items that do not borrow their reader.

use h2wire::frame::{Frame, FrameType, PREFACE, PriorityUpdate, StreamId};
use h2wire::{
    Chunk, ChunkedReader, ConnectionError, Event, FieldLine, FieldStep, Fields, Limits, Message, Progress,
    Reader, Role, SectionKind,
};

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
/// :status 200, then `a: b` in CONTINUATION, cut inside the field.
const CUT: &[u8] =
    b"\0\0\x03\x01\0\0\0\0\x01\x88\x40\x01\0\0\0\x09\0\0\0\0\x01\0\0\x03\x09\x04\0\0\0\x01a\x01b";

fn reader() -> Reader<Vec<u8>> {
    let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
    reader.read(SETTINGS).unwrap();
    reader
}

/// The next message; `None` if more bytes are needed.
fn next<'i>(reader: &mut Reader<Vec<u8>>, input: &mut &'i [u8]) -> Option<Message<&'i [u8]>> {
    match reader.read_message(input).unwrap() {
        Progress::Item { item, .. } => Some(item),
        Progress::Needed(_) => None,
    }
}

#[test]
fn a_section_is_one_message_wherever_the_input_ends() {
    for cut in 0..CUT.len() {
        let mut reader = reader();
        let mut first = &CUT[..cut];
        assert_eq!(next(&mut reader, &mut first), None, "{cut}");
        // Frames that were taken do not come again.
        let rest = [first, &CUT[cut..]].concat();
        let mut rest = rest.as_slice();
        let Some(Message::Section { kind, end, fields }) = next(&mut reader, &mut rest) else {
            panic!("{cut}")
        };
        assert_eq!((kind, end.fields, rest), (SectionKind::Response, 2, b"".as_slice()));
        assert!(fields.iter().eq([FieldLine::new(b":status", b"200"), FieldLine::new(b"a", b"b")]));
    }
}

#[test]
fn fields_of_a_refused_section_tell_what_is_wrong() {
    let mut input = b"\0\0\x05\x01\x05\0\0\0\x01\x88\0\x01A\0\0\0\x01\x01\x05\0\0\0\x03\x89".as_slice();
    let mut reader = reader();
    let Some(Message::RefusedSection { error, end, fields }) = next(&mut reader, &mut input) else {
        panic!("not refused")
    };
    assert_eq!((error.rule.name(), error.field(), end.kind), ("field_name", Some(1), Err(error)));
    assert_eq!(fields.iter().nth(1), Some(FieldLine::new(b"A", b"")));
    reader.give_back(fields);
    let Some(Message::Section { fields, .. }) = next(&mut reader, &mut input) else { panic!("no section") };
    assert!(fields.iter().eq([FieldLine::new(b":status", b"204")]), "nothing is left of the last one");
}

#[test]
fn what_began_with_read_is_not_mistaken_for_a_whole_section() {
    let mut reader = reader();
    let mut input = CUT;
    let Progress::Item { consumed, .. } = reader.read(input).unwrap() else { panic!("no frame") };
    input = &input[consumed..];
    for _ in 0..2 {
        let message = next(&mut reader, &mut input);
        assert!(matches!(message, Some(Message::Frame { frame: Frame::Continuation(_), .. })), "{message:?}");
    }
    // HPACK is in step: the table has `a: b`.
    let mut input = b"\0\0\x02\x01\x05\0\0\0\x03\x88\xbe".as_slice();
    let Some(Message::Section { fields, .. }) = next(&mut reader, &mut input) else { panic!("no section") };
    assert_eq!(fields.get(b"a"), Some(b"b".as_slice()));
}

#[test]
fn a_list_that_is_given_back_in_a_section_does_not_replace_its_fields() {
    let mut reader = reader();
    let mut input = b"\0\0\x01\x01\x04\0\0\0\x01\x88".as_slice();
    let Some(Message::Section { fields, .. }) = next(&mut reader, &mut input) else { panic!("no section") };
    let mut rest = &CUT[..15];
    assert_eq!(next(&mut reader, &mut rest), None);
    reader.give_back(fields);
    let input = [rest, &CUT[15..]].concat();
    let Some(Message::Section { fields, .. }) = next(&mut reader, &mut input.as_slice()) else {
        panic!("no section")
    };
    assert_eq!(fields.len(), 2);
}

#[test]
fn the_frame_with_an_error_is_not_taken_and_the_error_stays() {
    let mut reader = reader();
    let octets = [CUT, b"\0\0\x01\x01\x05\0\0\0\x03\x80"].concat();
    let mut input = octets.as_slice();
    next(&mut reader, &mut input).unwrap();
    for _ in 0..2 {
        let error = reader.read_message(&mut input).unwrap_err();
        assert_eq!((error.rule.name(), input.len()), ("index_zero", 10));
    }
}

/// What embedders write: a loop over items that calls methods of its own.
struct Embedder {
    reader: Reader<Vec<u8>>,
    chunked: ChunkedReader<Vec<u8>>,
    seen: Vec<String>,
}

impl Embedder {
    fn receive(&mut self, mut rest: &[u8]) -> Result<(), ConnectionError> {
        while let Progress::Item { item, consumed } = self.reader.read_with(rest, names)? {
            rest = &rest[consumed..];
            match item {
                Event::Frame { header, .. } => self.note(header.frame_type.to_string()),
                Event::Fields { fields, .. } => self.note(fields),
                _ => {}
            }
        }
        Ok(())
    }

    fn receive_pieces(&mut self, mut rest: &[u8]) -> Result<(), ConnectionError> {
        while let Some(chunk) = self.chunked.read_with(&mut rest, names)? {
            match chunk {
                Chunk::Start { header, .. } if header.frame_type == FrameType::DATA => {
                    self.note(header.flow_controlled_len().to_string());
                }
                Chunk::Payload { octets, .. } => self.note(octets.escape_ascii().to_string()),
                Chunk::Fields(fields) => self.note(fields),
                _ => {}
            }
        }
        Ok(())
    }

    fn note(&mut self, what: String) {
        self.seen.push(what);
    }
}

/// Reads the first field alone.
fn names(fields: &mut Fields<'_, '_, Vec<u8>>) -> String {
    match fields.next() {
        Ok(FieldStep::Field(field)) => String::from_utf8_lossy(field.name).into_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn items_borrow_the_reader_only_for_fields() {
    let mut embedder = Embedder {
        reader: Reader::new(Role::Client, &Limits::DEFAULT).unwrap(),
        chunked: ChunkedReader::new(Role::Client, &Limits::DEFAULT).unwrap(),
        seen: Vec::new(),
    };
    let octets = [SETTINGS, b"\0\0\x02\x01\x04\0\0\0\x01\x88\x8b", b"\0\0\x02\0\x01\0\0\0\x01hi"].concat();
    embedder.receive(&octets).unwrap();
    assert_eq!(embedder.seen, ["SETTINGS", ":status", "DATA"]);
    embedder.seen.clear();
    embedder.receive_pieces(&octets).unwrap();
    assert_eq!(embedder.seen, [":status", "2", "hi"]);
    // What `visit` left is decoded, and its error is that of the call.
    let broken = b"\0\0\x02\x01\x04\0\0\0\x03\x88\x80";
    let expected = Err("index_zero");
    let name = |error: ConnectionError| error.rule.name();
    assert_eq!(embedder.receive(broken).map_err(name), expected);
    assert_eq!(embedder.receive_pieces(broken).map_err(name), expected);
}

#[test]
fn payloads_of_pieces_lie_inside_the_input() {
    let update =
        PriorityUpdate { prioritized_stream_id: StreamId::FIRST_CLIENT, priority_field_value: b"u=1" };
    let mut frame = [0; 64];
    let len = update.encode(&mut frame).unwrap();
    let octets = [PREFACE.as_slice(), SETTINGS, &frame[..len], b"\0\0\x02\xbe\0\0\0\0\0ab"].concat();
    for size in 1..octets.len() {
        let mut reader = ChunkedReader::new(Role::Server, &Limits::DEFAULT).unwrap();
        let mut payload = Vec::new();
        for piece in octets.chunks(size) {
            let range = piece.as_ptr_range();
            let mut rest = piece;
            while let Some(chunk) = reader.read(&mut rest).unwrap() {
                match chunk {
                    Chunk::Payload { octets, .. } => {
                        let place = octets.as_ptr_range();
                        assert!(
                            range.start <= place.start && place.end <= range.end,
                            "a relay slices its input"
                        );
                        payload.extend_from_slice(octets);
                    }
                    Chunk::PayloadStart { octets, missing } => {
                        assert_eq!((missing, payload.len()), (3, 0));
                        payload.extend_from_slice(&octets);
                    }
                    _ => {}
                }
            }
        }
        assert_eq!(payload, b"\0\0\0\x01u=1ab");
    }
}

#[test]
fn a_goaway_in_place_of_settings_says_why() {
    let frame = b"\0\0\x0e\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0dsecret".as_slice();
    for octets in [frame, &[frame, frame].concat(), &frame[..9], &frame[..20]] {
        let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
        assert_eq!(reader.first_go_away(octets), None, "nothing is wrong yet");
        assert_eq!(reader.read(octets).unwrap_err().rule.name(), "first_frame");
        match reader.first_go_away(octets) {
            Some(Progress::Item { item, consumed }) => {
                assert_eq!((item.to_string().as_str(), consumed), ("HTTP_1_1_REQUIRED: \"secret\"", 23));
            }
            Some(Progress::Needed(missing)) => assert_eq!(missing + octets.len(), 23),
            None => panic!("it was not told"),
        }
    }
    // In pieces of any size: the header is taken, the payload is not.
    for piece in 1..frame.len() {
        let mut reader = ChunkedReader::new(Role::Client, &Limits::DEFAULT).unwrap();
        let (mut error, mut taken) = (None, 0);
        for octets in frame.chunks(piece) {
            let mut rest = octets;
            assert_eq!(reader.first_go_away(rest), None, "nothing is wrong yet");
            error = reader.read(&mut rest).err();
            taken += octets.len() - rest.len();
            if error.is_some() {
                break;
            }
        }
        assert_eq!(error.unwrap().rule.name(), "first_frame");
        assert_eq!((taken, reader.offset()), (9, 0));
        for len in 0..14 {
            assert_eq!(reader.first_go_away(&frame[9..9 + len]), Some(Progress::Needed(14 - len)));
        }
        let Some(Progress::Item { item, consumed: 14 }) = reader.first_go_away(&frame[9..]) else {
            panic!("no GOAWAY")
        };
        assert_eq!(item.to_string(), "HTTP_1_1_REQUIRED: \"secret\"");
    }
    // Another first frame, another rule.
    for octets in [b"\0\0\x08\x06\0\0\0\0\0".as_slice(), b"\0\0\x07\x07\0\0\0\0\0"] {
        let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
        reader.read(octets).unwrap_err();
        assert_eq!(reader.first_go_away(octets), None);
        let (mut chunked, mut rest) = (ChunkedReader::new(Role::Client, &Limits::DEFAULT).unwrap(), octets);
        chunked.read(&mut rest).unwrap_err();
        assert_eq!(chunked.first_go_away(&[0; 8]), None);
    }
    let mut reader = reader();
    reader.read(b"\0\0\x01\x09\0\0\0\0\x01").unwrap_err();
    assert_eq!(reader.first_go_away(frame), None);
}
