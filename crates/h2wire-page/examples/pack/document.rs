//! One file with everything in it, which asks the network for nothing.

use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use zopfli::{Format, Options};

/// The look of `decode --html`, and what differs.
pub(crate) const STYLE: &str = concat!(
    include_str!("../../../h2wire-cli/src/render/html/page.css"),
    include_str!("../../page/page.css")
);
/// The same of what is drawn.
pub(crate) const SCRIPT: &str = concat!(
    include_str!("../../../h2wire-cli/src/render/html/parts.js"),
    include_str!("../../page/worker.js"),
    include_str!("../../page/page.js")
);
pub(crate) const BODY: &str = include_str!("../../page/page.html");
const EXAMPLE: &str = include_str!("../../page/example.txt");

/// A module, gzip'd by what takes its time for it: 5 % less than others make.
pub(crate) fn packed(module: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    zopfli::compress(Options::default(), Format::Gzip, module, &mut packed)?;
    Ok(packed)
}

/// The page around a module that is gzip'd.
pub(crate) fn document(packed: &[u8]) -> String {
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    let module = BASE64_STANDARD.encode(packed);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{style}'; \
         script-src '{script}' 'wasm-unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>h2wire</title>\n\
         <style>{STYLE}</style>\n<script>{SCRIPT}</script>\n</head>\n{BODY}\
         <script type=\"text/plain\" id=\"broken\">\n{EXAMPLE}</script>\n\
         <script type=\"application/octet-stream\" id=\"module\">{module}</script>\n</body>\n</html>\n"
    )
}

/// What a Content-Security-Policy says of text that it allows.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes())))
}
