//! HPACK decoding against nghttp2's: accept or refuse, the fields, the tables, through changes of the limit.
//!
//! Input: steps.

use h2wire_hpack::{Decoder, DecoderLimits};
use h2wire_nghttp2::Inflater;

use crate::Deviation;
use crate::hpack::{Step, decode, steps};
use crate::input::Input;

/// As nghttp2: strings of up to 64 KiB, and whatever else there is room for.
const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(0x3fff)
    .with_max_list_size(1 << 17)
    .with_max_fields(u32::MAX)
    .with_max_string_len(1 << 16);

/// See the module.
pub fn target(octets: &[u8]) {
    let _ = compare(octets);
}

/// The deviation that ended the comparison, if one did.
#[must_use]
pub fn compare(octets: &[u8]) -> Option<Deviation> {
    let mut decoder = Decoder::new(&LIMITS);
    let mut inflater = Inflater::new();
    // The lowest limit below the encoder's table since the last block.
    let mut lowest: Option<u32> = None;
    for step in steps(Input(octets)) {
        match step {
            Step::Limit(limit) => {
                decoder.set_table_limit(limit).expect("what a step can ask for");
                inflater.set_table_limit(limit);
                if limit < decoder.table_capacity() {
                    lowest = Some(lowest.map_or(limit, |lowest| lowest.min(limit)));
                }
            }
            Step::Block(block) => {
                let ours = decode(&mut decoder, &[block]);
                let mut fields = Vec::new();
                let each =
                    |name: &[u8], value: &[u8], never| fields.push((name.to_vec(), value.to_vec(), never));
                let theirs = inflater.decode(block, each);
                match (ours.end, theirs) {
                    (Ok(end), Ok(())) if end.exceeded.is_none() => {}
                    (Ok(_), Ok(())) | (Err(_), Err(_)) => return None,
                    (Err(error), Ok(())) => panic!("we alone refuse {block:02x?}: {error}"),
                    (Ok(_), Err(_)) if lowest.is_some_and(|lowest| !starts_with_update(block, lowest)) => {
                        return Some(Deviation::NgMissingSizeUpdate);
                    }
                    (Ok(_), Err(refused)) => panic!("nghttp2 alone refuses {block:02x?}: {refused:?}"),
                }
                lowest = None;
                let ours_fields =
                    ours.fields.iter().map(|field| (&field.name, &field.value, field.never_indexed));
                assert!(ours_fields.eq(fields.iter().map(|(name, value, never)| (name, value, *never))));
                assert_eq!(ours.table.0 as usize, inflater.table_size());
                assert_eq!(ours.table.2 as usize, inflater.table_entries());
            }
        }
    }
    None
}

/// Whether a block starts with an update to `size` or less. §6.3
fn starts_with_update(block: &[u8], size: u32) -> bool {
    let Some((first, rest)) = block.split_first().filter(|(first, _)| **first & 0xe0 == 0x20) else {
        return false;
    };
    let mut update = u64::from(first & 0x1f);
    if update == 0x1f {
        for (shift, octet) in (0..).step_by(7).zip(rest) {
            update += u64::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 || shift == 56 {
                break;
            }
        }
    }
    update <= size.into()
}
