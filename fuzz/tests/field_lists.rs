//! Many field lists of one seed against nghttp2.

use h2wire_fuzz::differential_fields::many;

const LISTS: u64 = 150_000;

/// Each list is judged by both, by us in each way that we have, and nothing but a deviation that has a name makes them differ.
#[test]
fn only_named_deviations_are_left() {
    let counts = many(LISTS, 1);
    println!("{counts}");
    assert!(counts.both_accept > LISTS / 5, "the lists are nearly right");
    assert!(counts.both_refuse > LISTS / 4, "and many are wrong");
    assert_eq!(counts.deviations.len(), 20, "all deviations about fields are met");
}
