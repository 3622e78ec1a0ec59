//! Inputs in the forms that the targets read, for first corpora.

use h2wire_hpack::{Encoder, Indexing, huffman, static_entry};

use crate::input::Input;
use crate::{broken_conversation, conversation};

/// A name and a value.
pub type Line = (Vec<u8>, Vec<u8>);

/// For `split`: octets with a reader of this kind, cut unevenly.
#[must_use]
pub fn split(kind: u8, octets: &[u8]) -> Vec<u8> {
    [&[kind, 1, 2, 3, 5, 8, 13, 200][..], octets].concat()
}

/// For `cli_decode`: a file, or hexadecimal text, with no other option.
#[must_use]
pub fn cli_decode(is_hex: bool, file: &[u8]) -> Vec<u8> {
    [&[u8::from(is_hex) << 2, 0], file].concat()
}

/// For `sections`: octets with a reader of this role, the usual limits or narrow ones, cut at four places.
#[must_use]
pub fn sections(role: u8, limit: u8, octets: &[u8]) -> Vec<u8> {
    // 0x10 and 0x20 in the first octet are two options; 48 is a multiple of the three roles.
    [&[48 + role, limit, 6, 0, 3, 9, 27, 81][..], octets].concat()
}

/// For `broken_conversation`: each thing that either side can break, with a seed, for a receiver with the usual limits and with
/// narrow ones.
#[must_use]
pub fn broken_conversations(seed: &[u8]) -> Vec<Vec<u8>> {
    let one = |plan: u8| {
        let head = [plan, 0, 3, 9, 27, 81, 243];
        let causes = broken_conversation::causes(&conversation::plan(&mut Input(&head)));
        (0..u16::MAX).zip(causes).map(move |(index, _)| [&head[..], &index.to_be_bytes(), seed].concat())
    };
    [0, 1, 28, 29].into_iter().flat_map(one).collect()
}

/// For `connection_server` and `connection_client`: a conversation of this kind with a seed, all of its steps, and what the seed
/// makes of the application.
#[must_use]
pub fn connection(kind: u8, seed: &[u8]) -> Vec<u8> {
    let (seed, calls) = seed.split_at(seed.len() / 4 * 2);
    let (len, all) = (u8::try_from(seed.len() / 2).unwrap_or(u8::MAX), [80, 255]);
    // A handshake, or none, has no seed.
    let conversation = if kind < 2 { Vec::new() } else { [&[0, seed[0], len][..], seed].concat() };
    // Some steps between calls, then all that are left.
    [&[0, seed[1] & 0xcf, kind, 1, 2, 5, 13][..], &conversation, calls, &all].concat()
}

/// For the same: these octets alone, in pieces, and a request of the client.
#[must_use]
pub fn connection_to(octets: &[u8]) -> Vec<u8> {
    let pieces =
        octets.chunks(255).flat_map(|piece| [&[160, u8::try_from(piece.len()).unwrap_or(0)], piece].concat());
    [0, 0, 0, 1, 2, 5, 13, 168, 1, 0].into_iter().chain(pieces).collect()
}

/// For `differential_connection`: for either receiver a valid conversation, and each thing that can be broken, alone and with steps of
/// another conversation.
#[must_use]
pub fn differential_connections(seed: &[u8]) -> Vec<Vec<u8>> {
    let len = u8::try_from(seed.len() / 2).unwrap_or(u8::MAX);
    let others = [0, 200, 0, 0, 211, 0, 0, 0, 0, 205];
    let one = |choice: u8, cause: u16, others: &[u8]| {
        let [high, low] = cause.to_be_bytes();
        [&[choice, high, low, len][..], &seed[..usize::from(len) * 2], others].concat()
    };
    let valid = (0..4).flat_map(|choice| [one(choice, 0, &[]), one(choice, 0, &others)]);
    let broken = (4..8).flat_map(|choice| (0..120).map(move |cause| (choice, cause)));
    valid.chain(broken.map(|(choice, cause)| one(choice, cause, &[]))).collect()
}

/// For `differential_hpack`: the blocks of a connection.
#[must_use]
pub fn steps(blocks: &[Vec<u8>]) -> Vec<u8> {
    let step = |block: &Vec<u8>| {
        let len = u16::try_from(block.len()).unwrap_or(u16::MAX).min(0x3fff);
        [&len.to_be_bytes()[..], &block[..len.into()]].concat()
    };
    blocks.iter().flat_map(step).collect()
}

/// For `differential_hpack`: lists of names and values, the limit going down and up before each, as our encoder follows it.
#[must_use]
pub fn steps_with_limits(lists: &[Vec<Line>]) -> Vec<u8> {
    let mut encoder = Encoder::new(4096);
    let step = |(index, lines): (u16, &Vec<Line>)| {
        let limits = [[100, 300], [50, 4096], [2000, 60]][usize::from(index % 3)];
        let limits = limits.map(|limit: u16| {
            encoder.set_table_limit(limit.into());
            (limit | 0x8000).to_be_bytes()
        });
        let mut block = Vec::new();
        encoder.encode_block(
            lines.iter().map(|(name, value)| (&name[..], &value[..], Indexing::Auto)),
            &mut block,
        );
        [limits.concat(), steps(&[block])].concat()
    };
    (0..).zip(lists).flat_map(step).collect()
}

/// For `hpack_decode`: such steps, with limits that are not too narrow.
#[must_use]
pub fn hpack_decode(steps: &[u8]) -> Vec<u8> {
    [&[0b0001_0100, 1, 2, 3, 5, 8, 13, 200][..], steps].concat()
}

/// For `hpack_round_trip`: lists of names and values.
#[must_use]
pub fn hpack_round_trip(lists: &[Vec<Line>]) -> Vec<u8> {
    let mut octets = vec![0];
    for lines in lists {
        let count = u8::try_from(lines.len()).unwrap_or(u8::MAX).min(31);
        octets.extend([0x40, count]);
        for (name, value) in lines.iter().take(count.into()) {
            let (name, value) = (&name[..name.len().min(0xff)], &value[..value.len().min(0xef)]);
            let entry = |index: &u8| static_entry((*index).into()).is_some_and(|entry| entry.0 == name);
            let index = (1..=61).find(entry).unwrap_or(0);
            octets.extend([index, u8::try_from(value.len()).unwrap_or(0)]);
            if index == 0 {
                octets.push(u8::try_from(name.len()).unwrap_or(0));
                octets.extend(name);
            }
            octets.extend(value);
        }
    }
    octets
}

/// For `huffman`: a string's code.
#[must_use]
pub fn huffman(string: &[u8]) -> Vec<u8> {
    let mut encoded = vec![0; huffman::encoded_len(string)];
    huffman::encode(string, &mut encoded).expect("as long as it says");
    encoded
}
