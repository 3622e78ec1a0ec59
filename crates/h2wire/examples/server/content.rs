//! Files below a folder, read in pieces.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Octets of a file that are read at a time.
const PIECE: u64 = 64 << 10;

/// What is served where the folder has no index.html.
const INDEX: &str =
    "<!doctype html><title>h2wire</title><h1>h2wire</h1><p>An HTTP/2 server on top of the codec h2wire.\n";

/// What is served.
pub struct Site {
    pub root: PathBuf,
}

/// The answer to a GET request.
pub struct Found {
    pub status: &'static str,
    pub content_type: &'static str,
    /// Octets of the content, `first` included.
    pub length: u64,
    pub piece: Piece,
}

/// A piece of content, and what the next ones are read from.
pub struct Piece {
    pub octets: Vec<u8>,
    pub rest: Option<io::Take<File>>,
}

impl Site {
    /// Looks for the file that a request's `:path` names. This may take its time: it is no work for a task that has others to do.
    pub fn find(&self, path: &[u8]) -> Found {
        let Some(relative) = relative_path(path) else { return Found::text("400", "no such path\n") };
        let mut file = self.root.join(&relative);
        if file.is_dir() {
            file.push("index.html");
        }
        match open(&file) {
            Ok((length, piece)) => Found { status: "200", content_type: content_type(&file), length, piece },
            Err(_) if relative.as_os_str().is_empty() => {
                Found { content_type: "text/html; charset=utf-8", ..Found::text("200", INDEX) }
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Found::text("403", "forbidden\n")
            }
            Err(_) => Found::text("404", "not found\n"),
        }
    }
}

impl Found {
    fn text(status: &'static str, text: &str) -> Self {
        let octets = text.as_bytes().to_vec();
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        let piece = Piece { octets, rest: None };
        Self { status, content_type: "text/plain; charset=utf-8", length, piece }
    }
}

impl Piece {
    /// Reads the next piece.
    pub fn read(mut file: io::Take<File>) -> io::Result<Self> {
        let len = file.limit().min(PIECE);
        let mut octets = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        // A file that has become shorter than it was said to be is an error.
        file.read_exact(&mut octets)?;
        Ok(Self { octets, rest: (file.limit() > 0).then_some(file) })
    }
}

fn open(path: &Path) -> io::Result<(u64, Piece)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let length = metadata.len();
    Ok((length, Piece::read(file.take(length))?))
}

/// The path below the folder: percent-decoded, without the query, and without anything that leads out of the folder.
fn relative_path(path: &[u8]) -> Option<PathBuf> {
    let path = path.split(|octet| *octet == b'?').next()?;
    let decoded = percent_decoded(path.strip_prefix(b"/")?)?;
    let mut relative = PathBuf::new();
    for part in decoded.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." || part.contains(['\\', '\0', ':']) {
            return None;
        }
        relative.push(part);
    }
    Some(relative)
}

fn percent_decoded(path: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut octets = path.iter().copied();
    while let Some(octet) = octets.next() {
        if octet != b'%' {
            decoded.push(octet);
            continue;
        }
        let digits = [octets.next()?, octets.next()?];
        decoded.push(u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(decoded).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_folder() {
        for (path, relative) in [
            ("/", Some("")),
            ("/a/b.html?c=/..", Some("a/b.html")),
            ("//a/./b", Some("a/b")),
            ("/%61%20b", Some("a b")),
            ("/../a", None),
            ("/a/%2e%2e/%2e%2e/b", None),
            ("/a%5c..%5cb", None),
            ("/a%00", None),
            ("/a%2", None),
            ("/%ff", None),
            ("*", None),
        ] {
            assert_eq!(relative_path(path.as_bytes()), relative.map(PathBuf::from), "{path}");
        }
    }
}
