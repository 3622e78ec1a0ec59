//! The file of a key log, which may grow while it is read, and may be none.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// The longest line of a key log; those that count have 200 bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// No more is read: this is enough for 250,000 connections.
const MOST_OCTETS: u64 = 256 * 1024 * 1024;

pub(super) struct LogFile {
    /// As messages name it.
    name: String,
    file: BufReader<File>,
    /// The number of the last line.
    line: u64,
    octets: u64,
    /// A line has a secret: what is broken in others does not matter.
    is_log: bool,
}

impl LogFile {
    pub(super) fn new(name: String, file: File) -> Self {
        Self { name, file: BufReader::new(file), line: 0, octets: 0, is_log: false }
    }

    /// Reads the lines that were written since the last call. `take` returns whether a line has a secret.
    ///
    /// # Errors
    /// The message if this is no key log, cannot be read or has no end.
    pub(super) fn read_on(&mut self, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), String> {
        let mut line = Vec::new();
        let mut is_rest = false;
        loop {
            line.clear();
            if self.next(&mut line).map_err(|error| format!("{}: {error}", self.name))? == 0 {
                return Ok(());
            }
            self.line = self.line.saturating_add((!is_rest).into());
            let is_whole = line.ends_with(b"\n");
            if !is_whole && line.len() >= LONGEST_LINE && !self.is_log {
                return Err(self.refusal(&format!("is longer than {LONGEST_LINE} bytes")));
            }
            if !self.is_log && !is_text(&line) {
                return Err(self.refusal("is not text"));
            }
            self.is_log |= take(&line);
            is_rest = !is_whole;
            if self.octets > MOST_OCTETS {
                let most = MOST_OCTETS >> 20;
                return Err(format!("{}: only the first {most} MiB of it were read", self.name));
            }
        }
    }

    /// The next line, or a part of it if it is long.
    fn next(&mut self, line: &mut Vec<u8>) -> std::io::Result<usize> {
        let most = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
        loop {
            match self.file.by_ref().take(most).read_until(b'\n', line) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => {
                    self.octets = self.octets.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
                    return read;
                }
            }
        }
    }

    fn refusal(&self, what: &str) -> String {
        format!("{}: line {} {what}: this is not a key log", self.name, self.line)
    }
}

/// Comments may be in any encoding.
fn is_text(line: &[u8]) -> bool {
    line.iter().all(|octet| *octet >= b' ' || octet.is_ascii_whitespace())
}
