//! However octets are cut, the same items, errors and offsets come out.
//!
//! Input: an octet that describes the reader, 7 lengths of pieces, the octets.

use crate::common::{End, read_in_pieces as read};
use crate::input::{Input, pieces};
use crate::reader::{read_bytes, reader};

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (kind, lengths) = (input.octet(), input.octets::<7>());
    let octets = input.0;

    let whole = read(reader(kind), [octets]);
    let cut = pieces(octets, &lengths);
    assert_eq!(read(reader(kind), cut.iter().copied()), whole, "in pieces of {lengths:?}");
    assert_eq!(read(reader(kind), octets.chunks(1)), whole, "octet by octet");
    assert_eq!(read_bytes(reader(kind), cut), whole.items, "from BytesMut");

    if let End::Needed(have, needed @ ..1024) = whole.end {
        // A reader that asks for too much waits for ever: with less than it asks for there must be nothing to report.
        let more = [octets, &vec![0; needed - 1]].concat();
        let longer = read(reader(kind), [more.as_slice()]);
        assert_eq!(longer.items, whole.items);
        if let End::Needed(now, _) = longer.end {
            assert_eq!(now, have + needed - 1);
        }
    }
}
