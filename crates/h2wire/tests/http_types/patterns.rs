//! Sections with the same names, of several kinds.

use super::heads::{Section, by_heads, by_lists, encode};

/// A section that the same names start, and one with more: each has its map, in turn, and no cookie is left from another.
#[test]
fn maps_of_two_kinds_of_sections_are_kept_in_turn() {
    let line = |name: &str, value: String| (name.to_owned(), value, 0);
    let request = |number: usize| {
        let mut section: Section =
            [(":method", "GET"), (":scheme", "https"), (":authority", "a.test"), (":path", "/")]
                .map(|(name, value)| line(name, value.to_owned()))
                .into();
        // As a rule each kind has its own, so that a value of the other kind can be taken for it.
        let is_long = number.is_multiple_of(3);
        section.push(line("accept", (is_long ^ number.is_multiple_of(7)).to_string()));
        section.push(line("x-a", (number / 15).to_string()));
        section.extend([line("cookie", String::from("a=1")), line("cookie", format!("b={}", number / 30))]);
        if is_long {
            section.push(line("x-b", String::from("?0")));
            section.push(line("x-c", number.to_string()));
        }
        if number.is_multiple_of(5) {
            section.push((String::from("authorization"), String::from("secret"), 5));
        }
        section
    };
    let sections: Vec<_> = (0..60).map(|number| (request(number), None)).collect();
    for frame in [16_384, 16] {
        let octets = encode(&sections, frame);
        let expected = by_lists(&octets);
        assert!(expected.iter().all(Result::is_ok));
        assert_eq!(by_heads(&octets, usize::MAX), expected);
    }
}

/// A section that ends with the first piece of a cookie whose second one is known, where the fields before it are a section too.
#[test]
fn a_cookie_that_is_cut_short_is_kept() {
    let request = |more: &[(&str, &str)]| -> Section {
        let head = [
            (":method", "GET"),
            (":scheme", "https"),
            (":authority", "a.test"),
            (":path", "/"),
            ("x-a", "1"),
        ];
        head.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned(), 0)).collect()
    };
    let (without, cookie) = (request(&[]), request(&[("cookie", "a=1"), ("cookie", "b=2")]));
    let short = request(&[("cookie", "a=1")]);
    for kinds in [[&without, &cookie], [&cookie, &without]] {
        let learnt = kinds.into_iter().flat_map(|kind| [kind; 3]);
        let sections = learnt.chain([&cookie, &short, &without, &short]);
        let octets = encode(&sections.map(|section| (section.clone(), None)).collect::<Vec<_>>(), 16_384);
        assert_eq!(by_heads(&octets, usize::MAX), by_lists(&octets));
    }
}
