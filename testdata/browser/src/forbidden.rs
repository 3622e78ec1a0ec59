//! What pages have none of that load nothing, and make no markup of what they read.

const WAYS: [&str; 19] = [
    "http:",
    "https:",
    "//cdn",
    "url(",
    "@import",
    "import(",
    "fetch(",
    "XMLHttpRequest",
    "WebSocket",
    "sendBeacon",
    "src=",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "Function(",
    "style=",
    "onclick=\"",
];

/// Fails if a page has a way to load something or to make markup, or a text of it ends early.
///
/// # Panics
/// With what was found.
pub fn loads_nothing(script: &str, style: &str, body: &str) {
    for text in [script, style, body] {
        for way in WAYS {
            assert!(!text.contains(way), "{way}");
        }
    }
    assert!(!script.contains("</") && !script.contains("<!--") && !style.contains("</"), "an early end");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_looked_at() {
        loads_nothing("let a = 1;", "p { margin: 0 }", "<p>text</p>");
        for [script, style, body] in [
            ["fetch('x')", "", ""],
            ["", "p { background: url(x) }", ""],
            ["", "", "<img src=x>"],
            ["'</script>'", "", ""],
        ] {
            let found = std::panic::catch_unwind(|| loads_nothing(script, style, body));
            assert!(found.is_err(), "{script}{style}{body}");
        }
    }
}
