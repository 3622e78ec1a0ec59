//! One line for each request, and what is chosen to be shown.
#![cfg(feature = "command")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use h2wire::frame::PREFACE;
use serde_json::Value;
use support::{Run, decode};

fn capture(name: &str) -> PathBuf {
    h2wire_testdata::folder().join("captures").join(name)
}

fn run(options: &[&str], path: &Path) -> Run {
    decode(&[options, &[path.to_str().unwrap()]].concat(), &[])
}

/// The exchanges of `--summary --json`.
fn exchanges(run: &Run) -> Vec<Value> {
    run.objects().into_iter().filter_map(|mut object| object.get_mut("exchange").map(Value::take)).collect()
}

/// An authority that refers to what was not seen is not empty; what the request lacks is.
#[test]
fn what_is_unknown_of_a_target_is_shown_as_such() {
    let text = run(&["--summary"], &capture("damaged/late.pcap")).stdout;
    assert!(text.contains("http://<unknown>/style.css") && !text.contains(":///"), "{text}");
    // A request without any authority.
    let block = [&[0x82, 0x86, 0x84][..], &[0, 1, b'x', 1, b'y']].concat();
    let headers = [&[0, 0, u8::try_from(block.len()).unwrap(), 1, 5, 0, 0, 0, 1], &block[..]].concat();
    let octets = [&PREFACE[..], &[0, 0, 0, 4, 0, 0, 0, 0, 0], &headers].concat();
    let text = decode(&["--summary"], &octets).stdout;
    assert!(text.contains("GET http:///\n"), "{text}");
}

/// What a side sent before a hole is known to be missing comes after the answer to it.
#[test]
fn no_time_is_negative_because_a_side_is_known_late() {
    let lost = run(&["--summary", "--relative-time"], &capture("damaged/proxy-lost-header.pcap")).stdout;
    assert!(lost.contains("0.004004      1.001      1.001    200"), "{lost}");
    for folder in ["damaged", "made"] {
        for file in fs::read_dir(capture(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "pcap") {
                continue;
            }
            for exchange in exchanges(&run(&["--summary", "--json"], &path)) {
                for key in ["first_after", "ended_after"] {
                    let is_negative = exchange[key].as_str().is_some_and(|time| time.starts_with('-'));
                    assert!(!is_negative, "{}: {exchange}", path.display());
                }
            }
        }
    }
}

/// What ended the connection explains why there is no response.
#[test]
fn a_go_away_is_with_the_request_that_it_left_open() {
    for options in [&["--summary", "--connection=2"][..], &["--summary", "--connection=2", "--errors"]] {
        let text = run(options, &capture("curl-nginx.pcap")).stdout;
        assert!(text.contains("[incomplete response, GOAWAY ENHANCE_YOUR_CALM]"), "{text}");
    }
    let all = exchanges(&run(&["--summary", "--json"], &capture("curl-nginx.pcap")));
    let ends: Vec<&Value> = all.iter().map(|exchange| &exchange["goaway"]).collect();
    let (last, others) = ends.split_last().unwrap();
    let known = serde_json::json!({"from": "server", "error_code": 11, "error_name": "ENHANCE_YOUR_CALM"});
    assert!(**last == known && others.iter().all(|end| end.is_null()), "{ends:?}");
    // Of an exchange that is complete it says nothing.
    let all = exchanges(&run(&["--summary", "--json"], &capture("node-node.pcapng")));
    assert!(all.iter().all(|exchange| exchange["goaway"].is_null()), "{all:?}");
}

