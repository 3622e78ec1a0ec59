//! Processes that end in time: programs and where they are, a folder for their files, servers and what they print.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Not by `eprintln!`, which the test harness keeps to itself.
pub(crate) fn skipped(why: &str) {
    let _ = io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

/// A program of the system.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|program| program.is_file());
    if found.is_none() {
        skipped(&format!("{name} is not installed"));
    }
    found
}

/// A Python that has a module of a package. Debian's modules belong to Debian's python3, which another one may hide in PATH.
pub(crate) fn python_with(module: &str, package: &str) -> Option<PathBuf> {
    let candidates = [installed("python3")?, "/usr/bin/python3".into()];
    let has_it = |python: &PathBuf| {
        let import = format!("import {module}");
        let run = Command::new(python).args(["-c", &import]).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    let found = candidates.into_iter().find(has_it);
    if found.is_none() {
        skipped(&format!("{package} for Python is not installed"));
    }
    found
}

/// One of the example programs, which are built next to the tests.
pub(crate) fn example(name: &str) -> Option<PathBuf> {
    let test = env::current_exe().unwrap();
    let program =
        test.parent()?.parent()?.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    if program.is_file() {
        return Some(program);
    }
    skipped(&format!("the example {name} is not built"));
    None
}

/// A file of `testdata/peers/`.
pub(crate) fn peer(file: &str) -> PathBuf {
    h2wire_testdata::folder().join("peers").join(file)
}

/// A temporary folder with something to send.
pub(crate) struct Folder(TempDir);

/// Bytes in no order, so that none of them can get lost or change places.
pub(crate) fn content(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::Builder::new().prefix("h2wire-interop-").tempdir().unwrap());
        fs::create_dir(folder.file("site")).unwrap();
        fs::write(folder.file("site/index.html"), "<!doctype html><title>h2wire</title>\n").unwrap();
        fs::write(folder.file("site/large"), content(500_000)).unwrap();
        fs::write(folder.file("body"), content(300_000)).unwrap();
        fs::write(folder.file("small"), content(1_000)).unwrap();
        folder
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.file(name)).unwrap()
    }

    /// `cert.pem` and `key.pem`.
    pub(crate) fn certify(&self) {
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        fs::write(self.file("cert.pem"), made.cert.pem()).unwrap();
        fs::write(self.file("key.pem"), made.signing_key.serialize_pem()).unwrap();
    }
}

/// A process that is ended with its guard, by its id.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null());
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Waits until it ends. `None` if it does not.
    fn wait(&mut self) -> Option<ExitStatus> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.0.try_wait().unwrap() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }

    /// The next line it prints.
    pub(crate) fn lines(&mut self) -> impl FnMut() -> String + use<> {
        let output = BufReader::new(self.0.stdout.take().expect("a pipe"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        move || lines.recv_timeout(PATIENCE).expect("a line of the server")
    }

    /// Asks it to end as Ctrl-C does.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()));
        self.wait().expect("an end")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program has printed, and its end.
pub(crate) struct Ran {
    command: String,
    status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn succeeds(self) -> Self {
        assert!(self.status.success(), "{}: {}\n{}\n{}", self.command, self.status, self.text(), self.stderr);
        self
    }

    pub(crate) fn fails(self) -> Self {
        let status = self.status;
        assert!(!status.success(), "{}: {status}\n{}\n{}", self.command, self.text(), self.stderr);
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Its output is these bytes.
    pub(crate) fn gives(self, octets: &[u8]) -> Self {
        let ran = self.succeeds();
        let (got, expected) = (ran.stdout.len(), octets.len());
        assert!(ran.stdout == octets, "{}: {got} octets, not {expected}\n{}", ran.command, ran.stderr);
        ran
    }

    /// Its output, or what it says besides, has this text.
    pub(crate) fn says(self, text: &str) -> Self {
        let said = self.text().contains(text) || self.stderr.contains(text);
        assert!(said, "{}: no {text}\n{}\n{}", self.command, self.text(), self.stderr);
        self
    }
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let mut process = Process::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let (stdout, stderr) = (collect(process.0.stdout.take()), collect(process.0.stderr.take()));
    let status = process.wait().unwrap_or_else(|| panic!("{command:?} does not end"));
    let stderr = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
    Ran { command: format!("{command:?}"), status, stdout: stdout.join().unwrap(), stderr }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    let mut pipe = pipe.expect("a pipe");
    thread::spawn(move || {
        let mut octets = Vec::new();
        let _ = pipe.read_to_end(&mut octets);
        octets
    })
}

/// Starts a server that cannot choose its port itself, and waits until it takes connections. Another program may take the port
/// in between, so there are three attempts.
pub(crate) fn serve(log: &Path, mut command: impl FnMut(u16) -> Command) -> (Process, u16) {
    for _ in 0..3 {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = fs::File::create(log).unwrap();
        let mut server = Process::start(command(port).stdout(log.try_clone().unwrap()).stderr(log));
        let started = Instant::now();
        while server.0.try_wait().unwrap().is_none() && started.elapsed() < PATIENCE {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return (server, port);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("the server does not start: {}", fs::read_to_string(log).unwrap_or_default());
}
