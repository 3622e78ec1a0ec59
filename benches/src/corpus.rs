//! Header lists: stories of blocks, each story a connection.

use std::path::{Path, PathBuf};

use h2wire_nghttp2::{Deflater, Line};
use serde_json::Value;

/// A field block: its fields and the octets one encoder made of them.
#[derive(Clone, Debug)]
pub struct Block {
    /// The fields in order.
    pub lines: Vec<Line>,
    /// The block as published, or as nghttp2 encodes it.
    pub wire: Vec<u8>,
}

/// Connections that are measured together.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The name of the story, or `small` for all short ones.
    pub name: String,
    /// The blocks of each connection.
    pub stories: Vec<Vec<Block>>,
}

/// Stories with fewer fields are measured together.
const SMALL: usize = 200;

impl Corpus {
    /// All corpora, by name.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/hpack").into_os_string();
        let directories = std::env::var_os("H2WIRE_HPACK_CORPUS").unwrap_or_else(own);
        let mut files = Vec::new();
        for directory in std::env::split_paths(&directories) {
            find(&directory, &mut files);
        }
        let mut corpora = vec![Self { name: "small".into(), stories: Vec::new() }];
        for file in files {
            let blocks = read(&file);
            let fields: usize = blocks.iter().map(|block| block.lines.len()).sum();
            if fields < SMALL {
                corpora[0].stories.push(blocks);
            } else {
                let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                corpora.push(Self { name, stories: vec![blocks] });
            }
        }
        corpora.retain(|corpus| !corpus.stories.is_empty());
        corpora
    }

    /// The number of fields.
    #[must_use]
    pub fn fields(&self) -> usize {
        self.blocks().map(|block| block.lines.len()).sum()
    }

    /// All blocks of all stories.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.stories.iter().flatten()
    }
}

fn find(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Vec<Block> {
    let story: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut deflater = Deflater::new();
    let mut blocks = Vec::new();
    for case in story["cases"].as_array().into_iter().flatten() {
        let lines: Vec<Line> = case["headers"].as_array().into_iter().flatten().flat_map(line).collect();
        let mut wire = Vec::new();
        deflater.encode(&lines, &mut wire);
        if let Some(published) = case["wire"].as_str() {
            wire = hex::decode(published).unwrap();
        }
        blocks.push(Block { lines, wire });
    }
    blocks
}

/// An object with one key.
fn line(object: &Value) -> Vec<Line> {
    let object = object.as_object().into_iter().flatten();
    object.map(|(name, value)| (name.clone().into_bytes(), value.as_str().unwrap().into())).collect()
}
