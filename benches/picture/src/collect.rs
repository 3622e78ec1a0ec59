//! Figures out of what the benches leave: a folder of criterion for each, and lines of the program `memory`.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::chart;

/// Takes the medians out of every folder `new` below `folder`, each for one element. Returns how many are shown.
pub(crate) fn criterion(folder: &Path, figures: &mut Value) -> Result<usize, Box<dyn Error>> {
    let mut found = 0;
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
        if folder.file_name().is_some_and(|name| name == "new") {
            found += usize::from(one(&folder, figures)?);
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn one(folder: &Path, figures: &mut Value) -> Result<bool, Box<dyn Error>> {
    let benchmark = read(&folder.join("benchmark.json"))?;
    let Some(id) = benchmark["full_id"].as_str().filter(|id| chart::is_shown(id)) else {
        return Ok(false);
    };
    let elements = benchmark["throughput"]["Elements"].as_f64().ok_or("a benchmark without elements")?;
    let median = read(&folder.join("estimates.json"))?["median"]["point_estimate"].as_f64();
    note(figures, id, median.ok_or("estimates without a median")? / elements);
    Ok(true)
}

/// Takes lines of an engine, a number of connections, and octets a connection. Returns how many are shown.
pub(crate) fn memory(text: &str, figures: &mut Value) -> Result<usize, Box<dyn Error>> {
    let mut found = 0;
    for line in text.lines() {
        if let [engine, _, octets] = line.split_whitespace().collect::<Vec<_>>()[..] {
            let id = format!("memory/{engine}");
            if chart::is_shown(&id) {
                note(figures, &id, octets.parse()?);
                found += 1;
            }
        }
    }
    Ok(found)
}

/// With one digit after the point, which is more than a run is good for.
fn note(figures: &mut Value, id: &str, figure: f64) {
    figures["figures"][id] = json!((figure * 10.0).round() / 10.0);
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn criterions_median_is_divided_by_its_elements_and_what_is_not_shown_is_left_out() {
        let folder = env::temp_dir().join(format!("h2wire-picture-{}", std::process::id()));
        for (id, directory) in [("m1/mixed-browser/h2wire", "m1_mixed-browser/h2wire"), ("m9/x/y", "m9_x/y")]
        {
            let folder = folder.join(directory).join("new");
            fs::create_dir_all(&folder).unwrap();
            let benchmark = json!({ "full_id": id, "throughput": { "Elements": 100 } });
            fs::write(folder.join("benchmark.json"), benchmark.to_string()).unwrap();
            let estimates =
                json!({ "median": { "point_estimate": 45_566.0 }, "mean": { "point_estimate": 1.0 } });
            fs::write(folder.join("estimates.json"), estimates.to_string()).unwrap();
        }
        let mut figures = json!({ "figures": {} });
        let found = criterion(&folder, &mut figures);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.unwrap(), 1);
        assert_eq!(figures, json!({ "figures": { "m1/mixed-browser/h2wire": 455.7 } }));
    }

    #[test]
    fn lines_of_the_program_memory() {
        let mut figures = json!({ "figures": {} });
        let text = "engine connections octets a connection\nnghttp2 4000 13000\nother 4000 1\n";
        assert_eq!(memory(text, &mut figures).unwrap(), 1);
        assert_eq!(figures, json!({ "figures": { "memory/nghttp2": 13_000.0 } }));
    }
}
