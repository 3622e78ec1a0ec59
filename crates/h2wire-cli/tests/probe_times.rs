//! When `h2wire probe` reached each step.
#![cfg(feature = "command")]

mod servers;
mod support;

use std::time::Instant;

use serde_json::Value;
use servers::{Identity, Server};
use support::{Run, h2wire};

/// SETTINGS without settings, and the fields of a response.
const SETTINGS_AND_HEAD: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x04\0\0\0\x01\x88";

fn probe(arguments: &[&str]) -> Run {
    h2wire(&[&["probe", "--json"], arguments].concat(), b"")
}

/// The steps of `times` in order, with their milliseconds.
fn times(run: &Run) -> Vec<(&'static str, Option<f64>)> {
    let times: Value =
        run.objects().iter().find_map(|object| object.get("times").cloned()).unwrap_or_default();
    let keys = ["resolved", "connected", "tls", "first_byte", "settings", "response", "complete"];
    assert_eq!(times.as_object().map(serde_json::Map::len), Some(keys.len()), "{}", run.stdout);
    keys.map(|key| (key, times[format!("{key}_ms")].as_f64())).to_vec()
}

#[test]
fn every_step_has_its_time() {
    let identity = Identity::new();
    let server = Server::tls(&identity, &["h2"]);
    let before = Instant::now();
    let run = probe(&[&server.url("https"), "--cacert", identity.path()]);
    let all = before.elapsed().as_secs_f64() * 1000.0;
    let reached: Vec<f64> = times(&run).into_iter().map(|(key, time)| time.expect(key)).collect();
    assert!(reached.is_sorted() && reached[0] > 0.0 && reached[6] < all, "{reached:?} of {all}");
    // A handshake takes two ways at least.
    assert!(reached[2] > reached[1], "{reached:?}");
    // They come before the diagnosis.
    let keys: Vec<_> =
        run.objects().iter().filter_map(|o| o.as_object().unwrap().keys().next().cloned()).collect();
    assert!(keys.ends_with(&["times", "diagnosis"].map(str::to_owned)), "{keys:?}");

    let text = h2wire(&["probe", &server.url("https"), "--cacert", identity.path()], b"").stdout;
    let words = text.replace("\n            ", " ");
    let line = words.lines().find(|line| line.starts_with("times ")).unwrap();
    let expected = ["name", "connected", "TLS", "first byte", "SETTINGS", "response", "complete"];
    let told: Vec<_> = line["times".len()..].trim().split(", ").collect();
    for (part, name) in told.iter().zip(expected) {
        let number = part.strip_prefix(name).and_then(|rest| rest.trim().strip_suffix(" ms"));
        assert!(number.is_some_and(|number| number.parse::<f64>().is_ok()), "{line}");
    }
    assert_eq!(told.len(), expected.len(), "{line}");
}

#[test]
fn a_step_that_is_not_reached_has_no_time() {
    let steps = |url: &str| -> Vec<&str> {
        let run = probe(&[url, "--prior-knowledge", "--timeout=1"]);
        times(&run).into_iter().filter_map(|(key, time)| time.map(|_| key)).collect()
    };
    assert_eq!(steps(&Server::silent().url("http")), ["resolved", "connected"]);
    let http1 = Server::says(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(steps(&http1.url("http")), ["resolved", "connected", "first_byte"]);
    let response = Server::says_and_ends(SETTINGS_AND_HEAD);
    assert_eq!(steps(&response.url("http")), ["resolved", "connected", "first_byte", "settings", "response"]);
    // Nothing was done.
    assert!(!probe(&["http://localhost/"]).stdout.contains("\"times\""));
}
