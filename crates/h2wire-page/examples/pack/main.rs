//! `pack MODULE PAGE` writes the page with the module in it, and prints how large they are.

mod document; // the page around the module

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, page] = arguments.as_slice() else { return Err("usage: pack MODULE PAGE".into()) };
    let module = fs::read(module).map_err(|error| format!("{module}: {error}"))?;
    let packed = document::packed(&module)?;
    let document = document::document(&packed);
    fs::write(page, &document).map_err(|error| format!("{page}: {error}"))?;
    println!("module: {} bytes, {} gzip'd; page: {} bytes", module.len(), packed.len(), document.len());
    Ok(())
}