/// A table of tshark; see `testdata/captures/expect.sh`.
fn table(path: &Path, ending: &str) -> Vec<Vec<String>> {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let text = fs::read_to_string(capture(&format!("expected/{name}.{ending}"))).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn requests_are_those_of_the_dissector() {
    let mut count = 0;
    for path in h2wire_testdata::captures() {
        let told: BTreeMap<(String, String), Value> = exchanges(&run(&["--summary", "--json"], &path))
            .into_iter()
            .map(|exchange| {
                ((exchange["connection"].to_string(), exchange["stream_id"].to_string()), exchange)
            })
            .collect();
        let mut requests = 0;
        for line in table(&path, "fields.tsv") {
            let [connection, from, stream, block, name, value] = <[String; 6]>::try_from(line).unwrap();
            // The fields of a promise are those of another stream.
            if block != "1" || value.starts_with('1') && name == ":status" {
                continue;
            }
            let exchange = &told[&(connection.clone(), stream.clone())];
            let text = |key: &str| exchange[key].as_str().unwrap_or_default().to_owned();
            match (from.as_str(), name.as_str()) {
                ("client", ":method") => {
                    requests += 1;
                    assert_eq!(text("method"), value, "{}", path.display());
                }
                ("client", ":path") => assert_eq!(text("path"), value),
                ("client", ":authority") => assert_eq!(text("authority"), value),
                ("server", ":status") => assert_eq!(exchange["status"].to_string(), value),
                _ => {}
            }
        }
        let promised = told.values().filter(|exchange| !exchange["pushed_on"].is_null()).count();
        let upgraded =
            told.values().filter(|exchange| exchange["method"].is_string() && exchange["time"].is_null());
        assert_eq!(told.len(), requests + promised + upgraded.count(), "{}", path.display());
        count += told.len();
    }
    assert!(count > 60, "{count}");
}

#[test]
fn bytes_and_times_are_those_of_the_dissector() {
    for name in [
        "curl-nginx.pcap",
        "curl-caddy.pcap",
        "h2load-nghttpd.pcap",
        "hyper-hyper.pcap",
        "curl-haproxy.pcapng",
    ] {
        let path = capture(name);
        let (mut content, mut frames) = (BTreeMap::<_, u64>::new(), BTreeMap::<_, u64>::new());
        for line in table(&path, "tsv") {
            let [connection, from, frame_type, _, stream, length] = <[String; 6]>::try_from(line).unwrap();
            let length: u64 = length.parse().unwrap();
            let key = (connection, stream, from);
            *frames.entry(key.clone()).or_default() += length + 9;
            // Nothing is padded in these.
            *content.entry(key).or_default() += if frame_type == "0" { length } else { 0 };
        }
        let times = table(&path, "times.tsv");
        for exchange in exchanges(&run(&["--summary", "--json"], &path)) {
            for side in ["client", "server"] {
                let key =
                    (exchange["connection"].to_string(), exchange["stream_id"].to_string(), side.to_owned());
                let sent = &exchange[side];
                assert_eq!(
                    sent["content"].as_u64().unwrap(),
                    content.get(&key).copied().unwrap_or(0),
                    "{name} {key:?}"
                );
                let all = frames.get(&key).copied().unwrap_or(0);
                let told = sent["frames"].as_u64().unwrap();
                // WINDOW_UPDATE may follow the end.
                assert!(told <= all && all - told <= 26, "{name} {key:?} {told} {all}");
            }
            let packet = exchange["packet"].to_string();
            let line = times.iter().find(|line| line[1] == packet).unwrap();
            assert_eq!(exchange["time"], line[2], "{name}");
        }
    }
}

#[test]
fn text_is_aligned_and_tells_what_is_remarkable() {
    let text = run(&["--summary"], &capture("node-node.pcapng")).stdout;
    assert!(text.lines().all(|line| &line[78..80] == "  " && !line[80..].starts_with(' ')), "{text}");
    for part in [
        "GET http://localhost:27347/style.css  [pushed on stream 1]",
        "[pushed on stream 1, reset by the client: CANCEL]",
        "[reset by the server: REFUSED_STREAM]",
        "[protocol websocket]",
        "[1 interim]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let text = run(&["--summary"], &capture("curl-nginx.pcap")).stdout;
    assert!(text.contains("[incomplete response, GOAWAY ENHANCE_YOUR_CALM]"), "{text}");
    let order: Vec<&str> = text.lines().skip(1).map(|line| &line[..11]).collect();
    assert_eq!(order[..3], ["   0      1", "   0      3", "   0      5"]);
}

#[test]
fn one_direction_tells_what_it_knows() {
    let head = b"\0\0\x06\x01\x04\0\0\0\x01\x83\x86\x84\x01\x01a".as_slice();
    let request =
        [PREFACE.as_slice(), b"\0\0\0\x04\0\0\0\0\0", head, b"\0\0\x03\0\x01\0\0\0\x01abc"].concat();
    let told = exchanges(&decode(&["--summary", "--json"], &request));
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["method"], &told[0]["connection"], &told[0]["status"]),
        (&"POST".into(), &Value::Null, &Value::Null)
    );
    assert_eq!((told[0]["client"]["content"].as_u64(), &told[0]["time"]), (Some(3), &Value::Null));
    let text = decode(&["--summary"], &request).stdout;
    assert!(text.ends_with("POST http://a/\n"), "{text}");
    // Of a server; a response without an end, and gRPC's status in trailers.
    let open = b"\0\0\x01\x01\x04\0\0\0\x01\x88".as_slice();
    let trailers = b"\0\0\x0f\x01\x05\0\0\0\x01\0\x0bgrpc-status\x015".as_slice();
    let settings = b"\0\0\0\x04\0\0\0\0\0".as_slice();
    let told = exchanges(&decode(&["--summary", "--json"], &[settings, open, trailers].concat()));
    assert_eq!((&told[0]["status"], &told[0]["grpc_status"]), (&200.into(), &"5".into()));
    let text = decode(&["--summary"], &[settings, open].concat()).stdout;
    assert!(text.contains("200") && text.ends_with("[incomplete]\n"), "{text}");
    let malformed = b"\0\0\x05\x01\x05\0\0\0\x01\x88\0\x01A\0".as_slice();
    let broken = decode(&["--summary"], &[settings, malformed].concat());
    assert!(broken.status == 1 && broken.stdout.contains("[breaks field_name]"), "{}", broken.stdout);
}

