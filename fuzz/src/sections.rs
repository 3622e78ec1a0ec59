//! However octets are cut, `Reader` and `ChunkedReader` report the same frames, fields, errors and counts.
//!
//! Input: an octet that describes the reader, one for its limits, two for table sizes, 4 cuts, the octets.

use h2wire::{Limits, Options, Role};

use crate::input::Input;
use crate::readers::{Setup, by_all};

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (setup, cuts) = (setup(&mut input), input.octets::<4>());
    let cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut)).collect();
    by_all(&setup, input.0, &cuts);
}

/// A reader that the input describes: limits that are soon reached, or the usual ones.
pub(crate) fn setup(input: &mut Input<'_>) -> Setup {
    let (kind, limit) = (input.octet(), input.octet());
    let role = [Role::Server, Role::Client, Role::Observer][usize::from(kind % 3)];
    let is = |bit: u8| kind & bit != 0;
    let limits = if limit == 0 {
        Limits::DEFAULT
    } else {
        Limits::DEFAULT
            .with_max_section_size(u32::from(limit) * 2)
            .with_max_fields(u32::from(limit >> 4) + 1)
            .with_max_continuations(u32::from(limit & 3))
            .with_max_settings([1, 3, 7, 32][usize::from(limit & 3)])
            .with_max_block_len(20 + 16 * u32::from(limit >> 2))
    };
    let options = Options::DEFAULT
        .with_validate_fields(is(0x10))
        .with_extended_connect(is(0x20))
        .with_escalate_stream_errors(is(0x40))
        .with_extensions(!is(0x80));
    let table_sizes =
        input.octets::<2>().into_iter().filter(|size| *size > 0).map(|size| u32::from(size) * 16);
    Setup { limits, options, table_sizes: table_sizes.collect(), ..Setup::new(role) }
}
