//! The inputs that once found something: each is run again by its target, without a fuzzer.

use std::fs;
use std::path::Path;

use h2wire_fuzz::TARGETS;

#[test]
fn regressions_stay_fixed() {
    for (name, target) in TARGETS {
        for file in fs::read_dir(folder().join(name)).into_iter().flatten() {
            let path = file.expect("a readable folder").path();
            println!("{}", path.display());
            target(&fs::read(path).expect("a readable file"));
        }
    }
}

#[test]
fn every_folder_is_that_of_a_target() {
    for folder in fs::read_dir(folder()).into_iter().flatten() {
        let folder = folder.expect("a readable folder").file_name();
        assert!(TARGETS.iter().any(|(name, _)| folder == *name), "{} is no target", folder.display());
    }
}

/// The shortest inputs of the minimised corpora: most of what a campaign reached.
#[test]
fn corpora_hold() {
    for (name, target) in TARGETS {
        let lines =
            fs::read_to_string(corpora().join(name).with_extension("hex")).expect("each target has one");
        for line in lines.lines() {
            let input = hex::decode(line).expect("hexadecimal digits");
            // Told where the test fails: which input it was.
            println!("{name} {line:.200}");
            target(&input);
        }
    }
}

/// Inputs that are nothing, or all the same.
#[test]
fn plain_inputs() {
    for (_, target) in TARGETS {
        for octet in [0, 1, 0x20, 0x7f, 0x80, 0xff] {
            for len in [0, 1, 8, 9, 10, 33, 400] {
                target(&vec![octet; len]);
            }
        }
    }
}

fn corpora() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpora"))
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/regressions"))
}
