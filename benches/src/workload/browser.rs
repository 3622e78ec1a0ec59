//! GET requests as a browser sends them.

use super::sample::{Sample, lines};

const ORIGIN: &str = "https://www.example.com";
const BRANDS: &str = r#""Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140""#;
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                          Safari/537.36";
const DOCUMENT: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";

/// Always the same document.
pub(super) fn navigation(_: u32) -> Sample {
    let fields = lines([
        (":method", "GET"),
        (":authority", "www.example.com"),
        (":scheme", "https"),
        (":path", "/"),
        ("sec-ch-ua", BRANDS),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", "\"Linux\""),
        ("upgrade-insecure-requests", "1"),
        ("user-agent", USER_AGENT),
        ("accept", DOCUMENT),
        ("sec-fetch-site", "none"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("accept-language", "en-US,en;q=0.9"),
    ]);
    Sample { fields, content: Vec::new() }
}

/// What is asked for.
struct Kind {
    accept: &'static str,
    mode: &'static str,
    dest: &'static str,
    priority: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind { accept: DOCUMENT, mode: "navigate", dest: "document", priority: "u=0, i" },
    Kind { accept: "*/*", mode: "no-cors", dest: "script", priority: "u=1" },
    Kind {
        accept: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
        mode: "no-cors",
        dest: "image",
        priority: "u=2, i",
    },
    Kind { accept: "application/json", mode: "cors", dest: "empty", priority: "u=1, i" },
];

/// A document, a script of it, an image and a fetch in turn, each with another path. The referer of a document is the page
/// before it, that of the others is the document.
pub(super) fn mixed(number: u32) -> Sample {
    let (page, kind) = (number / 4, number % 4);
    let path = match kind {
        0 => page_path(page),
        1 => format!("/assets/app.{:08x}.js", scattered(page)),
        2 => format!("/media/{}/photo-{:04}.webp?w=640", page % 7, scattered(page) % 10_000),
        _ => format!("/api/v2/comments?article={page}&after={}", scattered(page)),
    };
    let referer = match (kind, page) {
        (0, 0) => format!("{ORIGIN}/"),
        (0, page) => format!("{ORIGIN}{}", page_path(page - 1)),
        _ => format!("{ORIGIN}{}", page_path(page)),
    };
    let mut fields = lines([
        (":method", "GET"),
        (":authority", "www.example.com"),
        (":scheme", "https"),
        (":path", &path),
        ("sec-ch-ua-platform", "\"Linux\""),
        ("user-agent", USER_AGENT),
        ("sec-ch-ua", BRANDS),
        ("sec-ch-ua-mobile", "?0"),
    ]);
    let Kind { accept, mode, dest, priority } = KINDS[kind as usize];
    if kind == 0 {
        fields.extend(lines([("upgrade-insecure-requests", "1")]));
    }
    fields.extend(lines([
        ("accept", accept),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", mode),
        ("sec-fetch-dest", dest),
        ("referer", &referer),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("accept-language", "en-US,en;q=0.9"),
        ("priority", priority),
    ]));
    Sample { fields, content: Vec::new() }
}

fn page_path(page: u32) -> String {
    format!("/articles/{}/{:06}", 2020 + page % 6, scattered(page) % 1_000_000)
}

/// Numbers that look like those of files and articles.
fn scattered(number: u32) -> u32 {
    (number + 1).wrapping_mul(0x9e37_79b1)
}
