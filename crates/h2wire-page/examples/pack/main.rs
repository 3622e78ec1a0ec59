//! `pack MODULE PAGE` makes the module smaller, writes the page with it, and prints how large they are.

mod document; // the page around the module
mod trim; // the module without what it does not need

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::process::Command;

/// What the module of a stable compiler may use, and browsers have had since 2021.
const OPTIMISE: [&str; 5] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, page] = arguments.as_slice() else { return Err("usage: pack MODULE PAGE".into()) };
    let linked = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let (trimmed, functions) = trim::trimmed(&linked).ok_or("this is not a module without imports")?;
    println!("{} bytes without names, {functions} functions of panics stop at once", trimmed.len());
    let optimised = optimised(&trimmed, path)?;
    if optimised.is_none() {
        println!("wasm-opt is not installed (Debian: binaryen): the module stays a fifth larger");
    }
    let module = optimised.unwrap_or(trimmed);
    let packed = document::packed(&module)?;
    let document = document::document(&packed);
    fs::write(page, &document).map_err(|error| format!("{page}: {error}"))?;
    println!("module: {} bytes, {} gzip'd; page: {} bytes", module.len(), packed.len(), document.len());
    Ok(())
}

/// What `wasm-opt` makes of a module; `None` if it is not installed.
fn optimised(module: &[u8], path: &str) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
    let (from, to) = (format!("{path}.trimmed"), format!("{path}.optimised"));
    fs::write(&from, module)?;
    match Command::new("wasm-opt").args(OPTIMISE).args([&from, "-o", &to]).status() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
        Ok(status) if !status.success() => Err(format!("wasm-opt: {status}").into()),
        Ok(_) => Ok(Some(fs::read(to)?)),
    }
}
