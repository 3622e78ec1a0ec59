//! Sockets: writes the output of a connection, and reads its input.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use crate::content::Site;
use crate::exchange::Exchanges;
use crate::protocol::{Config, Connection};
use crate::tls::H2;

/// Room that is made for each read.
const READ: usize = 16 << 10;

/// How long a handshake may take, a peer that does not read, and a peer that does not close.
const HANDSHAKE: Duration = Duration::from_secs(10);
const STALLED: Duration = Duration::from_secs(60);
const LINGER: Duration = Duration::from_secs(1);

/// Connections at a time, on one listener.
const MOST_CONNECTIONS: usize = 1024;

/// Accepts connections until it is stopped.
pub struct Listener {
    pub socket: TcpListener,
    pub tls: Option<TlsAcceptor>,
    pub site: Arc<Site>,
    pub stopped: watch::Receiver<bool>,
}

impl Listener {
    pub async fn run(mut self) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                    Ok((socket, _)) => {
                        connections.spawn(run(socket, self.tls.clone(), self.site.clone(), self.stopped.clone()));
                    }
                    // There are no more file descriptors, for example.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => {}
                _ = self.stopped.changed() => break,
            }
        }
        drop(self.socket);
        connections.join_all().await;
    }
}

async fn run(socket: TcpStream, tls: Option<TlsAcceptor>, site: Arc<Site>, stopped: watch::Receiver<bool>) {
    // Small output is sent at once, without waiting for more.
    let _ = socket.set_nodelay(true);
    let ended = match tls {
        None => serve(socket, Config::default(), site, stopped).await,
        // Without ALPN, the codec decides by the first bytes. RFC 9113 §3.2: the chosen protocol is used.
        Some(tls) => match timeout(HANDSHAKE, tls.accept(socket)).await {
            Ok(Ok(socket)) => {
                let is_http1 = socket.get_ref().1.alpn_protocol().is_some_and(|protocol| protocol != H2);
                serve(socket, Config { is_http1, ..Config::default() }, site, stopped).await
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ErrorKind::TimedOut.into()),
        },
    };
    match ended {
        // That a client is gone is no news.
        Err(error) if !matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
            eprintln!("connection: {error}");
        }
        _ => {}
    }
}

/// Drives a connection from its first byte to its last.
async fn serve(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    config: Config,
    site: Arc<Site>,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let started = Instant::now();
    let mut connection = Connection::new(config).map_err(io::Error::other)?;
    let mut exchanges = Exchanges::new(site);
    let (mut reader, mut writer) = tokio::io::split(socket);
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let (mut is_flushed, mut progress, mut ended) = (true, started, false);
    loop {
        while let Some(event) = connection.next_event(&mut input, started.elapsed()) {
            exchanges.handle(event, &mut connection);
        }
        if output.is_empty() {
            output = connection.take_output();
        }
        let writes = !output.is_empty() || !is_flushed;
        if !writes && connection.is_closed() {
            break;
        }
        if !writes {
            progress = Instant::now();
        }
        input.reserve(READ);
        let deadline = deadline(&connection, started, writes.then_some(progress));
        tokio::select! {
            sent = send(&mut writer, &mut output), if writes => {
                (is_flushed, progress) = (sent?, Instant::now());
            }
            // Bytes after the last GOAWAY are dropped, so that the peer can finish writing and read.
            read = reader.read_buf(&mut input), if !ended && (connection.is_closed() || !connection.has_much_output()) => {
                if is_end(read)? {
                    ended = true;
                    connection.end_of_input();
                }
                if connection.is_closed() {
                    input.clear();
                }
            }
            Some((stream_id, read)) = exchanges.read(), if exchanges.is_reading() => {
                exchanges.send(stream_id, read, &mut connection);
            }
            () = sleep_until(deadline) => {
                connection.tick(started.elapsed());
                if writes && progress.elapsed() >= STALLED {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            () = changed(&mut stopped) => connection.shut_down(),
        }
    }
    timeout(LINGER, writer.shutdown()).await??;
    linger(reader, input).await;
    Ok(())
}

/// Whether the peer has closed its side. Many do not send `close_notify`; HTTP/2 itself marks complete messages.
fn is_end(read: io::Result<usize>) -> io::Result<bool> {
    match read {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(true),
        read => Ok(read? == 0),
    }
}

/// Writes some bytes, or flushes those that were written. Tells whether nothing is left.
async fn send(writer: &mut (impl AsyncWrite + Unpin), output: &mut BytesMut) -> io::Result<bool> {
    if output.is_empty() {
        writer.flush().await?;
        return Ok(true);
    }
    if writer.write_buf(output).await? == 0 {
        return Err(ErrorKind::WriteZero.into());
    }
    Ok(false)
}

/// When there is something to do if nothing comes.
fn deadline(connection: &Connection, started: Instant, writing_since: Option<Instant>) -> Instant {
    let stalled = writing_since.and_then(|since| since.checked_add(STALLED));
    let due = connection.deadline().and_then(|time| started.checked_add(time));
    let far = Instant::now().checked_add(STALLED).unwrap_or(started);
    stalled.into_iter().chain(due).fold(far, Instant::min)
}

async fn changed(stopped: &mut watch::Receiver<bool>) {
    if stopped.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// Reads what the peer still sends. To close a socket with bytes in it makes TCP reset the connection, and the peer may lose
/// the GOAWAY that states the reason.
async fn linger(mut reader: impl AsyncRead + Unpin, mut input: BytesMut) {
    let read = async {
        while matches!(reader.read_buf(&mut input).await, Ok(1..)) {
            input.advance(input.len());
            input.reserve(READ);
        }
    };
    // Its result no longer matters.
    let _ = timeout(LINGER, read).await;
}
