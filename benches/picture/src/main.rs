//! The picture of the README, drawn from figures that the benches have left.
//!
//! `collect FOLDER` takes the medians of the benches that are shown out of criterion's folder into `figures.json`,
//! `memory FILE` what the program `memory` has printed, and `draw` makes `figures.svg` of `figures.json`.

mod chart;
mod collect;
mod svg;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use serde_json::Value;

const USAGE: &str = "usage: h2wire-picture collect target/criterion | memory FILE | draw";

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn figures() -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(folder().join("figures.json"))?)?)
}

fn keep(figures: &Value) -> Result<(), Box<dyn Error>> {
    let text = serde_json::to_string_pretty(figures)?;
    Ok(fs::write(folder().join("figures.json"), text + "\n")?)
}

fn run(command: &str, path: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let mut figures = figures()?;
    match (command, path) {
        ("collect", Some(path)) => {
            let found = collect::criterion(&path, &mut figures)?;
            println!("{found} figures; now put machine, date and versions into its notes");
            keep(&figures)
        }
        ("memory", Some(path)) => {
            let found = collect::memory(&fs::read_to_string(path)?, &mut figures)?;
            println!("{found} figures");
            keep(&figures)
        }
        ("draw", None) => Ok(fs::write(folder().join("figures.svg"), svg::draw(&figures)?)?),
        _ => Err(USAGE.into()),
    }
}

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    match run(&command, arguments.next().map(PathBuf::from)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("h2wire-picture: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_in_the_tree_is_drawn_from_the_figures_in_the_tree() {
        let drawn = svg::draw(&figures().unwrap()).unwrap();
        let kept = fs::read_to_string(folder().join("figures.svg")).unwrap();
        assert!(drawn == kept, "run `cargo run -p h2wire-picture -- draw`");
    }
}
