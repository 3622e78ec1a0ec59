//! Lines of data, as many as a browser can take, and what stands before and after them.

use std::io::{self, BufWriter, Write};

use serde_json::{Value, json};

use crate::render::form::Out;

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
    /// What is not written yet.
    head: Option<fn() -> String>,
    tail: &'static str,
    /// The part of the bytes that each kind of lines may have.
    part: usize,
    connections: Lines,
    frames: Lines,
    sections: Lines,
    errors: Lines,
    requests: Lines,
}

impl Page {
    /// A page with this before its lines, and that after them.
    pub(super) fn new(out: Out, head: fn() -> String, tail: &'static str) -> Self {
        Self { head: Some(head), tail, part: 1, ..Self::lines_alone(out) }
    }

    /// Lines for a page that is there. It makes them itself while people wait, so that they are fewer.
    pub(super) fn lines_alone(out: Out) -> Self {
        let none = Lines::default();
        Self {
            out: BufWriter::new(out),
            head: None,
            tail: "",
            part: 4,
            connections: none,
            frames: none,
            sections: none,
            errors: none,
            requests: none,
        }
    }

    /// Whether there is room for more lines of a kind. Counts one that is left out if not, which is not to be written then.
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
    pub(super) fn text(&mut self, kind: Kind, line: &[u8]) -> io::Result<()> {
        if !self.has_room(kind) {
            return Ok(());
        }
        let most = kind.most().checked_div(self.part).unwrap_or(0);
        let lines = self.lines(kind);
        lines.octets = lines.octets.saturating_add(line.len());
        if lines.octets > most {
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
        self.out.write_all(self.tail.as_bytes())?;
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

    /// Everything before the data.
    fn head(&mut self) -> io::Result<()> {
        self.head.take().map_or(Ok(()), |head| self.out.write_all(head().as_bytes()))
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
