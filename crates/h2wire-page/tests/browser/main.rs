//! What headless Chromium makes of the page that `build.sh` wrote, whose path is in `H2WIRE_PAGE`.

#[path = "../../examples/pack/document.rs"]
#[allow(dead_code, reason = "not all of it is asked for here")]
mod document;
mod look; // widths, colours, screenshots
mod network; // nothing is asked for
mod reads; // inputs of all kinds
mod stops; // a module that stops
mod waits; // what the page does while it reads

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use h2wire_browser::{Browser, Tab};
use serde_json::Value;

/// The page, where it was built. A test without it says so.
fn built() -> Option<PathBuf> {
    let built = env::var_os("H2WIRE_PAGE").map(PathBuf::from);
    if built.is_none() {
        h2wire_browser::say("SKIPPED: H2WIRE_PAGE does not name the page that build.sh writes");
    }
    built
}

/// A browser. Whoever builds the page has one.
fn tab() -> Tab {
    Tab::open(&Browser::installed().expect("chromium is not installed, and H2WIRE_PAGE asks for it"))
}

/// The page in a browser.
fn opened() -> Option<Tab> {
    let page = built()?;
    let mut tab = tab();
    tab.visit(&format!("file://{}", page.canonicalize().expect("a page").display()));
    Some(tab)
}

/// What is done with the page.
trait InUse {
    fn visit(&mut self, url: &str);
    fn paste(&mut self, text: &str);
    fn is_ready(&mut self);
    fn text(&mut self, id: &str) -> String;
    fn click(&mut self, id: &str);
    fn rows(&mut self) -> Vec<String>;
    fn bytes(&mut self) -> Vec<String>;
    fn drop_file(&mut self, path: &Path);
    fn start_drop(&mut self, path: &Path);
    fn drop_octets(&mut self, name: &str, octets: &[u8]);
}

impl InUse for Tab {
    /// Waits until the script of the page has run.
    fn visit(&mut self, url: &str) {
        self.go(url, "document.body?.dataset.loaded === 'yes'");
    }

    /// Pastes text in place of what is there, and waits until it is read.
    fn paste(&mut self, text: &str) {
        self.run("document.body.dataset.ready = ''; const text = document.getElementById('text'); text.focus(); text.select();");
        self.type_text(text);
        self.is_ready();
    }

    fn is_ready(&mut self) {
        self.wait("document.body.dataset.ready > 0");
    }

    /// The text of an element that is shown.
    fn text(&mut self, id: &str) -> String {
        let shown = self.run(&format!("document.getElementById('{id}').innerText"));
        shown.as_str().expect("text").to_owned()
    }

    fn click(&mut self, id: &str) {
        self.run(&format!("document.getElementById('{id}').click()"));
    }

    /// The frames that the list shows, each with its number, stream, type and what it says.
    fn rows(&mut self) -> Vec<String> {
        let rows = self.run(
            "Array.from(document.querySelectorAll('#space div'), (row) => Array.from(row.childNodes, (part) => (part.innerText ?? part.textContent).trim()).join(' '))",
        );
        strings(&rows)
    }

    /// The rows of the first table of bytes: bytes, label, section.
    fn bytes(&mut self) -> Vec<String> {
        let rows = self.run(
            "Array.from(document.querySelectorAll('#detail .bytes tr'), (row) => [1, 3, 4].map((at) => row.children[at].textContent).join(' | '))",
        );
        strings(&rows)
    }

    /// Drops a file, as a person would.
    fn drop_file(&mut self, path: &Path) {
        self.start_drop(path);
        self.is_ready();
    }

    /// The same, without waiting for what comes of it.
    fn start_drop(&mut self, path: &Path) {
        self.run("document.body.dataset.ready = ''");
        self.drop_at((200.0, 300.0), path);
    }

    /// Drops bytes as a file of this name.
    fn drop_octets(&mut self, name: &str, octets: &[u8]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, octets).expect("a file");
        self.drop_file(&path);
    }
}

fn strings(value: &Value) -> Vec<String> {
    let all = value.as_array().expect("an array").iter();
    all.map(|one| one.as_str().expect("text").to_owned()).collect()
}

fn capture(name: &str) -> PathBuf {
    h2wire_testdata::folder().join("captures").join(name).canonicalize().expect("a capture")
}

/// A frame, whatever it says.
fn frame(frame_type: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    octets.extend([frame_type, flags]);
    octets.extend(stream_id.to_be_bytes());
    octets.extend(payload);
    octets
}
