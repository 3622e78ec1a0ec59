//! Bytes in hexadecimal and as text.

use std::fmt::Write;

/// Bytes on a line.
const WIDTH: usize = 16;

/// Lines of 16 bytes in hexadecimal, then as text; at most `most` bytes, and how many more there are.
pub(crate) fn dump(octets: &[u8], most: usize) -> Vec<String> {
    let shown = octets.get(..most).unwrap_or(octets);
    let mut lines: Vec<String> =
        shown.chunks(WIDTH).map(|line| format!("{:<48}  {}", hex(line), text(line))).collect();
    match octets.len().saturating_sub(shown.len()) {
        0 => {}
        more => lines.push(format!("and {more} more bytes")),
    }
    lines
}

/// Bytes with a space between two, and two in the middle of 16.
pub(crate) fn hex(octets: &[u8]) -> String {
    let mut line = String::new();
    for (index, octet) in octets.iter().enumerate() {
        let gap = if index == 0 {
            ""
        } else if index.is_multiple_of(8) {
            "  "
        } else {
            " "
        };
        // Writing to a string cannot fail.
        let _ = write!(line, "{gap}{octet:02x}");
    }
    line
}

/// UTF-8 text with control characters escaped; other bytes as `\xNN`.
pub(crate) fn printable(octets: &[u8]) -> String {
    let Ok(text) = str::from_utf8(octets) else { return octets.escape_ascii().to_string() };
    let mut printable = String::new();
    for character in text.chars() {
        if character.is_control() {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

fn text(octets: &[u8]) -> String {
    let printable = |octet: &u8| if matches!(octet, 0x20..=0x7e) { char::from(*octet) } else { '.' };
    format!("|{}|", octets.iter().map(printable).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_has_nothing_to_obey() {
        assert_eq!(printable("é \u{1b}[31m\n\u{9b}".as_bytes()), "é \\u{1b}[31m\\n\\u{9b}");
        assert_eq!(printable(b"a\xff\x1b\"\\"), "a\\xff\\x1b\\\"\\\\");
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
