//! Clients in use with the example server: files, and content that comes back byte for byte.

use std::fs;
use std::process::{Command, Stdio};

use crate::programs::{Folder, Process, example, installed, peer, python_with, run};

pub(crate) struct Server {
    process: Process,
    pub(crate) folder: Folder,
    pub(crate) h2c: String,
    pub(crate) tls: String,
}

impl Server {
    pub(crate) fn start() -> Option<Self> {
        let program = example("server")?;
        let folder = Folder::new();
        let log = fs::File::create(folder.file("log")).unwrap();
        let mut command = Command::new(program);
        command.args(["--h2c", "127.0.0.1:0", "--tls", "127.0.0.1:0", "--root"]).arg(folder.file("site"));
        command.arg("--save-cert").arg(folder.file("cert.pem"));
        let mut process = Process::start(command.stdout(Stdio::piped()).stderr(log));
        let mut line = process.lines();
        let (h2c, tls) = (line(), line());
        let url = |line: &str| line.trim_end_matches('/').to_owned();
        Some(Self { process, folder, h2c: url(&h2c), tls: url(&tls) })
    }

    /// Stops: all requests are answered, and nothing went wrong on the way.
    pub(crate) fn stop(self) {
        self.stop_but_for(&[]);
    }

    /// The same, but for what the log may have lines of.
    pub(crate) fn stop_but_for(self, expected: &[&str]) {
        let status = self.process.interrupt();
        let log = String::from_utf8(self.folder.read("log")).unwrap();
        assert!(status.success() && log.lines().all(|line| expected.contains(&line)), "{status}: {log}");
    }
}

#[test]
fn curl() {
    let (Some(curl), Some(server)) = (installed("curl"), Server::start()) else { return };
    let (certificate, body) = (server.folder.file("cert.pem"), server.folder.file("body"));
    let cases = [
        (&server.h2c, vec!["--http2-prior-knowledge"]),
        (&server.tls, vec!["--http2", "--insecure"]),
        (&server.tls, vec!["--http2", "--cacert", certificate.to_str().unwrap()]),
    ];
    for (url, options) in cases {
        let command = || {
            let mut command = Command::new(&curl);
            command.args(["--silent", "--show-error", "--fail", "--max-time", "15"]).args(&options);
            command.args(["--write-out", "%{stderr}HTTP/%{http_version} %{http_code}"]);
            command
        };
        let get = run(command().arg(format!("{url}/large")));
        get.gives(&server.folder.read("site/large")).says("HTTP/2 200");
        let post = run(command()
            .arg("--data-binary")
            .arg(format!("@{}", body.display()))
            .arg(format!("{url}/echo")));
        post.gives(&server.folder.read("body")).says("HTTP/2 200");
        // Two heads over one connection, which curl 7.88 cannot do with prior knowledge (exit status 16, with nghttpd too).
        if url == &server.tls {
            let mut heads = command();
            heads.args(["--no-fail", "--head"]).arg(format!("{url}/nowhere")).arg(format!("{url}/large"));
            run(&mut heads).succeeds().says("HTTP/2 404HTTP/2 200").says("content-length: 500000");
        }
    }
    server.stop();
}

#[test]
fn nghttp() {
    let (Some(nghttp), Some(server)) = (installed("nghttp"), Server::start()) else { return };
    let body = server.folder.file("body");
    for url in [&server.h2c, &server.tls] {
        let command = || {
            let mut command = Command::new(&nghttp);
            command.arg("--timeout=15");
            command
        };
        run(command().arg(format!("{url}/large"))).gives(&server.folder.read("site/large"));
        let mut echo = command();
        echo.args(["--trailer=x-sum: 1", "--padding=100"]).arg(format!("--data={}", body.display()));
        run(echo.arg(format!("{url}/echo"))).gives(&server.folder.read("body"));
        // PRIORITY frames, and a table of no bytes; fields in HEADERS and CONTINUATION frames.
        for option in ["--header-table-size=0", "--continuation"] {
            let mut frames = command();
            frames.args(["--verbose", "--null-out", option]);
            let ran = run(frames.arg(format!("{url}/")).arg(format!("{url}/nowhere"))).succeeds();
            let text = ran.text();
            let mut seen: Vec<&str> =
                text.lines().filter_map(|line| Some(line.split_once(") :status: ")?.1)).collect();
            // Answers come in any order: the page is read from a file.
            seen.sort_unstable();
            assert_eq!(seen, ["200", "404"], "{option}: {text}");
        }
    }
    server.stop();
}

#[test]
fn h2load() {
    let (Some(h2load), Some(server)) = (installed("h2load"), Server::start()) else { return };
    for (url, requests, more) in [
        (format!("{}/", server.h2c), 2_000, None),
        (format!("{}/", server.tls), 2_000, None),
        (format!("{}/large", server.h2c), 40, None),
        (format!("{}/echo", server.h2c), 400, Some("small")),
        (format!("{}/echo", server.tls), 40, Some("body")),
    ] {
        let mut command = Command::new(&h2load);
        command.args(["-c4", "-m20", "-N15s"]).arg(format!("-n{requests}"));
        if let Some(file) = more {
            command.arg("-d").arg(server.folder.file(file));
        }
        let requests =
            format!("requests: {requests} total, {requests} started, {requests} done, {requests} succeeded");
        let ran = run(command.arg(url)).succeeds();
        ran.says(&requests).says("0 failed, 0 errored, 0 timeout").says(", 0 3xx, 0 4xx, 0 5xx");
    }
    server.stop();
}

/// A client that is a script: it gets `/large`, and has its content sent back by several requests at a time.
fn script(interpreter: &mut Command, server: &Server, url: &str) {
    const ECHOES: usize = 4;
    interpreter.arg(url).arg(server.folder.file("body")).arg(ECHOES.to_string());
    if url == server.tls {
        interpreter.arg(server.folder.file("cert.pem"));
    }
    let [large, body] = ["site/large", "body"].map(|name| server.folder.read(name));
    run(interpreter).gives(&[large, body.repeat(ECHOES)].concat());
}

#[test]
fn node() {
    let (Some(node), Some(server)) = (installed("node"), Server::start()) else { return };
    for url in [&server.h2c, &server.tls] {
        script(Command::new(&node).arg(peer("node/echo-client.mjs")), &server, url);
    }
    server.stop();
}

#[test]
fn python() {
    let (Some(python), Some(server)) = (python_with("h2.connection", "h2"), Server::start()) else { return };
    for url in [&server.h2c, &server.tls] {
        script(Command::new(&python).arg("-B").arg(peer("python/echo_client.py")), &server, url);
    }
    server.stop();
}
