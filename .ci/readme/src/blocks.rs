//! The fenced blocks of a page, the words around them, and whether an output is the printed one.

pub(crate) struct Block<'p> {
    pub(crate) language: &'p str,
    pub(crate) text: String,
    /// The line of its fence.
    pub(crate) line: usize,
}

/// All blocks, and the number of words outside of them.
pub(crate) fn blocks(page: &str) -> (Vec<Block<'_>>, usize) {
    let (mut blocks, mut words) = (Vec::new(), 0);
    let mut open: Option<Block> = None;
    for (index, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block { language, text: String::new(), line: index + 1 });
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => words += line.split_whitespace().filter(|word| is_word(word)).count(),
        }
    }
    (blocks, words)
}

/// Rules and bars of tables, and dashes, are none.
fn is_word(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Whether `actual` is `printed`, in which a line `...` stands for any lines.
pub(crate) fn is_printed(printed: &str, actual: &str) -> bool {
    fn matches(printed: &[&str], actual: &[&str]) -> bool {
        match printed {
            [] => actual.is_empty(),
            ["...", rest @ ..] => (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..])),
            [line, rest @ ..] => actual
                .split_first()
                .is_some_and(|(first, others)| first.trim_end() == *line && matches(rest, others)),
        }
    }
    let printed: Vec<&str> = printed.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    matches(&printed, &actual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_a_language_and_a_line_and_words_are_those_outside() {
        let (blocks, words) =
            blocks("two words\n\n```rust\nfn main() {}\n```\n| a | - |\n```text\nx\n\n```\n");
        let found: Vec<_> =
            blocks.iter().map(|block| (block.language, &block.text[..], block.line)).collect();
        assert_eq!(found, [("rust", "fn main() {}\n", 3), ("text", "x\n\n", 7)]);
        assert_eq!(words, 3);
    }

    #[test]
    fn output_is_the_printed_one_but_for_what_dots_stand_for() {
        assert!(is_printed("a\nb\n", "a\nb  \n"));
        assert!(is_printed("a\n...\n", "a\nb\nc\n"));
        assert!(is_printed("...\nc\n", "a\nb\nc\n"));
        assert!(is_printed("a\n...\nb\n", "a\nb\n"));
        assert!(!is_printed("a\n", "a\nb\n"));
        assert!(!is_printed("a\nb\n", "a\n"));
        assert!(!is_printed("...\nb\n", "a\nc\n"));
    }
}