#[test]
fn filters_choose_and_combine() {
    let path = capture("curl-nginx.pcap");
    let all = run(&["--json"], &path).objects();
    let chosen = |options: &[&str]| run(&[options, &["--json"]].concat(), &path).objects();
    let is = |object: &Value, key: &str, wanted: u64| object[key].as_u64() == Some(wanted);
    let wanted: Vec<Value> = all.iter().filter(|object| is(object, "connection", 1)).cloned().collect();
    assert_eq!(chosen(&["--connection", "1"]), wanted);
    let stream = |object: &Value| is(object, "stream_id", 3) || is(&object["field_section"], "stream_id", 3);
    let wanted: Vec<Value> = all.iter().filter(|object| stream(object)).cloned().collect();
    assert_eq!(chosen(&["--stream", "3"]), wanted);
    let wanted: Vec<Value> = all
        .iter()
        .filter(|object| is(object, "connection", 0) && is(object, "type", 0) && stream(object))
        .cloned()
        .collect();
    assert!(!wanted.is_empty());
    assert_eq!(chosen(&["--connection", "0", "--stream", "3", "--type", "data"]), wanted);
    let wanted: Vec<Value> =
        all.iter().filter(|object| is(object, "type", 4) || is(object, "type", 8)).cloned().collect();
    assert_eq!(chosen(&["--type", "SETTINGS,8"]), wanted);
    // GOAWAY ENHANCE_YOUR_CALM; the stream that was left open is no error of itself.
    let errors = chosen(&["--errors", "--type", "GOAWAY"]);
    assert!(
        !errors.is_empty() && errors.iter().all(|object| object["payload"]["error_code"] != 0),
        "{errors:?}"
    );
    // Of connections without anything to show not even the addresses are printed.
    let text = run(&["--connection", "1", "--type", "PING"], &path).stdout;
    assert_eq!(text, "");
    let text = run(&["--connection", "1", "--type", "SETTINGS"], &path).stdout;
    assert!(text.starts_with("1 = 127.0.0.1:") && !text.contains("\n0 = "), "{text}");
    let told = exchanges(&run(&["--summary", "--json", "--errors"], &path));
    assert_eq!(told.iter().map(|exchange| exchange["connection"].as_u64().unwrap()).collect::<Vec<_>>(), [2]);
    for wrong in [["--type", "NOPE"], ["--stream", "-1"], ["--stream", "2147483648"]] {
        assert_eq!(run(&wrong, &path).status, 2, "{wrong:?}");
    }
}

#[test]
fn what_is_not_shown_is_read_all_the_same() {
    let head = b"\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x01\x01a".as_slice();
    let broken = b"\0\0\x07\x06\0\0\0\0\0abcdefg".as_slice();
    let octets = [PREFACE.as_slice(), b"\0\0\0\x04\0\0\0\0\0", head, broken].concat();
    let told = decode(&["--stream", "3", "--json"], &octets);
    assert_eq!((told.status, told.objects().len()), (1, 1));
    assert_eq!(told.objects()[0]["error"]["rule"], "ping_length");
    let told = decode(&["--errors", "--json"], &octets);
    assert_eq!((told.status, told.objects().len()), (1, 1));
}

#[test]
fn several_files_are_read_into_one() {
    let folder = tempfile::tempdir().unwrap();
    let (out, missing) = (folder.path().join("out"), folder.path().join("missing"));
    let (first, second) = (capture("curl-caddy.pcap"), capture("hyper-hyper.pcap"));
    let out = out.to_str().unwrap();
    let [first, second, missing] = [&first, &second, &missing].map(|path| path.to_str().unwrap());
    for form in ["--json", "--summary", "--stream=1"] {
        let told = decode(&[form, "-o", out, first, second], &[]);
        assert_eq!((told.status, told.stdout.as_str(), told.stderr.as_str()), (0, "", ""), "{form}");
        let written = fs::read_to_string(out).unwrap();
        assert!(!written.contains('\x1b'), "{form}");
        if form == "--json" {
            let names: Vec<Value> = written
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["file"].take())
                .collect();
            let alone = |path| decode(&["--json", path], &[]).stdout.lines().count();
            assert_eq!(names.iter().filter(|name| *name == first).count(), alone(first));
            assert_eq!(names.iter().filter(|name| *name == second).count(), alone(second));
        } else {
            let titles: Vec<_> = written.lines().filter_map(|line| line.strip_prefix("== ")).collect();
            assert_eq!(titles, [first, second], "{form}");
        }
    }
    // One that cannot be read does not end the others.
    let told = decode(&["--summary", "--json", missing, second], &[]);
    assert_eq!((told.status, told.stderr.lines().count()), (2, 1), "{}", told.stderr);
    assert_eq!(exchanges(&told), exchanges(&decode(&["--summary", "--json", second], &[])));
    assert_eq!(decode(&["-o", missing, first], &[]).status, 0);
    assert_eq!(decode(&["-o", folder.path().to_str().unwrap(), first], &[]).status, 2);
}
