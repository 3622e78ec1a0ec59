//! A relay that prints the frames of both directions with their fields and who breaks which rule, and passes the bytes on unchanged.
//!
//! ```text
//! cargo run -p h2wire-connection --example observer --features tokio -- --listen ADDR --connect HOST:PORT
//!     [--join BYTES] [--tls [--save-ca FILE] [--cacert FILE | --insecure]]
//! ```
//!
//! With `--join` it does not look at the first bytes of either direction, and shows what one knows who comes late: fields that
//! were sent before are `(not seen)`. Streams and windows are not judged then.
//!
//! With `--tls` it ends TLS on both sides: the client must trust the saved authority, and the server's certificate must be
//! trusted by the system or by FILE. It offers the client's ALPN protocols to the server, and returns the server's choice to the
//! client. Without `--tls`, both sides are cleartext.
//!
//! The codec reads the frames, a `Watcher` judges what only both directions together show.

#![allow(unreachable_pub, reason = "a program: nothing of it is reached from outside")]

mod authority; // certificates for any name
#[path = "../common/trust.rs"]
mod trust; // whose certificates are good
mod watch; // bytes to frames and findings, and their output

use std::error::Error;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_rustls::{LazyConfigAcceptor, TlsConnector};

use authority::Authority;
use trust::{Trust, client_config};
use watch::{Side, Watch};

const USAGE: &str = "\
usage: observer --listen ADDR --connect HOST:PORT [--join BYTES] [--tls [--save-ca FILE] [--cacert FILE | --insecure]]";

/// How long no connection is accepted when it cannot be.
const PAUSE: Duration = Duration::from_millis(50);

type Failure = Box<dyn Error + Send + Sync>;

struct Arguments {
    listen: SocketAddr,
    connect: String,
    /// The bytes of each direction that are not looked at.
    join: Option<usize>,
    tls: bool,
    save_ca: Option<PathBuf>,
    trust: Trust,
}

fn arguments() -> Result<Arguments, Failure> {
    use lexopt::prelude::*;
    let (mut listen, mut connect, mut join) = (None, None, None);
    let (mut tls, mut save_ca, mut trust) = (false, None, Trust::System);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => listen = Some(parser.value()?.parse()?),
            Long("connect") => connect = Some(parser.value()?.string()?),
            Long("join") => join = Some(parser.value()?.parse()?),
            Long("tls") => tls = true,
            Long("save-ca") => save_ca = Some(parser.value()?.into()),
            Long("cacert") => trust = Trust::File(parser.value()?.into()),
            Long("insecure") => trust = Trust::Everyone,
            Short('h') | Long("help") => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Arguments { listen: listen.ok_or(USAGE)?, connect: connect.ok_or(USAGE)?, join, tls, save_ca, trust })
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let Arguments { listen, connect, join, tls, save_ca, trust } = arguments()?;
    let authority = if tls { Some(Arc::new((Authority::new()?, trust))) } else { None };
    if let (Some(path), Some(authority)) = (save_ca, &authority) {
        std::fs::write(&path, &authority.0.pem).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    println!("{} to {connect}", listener.local_addr()?);
    for number in 1_u64.. {
        let socket = accept(&listener).await;
        let (connect, authority) = (connect.clone(), authority.clone());
        tokio::spawn(async move {
            let outcome = match authority {
                None => cleartext(number, socket, &connect, join).await,
                Some(tls) => over_tls(number, socket, &connect, join, &tls.0, &tls.1).await,
            };
            match outcome {
                Ok(()) => println!("{number}   closed"),
                Err(error) => println!("{number}   closed: {error}"),
            }
        });
    }
    Ok(())
}

/// The next connection. That one is gone already, or that there are no more file descriptors, is no end to the others.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return socket,
            Err(error) => eprintln!("a connection is not accepted: {error}"),
        }
        sleep(PAUSE).await;
    }
}

async fn cleartext(
    number: u64,
    client: TcpStream,
    connect: &str,
    join: Option<usize>,
) -> Result<(), Failure> {
    let server = TcpStream::connect(connect).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    relay(client, server, Some(Watch::new(number, join)?)).await
}

async fn over_tls(
    number: u64,
    client: TcpStream,
    connect: &str,
    join: Option<usize>,
    authority: &Authority,
    trust: &Trust,
) -> Result<(), Failure> {
    client.set_nodelay(true)?;
    let start = LazyConfigAcceptor::new(Acceptor::default(), client).await?;
    let hello = start.client_hello();
    let host = connect.rsplit_once(':').map_or(connect, |(host, _)| host);
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = hello.server_name().unwrap_or(host).to_owned();
    let offered: Vec<Vec<u8>> = hello.alpn().into_iter().flatten().map(<[u8]>::to_vec).collect();

    let socket = TcpStream::connect(connect).await?;
    socket.set_nodelay(true)?;
    let protocols: Vec<&[u8]> = offered.iter().map(Vec::as_slice).collect();
    let connector = TlsConnector::from(Arc::new(client_config(trust, &protocols)?));
    let server = connector.connect(ServerName::try_from(name.clone())?, socket).await?;
    let chosen = server.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);

    let text = |protocol: &[u8]| protocol.escape_ascii().to_string();
    let offered: Vec<String> = protocols.iter().map(|protocol| text(protocol)).collect();
    let answer = chosen.as_deref().map_or("nothing".to_owned(), text);
    println!("{number}   TLS for {name}: ALPN offers {}, the server chose {answer}", offered.join(", "));
    let config = authority.server_config(&name, chosen.as_deref())?;
    let client = start.into_stream(Arc::new(config)).await?;
    let watch = if chosen.as_deref() == Some(b"h2") { Some(Watch::new(number, join)?) } else { None };
    relay(client, server, watch).await
}

/// Passes bytes on in both directions. Other protocols are not watched.
async fn relay(
    client: impl AsyncRead + AsyncWrite + Unpin,
    server: impl AsyncRead + AsyncWrite + Unpin,
    watch: Option<Watch>,
) -> Result<(), Failure> {
    let watch = Mutex::new(watch);
    let (client_reader, client_writer) = tokio::io::split(client);
    let (server_reader, server_writer) = tokio::io::split(server);
    tokio::try_join!(
        pass_on(client_reader, server_writer, Side::Client, &watch),
        pass_on(server_reader, client_writer, Side::Server, &watch),
    )?;
    Ok(())
}

async fn pass_on(
    mut reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
    from: Side,
    watch: &Mutex<Option<Watch>>,
) -> Result<(), Failure> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let len = match reader.read(&mut buffer).await {
            // Many do not say goodbye in TLS.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            read => read?,
        };
        let octets = buffer.get(..len).unwrap_or_default();
        if octets.is_empty() {
            return Ok(writer.shutdown().await?);
        }
        // Looked at before they are passed on: an answer to them must not be seen first.
        if let Some(watch) = watch.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            watch.look(from, octets);
        }
        writer.write_all(octets).await?;
        writer.flush().await?;
    }
}
