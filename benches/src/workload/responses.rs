//! Responses with 6 fields and 100 octets.

use super::sample::{Sample, lines};

const DATE: &str = "Tue, 03 Mar 2026 10:15:00 GMT";

/// Always the same fields.
pub(super) fn same(number: u32) -> Sample {
    let fields = lines([
        (":status", "200"),
        ("content-type", "application/json"),
        ("content-length", "100"),
        ("date", DATE),
        ("server", "example"),
        ("cache-control", "no-cache"),
    ]);
    Sample { fields, content: content(number) }
}

/// The fields that most servers send.
pub(super) fn answer(number: u32) -> Sample {
    let fields = lines([
        (":status", "200"),
        ("content-type", "text/plain"),
        ("content-length", "100"),
        ("date", DATE),
        ("server", "example"),
    ]);
    Sample { fields, content: content(number) }
}

/// Pages, scripts, images and data in turn, each with a tag of its own; now and then something is not there.
pub(super) fn mixed(number: u32) -> Sample {
    let (content_type, cache_control) = match number % 4 {
        0 => ("text/html; charset=utf-8", "no-cache"),
        1 => ("text/javascript", "public, max-age=31536000, immutable"),
        2 => ("image/webp", "public, max-age=86400"),
        _ => ("application/json", "private, no-store"),
    };
    let status = if number % 10 == 9 { "404" } else { "200" };
    let etag = format!("\"{:08x}\"", (number + 1).wrapping_mul(0x9e37_79b1));
    let fields = lines([
        (":status", status),
        ("content-type", content_type),
        ("content-length", "100"),
        ("date", DATE),
        ("cache-control", cache_control),
        ("etag", &etag),
    ]);
    Sample { fields, content: content(number) }
}

fn content(number: u32) -> Vec<u8> {
    vec![b'a' + (number % 26).to_le_bytes()[0]; 100]
}
