//! Headless Chromium, with a profile of its own, without a network of its own.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser; a test without it says so.
pub(crate) fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)))
        .find(|program| program.is_file());
    if found.is_none() {
        // Not by `eprintln!`, which the test harness keeps to itself.
        let _ = io::stderr().write_all(b"SKIPPED: chromium is not installed\n");
    }
    found
}

/// A browser that shows nothing, asks nobody for anything, and runs in a container.
pub(crate) const OPTIONS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,800",
];

/// What a page has become after its script, and what it said on the console.
pub(crate) struct Dom {
    pub(crate) text: String,
    pub(crate) console: Vec<String>,
}

/// Opens a page.
pub(crate) fn open(chromium: &Path, url: &str) -> Dom {
    let profile = tempfile::tempdir().unwrap();
    let mut command = Command::new(chromium);
    command.args(OPTIONS).args(["--virtual-time-budget=5000", "--enable-logging=stderr", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", profile.path().display())).arg(url);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let reader = |mut pipe: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut octets = Vec::new();
            let _ = pipe.read_to_end(&mut octets);
            String::from_utf8_lossy(&octets).into_owned()
        })
    };
    let output = reader(Box::new(child.stdout.take().unwrap()));
    let log = reader(Box::new(child.stderr.take().unwrap()));
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the browser does not end: {url}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    let console =
        log.join().unwrap().lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Dom { text: output.join().unwrap(), console }
}
