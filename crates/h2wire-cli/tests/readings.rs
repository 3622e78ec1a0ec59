//! Captures that are damaged, in encapsulations, or made by hand, frame by frame, against what an independent dissector says of
//! them: `testdata/captures/readings.py` records that. Where the two differ, `deviations.tsv` says how much, and why.
#![cfg(feature = "command")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// Columns of a frame: connection, side, packet, time, type, flags, stream, length, fields.
const COLUMNS: usize = 9;

type Row = [String; COLUMNS];

fn folder() -> PathBuf {
    h2wire_testdata::folder().join("captures")
}

/// The lines of a table, by the first column.
fn table<const N: usize>(name: &str) -> BTreeMap<String, Vec<[String; N]>> {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    let mut table = BTreeMap::<_, Vec<_>>::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (file, row) = line.split_once('\t').unwrap();
        let row: Vec<String> = row.split('\t').map(str::to_owned).collect();
        table.entry(file.to_owned()).or_default().push(row.try_into().expect(line));
    }
    table
}

/// Bytes as the table of the dissector has them.
fn escaped(field: &Value, key: &str) -> String {
    let hex = field[format!("{key}_hex")].as_str().map(|text| hex::decode(text).unwrap());
    let octets = hex.unwrap_or_else(|| field[key].as_str().unwrap_or_default().into());
    let show = |octet: &u8| match octet {
        b' '..=b'~' if !b"\\|".contains(octet) => char::from(*octet).to_string(),
        octet => format!("\\x{octet:02x}"),
    };
    octets.iter().map(show).collect()
}

/// What h2wire reads. A frame of which a part is lost is one, too.
fn told(file: &str) -> Vec<Row> {
    let path = folder().join(file);
    let run = support::decode(&["--json", path.to_str().unwrap()], b"");
    let mut rows: Vec<Row> = Vec::new();
    for object in run.objects() {
        if let Some(section) = object.get("field_section") {
            let fields = section["fields"].as_array().unwrap().iter();
            let fields = fields.map(|f| format!("{}: {}|", escaped(f, "name"), escaped(f, "value")));
            rows.last_mut().unwrap()[COLUMNS - 1] = fields.collect();
        }
        let frame = object.get("lost").map_or(&object, |lost| &lost["frame"]);
        if frame.get("type").is_some() {
            let of = |object: &Value, key: &str| {
                object[key].as_str().map_or_else(|| object[key].to_string(), str::to_owned)
            };
            let [connection, from, packet, time] =
                ["connection", "from", "packet", "time"].map(|key| of(&object, key));
            let [kind, flags, stream, length] =
                ["type", "flags", "stream_id", "length"].map(|key| of(frame, key));
            rows.push([connection, from, packet, time, kind, flags, stream, length, String::new()]);
        }
    }
    rows
}

/// A row without the columns that the dissector does not know.
fn without(mut row: Row, known: &Row) -> Row {
    for (cell, known) in row.iter_mut().zip(known) {
        if known == "-" {
            "-".clone_into(cell);
        }
    }
    row
}

/// Rows that the other list does not have.
fn missing(rows: &[Row], mut others: Vec<Row>) -> Vec<&Row> {
    let is_missing = |row: &&Row| match others.iter().position(|other| other == *row) {
        Some(index) => {
            others.swap_remove(index);
            false
        }
        None => true,
    };
    rows.iter().filter(is_missing).collect()
}

#[test]
fn readings_are_those_of_the_dissector_or_say_why_not() {
    let readings = table::<COLUMNS>("readings.tsv");
    let mut deviations = table::<3>("deviations.tsv");
    let mut wrong = Vec::new();
    for (file, mut expected) in readings {
        expected.retain(|row| row[COLUMNS - 2] != "-");
        let mut told = told(&file);
        if let Some(first) = expected.first() {
            told = told.into_iter().map(|row| without(row, first)).collect();
        }
        let (lacks, more) = (missing(&expected, told.clone()), missing(&told, expected.clone()));
        let counts = [lacks.len(), more.len()].map(|count| count.to_string());
        let listed = deviations.remove(&file).map(|mut rows| rows.pop().unwrap());
        let listed =
            listed.map_or([0, 0].map(|count: u8| count.to_string()), |[lacks, more, _]| [lacks, more]);
        if counts != listed {
            let lines = |rows: &[&Row]| rows.iter().map(|row| row.join(" ") + "\n").collect::<String>();
            wrong.push(format!(
                "{file}: the dissector alone\n{}h2wire alone\n{}",
                lines(&lacks),
                lines(&more)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(deviations.is_empty(), "no such file: {deviations:?}");
}

#[test]
fn every_capture_has_a_reading() {
    let readings = table::<COLUMNS>("readings.tsv");
    for name in ["damaged", "made", "wrapped"] {
        for entry in fs::read_dir(folder().join(name)).unwrap() {
            let path = entry.unwrap().path();
            let is_capture = path.extension().is_some_and(|ending| ending == "pcap" || ending == "pcapng");
            let entry = path.file_name().unwrap().to_str().unwrap();
            assert!(!is_capture || readings.contains_key(&format!("{name}/{entry}")), "{name}/{entry}");
        }
    }
}
