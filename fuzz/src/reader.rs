//! The one place that knows how `h2wire` reads: octets in pieces to items that are owned.

use bytes::BytesMut;
use h2wire::frame::{Frame, FrameHeader, ParseOptions, PayloadLength};
use h2wire::{ConnectionError, FrameReader, Item, Limits, Progress, Role, Rule, StreamError};

/// All that a reader said.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Outcome {
    /// With the offset of each.
    pub(crate) items: Vec<(u64, Owned)>,
    pub(crate) end: End,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Owned {
    Preface,
    Frame(FrameHeader, Frame<Vec<u8>>),
    StreamError(FrameHeader, StreamError),
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum End {
    /// The input ends with so many octets of an item, of which at least so many are missing.
    Needed(usize, usize),
    Failed(ConnectionError),
}

/// A reader as an octet describes it.
pub(crate) fn reader(octet: u8) -> FrameReader {
    let reader = match octet & 3 {
        0 => FrameReader::new(Role::Server),
        1 => FrameReader::new(Role::Client),
        2 => FrameReader::new(Role::Observer),
        _ => FrameReader::stateless(),
    };
    let max_frame_size = [0x4000, 0, 64, 0x00ff_ffff][usize::from(octet >> 2 & 3)];
    let max_frame_size = PayloadLength::new(max_frame_size).expect("24 bits");
    reader.with_options(ParseOptions { max_frame_size, extensions: octet & 0x10 == 0 })
}

/// A reader without role rules and without limits, from the start of a connection on.
pub(crate) fn observer(options: ParseOptions) -> FrameReader {
    let unlimited = Limits {
        max_block_len: u32::MAX,
        max_continuations: u32::MAX,
        max_settings: u32::MAX,
        ..Limits::DEFAULT
    };
    let reader = FrameReader::with_limits(Role::Observer, &unlimited).expect("not 0");
    reader.with_options(options)
}

/// What a reader of frames finds is a rule of frames, if there are no limits.
pub(crate) fn frame_rule(rule: Rule) -> h2wire_frame::Rule {
    match rule {
        Rule::Frame(rule) => rule,
        other => panic!("{other}"),
    }
}

/// Hands over the octets piece by piece, as a socket would.
pub(crate) fn read<'a>(mut reader: FrameReader, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
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

/// The same with a reader that takes the octets away.
pub(crate) fn read_bytes<'a>(
    mut reader: FrameReader,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<(u64, Owned)> {
    let mut buffer = BytesMut::new();
    let mut items = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            let offset = reader.offset();
            match reader.read_bytes(&mut buffer) {
                Ok(Some(item)) => items.push((offset, own(item))),
                Ok(None) => break,
                Err(_) => return items,
            }
        }
    }
    items
}

fn own<B: AsRef<[u8]>>(item: Item<B>) -> Owned {
    match item {
        Item::Preface => Owned::Preface,
        Item::Frame { header, frame } => Owned::Frame(header, frame.map(|payload| payload.as_ref().to_vec())),
        Item::StreamError { header, error } => Owned::StreamError(header, error),
    }
}
