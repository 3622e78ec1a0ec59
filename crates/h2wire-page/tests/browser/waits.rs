//! A worker reads: the page answers meanwhile, and a new input ends the reading of the one before.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::{InUse, capture, frame, opened};
use h2wire_browser::Tab;

/// What takes seconds: small field blocks.
fn long() -> Vec<u8> {
    let small = [frame(1, 4, 3, b"\x88\x5c\x01\x35"), frame(0, 0, 1, &[b'x'; 20])].concat();
    [frame(4, 0, 0, b""), small.repeat((20 << 20) / small.len())].concat()
}

/// Writes a file, and drops it without waiting for what comes of it.
fn start(tab: &mut Tab, octets: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long");
    fs::write(&path, octets).unwrap();
    tab.start_drop(&path);
    // The page has it, and does not have what is in it.
    tab.wait("document.getElementById('said').textContent.startsWith('Reading 20,')");
    assert_eq!(tab.run("document.body.dataset.ready"), "");
    folder
}

#[test]
fn the_page_answers_while_it_reads_and_says_that_it_reads() {
    let Some(mut tab) = opened() else { return };
    tab.paste("00 00 00 04 00 00 00 00 00");
    // The longest time for which nothing else could run, until there is a result.
    tab.run("globalThis.longest = 0; let before = performance.now(); const look = () => { const now = performance.now(); if (!document.body.dataset.ready) longest = Math.max(longest, now - before); before = now; setTimeout(look, 5); }; look();");
    let started = Instant::now();
    let _folder = start(&mut tab, &long());
    let mut answers = 0;
    loop {
        let rows = tab.rows();
        if tab.run("document.body.dataset.ready") != "" {
            break;
        }
        // There was no result yet: what is there can still be used.
        assert_eq!(rows, ["1 connection SETTINGS 0 bytes"]);
        answers += 1;
        assert!(started.elapsed() < Duration::from_secs(60), "{}", tab.text("said"));
    }
    let (took, longest) = (started.elapsed(), tab.run("longest").as_f64().unwrap());
    h2wire_browser::say(&format!(
        "20 MiB in small frames: {} ms, of which the page was busy for {longest:.0} ms at most",
        took.as_millis()
    ));
    // Whatever the machine: if the page itself read, this would be all of it.
    assert!(
        answers > 3 && longest < took.as_secs_f64() * 250.0,
        "{answers} answers, {longest} ms of {took:?}"
    );
    assert!(tab.text("notes").contains("left out"), "{}", tab.text("notes"));
    tab.was_quiet();
}

#[test]
fn a_new_input_ends_the_reading_of_the_one_before() {
    let Some(mut tab) = opened() else { return };
    let long = long();
    let started = Instant::now();
    let _folder = start(&mut tab, &long);
    tab.is_ready();
    let whole = started.elapsed();
    let _folder = start(&mut tab, &long);
    let started = Instant::now();
    tab.paste("00 00 00 04 00 00 00 00 00");
    let took = started.elapsed();
    assert_eq!(tab.rows(), ["1 connection SETTINGS 0 bytes"]);
    assert!(took < whole / 2, "{took:?} of {whole:?}");
    // Another one, and nothing at all.
    let _folder = start(&mut tab, &long);
    tab.drop_file(&capture("curl-nginx.pcap"));
    assert!(tab.text("said").starts_with("curl-nginx.pcap: capture: "), "{}", tab.text("said"));
    let _folder = start(&mut tab, &long);
    tab.click("clear");
    assert_eq!(tab.text("said"), "");
    // What was given up never comes.
    std::thread::sleep(whole);
    assert_eq!(tab.text("said"), "");
    assert_eq!(tab.run("document.querySelector('main').hidden"), true);
    tab.was_quiet();
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(octets).unwrap();
    packed.finish().unwrap()
}

/// The browser unpacks; what it does not do by itself, the page does.
#[test]
fn what_is_packed_is_unpacked_as_far_as_it_goes() {
    let Some(mut tab) = opened() else { return };
    let octets = [frame(4, 0, 0, b""), frame(6, 0, 0, b"\x1f\x8b\x08\0abcd")].concat();
    let shown = ["1 connection SETTINGS 0 bytes", "2 connection PING 8 bytes"];
    // Several parts, of which the first is stored, so that what looks like the start of one is in the middle of it.
    let (first, rest) = octets.split_at(24);
    let mut stored = GzEncoder::new(Vec::new(), Compression::none());
    stored.write_all(first).unwrap();
    let parts = [stored.finish().unwrap(), gzip(&rest[..1]), gzip(&rest[1..])].concat();
    for packed in [gzip(&octets), gzip(&gzip(&octets)), parts] {
        tab.drop_octets("packed.gz", &packed);
        assert_eq!((tab.text("trouble").as_str(), tab.rows()), ("", shown.map(str::to_owned).to_vec()));
    }
    // More after it, less of it, and nothing in it.
    let packed = gzip(&octets);
    tab.drop_octets("packed.gz", &[&packed[..], b"more"].concat());
    assert!(tab.text("trouble").contains("cannot be unpacked to its end"), "{}", tab.text("trouble"));
    assert_eq!(tab.rows(), shown);
    tab.drop_octets("packed.gz", &packed[..packed.len() - 4]);
    assert!(tab.text("trouble").contains("cannot be unpacked to its end"), "{}", tab.text("trouble"));
    tab.drop_octets("packed.gz", &packed[..5]);
    assert!(tab.text("trouble").contains("cannot be unpacked to its end"), "{}", tab.text("trouble"));
    let mut often = octets;
    for _ in 0..6 {
        often = gzip(&often);
    }
    tab.drop_octets("packed.gz", &often);
    assert!(tab.text("trouble").contains("unpack it first"), "{}", tab.text("trouble"));
    // A little that becomes a lot.
    let large = gzip(&[frame(4, 0, 0, b""), frame(0, 0, 1, &vec![0; 16_000]).repeat(9_000)].concat());
    assert!(large.len() < 1 << 21, "{}", large.len());
    tab.drop_octets("packed.gz", &large);
    assert!(tab.text("trouble").contains("no more than 128 MiB are read here"), "{}", tab.text("trouble"));
    assert_ne!(tab.run("document.querySelectorAll('#space div').length"), Value::from(0));
    tab.was_quiet();
}
