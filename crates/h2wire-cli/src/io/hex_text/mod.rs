//! Hexadecimal text: digits with or without `0x`, `\x`, commas and colons, comments from `#` to the end of the line; dumps with
//! offsets; literals of programming languages. The first lines tell which it is.

mod dump; // lines with an offset: xxd, hexdump -C, od, Wireshark, Go
mod literal; // strings and lists of bytes in Rust, C, Go, Python
mod plain; // digits and what may stand between them

use std::io::{self, BufRead, BufReader, Read};

use dump::{Dump, Start};
use plain::Plain;

/// The longest line that is taken as a whole.
const MOST_LINE: usize = 64 * 1024;
/// The longest literal.
const MOST_LITERAL: u64 = 16 * 1024 * 1024;

/// Reads the bytes that the text describes.
pub(crate) struct HexText<R> {
    text: BufReader<R>,
    form: Form,
    /// The number of the next line.
    line: u64,
    /// Bytes that were read and not yet passed on.
    ready: io::Cursor<Vec<u8>>,
    /// Reported after the bytes before it.
    error: Option<String>,
    is_over: bool,
}

enum Form {
    Undecided,
    Plain(Plain),
    Dump(Dump),
}

impl<R: Read> HexText<R> {
    pub(crate) fn new(text: R) -> Self {
        Self {
            text: BufReader::with_capacity(64 * 1024, text),
            form: Form::Undecided,
            line: 1,
            ready: io::Cursor::default(),
            error: None,
            is_over: false,
        }
    }

    /// The first bytes, or all if there are fewer; and where the dump that has them starts, if it starts later than at 0. Must be
    /// called before anything is read.
    pub(crate) fn start(&mut self, count: usize) -> io::Result<(&[u8], Option<&str>)> {
        while self.ready.get_ref().len() < count && self.error.is_none() && !self.is_over {
            match self.step()? {
                Ok(octets) => self.ready.get_mut().extend(octets),
                Err(error) => self.error = Some(error),
            }
        }
        let later = match &self.form {
            Form::Dump(dump) => dump.later_start(),
            _ => None,
        };
        let ready = self.ready.get_ref();
        Ok((ready.get(..count).unwrap_or(ready), later))
    }

    /// Fails if the first bytes are those of Ethernet with IPv4 or IPv6 in it, as Wireshark copies a packet. Must be called before
    /// anything is read.
    pub(crate) fn refuse_packet(&mut self) -> io::Result<()> {
        let (start, _) = self.start(15)?;
        let is_packet = match start.get(12..) {
            Some([0x08, 0x00, version, ..]) => version >> 4 == 4,
            Some([0x86, 0xdd, version, ..]) => version >> 4 == 6,
            _ => false,
        };
        // SETTINGS may have any value.
        if !is_packet || start.get(3) == Some(&4) {
            return Ok(());
        }
        Err(io::Error::other(
            "this is a packet with its headers, not the bytes of a connection: make a capture of it with text2pcap",
        ))
    }

