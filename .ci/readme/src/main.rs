//! Does what README.md and those of the libraries show, as it is printed: `readme [FILE..]`, at the root of the tree.
//!
//! A block `toml` is the dependencies of the blocks `rust` after it; each becomes a package of its own, in which the crates of the tree take
//! the place of those on crates.io. Commands of a block `sh` run in a shell; a server runs until the end. A block `text` is what the block
//! before it must print.

mod blocks;
mod links;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

use blocks::{Block, blocks, is_printed};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The most words that a reader of the README should be asked to read.
const WORDS: usize = 900;
/// Where the server of the README listens.
const SERVER: &str = "127.0.0.1:8080";
/// Pages whose links are followed, besides those that are run.
const LINKED: [&str; 9] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "RELEASING.md",
    "SECURITY.md",
    "benches/README.md",
    "crates/h2wire-cli/README.md",
    "crates/h2wire-page/README.md",
    "docs/README.md",
];
const CRATES: [&str; 4] = ["h2wire", "h2wire-connection", "h2wire-frame", "h2wire-hpack"];

struct Page {
    /// Of its packages.
    name: String,
    target: PathBuf,
    dependencies: String,
    server: Option<Child>,
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Page {
    /// Returns what the block has printed, if it is one that runs.
    fn run(&mut self, block: &Block) -> Outcome<Option<String>> {
        match block.language {
            "toml" => self.dependencies.clone_from(&block.text),
            "rust" => return self.program(block).map(Some),
            "sh" => return self.commands(block).map(Some),
            "text" => {}
            other => return Err(format!("nothing is known about blocks of {other}").into()),
        }
        Ok(None)
    }

    fn program(&self, block: &Block) -> Outcome<String> {
        let name = format!("{}-line-{}", self.name, block.line);
        let folder = self.target.join("readme").join(&name);
        fs::create_dir_all(folder.join("src"))?;
        let root = env::current_dir()?;
        let mut manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{}\n[workspace]\n\n[patch.crates-io]\n",
            self.dependencies
        );
        for name in CRATES {
            let path = root.join("crates").join(name);
            writeln!(manifest, "{name} = {{ path = {:?} }}", path.display().to_string())?;
        }
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that are tested.
        fs::copy("Cargo.lock", folder.join("Cargo.lock"))?;
        fs::write(folder.join("src/main.rs"), &block.text)?;
        let mut cargo = Command::new("cargo");
        output(cargo.args(["run", "--quiet", "--target-dir"]).arg(&self.target).current_dir(folder))
    }

    fn commands(&mut self, block: &Block) -> Outcome<String> {
        let mut printed = String::new();
        for line in block.text.lines() {
            println!("$ {line}");
            if line.starts_with("cargo test ") {
                println!("(a step of its own)");
            } else if line.contains("--example server ") {
                self.serve(line)?;
            } else {
                printed += &output(Command::new("bash").args(["-c", line]))?;
            }
        }
        Ok(printed)
    }

    /// Starts the server and waits until it listens.
    fn serve(&mut self, line: &str) -> Outcome<()> {
        if TcpStream::connect(SERVER).is_ok() {
            return Err(format!("{SERVER} is in use").into());
        }
        // Cargo becomes the server: to end it is to end both.
        let command = format!("exec {line}");
        let server = self.server.insert(Command::new("bash").args(["-c", &command]).spawn()?);
        for _ in 0..6000 {
            if let Some(status) = server.try_wait()? {
                return Err(format!("the server has ended: {status}").into());
            }
            if TcpStream::connect(SERVER).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err("the server does not listen".into())
    }
}

/// Standard output of a program that succeeds.
fn output(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(output.status.to_string().into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn follow(path: &Path) -> Outcome<String> {
    let page = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match links::broken(&page, path)[..] {
        [] => Ok(page),
        ref broken => {
            Err(format!("{}: these links lead nowhere: {}", path.display(), broken.join(", ")).into())
        }
    }
}

fn check(path: &Path) -> Outcome<()> {
    let page = follow(path)?;
    let (blocks, words) = blocks(&page);
    println!("{words} words outside of {} blocks", blocks.len());
    if words > WORDS {
        return Err(format!("that is more than {WORDS}").into());
    }
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| env::current_dir().map(|dir| dir.join("target")), |dir| Ok(dir.into()))?;
    let name = path.with_extension("").to_string_lossy().replace(['/', '\\', '.'], "-").to_lowercase();
    let mut state = Page { name, target, dependencies: String::new(), server: None };
    let (mut programs, mut outputs) = (0, 0);
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("{}:{}", path.display(), block.line);
        let printed = state.run(block).map_err(|error| format!("{place}: {error}"))?;
        let (Some(actual), next) = (printed, blocks.get(index + 1)) else { continue };
        programs += 1;
        if let Some(text) = next.filter(|block| block.language == "text") {
            if !is_printed(&text.text, &actual) {
                return Err(format!("{place} prints something else:\n{actual}").into());
            }
            outputs += 1;
        }
    }
    println!("{programs} blocks ran, {outputs} outputs are as printed");
    Ok(())
}

fn main() -> ExitCode {
    let mut pages: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if pages.is_empty() {
        pages = CRATES.iter().map(|name| ["crates", name, "README.md"].iter().collect()).collect();
        pages.insert(0, "README.md".into());
        for page in LINKED {
            if let Err(error) = follow(Path::new(page)) {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
    }
    for page in pages {
        println!("{}", page.display());
        if let Err(error) = check(&page) {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
