//! Bytes in hexadecimal and as text.

use std::fmt::Write;

use h2wire::FieldLine;
use h2wire::hpack::Known;

use crate::hidden::unhidden;

/// Bytes on a line, and on one of half the width.
const WIDTH: usize = 16;
const HALF: usize = 8;

/// The columns of a line with 16 bytes.
pub(crate) const LINE: usize = 68;

/// Lines of 16 bytes in hexadecimal, then as text; at most `most` bytes, and how many more there are.
pub(crate) fn dump(octets: &[u8], most: usize) -> Vec<String> {
    lines(octets, most, false)
}

/// The same, or lines of 8 bytes.
pub(crate) fn lines(octets: &[u8], most: usize, is_narrow: bool) -> Vec<String> {
    let (width, columns) = if is_narrow { (HALF, 23) } else { (WIDTH, 48) };
    let shown = octets.get(..most).unwrap_or(octets);
    let mut lines: Vec<String> = shown.chunks(width).map(|octets| line(octets, columns)).collect();
    match octets.len().saturating_sub(shown.len()) {
        0 => {}
        more => lines.push(format!("and {more} more bytes")),
    }
    lines
}

/// A few bytes in hexadecimal and as text, for a line with other text.
pub(crate) fn both(octets: &[u8]) -> String {
    line(octets, 0)
}

/// Bytes with a space between two, and two in the middle of 16.
pub(crate) fn hex(octets: &[u8]) -> String {
    let mut line = String::with_capacity(octets.len().saturating_mul(4));
    push_hex(&mut line, octets);
    line
}

/// Bytes in hexadecimal, filled up to `columns`, and as text. Written by hand: `fmt` took most of the time of long content.
fn line(octets: &[u8], columns: usize) -> String {
    let mut line = String::with_capacity(columns.saturating_add(octets.len().saturating_mul(5)));
    push_hex(&mut line, octets);
    while line.len() < columns {
        line.push(' ');
    }
    line.push_str("  |");
    line.extend(
        octets.iter().map(|octet| if matches!(octet, 0x20..=0x7e) { char::from(*octet) } else { '.' }),
    );
    line.push('|');
    line
}

fn push_hex(line: &mut String, octets: &[u8]) {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    for (index, octet) in octets.iter().enumerate() {
        if index > 0 {
            line.push(' ');
            if index.is_multiple_of(8) {
                line.push(' ');
            }
        }
        line.push(digit(octet >> 4));
        line.push(digit(octet & 0xf));
    }
}

/// UTF-8 text in which nothing is hidden: characters that control the terminal or the direction of text, have no width or no
/// meaning are escaped, a backslash is `\\`, and other bytes are `\xNN`.
pub(crate) fn printable(octets: &[u8]) -> String {
    let mut printable = String::new();
    for chunk in octets.utf8_chunks() {
        printable.push_str(&unhidden(&chunk.valid().replace('\\', "\\\\")));
        for octet in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(printable, "\\x{octet:02x}");
        }
    }
    printable
}

/// In place of a name, a field or a part of a target that refers to what was not seen.
pub(crate) const UNKNOWN: &str = "<unknown>";

/// The name of a field, and what stands after it.
pub(crate) fn field_text(field: &FieldLine<'_>) -> (String, String) {
    match field.known {
        Known::Both => (printable(field.name), format!(": {}", printable(field.value))),
        Known::Value => (UNKNOWN.to_owned(), format!(": {}", printable(field.value))),
        Known::Neither => (UNKNOWN.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_has_nothing_to_obey() {
        assert_eq!(printable("é \u{1b}[31m\n\u{9b}".as_bytes()), "é \\u{1b}[31m\\n\\u{9b}");
        assert_eq!(printable(b"a\xff\x1b\"\\"), "a\\xff\\u{1b}\"\\\\");
        // Bytes and their escapes are not the same text.
        assert_eq!((printable(b"\\xff"), printable(b"\xff")), ("\\\\xff".to_owned(), "\\xff".to_owned()));
    }

    #[test]
    fn nothing_changes_the_direction_or_has_no_width() {
        for character in "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e0041}\u{e0100}".chars() {
            let number = u32::from(character);
            assert_eq!(printable(format!("a{character}b").as_bytes()), format!("a\\u{{{number:x}}}b"));
        }
        for text in ["naïve", "e\u{301}", "नमस्ते", "日本語", "שלום", "😀", "h3=\":443\"", "it's"]
        {
            assert_eq!(printable(text.as_bytes()), text);
        }
    }

    #[test]
    fn lines_have_sixteen_octets() {
        let octets: Vec<u8> = (0x30..0x30 + 20).collect();
        assert_eq!(
            dump(&octets, 18),
            [
                "30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  |0123456789:;<=>?|",
                "40 41                                             |@A|",
                "and 2 more bytes"
            ]
        );
        assert!(dump(&[], 18).is_empty());
    }
}
