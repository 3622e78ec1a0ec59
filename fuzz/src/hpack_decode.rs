//! A connection's field blocks, with limits that change: cut anywhere they are the same, in any memory; and soft limits
//! hide fields but keep the table in step, as a decoder without them tells.
//!
//! Input: an octet that chooses limits, 7 lengths of fragments, steps.

use h2wire_hpack::{Decoder, DecoderLimits, Exceeded};

use crate::hpack::{Block, Step, decode, size, steps};
use crate::input::{Input, pieces};

const MAX_TABLE_SIZE: [u32; 4] = [4096, 64, 256, 0];
const MAX_LIST_SIZE: [u32; 4] = [300, 4096, 65, 0];
const MAX_FIELDS: [u32; 4] = [12, 1000, 1, 0];
const MAX_STRING_LEN: [u32; 4] = [65_536, 400, 20, 0];

/// More than the fields of most inputs are.
const NO_SOFT_LIMITS: u32 = 1 << 16;

fn limits(octet: u8) -> DecoderLimits {
    let choice = |shift: u8| usize::from(octet >> shift & 3);
    DecoderLimits::DEFAULT
        .with_max_table_size(MAX_TABLE_SIZE[choice(0)])
        .with_max_list_size(MAX_LIST_SIZE[choice(2)])
        .with_max_fields(MAX_FIELDS[choice(4)])
        .with_max_string_len(MAX_STRING_LEN[choice(6)])
}

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (limits, lengths) = (limits(input.octet()), input.octets::<7>());
    let unlimited = limits.with_max_list_size(NO_SOFT_LIMITS).with_max_fields(u32::MAX);

    let memory = |len| Decoder::new_in(&limits, vec![0xa5; len]).expect("enough");
    let mut whole = memory(limits.memory_len());
    let mut cut = memory(limits.memory_len());
    let mut single = memory(2 * limits.memory_len() + 1);
    let mut reference = Decoder::new(&unlimited);

    for step in steps(input) {
        match step {
            Step::Limit(limit) => {
                let answer = whole.set_table_limit(limit);
                assert_eq!(answer.is_ok(), limit <= limits.max_table_size);
                assert_eq!(cut.set_table_limit(limit), answer);
                assert_eq!(single.set_table_limit(limit), answer);
                assert_eq!(reference.set_table_limit(limit), answer);
            }
            Step::Block(block) => {
                let expected = decode(&mut whole, &[block]);
                let fragments = pieces(block, &lengths);
                assert_eq!(decode(&mut cut, &fragments), expected, "in fragments of {lengths:?}");
                let octets: Vec<&[u8]> = block.chunks(1).chain([&[][..]]).collect();
                assert_eq!(decode(&mut single, &octets), expected, "octet by octet, in more memory");
                in_step(&expected, &decode(&mut reference, &[block]), &limits);
                if expected.end.is_err() {
                    return;
                }
                // An encoder has 4,096 octets until it says otherwise.
                assert!(expected.table.0 <= expected.table.1.min(limits.max_table_size));
                assert!(expected.table.1 <= limits.max_table_size.max(4096));
            }
        }
    }
}

/// A decoder with soft limits against one without.
fn in_step(limited: &Block, reference: &Block, limits: &DecoderLimits) {
    assert_eq!(limited.table, reference.table);
    assert_eq!(limited.end.err(), reference.end.err());
    let Ok(full) = reference.end else { return };
    assert_eq!(limited.end.map(|end| (end.list_size, end.fields)), Ok((full.list_size, full.fields)));
    if full.exceeded.is_some() {
        return;
    }
    assert_eq!(u32::try_from(reference.fields.len()), Ok(full.fields));
    assert_eq!(reference.fields.iter().map(size).sum::<u32>(), full.list_size);

    let (mut total, mut count, mut exceeded) = (0, 0, None);
    let shown = reference.fields.iter().take_while(|field| {
        total += size(field);
        count += 1;
        if total > limits.max_list_size {
            exceeded = Some(Exceeded::ListSize);
        } else if count > limits.max_fields {
            exceeded = Some(Exceeded::Fields);
        }
        exceeded.is_none()
    });
    assert!(shown.eq(&limited.fields), "the fields up to the one that is too much");
    assert_eq!(limited.end.map(|end| end.exceeded), Ok(exceeded));
}
