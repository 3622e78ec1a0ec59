//! Walks a checkout of the public http2jp hpack-test-case suite, or anything in its format: stories in JSON, each a
//! connection. `H2WIRE_HPACK_TEST_CASE` names the directory. The suite is not part of this repository; the stories of
//! `testdata/hpack`, which are, have the same format.

mod common;

use std::path::{Path, PathBuf};

use common::{decoder, whole};
use h2wire_hpack::{Decoder, DecoderLimits, Encoder, HuffmanPolicy, Indexing};
use serde_json::Value;

const VARIABLE: &str = "H2WIRE_HPACK_TEST_CASE";

const LIMITS: DecoderLimits = DecoderLimits::DEFAULT
    .with_max_table_size(1 << 22)
    .with_max_list_size(1 << 20)
    .with_max_fields(10_000)
    .with_max_string_len(1 << 20);

type Fields = Vec<(String, String)>;

struct Case {
    table_size: Option<u32>,
    wire: Option<Vec<u8>>,
    fields: Fields,
}

/// All stories below a directory.
fn stories(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            stories(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

fn cases(path: &Path) -> Vec<Case> {
    let story: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = story["cases"].as_array().into_iter().flatten();
    cases
        .map(|case| Case {
            table_size: case["header_table_size"].as_u64().map(|size| size.try_into().unwrap()),
            wire: case["wire"].as_str().map(common::hex),
            fields: case["headers"].as_array().into_iter().flatten().flat_map(field).collect(),
        })
        .collect()
}

/// An object with one key.
fn field(object: &Value) -> Fields {
    let object = object.as_object().unwrap();
    object.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

/// The project's own stories, and those of the suite if it is there.
fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    stories(&h2wire_testdata::folder().join("hpack"), &mut found);
    let own = found.len();
    assert!(own > 0, "no stories in testdata/hpack");
    if let Some(directory) = std::env::var_os(VARIABLE) {
        stories(Path::new(&directory), &mut found);
        assert!(found.len() > own, "{VARIABLE} names a directory without stories");
    } else {
        eprintln!("only the stories of testdata: let {VARIABLE} name a checkout of hpack-test-case");
    }
    found
}

/// The `SETTINGS_HEADER_TABLE_SIZE` that the encoder of a case has acknowledged just before it.
fn set_table_limit(decoder: &mut Decoder<Vec<u8>>, case: &Case) {
    if let Some(size) = case.table_size {
        decoder.set_table_limit(size).unwrap();
    }
}

#[test]
fn decodes_what_others_encoded() {
    let (mut blocks, mut fields) = (0, 0);
    for path in all() {
        let mut decoder = decoder(LIMITS);
        for (number, case) in cases(&path).iter().enumerate() {
            let Some(wire) = &case.wire else { continue };
            set_table_limit(&mut decoder, case);
            let (decoded, end) = whole(&mut decoder, wire);
            assert!(end.is_ok_and(|end| end.exceeded.is_none()), "{} case {number}: {end:?}", path.display());
            let decoded: Fields = decoded.iter().map(common::Owned::line).collect();
            assert_eq!(decoded, case.fields, "{} case {number}", path.display());
            blocks += 1;
            fields += decoded.len();
        }
    }
    eprintln!("{blocks} blocks, {fields} fields");
}

/// Every header list, raw ones too, with each Huffman policy, through the table sizes of the story.
#[test]
fn decodes_what_it_encoded() {
    let (mut octets, mut fields) = (0, 0);
    for path in all() {
        for huffman in [HuffmanPolicy::Auto, HuffmanPolicy::Always, HuffmanPolicy::Never] {
            let mut decoder = decoder(LIMITS);
            let mut encoder = Encoder::new_in(8192, vec![0; Encoder::memory_len(8192)]).unwrap();
            encoder.huffman = huffman;
            let mut buf = vec![0; 1 << 20];
            for (number, case) in cases(&path).iter().enumerate() {
                set_table_limit(&mut decoder, case);
                case.table_size.into_iter().for_each(|size| encoder.set_table_limit(size));
                let mut block = encoder.block(&mut buf).unwrap();
                for (name, value) in &case.fields {
                    block.encode(name.as_bytes(), value.as_bytes(), Indexing::Auto).unwrap();
                }
                let written = block.finish();
                let (decoded, end) = whole(&mut decoder, &buf[..written]);
                assert!(end.is_ok(), "{} case {number}: {end:?}", path.display());
                let decoded: Fields = decoded.iter().map(common::Owned::line).collect();
                assert_eq!(decoded, case.fields, "{} case {number}", path.display());
                octets += written;
                fields += decoded.len();
            }
        }
    }
    eprintln!("{fields} fields in {octets} octets");
}
