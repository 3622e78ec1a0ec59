//! The observer, between the example programs.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::Server;
use crate::programs::{Folder, Process, example, run, skipped};

struct Observer {
    address: String,
    /// What it prints, which somebody has to read.
    lines: Box<dyn FnMut() -> String>,
    _process: Process,
}

impl Observer {
    /// Over TLS, in front of a server.
    fn start(command: &mut Command, connect: &str, certificate: &Path) -> Self {
        command.args(["--listen", "127.0.0.1:0", "--tls", "--connect", connect]);
        let mut process = Process::start(command.arg("--cacert").arg(certificate).stdout(Stdio::piped()));
        let mut lines = process.lines();
        let address = lines().split(' ').next().unwrap_or_default().to_owned();
        Self { address, lines: Box::new(lines), _process: process }
    }

    /// Gets a file. The client gives an address, so it names no server in TLS.
    fn get(&self, client: &Path, file: &[u8]) {
        let ran = run(Command::new(client).arg(format!("https://{}/large", self.address)).arg("--insecure"));
        ran.gives(file).says("the server chose h2").says("< :status: 200");
    }
}

/// The name of a URL's server, and its port.
fn authority(url: &str) -> &str {
    url.trim_start_matches("https://").trim_end_matches('/')
}

/// Where the client names no server, the observer goes by the address it connects to.
#[test]
fn an_address_of_version_6_is_a_name_for_tls() {
    let (Some(observer), Some(server), Some(client)) =
        (example("observer"), example("server"), example("client"))
    else {
        return;
    };
    if TcpListener::bind("[::1]:0").is_err() {
        return skipped("there is no loopback address of version 6");
    }
    let folder = Folder::new();
    let certificate = folder.file("cert.pem");
    let mut command = Command::new(server);
    command.args(["--tls", "[::1]:0", "--root"]).arg(folder.file("site"));
    command.arg("--save-cert").arg(&certificate);
    let mut server = Process::start(command.stdout(Stdio::piped()));
    let url = server.lines()();
    let observer = Observer::start(&mut Command::new(observer), authority(&url), &certificate);
    observer.get(&client, &folder.read("site/large"));
}

/// More connections than it has file descriptors for, and then one that it has them for.
#[test]
fn too_many_connections_are_not_the_end() {
    let (Some(observer), Some(server), Some(client)) =
        (example("observer"), Server::start(), example("client"))
    else {
        return;
    };
    let log = server.folder.file("observer's log");
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 24; exec \"$0\" \"$@\""]).arg(observer);
    command.stderr(fs::File::create(&log).unwrap());
    let observer = Observer::start(&mut command, authority(&server.tls), &server.folder.file("cert.pem"));
    let connections: Vec<_> = (0..40).map(|_| TcpStream::connect(&observer.address).unwrap()).collect();
    let is_full = || fs::read_to_string(&log).unwrap().contains("a connection is not accepted");
    let started = Instant::now();
    while !is_full() {
        assert!(started.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(20));
    }
    drop(connections);
    observer.get(&client, &server.folder.read("site/large"));
    server.stop();
}

/// Without the preface and the first SETTINGS of either side.
#[test]
fn who_comes_late_sees_what_is_sent_from_then_on() {
    let (Some(observer), Some(server), Some(client)) =
        (example("observer"), Server::start(), example("client"))
    else {
        return;
    };
    let mut command = Command::new(observer);
    command.args(["--join", "30"]);
    let mut observer = Observer::start(&mut command, authority(&server.tls), &server.folder.file("cert.pem"));
    observer.get(&client, &server.folder.read("site/large"));
    // The directions are found one by one, each when enough of its frames have come. A line that never comes is a panic.
    let mut missing = vec![":method: GET", ":path: /large", ":status: 200"];
    let mut lines = Vec::new();
    while !missing.is_empty() {
        let line = (observer.lines)();
        missing.retain(|what| !line.contains(what));
        lines.push(line);
    }
    assert!(!lines.iter().any(|line| line.contains("preface") || line.contains("error")), "{lines:#?}");
    server.stop();
}
