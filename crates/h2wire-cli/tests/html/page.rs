//! The page holds what `--json` and `--summary --json` print.

use serde_json::Value;

use crate::support::decode;
use crate::{Page, capture, frame, page, write};

/// A place in an input: connection, sender, offset.
fn place(line: &Value) -> String {
    format!("{} {} {}", line["connection"], line["from"], line["offset"])
}

#[test]
fn all_frames_sections_and_requests_are_there() {
    for path in h2wire_testdata::captures() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let json = decode(&["--json", path.to_str().unwrap()], &[]);
        let run = decode(&["--html", path.to_str().unwrap()], &[]);
        assert_eq!((run.status, &run.stderr), (json.status, &json.stderr), "{name}");
        let (page, objects) = (Page::new(&run.stdout), json.objects());

        let frames: Vec<&Value> = objects.iter().filter(|object| object.get("type").is_some()).collect();
        let shown: Vec<&Value> =
            page.with("frame").into_iter().filter(|line| line["frame"] != "preface").collect();
        assert_eq!(shown.len(), frames.len(), "{name}");
        for (shown, frame) in shown.iter().zip(&frames) {
            assert_eq!(place(shown), place(frame), "{name}");
            for (key, same) in [("length", "length"), ("stream", "stream_id"), ("packet", "packet")] {
                assert_eq!(shown[key], frame[same], "{name}");
            }
            let octets: u64 =
                shown["pieces"].as_array().unwrap().iter().map(|piece| piece[0].as_u64().unwrap()).sum();
            assert_eq!(octets, shown["length"].as_u64().unwrap() + 9, "{name}: each byte has a field");
        }

        let sections: Vec<&Value> = objects.iter().filter_map(|object| object.get("field_section")).collect();
        let shown = page.sections();
        assert_eq!(shown.len(), sections.len(), "{name}");
        for (shown, section) in shown.iter().zip(&sections) {
            let names = |fields: &Value, key: &str| -> Vec<Value> {
                let index =
                    |field: &Value| if key.is_empty() { field[0].clone() } else { field[key].clone() };
                fields.as_array().unwrap().iter().map(index).collect()
            };
            assert_eq!(names(&shown["section"], ""), names(&section["fields"], "name"), "{name}");
        }

        let summary = decode(&["--summary", "--json", path.to_str().unwrap()], &[]);
        let requests = summary.objects().iter().filter(|object| object.get("exchange").is_some()).count();
        assert_eq!(page.with("exchange").len(), requests, "{name}");
        let left_out = page.end().as_object().unwrap().values().filter(|count| **count != 0).count();
        assert_eq!(left_out, 0, "{name}");
    }
}

