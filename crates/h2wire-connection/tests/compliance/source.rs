//! Functions and tests, found in the source by their names.

use std::collections::HashMap;
use std::fs;

/// The files that were looked at, by their paths below `crates`.
#[derive(Default)]
pub(super) struct Sources {
    files: HashMap<String, String>,
}

impl Sources {
    /// The lines of a file; none if it is not there.
    fn lines(&mut self, path: &str) -> Vec<&str> {
        let text = self.files.entry(path.to_owned()).or_insert_with(|| {
            fs::read_to_string(h2wire_testdata::folder().join("../crates").join(path)).unwrap_or_default()
        });
        text.lines().collect()
    }

    /// Whether the file has a function of this name.
    pub(super) fn has_function(&mut self, path: &str, name: &str) -> bool {
        self.lines(path).iter().any(|line| defines(line, name))
    }

    /// Whether the file has a test of this name: a function below an attribute that says so.
    pub(super) fn has_test(&mut self, path: &str, name: &str) -> bool {
        let lines = self.lines(path);
        let Some(at) = lines.iter().position(|line| defines(line, name)) else { return false };
        let before = lines[..at].iter().rev().map(|line| line.trim());
        before
            .take_while(|line| line.starts_with('#') || line.starts_with("//"))
            .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    }
}

/// Whether a line defines a function of this name.
fn defines(line: &str, name: &str) -> bool {
    let Some((before, after)) = line.split_once("fn ") else { return false };
    let is_start = before.split(' ').all(|word| {
        matches!(word, "" | "pub" | "const" | "async") || word.starts_with("pub(") && word.ends_with(')')
    });
    let rest = after.strip_prefix(name);
    is_start && rest.is_some_and(|rest| rest.starts_with(['(', '<']))
}

#[test]
fn functions_and_tests_are_told_apart() {
    let (mut sources, path) = (Sources::default(), "h2wire-connection/tests/compliance/source.rs");
    assert!(sources.has_function(path, "defines") && !sources.has_test(path, "defines"));
    assert!(!sources.has_function(path, "define") && !sources.has_function("nowhere.rs", "defines"));
    assert!(sources.has_test(path, "functions_and_tests_are_told_apart"));
    assert!(sources.has_function(path, "lines") && sources.has_function(path, "has_test"));
}
