//! Paths in what a macro is called with, of which only the macro knows what it means.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// Segments, and the line of the first.
pub(crate) type Found = (Vec<String>, usize);

/// All that looks like a path. What follows a dot or a quote does not, nor what follows `$`, but for `$crate`.
pub(crate) fn paths(tokens: TokenStream) -> Vec<Found> {
    let mut found = Vec::new();
    scan(tokens, &mut found);
    found
}

fn scan(tokens: TokenStream, found: &mut Vec<Found>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => scan(group.stream(), found),
            TokenTree::Ident(first) if starts_a_path(&tokens[..at], first) => {
                let mut path = vec![first.to_string()];
                while let [TokenTree::Punct(one), TokenTree::Punct(two), TokenTree::Ident(next), ..] =
                    &tokens[at + 1..]
                {
                    if one.as_char() != ':' || two.as_char() != ':' {
                        break;
                    }
                    path.push(next.to_string());
                    at += 3;
                }
                found.push((path, first.span().start().line));
            }
            _ => {}
        }
        at += 1;
    }
}

fn starts_a_path(before: &[TokenTree], first: &Ident) -> bool {
    let punctuation = |back: usize| match before.len().checked_sub(back).map(|at| &before[at]) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    match punctuation(1) {
        Some('.') => punctuation(2) == Some('.'),
        Some('\'') => false,
        Some('$') => first == "crate",
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_paths_and_leaves_fields_and_variables_of_macros() {
        let text = "a::b(c.d, ..e), $f, $crate::g::H, 'i, j::{k}";
        let found: Vec<_> =
            paths(text.parse().unwrap()).into_iter().map(|(path, _)| path.join("::")).collect();
        assert_eq!(found, ["a::b", "c", "e", "crate::g::H", "j", "k"]);
    }
}
