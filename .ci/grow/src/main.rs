//! Copies the crates and adds to each public type what a later version may add: a rule to each table of rules, a variant
//! to each `#[non_exhaustive]` enum, a field to each `#[non_exhaustive]` struct (a limit, an option, a counter). The
//! program in `embedder/` must build against the copy as it is.
//!
//! Usage: `grow FROM TO`, the root of the repository and a folder that does not exist.
//!
//! Names are not listed here: what is public and `#[non_exhaustive]` is found in the sources. [`MUST_GROW`] alone names
//! what an embedder was promised.

mod grow; // what is added where

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use grow::{Grown, find, grow};

/// Types that must be among those that grow.
const MUST_GROW: [&str; 17] = [
    "Chunk",
    "Counters",
    "DecoderLimits",
    "EncodeError",
    "EndOfInput",
    "Event",
    "FrameEvent",
    "FrameRule",
    "HpackError",
    "Limit",
    "Limits",
    "Malformed",
    "Message",
    "Options",
    "ParseOptions",
    "Rule",
    "WriteError",
];

/// Crates without a library for others.
const NO_LIBRARIES: [&str; 2] = ["cortex-m-demo", "h2wire-cli"];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let result = match &arguments[..] {
        [from, to] => run(from, to),
        _ => Err("usage: grow FROM TO".into()),
    };
    if let Err(error) = result {
        eprintln!("grow: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for name in ["Cargo.toml", "crates", ".ci/grow/embedder"] {
        copy(&from.join(name), &to.join(name))?;
    }
    let mut all = Grown::default();
    for entry in fs::read_dir(to.join("crates"))? {
        let entry = entry?;
        if NO_LIBRARIES.iter().all(|name| entry.file_name() != *name) {
            grow_crate(&entry.path().join("src"), &mut all)?;
        }
    }
    let missing: Vec<_> = MUST_GROW.iter().filter(|name| !all.names.contains(**name)).copied().collect();
    if !missing.is_empty() {
        return Err(format!("not found, not public or not non_exhaustive: {}", missing.join(", ")).into());
    }
    println!("grown: {}", list(&all.names));
    println!("closed: {}", list(&all.closed));
    Ok(())
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A type is found in one file and matched in others, so all files are read before any is written.
fn grow_crate(src: &Path, all: &mut Grown) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    rust_files(src, &mut files)?;
    let mut parsed = Vec::new();
    let mut types = Grown::default();
    for path in files {
        let text = fs::read_to_string(&path)?;
        let file = syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        find(&file, &mut types);
        parsed.push((path, text, file));
    }
    for (path, text, file) in parsed {
        fs::write(path, grow(&text, &file, &types.names))?;
    }
    all.names.append(&mut types.names);
    all.closed.append(&mut types.closed);
    Ok(())
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// Copies a file or a folder, but for what cargo built.
fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    if !from.is_dir() {
        fs::copy(from, to).map_err(|error| format!("{}: {error}", from.display()))?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        if name != "target" {
            copy(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}
