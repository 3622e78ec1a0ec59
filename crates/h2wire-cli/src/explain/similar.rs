//! Names in a text that was pasted, and names that are like one that is not known.

/// Words of a text that can only be names: a word of prose has no underscore and is not in capitals.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.split(move |character| !is_part(character)).filter(|word| {
        let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        word.len() > 2 && (word.contains('_') || word.bytes().all(is_capital))
    })
}

/// A word, and what is left of it without what libraries put before the names of HTTP/2.
pub(super) fn without_prefix(word: &str) -> Vec<&str> {
    const PREFIXES: [&str; 6] = ["NGHTTP2_ERR_", "NGHTTP2_", "ERR_HTTP2_", "HTTP2_ERROR_", "HTTP2_", "H2_"];
    let rest = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix));
    std::iter::once(word).chain(rest).collect()
}

/// The names most like an unknown one, at most three.
pub(super) fn similar<'n>(asked: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    const ENOUGH: f64 = 0.8;
    let asked = asked.to_ascii_lowercase().replace([' ', '-'], "_");
    let mut found: Vec<(f64, &str)> = Vec::new();
    for name in names {
        let likeness = likeness(&asked, &name.to_ascii_lowercase());
        if likeness >= ENOUGH {
            let is_before = |(one, before): &(f64, &str)| (*one, name.len()) >= (likeness, before.len());
            found.insert(found.iter().take_while(|one| is_before(one)).count(), (likeness, name));
            found.truncate(3);
        }
    }
    found.into_iter().map(|(_, name)| name).collect()
}

fn likeness(asked: &str, name: &str) -> f64 {
    // A part of a name is what people remember.
    if asked.len() > 2 && name.contains(asked) { 1.0 } else { strsim::jaro_winkler(asked, name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_prose() {
        let found: Vec<_> =
            words(r#"http2 error: GoAway(b"", FRAME_SIZE_ERROR, Library) on PING data"#).collect();
        assert_eq!(found, ["FRAME_SIZE_ERROR", "PING"]);
    }

    #[test]
    fn at_most_three_names_are_proposed_and_the_nearest_comes_first() {
        let names = ["MAX_FRAME_SIZE", "FRAME_SIZE_ERROR", "ping_length", "frame_size_a", "frame_size_b"];
        let of = |asked| similar(asked, names.into_iter());
        assert_eq!(of("MAX_FRAME_SIZ"), ["MAX_FRAME_SIZE"]);
        assert_eq!(of("png_length"), ["ping_length"]);
        assert_eq!(of("frame size"), ["frame_size_a", "frame_size_b", "MAX_FRAME_SIZE"]);
        assert!(of("nonsense").is_empty());
    }
}
