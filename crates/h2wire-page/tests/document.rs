//! The page loads nothing, and makes no markup of what it reads.

#[path = "../examples/pack/document.rs"]
mod document;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use document::{BODY, SCRIPT, STYLE};
use ring::digest::{SHA256, digest};

#[test]
fn the_policy_allows_these_two_texts_and_the_module_alone() {
    let page = document::document(&document::packed(b"module").unwrap());
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes())));
    let between = |start: &str, end: &str| page.split_once(start).unwrap().1.split_once(end).unwrap().0;
    assert_eq!(
        between("http-equiv=\"Content-Security-Policy\" content=\"", "\">"),
        format!(
            "default-src 'none'; style-src {}; script-src {} 'wasm-unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'",
            hash(between("<style>", "</style>")),
            hash(between("<script>", "</script>")),
        )
    );
    assert!(page.find("Content-Security-Policy") < page.find("<style>"));
}

#[test]
fn ours_is_small_and_loads_nothing() {
    let size = SCRIPT.len() + STYLE.len();
    assert!(size < 32 * 1024, "{size} bytes");
    h2wire_browser::loads_nothing(SCRIPT, STYLE, BODY);
}
