//! An HTTP/2 server on top of `h2wire-connection`: files below a folder, and `/echo`, over TLS and in cleartext (prior knowledge).
//!
//! ```text
//! cargo run --release -p h2wire-connection --example server --features tokio -- --root DIR [--h2c ADDR] [--tls ADDR]
//!     [--save-cert FILE] [--threads N]
//! curl --http2-prior-knowledge http://127.0.0.1:8080/
//! curl --cacert FILE https://localhost:8443/echo -d 'hello'
//! ```
//!
//! It drives the connection by hand, in `io.rs`, and not with `h2wire_connection::driver`: what is in memory is answered as its request is
//! read, without a task, a lock or a wake-up between. `exchange.rs` answers, `content.rs` reads files, `memory.rs` keeps the small ones.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]
#![allow(unreachable_pub, reason = "a program: nothing of it is reached from outside")]

mod content; // files below a folder
mod date; // the date field
mod exchange; // requests and their answers
mod io; // sockets
mod memory; // small answers
#[path = "../common/tls.rs"]
mod tls; // certificates and ALPN

use std::error::Error;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use content::Site;
use io::Listener;

const USAGE: &str = "\
usage: server [--root DIR] [--h2c ADDR] [--tls ADDR] [--save-cert FILE] [--threads N]
Without --h2c and --tls it listens on 127.0.0.1:8080 in cleartext and on 127.0.0.1:8443 over TLS.
It serves all connections on one thread, or on N.";

type Failure = Box<dyn Error + Send + Sync>;

/// How long answers may take after SIGINT.
const SHUTDOWN: Duration = Duration::from_secs(10);

struct Arguments {
    root: PathBuf,
    h2c: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    save_cert: Option<PathBuf>,
    threads: NonZeroUsize,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments =
        Arguments { root: ".".into(), h2c: None, tls: None, save_cert: None, threads: NonZeroUsize::MIN };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("root") => arguments.root = parser.value()?.into(),
            Long("h2c") => arguments.h2c = Some(parser.value()?.parse()?),
            Long("tls") => arguments.tls = Some(parser.value()?.parse()?),
            Long("save-cert") => arguments.save_cert = Some(parser.value()?.into()),
            Long("threads") => arguments.threads = parser.value()?.parse()?,
            Short('h') | Long("help") => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return Err(argument.unexpected()),
        }
    }
    if arguments.h2c.is_none() && arguments.tls.is_none() {
        arguments.h2c = Some(SocketAddr::from(([127, 0, 0, 1], 8080)));
        arguments.tls = Some(SocketAddr::from(([127, 0, 0, 1], 8443)));
    }
    Ok(arguments)
}

fn main() -> ExitCode {
    let outcome = arguments().map_err(Failure::from).and_then(|arguments| {
        let runtime = runtime(arguments.threads.get())?;
        let outcome = runtime.block_on(run(arguments));
        // A file that is being read is not waited for: it may lie on a disk that does not answer.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn runtime(threads: usize) -> std::io::Result<Runtime> {
    let mut builder = if threads == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    builder.enable_all().build()
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let site = Arc::new(Site::new(arguments.root));
    let (stop, stopped) = watch::channel(false);
    let mut listeners = JoinSet::new();
    let identity = tls::Identity::self_signed(&["localhost", "127.0.0.1", "::1"])?;
    if let Some(path) = arguments.save_cert {
        save(&path, &identity.pem).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(address) = arguments.h2c {
        let socket = bind(address).await?;
        println!("http://{}/", socket.local_addr()?);
        listeners.spawn(Listener { socket, tls: None, site: site.clone(), stopped: stopped.clone() }.run());
    }
    if let Some(address) = arguments.tls {
        let config = identity.server_config(&[tls::H2, tls::HTTP_1_1])?;
        let socket = bind(address).await?;
        println!("https://{}/", socket.local_addr()?);
        let tls = Some(TlsAcceptor::from(Arc::new(config)));
        listeners.spawn(Listener { socket, tls, site, stopped }.run());
    }
    tokio::signal::ctrl_c().await?;
    println!("shutting down");
    stop.send(true)?;
    if tokio::time::timeout(SHUTDOWN, listeners.join_all()).await.is_err() {
        println!("some requests were not answered");
    }
    Ok(())
}

/// Writes a file, in a folder that need not be there yet.
fn save(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    Ok(TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?)
}
