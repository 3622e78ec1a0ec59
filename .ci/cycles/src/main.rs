//! Fails when the files of a crate import each other in a circle.
//!
//! Usage: `cycles [--graph CRATE] [FOLDER]`, where FOLDER has the crates in it and is `crates` by default.
//!
//! A file imports another one if a path in it, in a `use` or in the code, leads to an item that the other one defines.
//! Re-exports are followed: a name that `lib.rs` re-exports leads to the file that defines it. Not counted are `mod x;`,
//! a `pub use` of what a file's own child modules define (unless the file also uses it), what is there for `cfg(test)`
//! or `cfg(doc)` only, links in comments, and calls of methods, which need no path. Inline modules belong to their file.
//! Paths in macro calls count, and so do macros themselves; so does `$crate::x` in the definition of a macro.

mod arrows; // which file imports which
mod attributes; // what `cfg` leaves out
mod graph; // circles and floors
mod modules; // files to modules with names in them
mod resolve; // paths to the files that define what they name
mod tokens; // paths in macro calls
mod uses; // `use` declarations

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use arrows::{Arrows, arrows};
use modules::{Crate, Sources};

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cycles: {error}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether there is no circle.
fn run(arguments: &[String]) -> Result<bool, Box<dyn Error>> {
    let (graph_of, folder) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (None, "crates"),
        ["--graph", name] => (Some(name), "crates"),
        ["--graph", name, folder] => (Some(name), folder),
        [folder] if !folder.starts_with('-') => (None, folder),
        _ => return Err("usage: cycles [--graph CRATE] [FOLDER]".into()),
    };
    let mut clean = true;
    let mut seen = 0;
    let mut folders: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    folders.sort_by_key(fs::DirEntry::file_name);
    for entry in folders {
        let name = entry.file_name().to_string_lossy().into_owned();
        let src = entry.path().join("src");
        if !src.is_dir() || graph_of.is_some_and(|wanted| wanted != name) {
            continue;
        }
        seen += 1;
        let mut sources = Sources::new();
        read(&src, "", &mut sources)?;
        let parsed = Crate::parse(&name, &sources).map_err(|error| format!("{name}: {error}"))?;
        let arrows = arrows(&parsed);
        if graph_of.is_some() {
            print_graph(&parsed, &arrows);
        }
        clean &= print_circles(&name, &parsed, &arrows);
    }
    if seen == 0 {
        return Err(format!("no crate in {folder}").into());
    }
    Ok(clean)
}

/// Reads all Rust files below a folder; their names start after `src/`.
fn read(folder: &Path, prefix: &str, sources: &mut Sources) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), sources)?;
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            sources.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

fn print_graph(parsed: &Crate, arrows: &Arrows) {
    let floors = graph::floors(parsed.files.len(), arrows);
    let mut files: Vec<_> = (0..parsed.files.len()).collect();
    files.sort_by_key(|file| (floors[*file], &parsed.files[*file]));
    for file in files {
        println!("{:>2} {}", floors[file], parsed.files[file]);
        for ((_, to), sample) in arrows.range((file, 0)..=(file, usize::MAX)) {
            println!("     -> {} (line {}: {})", parsed.files[*to], sample.line, sample.name);
        }
    }
}

/// Returns whether there are none.
fn print_circles(name: &str, parsed: &Crate, arrows: &Arrows) -> bool {
    let circles = graph::circles(arrows);
    let files = parsed.files.len();
    if circles.is_empty() {
        println!("{name}: {files} files, no cycle");
    }
    for circle in &circles {
        println!("{name}: {} of {files} files import each other in a circle:", circle.len());
        let inside: BTreeMap<_, _> =
            arrows.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to)).collect();
        for ((from, to), sample) in inside {
            let (from, to) = (&parsed.files[*from], &parsed.files[*to]);
            println!("    {from}:{} {} -> {to}", sample.line, sample.name);
        }
    }
    circles.is_empty()
}
