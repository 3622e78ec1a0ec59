//! Runs the command.

use std::io::{self, Write};

use assert_cmd::Command;
use serde_json::Value;

/// What the command printed.
#[allow(dead_code, reason = "not every file of tests looks at all of it")]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The lines of `--json`.
    #[allow(dead_code, reason = "not every file of tests prints JSON")]
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Says what a test did not try. Not by `eprintln!`, which the test harness keeps to itself.
#[allow(dead_code, reason = "not every file of tests needs other programs")]
pub(crate) fn skipped(why: &str) {
    let _ = io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

/// Runs `h2wire decode` with its input on a pipe.
#[allow(dead_code, reason = "not every file of tests is about it")]
pub(crate) fn decode(options: &[&str], input: &[u8]) -> Run {
    h2wire(&[&["decode"], options].concat(), input)
}

/// Runs `h2wire` with its input on a pipe.
pub(crate) fn h2wire(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = Command::cargo_bin("h2wire").unwrap();
    let output = command.args(arguments).write_stdin(input).output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
    Run { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
