//! Files below a folder, read in pieces.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::memory::Memory;

/// Bytes of a file that are read at a time.
const PIECE: u64 = 64 << 10;

/// Served if the folder has no index.html.
const INDEX: &str =
    "<!doctype html><title>h2wire</title><h1>h2wire</h1><p>An HTTP/2 server on top of h2wire.\n";

/// The served content.
pub struct Site {
    pub root: PathBuf,
    /// What was small, and asked for not long ago.
    pub memory: Memory,
}

/// The answer to a GET or HEAD request.
pub struct Found {
    pub status: &'static str,
    pub content_type: &'static str,
    /// Bytes of the content, `first` included.
    pub length: u64,
    pub piece: Piece,
}

/// A piece of content, and the source of the next ones.
pub struct Piece {
    pub octets: Bytes,
    pub rest: Option<io::Take<File>>,
}

impl Site {
    pub fn new(root: PathBuf) -> Self {
        Self { root, memory: Memory::default() }
    }

    /// Looks for the file that a request's `:path` names. This may take its time: it is no work for a task that has others to
    /// do. For HEAD nothing is opened: there would be nobody to read the file to its end.
    pub fn find(&self, path: &[u8], is_head: bool) -> Found {
        let Some(relative) = relative_path(path) else { return Found::text("400", "no such path\n") };
        let mut file = self.root.join(&relative);
        if file.is_dir() {
            file.push("index.html");
        }
        match self.open(&file, is_head) {
            Ok((length, piece)) => Found { status: "200", content_type: content_type(&file), length, piece },
            Err(error) if error.kind() == ErrorKind::NotFound && relative.as_os_str().is_empty() => {
                Found { content_type: "text/html; charset=utf-8", ..Found::text("200", INDEX) }
            }
            Err(error) => Found::refusal(&error),
        }
    }

    fn open(&self, path: &Path, is_head: bool) -> io::Result<(u64, Piece)> {
        let path = fs::canonicalize(path)?;
        // A symbolic link may lead anywhere.
        if !path.starts_with(fs::canonicalize(&self.root)?) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        // Before it is opened: a pipe would be waited for, without an end.
        let metadata = fs::metadata(&path)?;
        if !metadata.is_file() {
            return Err(ErrorKind::NotFound.into());
        }
        let length = metadata.len();
        if is_head {
            return Ok((length, Piece { octets: Bytes::new(), rest: None }));
        }
        Ok((length, Piece::read(File::open(path)?.take(length))?))
    }
}

impl Found {
    fn text(status: &'static str, text: &'static str) -> Self {
        let octets = Bytes::from_static(text.as_bytes());
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        let piece = Piece { octets, rest: None };
        Self { status, content_type: "text/plain; charset=utf-8", length, piece }
    }

    /// That there are no more file descriptors, for example, does not mean that there is no such file.
    fn refusal(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => {
                Self::text("404", "not found\n")
            }
            ErrorKind::PermissionDenied => Self::text("403", "forbidden\n"),
            _ => Self::text("500", "the file cannot be read\n"),
        }
    }
}

impl Piece {
    /// Reads the next piece.
    pub fn read(mut file: io::Take<File>) -> io::Result<Self> {
        let len = file.limit().min(PIECE);
        let mut octets = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        // A file that has become shorter than it was said to be is an error.
        file.read_exact(&mut octets)?;
        Ok(Self { octets: octets.into(), rest: (file.limit() > 0).then_some(file) })
    }
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
        // Digits alone: the parser of the standard library takes a sign too.
        let mut digit = || char::from(octets.next()?).to_digit(16);
        let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
        decoded.push(u8::try_from(value).ok()?);
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
            ("/%c3%A4", Some("\u{e4}")),
            ("/../a", None),
            ("/a/%2e%2e/%2e%2e/b", None),
            ("/a%5c..%5cb", None),
            ("/a%00", None),
            ("/a%2", None),
            ("/a%+1", None),
            ("/a%-1", None),
            ("/a% 1", None),
            ("/%4G", None),
            ("/%ff", None),
            ("*", None),
        ] {
            assert_eq!(relative_path(path.as_bytes()), relative.map(PathBuf::from), "{path}");
        }
    }

    #[test]
    fn why_a_file_is_not_sent() {
        let status = |error: io::Error| Found::refusal(&error).status;
        for (kind, expect) in [
            (ErrorKind::NotFound, "404"),
            (ErrorKind::NotADirectory, "404"),
            (ErrorKind::PermissionDenied, "403"),
            (ErrorKind::UnexpectedEof, "500"),
        ] {
            assert_eq!(status(kind.into()), expect, "{kind:?}");
        }
        #[cfg(unix)]
        assert_eq!(status(io::Error::from_raw_os_error(24)), "500", "EMFILE");
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::symlink;
        use std::process::Command;
        use std::sync::mpsc;
        use std::thread;
        use std::time::Duration;

        use super::*;

        #[test]
        fn links_stay_below_the_folder() {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("site");
            fs::create_dir_all(root.join("below")).unwrap();
            fs::write(folder.path().join("secret"), "secret").unwrap();
            fs::write(root.join("a.txt"), "a").unwrap();
            for (target, link) in [
                ("../secret", "out.txt"),
                ("..", "up"),
                ("nowhere", "lost"),
                ("a.txt", "in.html"),
                ("../a.txt", "below/index.html"),
            ] {
                symlink(target, root.join(link)).unwrap();
            }
            let link = folder.path().join("link to the site");
            symlink(&root, &link).unwrap();
            for root in [root, link] {
                let site = Site::new(root);
                for (path, status) in [
                    ("/out.txt", "403"),
                    ("/up/secret", "403"),
                    ("/up/site/a.txt", "200"),
                    ("/lost", "404"),
                    ("/a.txt/b", "404"),
                    ("/in.html", "200"),
                    ("/below", "200"),
                    ("/", "200"),
                ] {
                    let found = site.find(path.as_bytes(), false);
                    assert_eq!(found.status, status, "{path}");
                    assert_ne!(found.piece.octets, "secret", "{path}");
                }
                assert_eq!(site.find(b"/in.html", false).content_type, "text/html; charset=utf-8");
            }
        }

        #[test]
        fn a_pipe_is_not_waited_for() {
            let folder = tempfile::tempdir().unwrap();
            let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status();
            assert!(made.is_ok_and(|status| status.success()));
            let (sender, found) = mpsc::channel();
            let site = Site::new(folder.path().to_owned());
            thread::spawn(move || sender.send(site.find(b"/pipe", false).status));
            assert_eq!(found.recv_timeout(Duration::from_secs(10)), Ok("404"));
        }
    }
}
