//! Makes the first corpora of `testdata/`: fixtures, the octets of captured connections, and HPACK stories; unpacks those of
//! earlier campaigns.
//!
//! `cargo run --example seed` in `fuzz/`; what is in `corpus/` stays.

mod captures;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use h2wire::frame::{FrameHeader, PREFACE};
use h2wire_fuzz::seeds;

/// Longer inputs teach a fuzzer little.
const LONGEST: usize = 8 << 10;

fn main() -> std::io::Result<()> {
    let mut corpora = Corpora { folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"), files: 0 };
    frames(&mut corpora)?;
    directions(&mut corpora)?;
    stories(&mut corpora)?;
    noise(&mut corpora)?;
    packed(&mut corpora)?;
    println!("{} files in {}", corpora.files, corpora.folder.display());
    Ok(())
}

struct Corpora {
    folder: PathBuf,
    files: usize,
}

impl Corpora {
    fn put(&mut self, target: &str, name: &str, octets: &[u8]) -> std::io::Result<()> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        self.files += 1;
        fs::write(folder.join(name), &octets[..octets.len().min(LONGEST)])
    }

    /// Octets of a direction, for the targets that take them.
    fn put_direction(&mut self, name: &str, octets: &[u8]) -> std::io::Result<()> {
        let frames = octets.strip_prefix(&PREFACE[..]).unwrap_or(octets);
        self.put("frame", name, frames)?;
        self.put("differential_frame", name, frames)?;
        for role in 0..3 {
            for limit in [0, 50] {
                let input = seeds::sections(role, limit, octets);
                self.put("sections", &format!("{name}-{role}-{limit}"), &input)?;
                self.put("kept_entries", &format!("{name}-{role}-{limit}"), &input)?;
            }
        }
        for kind in 0..4 {
            self.put("split", &format!("{name}-{kind}"), &seeds::split(kind, octets))?;
        }
        for target in ["connection_server", "connection_client"] {
            self.put(target, name, &seeds::connection_to(octets))?;
        }
        Ok(())
    }
}

fn frames(corpora: &mut Corpora) -> std::io::Result<()> {
    for fixture in h2wire_testdata::frames().into_iter().chain(h2wire_testdata::invalid()) {
        corpora.put_direction(&fixture.name, &fixture.octets)?;
        corpora.put("differential_session", &fixture.name, &fixture.octets)?;
        corpora.put("cli_decode", &fixture.name, &seeds::cli_decode(false, &fixture.octets))?;
    }
    Ok(())
}

/// What peers sent, cut at frames; and of the frames one of each kind.
fn directions(corpora: &mut Corpora) -> std::io::Result<()> {
    let mut kinds = HashSet::new();
    for path in h2wire_testdata::captures() {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let capture = fs::read(&path)?;
        corpora.put("cli_decode", &stem, &seeds::cli_decode(false, &capture))?;
        // What is sent inside TLS, the command alone finds.
        let directions = if stem.starts_with("tls-") { Vec::new() } else { captures::directions(&capture) };
        for (index, octets) in directions.iter().enumerate() {
            let name = format!("{stem}-{index}-hex");
            corpora.put("cli_decode", &name, &seeds::cli_decode(true, hex_text(octets).as_bytes()))?;
            corpora.put_direction(&format!("{stem}-{index}"), octets)?;
            let mut rest = octets.strip_prefix(&PREFACE[..]).unwrap_or(octets);
            while let Some(header) = rest.first_chunk() {
                let header = FrameHeader::parse(header);
                let whole = (header.length.to_usize() + FrameHeader::LEN).min(rest.len());
                let kind = (header.frame_type, header.flags, header.length.get().min(64));
                if whole <= LONGEST && kinds.insert(kind) {
                    let name = format!("{stem}-{index}-{}", kinds.len());
                    corpora.put("differential_session", &name, &rest[..whole])?;
                }
                rest = &rest[whole..];
            }
        }
    }
    Ok(())
}

fn stories(corpora: &mut Corpora) -> std::io::Result<()> {
    let mut strings = HashSet::new();
    for entry in fs::read_dir(h2wire_testdata::folder().join("hpack"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(story) = serde_json::from_slice::<serde_json::Value>(&fs::read(&path)?) else { continue };
        let (mut blocks, mut lists) = (Vec::new(), Vec::new());
        for case in story["cases"].as_array().into_iter().flatten() {
            blocks.push(hex::decode(case["wire"].as_str().unwrap_or_default()).unwrap_or_default());
            let lines = case["headers"].as_array().into_iter().flatten().filter_map(line).collect::<Vec<_>>();
            strings.extend(lines.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
            lists.push(lines);
        }
        for (suffix, steps) in [("", seeds::steps(&blocks)), ("-limits", seeds::steps_with_limits(&lists))] {
            corpora.put("hpack_decode", &format!("{name}{suffix}"), &seeds::hpack_decode(&steps))?;
            corpora.put("differential_hpack", &format!("{name}{suffix}"), &steps)?;
        }
        corpora.put("hpack_round_trip", &name, &seeds::hpack_round_trip(&lists))?;
    }
    for (index, string) in strings.iter().enumerate() {
        corpora.put("huffman", &format!("string-{index}"), string)?;
        corpora.put("huffman", &format!("code-{index}"), &seeds::huffman(string))?;
    }
    Ok(())
}

/// An object with one key.
fn line(object: &serde_json::Value) -> Option<seeds::Line> {
    let (name, value) = object.as_object()?.iter().next()?;
    Some((name.clone().into_bytes(), value.as_str()?.into()))
}

/// As hexadecimal text, a line for 16 octets.
fn hex_text(octets: &[u8]) -> String {
    octets.chunks(16).map(hex::encode).collect::<Vec<_>>().join("\n")
}

/// What earlier campaigns reached: `corpora/`.
fn packed(corpora: &mut Corpora) -> std::io::Result<()> {
    for (target, _) in h2wire_fuzz::TARGETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(target).with_extension("hex");
        for (index, line) in fs::read_to_string(path)?.lines().enumerate() {
            let input = hex::decode(line).map_err(std::io::Error::other)?;
            corpora.put(target, &format!("packed-{index}"), &input)?;
        }
    }
    Ok(())
}

/// For what has no meaning but to `Arbitrary`, to generators, and for choices from pools.
fn noise(corpora: &mut Corpora) -> std::io::Result<()> {
    let mut state = 1_u32;
    for index in 0..256 {
        let octets: Vec<u8> = (0..64 + index % 65)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
            .collect();
        for target in ["mutated_frame", "differential_fields"] {
            corpora.put(target, &format!("noise-{index}"), &octets)?;
        }
        for target in ["conversation", "connection_pair"] {
            corpora.put(target, &format!("noise-{index}"), &octets.repeat(3))?;
        }
        for target in ["connection_server", "connection_client"] {
            for kind in 0..8 {
                let input = seeds::connection(kind, &octets);
                corpora.put(target, &format!("noise-{index}-{kind}"), &input)?;
            }
        }
        if index < 4 {
            for (cause, input) in seeds::differential_connections(&octets).iter().enumerate() {
                corpora.put("differential_connection", &format!("noise-{index}-{cause}"), input)?;
            }
            for (cause, input) in seeds::broken_conversations(&octets).iter().enumerate() {
                corpora.put("broken_conversation", &format!("noise-{index}-{cause}"), input)?;
            }
        }
    }
    Ok(())
}