#[test]
fn what_is_wrong_says_why() {
    for fixture in h2wire_testdata::invalid() {
        let role = fixture.fact("role").map(|role| format!("--role={role}"));
        let options: Vec<&str> = role.iter().map(String::as_str).collect();
        let json = decode(&[&["--json"], &options[..]].concat(), &fixture.octets);
        let run = decode(&[&["--html"], &options[..]].concat(), &fixture.octets);
        assert_eq!(run.status, json.status, "{}", fixture.name);
        let page = Page::new(&run.stdout);
        let rules: Vec<String> = json
            .objects()
            .iter()
            .filter_map(|object| Some(object.get("error")?["rule"].as_str()?.to_owned()))
            .collect();
        let shown: Vec<String> = page
            .with("error")
            .iter()
            .map(|line| line["rows"][0][1].as_str().unwrap().split(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(shown, rules, "{}", fixture.name);
        for line in page.with("error") {
            let labels: Vec<&str> =
                line["rows"].as_array().unwrap().iter().filter_map(|row| row[0].as_str()).collect();
            assert!(
                labels.starts_with(&["rule"]) && labels.contains(&"remedy"),
                "{}: {labels:?}",
                fixture.name
            );
        }
    }
}

#[test]
fn bytes_of_one_direction_have_no_times() {
    let run = decode(&["--html", "--stateless"], &frame(6, 0, 0, b"12345678"));
    let page = Page::new(&run.stdout);
    let [ping] = page.with("frame")[..] else { panic!("one frame") };
    for key in ["connection", "from", "at", "packet"] {
        assert!(ping.get(key).is_none(), "{ping}");
    }
    assert_eq!(ping["octets"], "0000080600000000003132333435363738");
    assert_eq!(ping["pieces"][4], serde_json::json!([8, "Opaque Data", "§6.7"]));
    // Frames that are read alone make no requests.
    let run = decode(&["--html", "--stateless"], &frame(1, 5, 1, b"\x82"));
    assert!(Page::new(&run.stdout).with("exchange").is_empty());
}

#[test]
fn only_what_is_selected() {
    let path = capture("python-python.pcap");
    let (_, all) = page(&[], &path);
    let (_, stream) = page(&["--stream", "3"], &path);
    assert!(stream.with("frame").iter().all(|line| line["stream"] == 3));
    let of_stream = all.with("frame").into_iter().filter(|line| line["stream"] == 3).count();
    assert_eq!(stream.with("frame").len(), of_stream);
    assert_eq!(stream.with("exchange").len(), 1);
    assert_eq!(stream.with("ends").len(), 1);
    let (_, data) = page(&["--type", "DATA"], &path);
    assert!(!data.with("frame").is_empty() && data.with("frame").iter().all(|line| line["frame"] == "DATA"));
    let (_, none) = page(&["--connection", "9"], &path);
    assert!(none.with("frame").is_empty() && none.with("exchange").is_empty());
}

#[test]
fn times_count_from_the_first_packet() {
    let path = capture("python-python.pcap");
    let (_, with_clock) = page(&[], &path);
    let (_, without) = page(&["--relative-time"], &path);
    assert_eq!((with_clock.with("clock").len(), without.with("clock").len()), (1, 0));
    let json = decode(&["--json", path.to_str().unwrap()], &[]).objects();
    let clock = with_clock.with("clock")[0];
    let start = clock["clock"].as_i64().unwrap() * 1_000 + clock["rest"].as_i64().unwrap();
    for (line, object) in with_clock.with("frame").iter().zip(&json) {
        let Some(time) = object["time"].as_str() else { continue };
        let nanoseconds: i64 = time.replace('.', "").parse().unwrap();
        assert_eq!(start + line["at"].as_i64().unwrap(), nanoseconds);
        break;
    }
    let at = |page: &Page| page.with("frame").iter().map(|line| line["at"].clone()).collect::<Vec<_>>();
    assert_eq!(at(&with_clock), at(&without));
}

#[test]
fn several_files_and_what_is_inside_tls() {
    let (first, second) = (capture("tls-curl-nginx.pcapng"), capture("curl-caddy.pcap"));
    let run = decode(&["--html", first.to_str().unwrap(), second.to_str().unwrap()], &[]);
    let page = Page::new(&run.stdout);
    let files: Vec<&str> = page.with("file").iter().filter_map(|line| line["file"].as_str()).collect();
    assert_eq!(files[0], first.to_str().unwrap());
    assert!(page.with("tls").iter().all(|line| line["tls"][2] == "h2") && !page.with("tls").is_empty());
    // What is of a file comes after its line, and before that of the next.
    let at = page.lines.iter().position(|line| line["file"] == second.to_str().unwrap()).unwrap();
    for (lines, file) in [(&page.lines[..at], &first), (&page.lines[at..], &second)] {
        let alone = Page::new(&decode(&["--html", file.to_str().unwrap()], &[]).stdout);
        let own = &alone.lines[..alone.lines.len() - 1];
        assert!(lines.starts_with(own), "{}", file.display());
    }
}

#[test]
fn what_is_too_much_is_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let one = frame(0, 0, 1, &[b'x'; 2_000]);
    let count = 40_000;
    let path = write(folder.path(), "many", &one.repeat(count));
    let (run, page) = page(&["--stateless"], &path);
    assert_eq!(run.status, 0);
    let shown = page.with("frame").len();
    assert!(shown > 10_000, "{shown}");
    assert_eq!(u64::try_from(count - shown).unwrap(), page.end()["frame"].as_u64().unwrap());
    assert!(page.text.len() < 26 * 1024 * 1024, "{}", page.text.len());
    // The first ones are shown, each with the start of its content.
    assert_eq!(page.with("frame").last().unwrap()["offset"], (shown - 1) * one.len());
    assert_eq!(page.with("frame")[0]["octets"].as_str().unwrap().len(), 2 * 512);
}

/// Neither as a field nor in what is said of each byte.
#[test]
fn of_a_long_value_the_start_is_on_the_page() {
    let (_, page) = page(&["--connection=2"], &capture("curl-nginx.pcap"));
    let text = "x".repeat(4096);
    let sections = page.sections();
    let field = sections[0]["section"].as_array().unwrap().iter().find(|field| field[0] == "x-long").unwrap();
    assert_eq!(field[1].as_str().unwrap(), format!("{text} (and 15904 more bytes)"));
    let blocks: Vec<&Value> = page
        .with("on")
        .into_iter()
        .map(|line| &line["on"]["block"])
        .filter(|block| block.is_object())
        .collect();
    let [block] = blocks[..] else { panic!("one block: {blocks:?}") };
    assert_eq!((block["octets"].as_str().unwrap().len(), block["total"].as_u64()), (2 * 4096, Some(17_542)));
    let labels = block["pieces"].as_array().unwrap().iter().map(|piece| piece[1].as_str().unwrap());
    let longest = labels.max_by_key(|label| label.len()).unwrap();
    assert!(
        longest.starts_with("value xxx") && longest.ends_with("x (and 15910 more characters)"),
        "{longest}"
    );
    assert_eq!(longest.matches('x').count(), 4096 - "value ".len());
    assert!(!page.text.contains(&"x".repeat(4097)));
}

#[test]
fn it_goes_to_a_file_and_with_no_other_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    let input = capture("curl-nginx.pcap");
    let run = decode(&["--html", "-o", path.to_str().unwrap(), input.to_str().unwrap()], &[]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    assert!(!Page::new(&std::fs::read_to_string(path).unwrap()).with("frame").is_empty());
    for other in ["--json", "--annotate", "--stats", "--summary", "--follow=1"] {
        let run = decode(&["--html", other, input.to_str().unwrap()], &[]);
        assert!(run.status == 2 && run.stderr.contains("cannot be used with"), "{other}: {}", run.stderr);
    }
}
