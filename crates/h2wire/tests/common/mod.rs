//! Reads bytes to their end with a `FrameReader` and keeps what came out. The fuzz targets use it too.
#![allow(dead_code, reason = "each test uses some of it")]

use h2wire::frame::{Frame, FrameHeader};
use h2wire::{ConnectionError, FrameEvent, FrameReader, Progress, Role, StreamError};

/// All that a reader said.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Outcome {
    /// With the offset of each.
    pub items: Vec<(u64, OwnedItem)>,
    pub end: End,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum OwnedItem {
    Preface,
    Frame(FrameHeader, Frame<Vec<u8>>),
    StreamError(FrameHeader, StreamError),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum End {
    /// The input ends inside an item: the bytes of it that are there, and how many are missing at least.
    Needed(usize, usize),
    Failed(ConnectionError),
}

pub(crate) fn read_all(role: Role, octets: &[u8]) -> Outcome {
    read_in_pieces(FrameReader::new(role), [octets])
}

/// Hands over the bytes piece by piece, as a socket would.
pub(crate) fn read_in_pieces<'a>(
    mut reader: FrameReader,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let mut buffer = Vec::new();
    let mut start = 0;
    let mut items = Vec::new();
    let mut needed = 0;
    for piece in std::iter::once([].as_slice()).chain(pieces) {
        buffer.extend_from_slice(piece);
        loop {
            let offset = reader.offset();
            assert_eq!(usize::try_from(offset), Ok(start));
            match reader.read(&buffer[start..]) {
                Ok(Progress::Item { item, consumed }) => {
                    items.push((offset, own(item)));
                    start += consumed;
                }
                Ok(Progress::Needed(octets)) => {
                    assert!(octets > 0);
                    needed = octets;
                    break;
                }
                Err(error) => {
                    assert_eq!(reader.read(&[]), Err(error), "a reader stays failed");
                    assert_eq!(reader.offset(), offset, "an error is where its frame starts");
                    return Outcome { items, end: End::Failed(error) };
                }
            }
        }
    }
    Outcome { items, end: End::Needed(buffer.len() - start, needed) }
}

pub(crate) fn own<B: AsRef<[u8]>>(item: FrameEvent<B>) -> OwnedItem {
    match item {
        FrameEvent::Preface => OwnedItem::Preface,
        FrameEvent::Frame { header, frame } => {
            OwnedItem::Frame(header, frame.map(|payload| payload.as_ref().to_vec()))
        }
        FrameEvent::StreamError { header, error } => OwnedItem::StreamError(header, error),
        _ => panic!("another event"),
    }
}
