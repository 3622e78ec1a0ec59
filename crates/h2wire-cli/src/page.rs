//! What a page shows of an input that is dropped on it or pasted into it: lines of JSON.
//!
//! The lines are those of `decode --html`: frames with the meaning of each byte, field sections, errors with rule, section and
//! remedy. There are four more: `{"kind": ..}` says how the input was read, `{"note": ..}` is what the command prints on standard
//! error, `{"trouble": ..}` says why the input, or the rest of it, was not read, and `{"explained": ..}` has parts for each name in
//! a message. They are no contract.

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Write};
use std::rc::Rc;

use anyhow::bail;
use h2wire::Role;
use h2wire::frame::{Opening, PREFACE};
use serde_json::{Value, json};

use crate::inspect::{Direction, Mode, Report, capture};
use crate::io::{HexText, Input, LONGEST, MOST_START, Source, Wanted, disguise, is_hex_text, kept};
use crate::render::page_lines;

/// Bytes that are read of an input, unpacked or not.
const MOST_READ: u64 = 128 * 1024 * 1024;
/// The longest text that is taken for a message.
const MOST_MESSAGE: usize = 16 * 1024;
/// A shorter one may be a name that is nearly right.
const MOST_NAME: usize = 60;

/// Who receives the bytes of one direction. Of a capture only [`Alone`](Self::Alone) is asked: its sides are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum ReadAs {
    /// A server if they start with the preface, else nobody in particular.
    #[default]
    Detected,
    /// A server.
    Server,
    /// A client.
    Client,
    /// Each frame by itself, without order and field sections.
    Alone,
}

/// Reads an input: a capture, bytes of one direction, hexadecimal text, gzip'd or not, or a message with names in it.
#[must_use]
pub fn shown(input: Vec<u8>, read_as: ReadAs) -> Vec<u8> {
    let lines = Lines::default();
    let (ended, notes) = kept(|| read(input, read_as, &lines));
    for note in notes {
        lines.add(&json!({ "note": note }));
    }
    if let Err(error) = ended {
        lines.add(&json!({ "trouble": format!("{error:#}") }));
    }
    lines.0.take()
}

/// What is shown so far.
#[derive(Clone, Default)]
struct Lines(Rc<RefCell<Vec<u8>>>);

impl Lines {
    fn add(&self, line: &Value) {
        let mut lines = self.0.borrow_mut();
        lines.extend(line.to_string().bytes());
        lines.push(b'\n');
    }
}

impl Write for Lines {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fails where there is more than is read.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.left = self
            .left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
            .ok_or_else(|| io::Error::other(format!("no more than {} MiB are read here", MOST_READ >> 20)))?;
        Ok(read)
    }
}

fn opened(octets: impl Read + Send + 'static) -> anyhow::Result<Input> {
    Input::new("the input".to_owned(), false, Source::new(octets), Wanted::DECODE)
}

fn read(input: Vec<u8>, read_as: ReadAs, lines: &Lines) -> anyhow::Result<()> {
    let unpacked = opened(Cursor::new(input))?.unpacked()?;
    let mut input = opened(Bounded { inner: unpacked, left: MOST_READ })?;
    if let Some(what) = disguise(input.peek(LONGEST)?) {
        bail!("the input is {what}");
    }
    let kind = |kind: &str| lines.add(&json!({ "kind": kind }));
    if capture::is_capture(input.peek(4)?) {
        kind("capture");
        let mode = Mode { stateless: read_as == ReadAs::Alone, show_blocks: true, ..Mode::observing() };
        let mut report = Report::new(page_lines(Box::new(lines.clone())));
        let ended = capture::decode(input, mode, None, &mut report);
        report.render.finish()?;
        return ended;
    }
    if is_hex_text(input.peek(MOST_START)?) {
        kind("hexadecimal text");
        let mut text = HexText::new(input);
        if read_as != ReadAs::Alone {
            text.refuse_packet()?;
        }
        return octets(text, read_as, lines);
    }
    if let Some(text) = text(input.peek(MOST_MESSAGE.saturating_add(1))?) {
        let explained = crate::explain::parts(text)?;
        if !explained.is_empty() {
            kind("message");
            lines.add(&json!({ "explained": explained }));
            return Ok(());
        }
        if is_mostly_digits(text) {
            kind("hexadecimal text");
            return octets(HexText::new(input), read_as, lines);
        }
        if !is_of_a_protocol(text) {
            bail!("{}", unknown(text));
        }
    }
    kind("bytes");
    octets(input, read_as, lines)
}

/// Reads bytes of one direction.
fn octets(mut octets: impl Read, read_as: ReadAs, lines: &Lines) -> anyhow::Result<()> {
    let mode = match read_as {
        ReadAs::Detected | ReadAs::Alone => Mode::observing(),
        ReadAs::Server => Mode::of(Role::Server, false),
        ReadAs::Client => Mode::of(Role::Client, false),
    };
    let mode = Mode { stateless: read_as == ReadAs::Alone, show_blocks: true, ..mode };
    let mut report = Report::new(page_lines(Box::new(lines.clone())));
    let ended = Direction::new(None, mode).and_then(|direction| feed(direction, &mut octets, &mut report));
    report.render.finish()?;
    ended
}

fn feed(mut direction: Direction, octets: &mut impl Read, report: &mut Report) -> anyhow::Result<()> {
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let len = octets.read(&mut chunk)?;
        let Some(part) = chunk.get(..len).filter(|part| !part.is_empty()) else { break };
        direction.feed(part, report)?;
        if direction.has_failed() {
            return Ok(());
        }
    }
    direction.finish(report)
}

/// The input as text, if it is some, and not too long for a message.
fn text(octets: &[u8]) -> Option<&str> {
    let is_text = |character: char| !character.is_control() || character.is_whitespace();
    let text = str::from_utf8(octets).ok()?.trim();
    (octets.len() <= MOST_MESSAGE && text.chars().all(is_text)).then_some(text)
}

/// Whether text is meant as bytes, although it cannot be read so, or there are too few for a frame.
fn is_mostly_digits(text: &str) -> bool {
    let (mut digits, mut others) = (0_usize, 0_usize);
    for character in text.chars().filter(|character| character.is_alphanumeric()) {
        let count = if character.is_ascii_hexdigit() { &mut digits } else { &mut others };
        *count = count.saturating_add(1);
    }
    digits > others.saturating_mul(4)
}

/// Whether text is the start of a connection, of HTTP/2 or of another protocol.
fn is_of_a_protocol(text: &str) -> bool {
    let octets = text.as_bytes();
    matches!(Opening::detect(octets), Opening::Foreign(_))
        || octets.starts_with(PREFACE.get(..3).unwrap_or(PREFACE))
}

fn unknown(text: &str) -> String {
    if text.len() <= MOST_NAME && !text.contains('\n') {
        return crate::explain::unknown(text);
    }
    "this text is not hexadecimal, and has no name of an error, a frame, a setting or a rule in it".to_owned()
}

#[cfg(test)]
mod tests;
