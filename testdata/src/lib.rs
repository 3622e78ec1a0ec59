//! Reads the fixtures: frames in hexadecimal with comments, and captures of real peers.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of octets in hexadecimal; `#` starts a comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixture {
    /// The file name without `.hex`.
    pub name: String,
    /// The octets.
    pub octets: Vec<u8>,
    /// The comments of the form `# key: value`.
    pub facts: Vec<(String, String)>,
}

impl Fixture {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().expect("a file name").to_string_lossy().into_owned();
        let facts = text
            .lines()
            .filter_map(|line| line.strip_prefix("# ")?.split_once(": "))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let digits: String = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default())
            .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()))
            .collect();
        assert!(digits.len().is_multiple_of(2), "{name}: an odd number of digits");
        let octets = (0..digits.len())
            .step_by(2)
            .map(|at| {
                u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_else(|_| panic!("{name}: not hex"))
            })
            .collect();
        Self { name, octets, facts }
    }

    /// The value of the comment `# key: value`.
    #[must_use]
    pub fn fact(&self, key: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// The folder of fixtures and captures.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `frames/<name>.hex`: one valid frame, canonical.
#[must_use]
pub fn frame(name: &str) -> Fixture {
    Fixture::read(&folder().join("frames").join(name).with_extension("hex"))
}

/// All valid frames.
#[must_use]
pub fn frames() -> Vec<Fixture> {
    fixtures(&folder().join("frames"))
}

/// All broken ones: `frames/invalid/<rule>.hex`, or `<rule>-<variant>.hex` where a rule has several faces.
#[must_use]
pub fn invalid() -> Vec<Fixture> {
    fixtures(&folder().join("frames/invalid"))
}

/// Sections that a reader accepts: `frames/refused/<rule>.hex` is refused by a writer, or where trailers are due.
#[must_use]
pub fn refused() -> Vec<Fixture> {
    fixtures(&folder().join("frames/refused"))
}

/// The packet captures, pcap and pcapng.
#[must_use]
pub fn captures() -> Vec<PathBuf> {
    files(&folder().join("captures"), &["pcap", "pcapng"])
}

fn fixtures(folder: &Path) -> Vec<Fixture> {
    files(folder, &["hex"]).iter().map(|path| Fixture::read(path)).collect()
}

/// The files of a folder with one of these endings, in the order of their names; at least one.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)))
        .collect();
    assert!(!files.is_empty(), "no fixtures in {}", folder.display());
    files.sort();
    files
}
