//! Readers of frames as the targets use them.

use bytes::BytesMut;
use h2wire::frame::{ParseOptions, PayloadLength};
use h2wire::{FrameReader, Limits, Progress, Role, Rule};

use crate::common::{OwnedItem, own};

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
    reader.with_options(
        ParseOptions::DEFAULT.with_max_frame_size(max_frame_size).with_extensions(octet & 0x10 == 0),
    )
}

/// A reader without role rules and without limits, from the start of a connection on.
pub(crate) fn observer(options: ParseOptions) -> FrameReader {
    let unlimited = Limits::DEFAULT
        .with_max_block_len(u32::MAX)
        .with_max_continuations(u32::MAX)
        .with_max_settings(u32::MAX);
    let reader = FrameReader::with_limits(Role::Observer, &unlimited).expect("not 0");
    reader.with_options(options)
}

/// What a reader of frames finds is a rule of frames, if there are no limits.
pub(crate) fn frame_rule(rule: Rule) -> h2wire_frame::FrameRule {
    match rule {
        Rule::Frame(rule) => rule,
        other => panic!("{other}"),
    }
}

/// What a reader finds that takes the octets away.
pub(crate) fn read_bytes<'a>(
    mut reader: FrameReader,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<(u64, OwnedItem)> {
    let mut buffer = BytesMut::new();
    let mut items = Vec::new();
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            let offset = reader.offset();
            match reader.read_bytes(&mut buffer) {
                Ok(Progress::Item { item, .. }) => items.push((offset, own(item))),
                Ok(Progress::Needed(_)) => break,
                Err(_) => return items,
            }
        }
    }
    items
}
