//! Where a reader stands after an error or a hole.

use h2wire::{ChunkedReader, ConnectionError, EndOfInput, LostError, Message, Progress, Reader, Role};

use super::rules::{frame, ping};
use super::seen::LIMITS;

type Read = fn(&mut Reader<Vec<u8>>, &[u8]) -> Result<(), ConnectionError>;

/// What a reader yields of it, or not: the frame with an error of HPACK is consumed.
#[test]
fn an_error_of_hpack_is_behind_where_the_reader_goes_on() {
    let broken = frame(1, 1, 1, b"\x80");
    let octets = [&ping()[..], &broken, &frame(9, 4, 1, b""), &frame(1, 5, 3, b"\x88")].concat();
    let with: Read = |reader, octets| reader.read_with(octets, |_| ()).map(|_| ());
    let message: Read = |reader, mut octets| reader.read_message(&mut octets).map(|_| ());
    for read in [with, message] {
        let mut reader = Reader::joined(Role::Client, &LIMITS).unwrap();
        read(&mut reader, &octets).unwrap();
        assert_eq!(read(&mut reader, &octets[17..]).unwrap_err().rule.name(), "index_zero");
        let start = reader.offset();
        let mut other = reader.clone();
        reader.rejoin_fields();
        assert_eq!((start, reader.offset()), (17, 17 + broken.len() as u64));
        let mut rest = &octets[17 + broken.len()..];
        while let Progress::Item { item, .. } = reader.read_message(&mut rest).unwrap() {
            assert!(matches!(item, Message::Frame { .. } | Message::Section { .. }), "{item:?}");
        }
        assert_eq!((rest, reader.offset()), (b"".as_slice(), octets.len() as u64));
        other.rejoin(9);
        assert_eq!(other.offset(), 17 + broken.len() as u64 + 9);
    }
}

/// Offsets end at `u64::MAX`, frames do not.
#[test]
fn as_many_bytes_are_lost_as_can_be_counted() {
    let mut reader = ChunkedReader::joined(Role::Client, &LIMITS).unwrap();
    assert_eq!(reader.lost(u64::MAX), Err(LostError::Position));
    reader.rejoin(u64::MAX);
    let octets = frame(0, 0, 1, &[7; 100]);
    let mut rest = &octets[..59];
    while reader.read(&mut rest).unwrap().is_some() {}
    assert_eq!(reader.end_of_input(), Ok(EndOfInput::InsideFrame { have: 59, need: 109 }));
    assert_eq!((reader.clone().lost(51), reader.lost(50)), (Err(LostError::Position), Ok(())));
    assert_eq!(reader.end_of_input(), Ok(EndOfInput::Clean));
    assert_eq!(reader.offset(), u64::MAX);
}
