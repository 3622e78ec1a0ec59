//! The same server on the host: `host ANSWERS LINES` writes what the device writes.

use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, iter};

use cortex_m_demo::{Memory, Outside, PIECE, RECORDINGS, serve};

struct Files {
    answers: File,
    lines: File,
    failed: Option<io::Error>,
}

impl Outside for Files {
    fn send(&mut self, octets: &[u8]) {
        self.failed = self.failed.take().or(self.answers.write_all(octets).err());
    }

    fn say(&mut self, line: &[u8]) {
        self.failed = self.failed.take().or(self.lines.write_all(&[line, b"\n"].concat()).err());
    }
}

fn main() -> io::Result<ExitCode> {
    let mut names = env::args_os().skip(1);
    let mut files = iter::from_fn(|| names.next()).map(File::create);
    let (Some(answers), Some(lines)) = (files.next().transpose()?, files.next().transpose()?) else {
        eprintln!("usage: host ANSWERS LINES");
        return Ok(ExitCode::from(2));
    };
    let mut outside = Files { answers, lines, failed: None };
    let mut memory = Memory::new();
    let well = RECORDINGS.iter().all(|(_, octets)| serve(octets, PIECE, &mut memory, &mut outside));
    match outside.failed {
        Some(error) => Err(error),
        None => Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
    }
}
