//! The input: a file or standard input. Its first bytes can be peeked at, and a large file shows progress.

#[cfg(feature = "command")]
use std::fs::File;
#[cfg(feature = "command")]
use std::io::IsTerminal;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

#[cfg(feature = "gzip")]
use super::gunzip::gunzip;
use super::modified_pcap::{ModifiedPcap, is_modified_pcap};
#[cfg(feature = "command")]
use super::note::note;
use super::source::Source;
use anyhow::{Context, bail};
#[cfg(feature = "command")]
use indicatif::{ProgressBar, ProgressStyle};

/// Above this many bytes, reading shows its progress on a terminal.
#[cfg(feature = "command")]
const LONG: u64 = 64 * 1024 * 1024;

/// The purpose of the input, for error messages.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) to: &'static str,
    /// The expected contents of a file.
    pub(crate) file: &'static str,
}

impl Wanted {
    pub(crate) const DECODE: Self =
        Self { to: "decode", file: "bytes, hexadecimal text (--hex), pcap or pcapng" };
}

/// All bytes, if they are not more than this: what has no end fills no memory.
pub(crate) fn read_whole(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut octets)?;
    if u64::try_from(octets.len()).unwrap_or(u64::MAX) > most {
        return Err(io::Error::other(format!("longer than {} MiB", most >> 20)));
    }
    Ok(octets)
}

pub(crate) struct Input {
    name: String,
    /// Bytes that were peeked at before they were read.
    head: Vec<u8>,
    is_live: bool,
    /// The file, if all of it is there and is not packed.
    path: Option<PathBuf>,
    source: Source,
    /// What it said after the bytes that were looked at.
    failed: Option<io::Error>,
}

impl Input {
    /// Opens a file, or standard input for `-`. A directory or an empty input is an error.
    #[cfg(feature = "command")]
    pub(crate) fn open(path: &Path, wanted: Wanted) -> anyhow::Result<Self> {
        let (name, is_live, source) = if path == Path::new("-") {
            if io::stdin().is_terminal() {
                note("reading standard input; to read a file, name it, or see --help")?;
            }
            ("standard input".to_owned(), true, Source::new(io::stdin()))
        } else {
            let name = path.display().to_string();
            let file = File::open(path).with_context(|| name.clone())?;
            let metadata = file.metadata().with_context(|| name.clone())?;
            if metadata.is_dir() {
                bail!("{name} is a directory; name a file of {}", wanted.file);
            }
            (name, !metadata.is_file(), progressing(file, metadata.len()))
        };
        let input = Self::new(name, is_live, source, wanted)?;
        Ok(Self { path: (!is_live).then(|| path.to_owned()), ..input })
    }

    /// Input from any source; empty input is an error.
    pub(crate) fn new(name: String, is_live: bool, source: Source, wanted: Wanted) -> anyhow::Result<Self> {
        let mut input = Self { name, head: Vec::new(), is_live, path: None, source, failed: None };
        let is_empty = input.peek(1).map(<[u8]>::is_empty).with_context(|| input.name.clone())?;
        if is_empty {
            bail!("{} is empty: nothing to {}", input.name, wanted.to);
        }
        Ok(input)
    }

    /// Whether more bytes may arrive later, so that output must not wait for them.
    pub(crate) const fn is_live(&self) -> bool {
        self.is_live
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The file, if it can be read again.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The first `count` bytes, or all if there are fewer. Must be called before anything is read.
    pub(crate) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        // Whole pieces as they come: what is read of a live input must not end where the look at it did.
        let mut piece = [0; 4_096];
        while self.head.len() < count {
            match self.source.read(&mut piece) {
                Ok(0) => break,
                Ok(len) => self.head.extend(piece.iter().take(len)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.head.get(..count).unwrap_or(&self.head))
    }

    /// The same, unpacked if it is gzip'd, and a pcap file of packets with longer headers made an ordinary one. Must be called
    /// before anything is read.
    pub(crate) fn unpacked(mut self) -> anyhow::Result<Self> {
        const GZIP: [u8; 2] = [0x1f, 0x8b];
        // Some are packed twice, by a server and by hand.
        const MOST: usize = 4;
        let mut times = 0_usize;
        while self.peek(GZIP.len())?.starts_with(&GZIP) {
            if times == MOST {
                bail!("the file is gzip'd more than {MOST} times: unpack it first");
            }
            times = times.saturating_add(1);
            self = self.map(gunzip)?;
        }
        if is_modified_pcap(self.peek(4)?) {
            self = self.map(|_, source| Ok(Source::new(ModifiedPcap::new(BufReader::new(source))?)))?;
        }
        Ok(self)
    }

    /// The same with another source, made of all its bytes.
    fn map(self, make: impl FnOnce(&str, Source) -> io::Result<Source>) -> io::Result<Self> {
        let Self { name, head, is_live, source, .. } = self;
        let source = make(&name, Source::new(io::Cursor::new(head).chain(source)))?;
        Ok(Self { name, head: Vec::new(), is_live, path: None, source, failed: None })
    }
}

/// A caller that has no need of this unpacks by itself.
#[cfg(not(feature = "gzip"))]
fn gunzip(name: &str, _packed: Source) -> io::Result<Source> {
    Err(io::Error::other(format!("{name} is gzip'd: unpack it first")))
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.head.is_empty() {
            return self.source.read(buf);
        }
        let len = self.head.as_slice().read(buf)?;
        self.head.drain(..len);
        // What was looked at is no piece of its own: errors show what follows.
        match buf.get_mut(len..) {
            Some(rest) if !self.is_live => match self.source.read(rest) {
                Ok(more) => Ok(len.saturating_add(more)),
                Err(error) => {
                    self.failed = Some(error);
                    Ok(len)
                }
            },
            _ => Ok(len),
        }
    }
}

/// Shows the progress of a long file on a terminal.
#[cfg(feature = "command")]
fn progressing(file: File, octets: u64) -> Source {
    if octets <= LONG || !io::stderr().is_terminal() {
        return Source::new(file);
    }
    let style =
        ProgressStyle::with_template("{bar:40} {percent}% of {total_bytes}, {bytes_per_sec}, {eta} left");
    let bar = ProgressBar::new(octets).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    Source::new(bar.wrap_read(file))
}
