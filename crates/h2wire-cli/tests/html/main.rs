//! `decode --html`: what the page holds, that nothing of a peer becomes markup, and what a browser makes of it.
#![cfg(feature = "command")]

#[path = "../support/mod.rs"]
mod support;

mod browser; // in headless Chromium
mod hands; // what the page does then
mod page; // what the page holds
mod safety; // escaping, and what the page may load

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::{Run, decode};

/// A page, taken apart.
struct Page {
    text: String,
    lines: Vec<Value>,
}

impl Page {
    fn new(text: &str) -> Self {
        let (_, after) = text.split_once("<script type=\"application/json\" id=\"data\">\n").expect("data");
        let (data, end) = after.split_once("</script>").expect("an end");
        assert_eq!(end, "\n</body>\n</html>\n");
        let lines =
            data.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
        Self { text: text.to_owned(), lines }
    }

    /// The lines that have a key.
    fn with(&self, key: &str) -> Vec<&Value> {
        self.lines.iter().filter(|line| line.get(key).is_some()).collect()
    }

    /// The field sections, each with its frame's place.
    fn sections(&self) -> Vec<Value> {
        self.with("on").iter().map(|line| line["on"].clone()).filter(|on| on["section"].is_array()).collect()
    }

    /// What was left out, the last line.
    fn end(&self) -> &Value {
        &self.lines.last().expect("a line")["end"]
    }
}

/// Runs the command with a file, and looks at the page.
fn page(options: &[&str], path: &Path) -> (Run, Page) {
    let run = decode(&[&["--html"], options, &[path.to_str().unwrap()]].concat(), &[]);
    let page = Page::new(&run.stdout);
    (run, page)
}

fn capture(name: &str) -> std::path::PathBuf {
    h2wire_testdata::folder().join("captures").join(name)
}

/// A frame, whatever it says.
fn frame(frame_type: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    octets.extend([frame_type, flags]);
    octets.extend(stream_id.to_be_bytes());
    octets.extend(payload);
    octets
}

/// A request whose path and field are whatever a peer likes, after an empty SETTINGS frame.
fn request(path: &str, name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        assert!(text.len() < 127, "one byte of length");
        [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    };
    let block =
        [&[0x82, 0x86, 0x04], &text(path)[..], &[0x41], &text("a"), &[0x00], &text(name), &text(value)];
    [&h2wire::frame::PREFACE[..], &frame(4, 0, 0, b""), &frame(1, 5, 1, &block.concat())].concat()
}

fn write(folder: &Path, name: &str, octets: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, octets).unwrap();
    path
}
