//! COMPLIANCE.md: what the RFCs demand, where it is kept, and the test that shows it. The page is made of the tables in
//! `testdata/compliance`; these tests fail if a table names what is not there, or leaves a rule out.
//!
//! `COMPLIANCE=write cargo test -p h2wire-connection --test compliance` writes the page.

mod page; // the tables as Markdown
mod source; // functions and tests by name
mod table; // rows in, rows checked

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use h2wire::frame::{FrameRule, RfcSection};
use h2wire::hpack::HpackError;
use h2wire::{Limit, Malformed, Rule};
use h2wire_connection::{Cause, ConnectionRule};

use source::Sources;
use table::{Answer, Level, Place, Row, Table};

/// In the order of the page.
const RFCS: [u16; 8] = [9113, 7541, 8441, 9218, 7838, 8336, 9110, 7540];

fn tables() -> Vec<Table> {
    let folder = h2wire_testdata::folder().join("compliance");
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, RFCS.len(), "a table for each RFC, and nothing else");
    RFCS.map(|rfc| Table::parse(rfc, &fs::read_to_string(folder.join(format!("rfc{rfc}.txt"))).unwrap()))
        .into()
}

/// Every rule of every layer, by name, with the section that states it.
fn rules() -> BTreeMap<&'static str, RfcSection> {
    let frame = FrameRule::ALL.iter().map(|rule| Cause::Codec(Rule::Frame(*rule)));
    let hpack = HpackError::ALL.iter().map(|rule| Cause::Codec(Rule::Hpack(*rule)));
    let malformed = Malformed::ALL.iter().map(|rule| Cause::Codec(Rule::Malformed(*rule)));
    let limit = Limit::ALL.iter().map(|rule| Cause::Codec(Rule::Limit(*rule)));
    let connection = ConnectionRule::ALL.iter().map(|rule| Cause::Connection(*rule));
    let all = frame.chain(hpack).chain(malformed).chain(limit).chain(connection);
    all.map(|rule| (rule.name(), rule.section())).collect()
}

fn rows(tables: &[Table]) -> impl Iterator<Item = &Row> {
    tables.iter().flat_map(|table| &table.sections).flat_map(|section| &section.rows)
}

#[test]
fn every_key_word_has_a_row() {
    for table in tables() {
        for section in &table.sections {
            let stated = section.rows.iter().filter(|row| row.level != Level::Own).count();
            assert_eq!(stated, section.key_words, "RFC {} §{}", table.rfc, section.number);
            assert!(!section.rows.is_empty(), "RFC {} §{}", table.rfc, section.number);
        }
        let numbers: BTreeSet<_> = table.sections.iter().map(|section| &section.number).collect();
        assert_eq!(numbers.len(), table.sections.len(), "RFC {}: a section twice", table.rfc);
    }
}

#[test]
fn what_must_be_is_not_declined() {
    for row in rows(&tables()) {
        let optional = matches!(row.level, Level::Should | Level::ShouldNot);
        assert!(optional || !matches!(row.answer, Answer::Declined(_)), "{}", row.what);
        assert!(row.level != Level::Own || matches!(row.answer, Answer::Kept { .. }), "{}", row.what);
    }
}

#[test]
fn rules_functions_and_tests_are_there() {
    let (rules, mut sources, mut missing) = (rules(), Sources::default(), Vec::new());
    for row in rows(&tables()) {
        let Answer::Kept { places, tests, .. } = &row.answer else { continue };
        for place in places {
            let found = match place {
                Place::Rule(name) => rules.contains_key(name.as_str()),
                Place::Function(path, name) => sources.has_function(path, name),
            };
            if !found {
                missing.push(format!("{place:?}: {}", row.what));
            }
        }
        for (path, name) in tests {
            if !sources.has_test(path, name) {
                missing.push(format!("the test {name} of {path}: {}", row.what));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Where the rule itself says that it is stated.
#[test]
fn every_rule_stands_in_a_row_of_its_section() {
    let (tables, mut missing) = (tables(), Vec::new());
    for (name, RfcSection { rfc, number }) in rules() {
        let table = tables.iter().find(|table| table.rfc == rfc);
        let section = table.and_then(|table| table.sections.iter().find(|section| section.number == number));
        let stands = section.is_some_and(|section| {
            section.rows.iter().any(|row| {
                matches!(&row.answer, Answer::Kept { places, .. } if places.contains(&Place::Rule(name.to_owned())))
            })
        });
        if !stands {
            missing.push(format!("{name}: RFC {rfc} §{number}"));
        }
    }
    assert!(missing.is_empty(), "rules without a row: {missing:#?}");
}

#[test]
fn the_page_is_made_of_the_tables() {
    let path = h2wire_testdata::folder().join("../COMPLIANCE.md");
    let page = page::page(&tables());
    if std::env::var_os("COMPLIANCE").is_some_and(|value| value == "write") {
        fs::write(path, page).unwrap();
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    let differs = page.lines().zip(found.lines()).find(|(made, found)| made != found);
    assert!(page == found, "COMPLIANCE.md is not what the tables make, write it again: {differs:?}");
}