    /// Whether it has no bytes. [`start`](Self::start) must be called before.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_over && self.error.is_none() && self.ready.get_ref().is_empty()
    }

    /// The next line, without its end if it is not too long; `None` at the end of the text.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let most = u64::try_from(MOST_LINE).unwrap_or(u64::MAX);
        self.text.by_ref().take(most).read_until(b'\n', &mut line)?;
        Ok(if line.is_empty() { None } else { Some(line) })
    }

    /// Reads some more of the text.
    fn step(&mut self) -> io::Result<Result<Vec<u8>, String>> {
        let mut octets = Vec::new();
        let read = match &mut self.form {
            Form::Undecided => return self.decide(),
            Form::Plain(plain) => {
                let text = self.text.fill_buf()?;
                let len = text.len();
                let read = if len == 0 { plain.finish(&mut octets) } else { plain.take(text, &mut octets) };
                self.is_over = len == 0;
                self.text.consume(len);
                read
            }
            Form::Dump(_) => {
                let line = self.next_line()?;
                let (Some(line), Form::Dump(dump)) = (line, &mut self.form) else {
                    self.is_over = true;
                    return Ok(Ok(octets));
                };
                let read = dump.take(self.line, &line, &mut octets);
                self.line = self.line.saturating_add(1);
                read
            }
        };
        self.error = read.err();
        Ok(Ok(octets))
    }

    /// Reads lines until they tell the form of the text.
    fn decide(&mut self) -> io::Result<Result<Vec<u8>, String>> {
        const BOM: &[u8] = b"\xef\xbb\xbf";
        let Some(mut line) = self.next_line()? else {
            self.is_over = true;
            return Ok(Ok(Vec::new()));
        };
        if self.line == 1 {
            if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") {
                return Ok(Err("the text is UTF-16; save it as UTF-8".to_owned()));
            }
            line = line.strip_prefix(BOM).map(<[u8]>::to_vec).unwrap_or(line);
        }
        let data = line.trim_ascii();
        if line.ends_with(b"\n") && (data.is_empty() || data.starts_with(b"#") || data.starts_with(b"//")) {
            self.line = self.line.saturating_add(1);
            return Ok(Ok(Vec::new()));
        }
        if literal::is_literal(data) {
            self.is_over = true;
            self.text.by_ref().take(MOST_LITERAL).read_to_end(&mut line)?;
            return Ok(literal::read(&line));
        }
        let second = match Start::of(data) {
            Start::Perhaps => self.next_line()?,
            _ => None,
        };
        let mut octets = Vec::new();
        let mut form = match dump::form(self.line, data, second.as_deref()) {
            Ok(Some(dump)) => Form::Dump(dump),
            Ok(None) => Form::Plain(Plain::at_line(self.line)),
            Err(error) => return Ok(Err(error)),
        };
        for line in [Some(line), second].into_iter().flatten() {
            let read = match &mut form {
                Form::Dump(dump) => dump.take(self.line, &line, &mut octets),
                Form::Plain(plain) => plain.take(&line, &mut octets),
                Form::Undecided => Ok(()),
            };
            self.line = self.line.saturating_add(1);
            if let Err(error) = read {
                self.error = Some(error);
                break;
            }
        }
        self.form = form;
        Ok(Ok(octets))
    }
}

impl<R: Read> Read for HexText<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let len = self.ready.read(buf)?;
            if len > 0 || buf.is_empty() {
                return Ok(len);
            }
            if let Some(error) = self.error.take() {
                self.is_over = true;
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
            if self.is_over {
                return Ok(0);
            }
            match self.step()? {
                Ok(octets) => self.ready = io::Cursor::new(octets),
                Err(error) => self.error = Some(error),
            }
        }
    }
}

/// How many bytes of a file [`is_hex_text`] wants.
pub(crate) const MOST_START: usize = 512;

/// Whether a file with this start is text, and its text hexadecimal.
pub(crate) fn is_hex_text(start: &[u8]) -> bool {
    /// The header of a frame.
    const LEAST: usize = 9;
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let is_text = |octet: &u8| octet.is_ascii_graphic() || octet.is_ascii_whitespace();
    if !text.iter().all(is_text) {
        return false;
    }
    let first = text.split(|octet| *octet == b'\n').map(<[u8]>::trim_ascii);
    let mut first = first.skip_while(|line| line.is_empty() || line.starts_with(b"#"));
    let (line, next) = (first.next().unwrap_or_default(), first.next());
    let mut octets = Vec::new();
    // A literal may be cut off.
    let marks = text.windows(2).filter(|part| matches!(part, [b'0' | b'\\', b'x'])).count();
    match dump::form(1, line, next) {
        _ if marks >= LEAST => true,
        Ok(Some(_)) | Err(_) => true,
        Ok(None) => {
            let read = HexText::new(text).read_to_end(&mut octets);
            // What is cut off may end in the middle of something.
            octets.len() >= LEAST && (read.is_ok() || start.len() >= MOST_START)
        }
    }
}

#[cfg(test)]
mod tests;
