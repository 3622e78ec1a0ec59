//! What the marks of fields decide at once is what the rules say.

use h2wire_hpack::Marks;

use super::*;
use crate::fields::FieldMarks;

/// Fields that the short ways take, and those which they must not take.
const FIELDS: [(&str, &str); 20] = [
    (":method", "GET"),
    (":method", "CONNECT"),
    (":scheme", "https"),
    (":scheme", "other"),
    (":path", "/"),
    (":path", "*"),
    (":status", "200"),
    (":status", "103"),
    (":authority", "example.test"),
    (":authority", "a@example.test"),
    (":authority", ""),
    ("host", "example.test:443"),
    ("host", "other.test"),
    ("content-length", "5"),
    ("content-length", "6"),
    ("content-length", "99999999999999999999"),
    ("content-length", ""),
    ("te", "trailers"),
    ("te", "Trailers"),
    ("plain", "value"),
];

fn mark((name, value): (&str, &str)) -> u8 {
    let index = (1..=h2wire_hpack::STATIC_TABLE_LEN)
        .find(|index| h2wire_hpack::static_entry(*index).is_some_and(|(known, _)| known == name.as_bytes()));
    FieldMarks.literal(index.unwrap_or(0), name.as_bytes(), value.as_bytes())
}

/// The same for each list: what is refused and where; what is not refused, and its content-length.
fn compare(expected: Expected, fields: Fields<'_>) {
    let mut short = FieldValidator::new(expected).sending();
    let mut long = short.clone();
    for (name, value) in fields {
        let before = long.clone();
        let taken = short.try_field(mark((name, value)), name.as_bytes(), value.as_bytes());
        long.field(name.as_bytes(), value.as_bytes());
        assert_eq!(taken.err(), long.breach(), "{expected:?} {fields:?}");
        if long.breach().is_some() {
            // What is refused has left nothing.
            long = before;
        }
    }
    for end_stream in [false, true] {
        let finished = long.finish(end_stream);
        assert_eq!(short.finish(end_stream), finished, "{expected:?} {fields:?}");
        assert_eq!(short.broken(end_stream), long.broken(end_stream), "{expected:?} {fields:?}");
        is_complete_by_all_rules(&short, end_stream);
        assert!(!short.is_response() || finished == Ok(SectionKind::Response), "{expected:?} {fields:?}");
    }
    assert_eq!(
        (short.content_length(), short.fields()),
        (long.content_length(), long.fields()),
        "{fields:?}"
    );
}

/// The same of fields that are received: all that the validator knows, and whether the section is complete.
fn compare_received(expected: Expected, fields: Fields<'_>) -> usize {
    let (mut short, mut long) = (FieldValidator::new(expected), FieldValidator::new(expected));
    for (name, value) in fields {
        let found = short.marked_field(mark((name, value)), name.as_bytes(), value.as_bytes());
        assert_eq!(found, long.field(name.as_bytes(), value.as_bytes()), "{expected:?} {fields:?}");
    }
    assert_eq!(format!("{short:?}"), format!("{long:?}"), "{expected:?} {fields:?}");
    [false, true].into_iter().filter(|end_stream| is_complete_by_all_rules(&short, *end_stream)).count()
}

/// Whether a section is found to be complete at once. Then no rule may be broken, and it is what the rules say.
fn is_complete_by_all_rules(validator: &FieldValidator, end_stream: bool) -> bool {
    let Some(kind) = validator.complete(Some(end_stream)) else { return false };
    let mut found = Found::new(MalformedSet::EMPTY);
    assert_eq!(validator.find_at_end(Some(end_stream), &mut found), kind, "{validator:?}");
    assert_eq!((found.first, validator.breach()), (None, None), "{validator:?}");
    assert!(validator.broken.is_empty());
    true
}

#[test]
fn short_ways_of_what_is_received_decide_as_the_rules() {
    let mut complete = [0; 2];
    for first in FIELDS {
        for second in FIELDS {
            let head = [(":method", "GET"), (":scheme", "https"), first, second];
            complete[0] += compare_received(Expected::Response, &[first, second]);
            for expected in [Expected::Promise, Expected::Any, Expected::Trailers] {
                compare_received(expected, &head);
            }
            for third in FIELDS {
                let [method, scheme, ..] = head;
                complete[1] += compare_received(Expected::Request, &[method, scheme, first, second, third]);
                compare_received(Expected::Request, &[first, second, third]);
            }
        }
    }
    assert!(complete.iter().all(|complete| *complete >= 10), "{complete:?}");
}

#[test]
fn short_ways_decide_as_the_rules() {
    let marked = FIELDS.map(mark);
    assert!(marked.iter().filter(|mark| **mark != 0).count() > 15);
    for expected in [Expected::Request, Expected::Response, Expected::Promise, Expected::Any] {
        for first in FIELDS {
            for second in FIELDS {
                compare(expected, &[first, second]);
                for third in FIELDS {
                    compare(expected, &[first, second, third]);
                    compare(expected, &[(":method", "GET"), first, second, third]);
                }
            }
        }
    }
}
