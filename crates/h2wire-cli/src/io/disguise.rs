//! Files that are neither bytes of HTTP/2 nor captures, by how they start.

use h2wire::frame::{Opening, PREFACE};

use crate::hidden::unhidden;

/// How many bytes of a file tell what it is. Those that [`Opening`] needs tell that it is text.
pub(crate) const LONGEST: usize = 512;

/// The start of a file, and what it is.
#[rustfmt::skip]
const STARTS: [(&[u8], &str); 18] = [
    (&[0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd: run zstd -dc FILE | h2wire decode"),
    (&[0xfd, b'7', b'z', b'X', b'Z'], "compressed with xz: run xz -dc FILE | h2wire decode"),
    (b"BZh", "compressed with bzip2: run bzip2 -dc FILE | h2wire decode"),
    (&[0x04, 0x22, 0x4d, 0x18], "compressed with lz4: run lz4 -dc FILE | h2wire decode"),
    (b"LZIP", "compressed with lzip: run lzip -dc FILE | h2wire decode"),
    (&[0x1f, 0x9d], "compressed with compress: run gzip -dc FILE | h2wire decode"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "a rar archive: unpack it first"),
    (b"snoop\0", "a capture of snoop: make a pcapng file of it with editcap FILE OUT"),
    (b"btsnoop\0", "a capture of Bluetooth"),
    (b"GMBU", "a capture of Network Monitor: make a pcapng file of it with editcap FILE OUT"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"\x7fELF", "a program (ELF)"),
    (b"SQLite format 3\0", "a SQLite database"),
];

/// What a file with this start is, if it is no text.
pub(crate) fn disguise(start: &[u8]) -> Option<&'static str> {
    let is_tar = start.get(257..262) == Some(b"ustar");
    let found = STARTS.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, what)| *what);
    found.or_else(|| is_tar.then_some("a tar archive: unpack it first"))
}

/// What text with this start is; `None` if it is none, or of a protocol that is recognised in the place of HTTP/2.
pub(crate) fn text_in_disguise(start: &[u8]) -> Option<String> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = start {
        return Some("text in UTF-16, not bytes of HTTP/2".to_owned());
    }
    if !is_text(start) {
        return None;
    }
    let text = String::from_utf8_lossy(start);
    // As far as there is any of it.
    let begins = |with: &str| {
        let len = with.len().min(text.len());
        text.get(..len).zip(with.get(..len)).is_some_and(|(text, with)| text.eq_ignore_ascii_case(with))
    };
    if begins("<!doctype html") || begins("<html") {
        return Some("an HTML page, not bytes of HTTP/2".to_owned());
    }
    let first: Vec<char> = text.chars().filter(|character| !character.is_whitespace()).take(2).collect();
    if matches!(first.as_slice(), ['{', '"'] | ['[', '{']) {
        return Some("JSON: h2wire encode makes bytes of what decode --json prints".to_owned());
    }
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let line: String = line.trim().chars().take(40).collect();
    Some(format!("text, not bytes of HTTP/2; it starts with \"{}\"", unhidden(&line)))
}

/// Whether these bytes are text, and neither the preface, perhaps with other line ends, nor HTTP/1.x.
fn is_text(start: &[u8]) -> bool {
    // A saved page of HTML is text, also if a server sent it.
    let is_spoken = PREFACE.get(..5).is_some_and(|preface| start.starts_with(preface))
        || !start.starts_with(b"<") && !matches!(Opening::detect(start), Opening::Other);
    let is_control = |octet: &u8| *octet < b' ' && !octet.is_ascii_whitespace() || *octet == 0x7f;
    // Cut off inside a character, perhaps.
    let is_utf8 = match str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    start.len() >= Opening::LONGEST && !is_spoken && is_utf8 && !start.iter().any(is_control)
}
