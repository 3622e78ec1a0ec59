//! Nothing that a peer sends becomes markup or script, and the page asks the network for nothing.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};

use crate::{page, request, write};

const SCRIPT: &str =
    concat!(include_str!("../../src/render/html/parts.js"), include_str!("../../src/render/html/page.js"));
const STYLE: &str = include_str!("../../src/render/html/page.css");
const BODY: &str = include_str!("../../src/render/html/page.html");

#[test]
fn no_value_is_markup() {
    let attacks = [
        "</script><img src=x onerror=alert(1)>",
        "<!--<script>",
        "]]></SCRIPT ><svg/onload=alert(1)>&lt;b&gt;",
        "\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\\u003cimg>",
        "\"},{\"end\":{}}\n\t\u{0}\u{1b}[31m",
    ];
    let folder = tempfile::tempdir().unwrap();
    for attack in attacks {
        let path = write(folder.path(), "<img src=x>&\u{202e}", &request(&format!("/{attack}"), "x", attack));
        let (_, page) = page(&[], &path);
        let (_, data) = page.text.split_once("id=\"data\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        let is_dangerous = |character: char| {
            matches!(character, '<' | '>' | '&' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
                || character.is_control() && character != '\n'
        };
        assert_eq!(data.find(is_dangerous), None, "{attack:?}");
        assert_eq!(page.text.matches("<script").count(), 2, "{attack:?}");
        // What is shown is what text output shows.
        let text = crate::decode(&[path.to_str().unwrap()], &[]).stdout;
        let fields = page.sections()[0]["section"].as_array().unwrap().clone();
        let [name, value] = [&fields[4][0], &fields[4][1]].map(|part| part.as_str().unwrap());
        assert_eq!(name, "x");
        assert!(text.contains(&format!("x: {value}")), "{attack:?}: {value:?}");
        assert!(
            page.with("exchange")[0]["exchange"]["path"].as_str().unwrap().ends_with(value),
            "{attack:?}"
        );
    }
}

#[test]
fn the_policy_allows_these_two_texts_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (_, page) = page(&[], &write(folder.path(), "input", &request("/", "x", "y")));
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes())));
    let between = |start: &str, end: &str| page.text.split_once(start).unwrap().1.split_once(end).unwrap().0;
    let policy = between("http-equiv=\"Content-Security-Policy\" content=\"", "\">");
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
            hash(between("<style>", "</style>")),
            hash(between("<script>", "</script>")),
        )
    );
    assert!(page.text.find("Content-Security-Policy") < page.text.find("<style>"));
}

#[test]
fn ours_is_small_and_loads_nothing() {
    let size = SCRIPT.len() + STYLE.len();
    assert!(size < 30 * 1024, "{size} bytes");
    h2wire_browser::loads_nothing(SCRIPT, STYLE, BODY);
}
