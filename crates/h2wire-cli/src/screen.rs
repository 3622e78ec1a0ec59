//! The width of the terminal. Output elsewhere has no width: it is never wrapped or cut to one.

use std::sync::OnceLock;

#[cfg(feature = "command")]
use terminal_size::{Width, terminal_size_of};
use textwrap::core::display_width;

/// Columns to print to; `None` if there is no limit.
pub(crate) type Columns = Option<usize>;

/// Less than this cannot be kept: in a capture, time, packet, connection, offset and type take most of it.
const LEAST: usize = 60;

static ASKED: OnceLock<usize> = OnceLock::new();

/// Notes the width that the command line asks for; 0 is without limit.
pub(crate) fn ask(columns: usize) {
    // The command line is read once.
    let _ = ASKED.set(columns);
}

/// The width of standard output: what was asked for, else that of a terminal.
pub(crate) fn columns() -> Columns {
    let columns = match ASKED.get() {
        Some(0) => return None,
        Some(columns) => *columns,
        None => terminal()?,
    };
    // A terminal of an unknown size says 0.
    (columns > 0).then_some(columns.max(LEAST))
}

#[cfg(feature = "command")]
fn terminal() -> Columns {
    terminal_size_of(std::io::stdout()).map(|(Width(columns), _)| usize::from(columns))
}

#[cfg(not(feature = "command"))]
const fn terminal() -> Columns {
    None
}

/// Text for people is not wider than this, even if there is no limit.
pub(crate) fn for_reading(columns: Columns, most: usize) -> usize {
    columns.map_or(most, |columns| columns.min(most))
}

/// Breaks text into lines anywhere, so that they are the text when put together: the first of `first` columns, others of
/// `others`.
pub(crate) fn broken(text: &str, first: usize, others: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    let mut room = first;
    while let Some(at) = overflow(rest, room) {
        let (line, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        lines.push(line);
        (rest, room) = (after, others);
    }
    lines.push(rest);
    lines
}

const MORE: &str = "…";

/// Cuts text to these columns; `…` says that there is more.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if overflow(text, columns).is_none() {
        return text.to_owned();
    }
    // As wide as other lines are measured: more than one column.
    let at = overflow(text, columns.saturating_sub(display_width(MORE))).unwrap_or(0);
    format!("{}{MORE}", text.get(..at).unwrap_or_default())
}

/// Where the first character is that has no place; `None` if all have. One character always has.
fn overflow(text: &str, columns: usize) -> Option<usize> {
    let mut used: usize = 0;
    let mut buf = [0; 4];
    for (at, character) in text.char_indices() {
        used = used.saturating_add(display_width(character.encode_utf8(&mut buf)));
        if used > columns && at > 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_text_is_whole_and_fits() {
        let text = "a=1; b=\u{e9}\u{65e5}\u{672c}\u{8a9e} c d";
        for (first, others) in [(1, 1), (3, 5), (80, 80), (0, 2)] {
            let lines = broken(text, first, others);
            assert_eq!(lines.concat(), text);
            for (index, line) in lines.iter().enumerate() {
                let room = if index == 0 { first } else { others };
                assert!(display_width(line) <= room.max(2), "{line}");
            }
        }
        assert_eq!(broken("", 3, 3), [""]);
        assert_eq!(broken("abcdef", 2, 3), ["ab", "cde", "f"]);
        assert_eq!(broken("abc", 3, 3), ["abc"]);
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abc…");
        assert_eq!(cut("日本語", 5), "日…");
        for columns in 3..12 {
            assert!(display_width(&cut("日本語abcdef", columns)) <= columns.max(4));
        }
    }
}
