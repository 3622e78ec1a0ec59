//! curl and h2load through the example relay to the example server.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::clients::Server;
use crate::programs::{Process, example, installed, run};

struct Relay {
    url: String,
    _process: Process,
}

impl Relay {
    fn start(server: &Server) -> Option<Self> {
        let mut command = Command::new(example("relay")?);
        command.args(["--listen", "127.0.0.1:0", "--connect", server.h2c.trim_start_matches("http://")]);
        let mut process = Process::start(command.stdout(Stdio::piped()));
        let line = process.lines()();
        let url = line.split("/ ").next().unwrap_or_default().to_owned();
        Some(Self { url, _process: process })
    }
}

#[test]
fn curl_through_the_relay() {
    let (Some(curl), Some(server)) = (installed("curl"), Server::start()) else { return };
    let Some(relay) = Relay::start(&server) else { return };
    let command = || {
        let mut command = Command::new(&curl);
        command.args(["--silent", "--show-error", "--fail", "--max-time", "15", "--http2-prior-knowledge"]);
        command
    };
    let get =
        run(command().arg("--dump-header").arg("-").arg(format!("{}/small.txt", relay.url)).arg("--no-fail"));
    get.succeeds().says("HTTP/2 404").says("via: 2 h2wire");
    run(command().arg(format!("{}/large", relay.url))).gives(&server.folder.read("site/large"));
    let body = format!("@{}", server.folder.file("body").display());
    let post = run(command().arg("--data-binary").arg(body).arg(format!("{}/echo", relay.url)));
    post.gives(&server.folder.read("body"));
    server.stop();
}

/// The server would have to wait for the windows of a client that is gone; it stops at once instead.
#[test]
fn curl_gives_a_download_up() {
    let (Some(curl), Some(server)) = (installed("curl"), Server::start()) else { return };
    let Some(relay) = Relay::start(&server) else { return };
    std::fs::write(server.folder.file("site/huge"), vec![0; 50_000_000]).unwrap();
    let mut command = Command::new(&curl);
    command.args(["--silent", "--http2-prior-knowledge", "--limit-rate", "100k", "--max-time", "1"]);
    command.args(["--output", "/dev/null"]).arg(format!("{}/huge", relay.url));
    run(&mut command).fails();
    let started = Instant::now();
    // Ctrl-C lets the server finish what is under way: there is nothing.
    server.stop();
    assert!(started.elapsed() < Duration::from_secs(30), "the rest would take minutes");
}

#[test]
fn h2load_through_the_relay() {
    let (Some(h2load), Some(server)) = (installed("h2load"), Server::start()) else { return };
    let Some(relay) = Relay::start(&server) else { return };
    for (path, requests, more) in [("/", 2_000, None), ("/large", 40, None), ("/echo", 40, Some("body"))] {
        let mut command = Command::new(&h2load);
        command.args(["-c4", "-m20", "-N15s"]).arg(format!("-n{requests}"));
        if let Some(file) = more {
            command.arg("-d").arg(server.folder.file(file));
        }
        let ran = run(command.arg(format!("{}{path}", relay.url))).succeeds();
        ran.says(&format!("{requests} succeeded, 0 failed, 0 errored, 0 timeout"))
            .says(", 0 3xx, 0 4xx, 0 5xx");
    }
    server.stop();
}
