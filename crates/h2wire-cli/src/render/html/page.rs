//! The page as it is written: what never changes, and lines of data in between, as many as a browser can take.

use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::render::form::Out;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const BODY: &str = include_str!("page.html");

/// The kinds of lines, each with bytes of its own: many frames do not crowd out requests and errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Connection,
    Frame,
    Section,
    Error,
    Request,
}

impl Kind {
    /// Bytes of the lines of this kind. All together are what browsers open without trouble.
    const fn most(self) -> usize {
        const MEBIBYTE: usize = 1024 * 1024;
        match self {
            Self::Connection => 2 * MEBIBYTE,
            Self::Frame => 24 * MEBIBYTE,
            Self::Section => 12 * MEBIBYTE,
            Self::Error => 4 * MEBIBYTE,
            Self::Request => 8 * MEBIBYTE,
        }
    }
}

/// Lines of one kind.
#[derive(Clone, Copy, Default)]
struct Lines {
    octets: usize,
    left_out: u64,
}

pub(super) struct Page {
    out: BufWriter<Out>,
    has_head: bool,
    connections: Lines,
    frames: Lines,
    sections: Lines,
    errors: Lines,
    requests: Lines,
}

impl Page {
    pub(super) fn new(out: Out) -> Self {
        let none = Lines::default();
        Self {
            out: BufWriter::new(out),
            has_head: false,
            connections: none,
            frames: none,
            sections: none,
            errors: none,
            requests: none,
        }
    }

    /// Whether there is room for more lines of a kind. Counts one that is left out if not.
    pub(super) fn has_room(&mut self, kind: Kind) -> bool {
        let lines = self.lines(kind);
        let has_room = lines.left_out == 0;
        if !has_room {
            lines.left_out = lines.left_out.saturating_add(1);
        }
        has_room
    }

    /// Writes a line, unless there is no more room for such lines: the first ones are shown.
    pub(super) fn line(&mut self, kind: Kind, line: &Value) -> io::Result<()> {
        self.text(kind, &serde_json::to_vec(line)?)
    }

    /// The same for a line that is text already.
    fn text(&mut self, kind: Kind, line: &[u8]) -> io::Result<()> {
        if !self.has_room(kind) {
            return Ok(());
        }
        let lines = self.lines(kind);
        lines.octets = lines.octets.saturating_add(line.len());
        if lines.octets > kind.most() {
            lines.left_out = 1;
            return Ok(());
        }
        self.data(line)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.head()?;
        self.out.flush()
    }

    /// What was left out, and the end of the page.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let end = json!({"end": {
            "connection": self.connections.left_out,
            "frame": self.frames.left_out,
            "field section": self.sections.left_out,
            "error": self.errors.left_out,
            "request": self.requests.left_out,
        }});
        self.data(&serde_json::to_vec(&end)?)?;
        self.out.write_all(b"</script>\n</body>\n</html>\n")?;
        self.out.flush()
    }

    /// In HTML, the end of a script is the only thing that ends data. In JSON, these stand in strings alone.
    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.head()?;
        for piece in line.split_inclusive(|octet| matches!(octet, b'<' | b'>' | b'&')) {
            match piece.split_last() {
                Some((last @ (b'<' | b'>' | b'&'), before)) => {
                    self.out.write_all(before)?;
                    write!(self.out, "\\u{last:04x}")?;
                }
                _ => self.out.write_all(piece)?,
            }
        }
        self.out.write_all(b"\n")
    }

    /// Everything before the data. The script waits for the end of the page, be it cut off or not.
    fn head(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_head, true) {
            return Ok(());
        }
        let (style, script) = (hash(STYLE), hash(SCRIPT));
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{style}'; \
             script-src '{script}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>h2wire</title>\n\
             <style>{STYLE}</style>\n<script>{SCRIPT}</script>\n</head>\n{BODY}\
             <script type=\"application/json\" id=\"data\">\n"
        )
    }

    const fn lines(&mut self, kind: Kind) -> &mut Lines {
        match kind {
            Kind::Connection => &mut self.connections,
            Kind::Frame => &mut self.frames,
            Kind::Section => &mut self.sections,
            Kind::Error => &mut self.errors,
            Kind::Request => &mut self.requests,
        }
    }
}

/// What a Content-Security-Policy says of text that it allows.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

/// Takes requests as the summary prints them, in any pieces.
pub(super) struct Requests {
    page: Rc<RefCell<Page>>,
    line: Vec<u8>,
}

impl Requests {
    pub(super) const fn new(page: Rc<RefCell<Page>>) -> Self {
        Self { page, line: Vec::new() }
    }
}

impl Write for Requests {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        for piece in octets.split_inclusive(|octet| *octet == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.pop_if(|octet| *octet == b'\n').is_some() {
                self.page.borrow_mut().text(Kind::Request, &std::mem::take(&mut self.line))?;
            }
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
