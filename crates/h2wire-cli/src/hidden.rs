//! Characters that text hides: they control the terminal or the direction of text, have no width or no meaning.

/// Text that is ours and has parts of others: what is hidden in them is escaped, and a backslash stays what it is.
pub(crate) fn unhidden(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        match character {
            ' '..='~' => shown.push(character),
            _ if is_invisible(character) => shown.extend(character.escape_unicode()),
            _ => shown.extend(escaped_pair(character).skip(1)),
        }
    }
    shown
}

/// After another character, accents stay as they are.
fn escaped_pair(character: char) -> impl Iterator<Item = char> {
    ['a', character].into_iter().collect::<String>().escape_debug().collect::<Vec<_>>().into_iter()
}

/// Whether a character is escaped where text is shown.
pub(crate) fn is_hidden(character: char) -> bool {
    !matches!(character, ' '..='~')
        && (is_invisible(character) || escaped_pair(character).nth(1) != Some(character))
}

/// Characters without width that the standard library does not escape.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2065}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}
