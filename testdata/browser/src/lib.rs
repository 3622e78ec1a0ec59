//! Headless Chromium with a profile of its own, which asks nobody for anything: a page once, as it is after its script, or in use.

mod forbidden; // what our pages have none of
mod server; // a server for one page
mod tab; // a page in use

use std::env;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub use forbidden::loads_nothing;
pub use server::PageServer;
pub use tab::{CTRL, SHIFT, Tab};

/// How long a page may take, and an answer of the browser.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser that shows nothing, asks nobody for anything, and runs in a container.
const OPTIONS: [&str; 10] = [
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

/// Prints a line that is seen. Not by `eprintln!`, which the test harness keeps to itself.
pub fn say(what: &str) {
    let _ = io::stderr().write_all(format!("{what}\n").as_bytes());
}

/// Chromium, as it was found.
#[derive(Clone, Debug)]
pub struct Browser(PathBuf);

impl Browser {
    /// The one that is installed; a test without it says that it is skipped.
    #[must_use]
    pub fn installed() -> Option<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let found = env::split_paths(&path)
            .flat_map(|folder| {
                ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name))
            })
            .find(|program| program.is_file());
        if found.is_none() {
            say("SKIPPED: chromium is not installed");
        }
        found.map(Self)
    }

    /// The command that runs it, with a profile in this folder.
    #[must_use]
    pub fn command(&self, profile: &std::path::Path) -> Command {
        let mut command = Command::new(&self.0);
        command.args(OPTIONS).arg(format!("--user-data-dir={}", profile.display()));
        command
    }

    /// What a page has become after its script.
    ///
    /// # Panics
    /// If the browser does not end.
    #[must_use]
    pub fn dom(&self, url: &str) -> Dom {
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = self.command(profile.path());
        command.args(["--virtual-time-budget=5000", "--enable-logging=stderr", "--dump-dom", url]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a browser");
        let output = collect(child.stdout.take().expect("a pipe"));
        let log = collect(child.stderr.take().expect("a pipe"));
        let started = Instant::now();
        while child.try_wait().expect("a process").is_none() {
            if started.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                panic!("the browser does not end: {url}");
            }
            thread::sleep(Duration::from_millis(20));
        }
        let log = log.join().expect("a log");
        let console = log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
        Dom { text: output.join().expect("a page"), console }
    }
}

/// What a page has become after its script, and what it said on the console.
#[derive(Clone, Debug)]
pub struct Dom {
    /// Its markup.
    pub text: String,
    /// Lines of the log.
    pub console: Vec<String>,
}

/// All text of a pipe, so that none is full.
fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut octets = Vec::new();
        let _ = pipe.read_to_end(&mut octets);
        String::from_utf8_lossy(&octets).into_owned()
    })
}
