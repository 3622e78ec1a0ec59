//! Unpacks what is gzip'd.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::note::note;
use super::source::Source;

/// What is inside.
#[allow(clippy::unnecessary_wraps, reason = "it fails where nothing unpacks")]
pub(super) fn gunzip(name: &str, packed: Source) -> io::Result<Source> {
    let packed = BufReader::with_capacity(64 * 1024, packed);
    Ok(Source::new(Gunzip { name: name.to_owned(), member: Some(GzDecoder::new(packed)) }))
}

/// Unpacks one member after the other, and says so if that fails.
struct Gunzip<R> {
    name: String,
    /// `None` after the last one.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buf).map_err(not_unpacked)?;
            if read > 0 || buf.is_empty() {
                return Ok(read);
            }
            self.member = match member.get_mut().fill_buf()? {
                [] => None,
                [0x1f, ..] => self.member.take().map(|member| GzDecoder::new(member.into_inner())),
                _ => {
                    note(&format!("{}: what follows the end of the gzip'd data is left out", self.name))
                        .map_err(io::Error::other)?;
                    None
                }
            };
        }
        Ok(0)
    }
}

fn not_unpacked(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Interrupted => error,
        io::ErrorKind::UnexpectedEof => io::Error::other("the gzip'd file is cut off"),
        _ => io::Error::other(format!("the file cannot be unpacked: {error}")),
    }
}
