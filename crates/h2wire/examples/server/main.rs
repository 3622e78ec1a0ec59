//! An HTTP/2 server on top of the codec: files below a folder, and `/echo`, over TLS and in cleartext (prior knowledge).
//!
//! ```text
//! cargo run --release -p h2wire --example server --features bytes -- --root DIR [--h2c ADDR] [--tls ADDR] [--save-cert FILE]
//! curl --http2-prior-knowledge http://127.0.0.1:8080/
//! curl --cacert FILE https://localhost:8443/echo -d 'hello'
//! ```
//!
//! `protocol/` is the part to read: a connection without I/O. `io.rs` drives it with tokio, `exchange.rs` and `content.rs` answer.

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
#[path = "../common/flow.rs"]
mod flow; // flow-control windows
mod io; // sockets
mod protocol; // a connection, without I/O
#[path = "../common/tls.rs"]
mod tls; // certificates and ALPN

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use content::Site;
use io::Listener;

const USAGE: &str = "\
usage: server [--root DIR] [--h2c ADDR] [--tls ADDR] [--save-cert FILE]
Without --h2c and --tls it listens on 127.0.0.1:8080 in cleartext and on 127.0.0.1:8443 over TLS.";

type Failure = Box<dyn Error + Send + Sync>;

/// How long answers may take after SIGINT.
const SHUTDOWN: Duration = Duration::from_secs(10);

struct Arguments {
    root: PathBuf,
    h2c: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    save_cert: Option<PathBuf>,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments { root: ".".into(), h2c: None, tls: None, save_cert: None };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("root") => arguments.root = parser.value()?.into(),
            Long("h2c") => arguments.h2c = Some(parser.value()?.parse()?),
            Long("tls") => arguments.tls = Some(parser.value()?.parse()?),
            Long("save-cert") => arguments.save_cert = Some(parser.value()?.into()),
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
    let outcome = Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let outcome = runtime.block_on(run());
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

async fn run() -> Result<(), Failure> {
    let arguments = arguments()?;
    let site = Arc::new(Site { root: arguments.root });
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
