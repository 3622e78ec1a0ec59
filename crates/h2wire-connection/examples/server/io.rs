//! Sockets: writes the output of a connection, and reads its input.

use std::future::pending;
use std::io::{self, ErrorKind, IoSlice};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use h2wire::Rule;
use h2wire::frame::FrameRule;
use h2wire_connection::{Cause, Config, Connection, Failure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use crate::content::Site;
use crate::exchange::Exchanges;
use crate::tls::H2;

/// Room that is made for each read, and pieces of one write.
const READ: usize = 16 << 10;
const PIECES: usize = 32;

/// How long a handshake may take, a peer that does not read, and a peer that does not close.
const HANDSHAKE: Duration = Duration::from_secs(10);
const STALLED: Duration = Duration::from_secs(60);
const LINGER: Duration = Duration::from_secs(1);

/// Connections at a time, on one listener.
const MOST_CONNECTIONS: usize = 1024;

/// For a client that speaks HTTP/1.x, in its own words. RFC 9110 §15.6.6
fn refusal() -> String {
    let text =
        "This server speaks HTTP/2 only: over TLS offer h2 by ALPN, in cleartext use prior knowledge.\n";
    let head = "HTTP/1.1 505 HTTP Version Not Supported\r\nconnection: close\r\ncontent-type: text/plain";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{text}", text.len())
}

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
        None => serve(socket, site, stopped).await,
        Some(tls) => match timeout(HANDSHAKE, tls.accept(socket)).await {
            // Without ALPN, the connection decides by the first bytes. RFC 9113 §3.2: the chosen protocol is used.
            Ok(Ok(socket)) => match socket.get_ref().1.alpn_protocol() {
                Some(protocol) if protocol != H2 => refuse(socket, stopped).await,
                _ => serve(socket, site, stopped).await,
            },
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
pub async fn serve(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    site: Arc<Site>,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let started = Instant::now();
    let mut connection = Connection::server(&Config::DEFAULT).map_err(io::Error::other)?;
    let mut exchanges = Exchanges::new(site);
    let (mut reader, mut writer) = tokio::io::split(socket);
    let mut input = BytesMut::new();
    let (mut is_flushed, mut progress, mut ended) = (true, started, false);
    loop {
        take(&mut connection, &mut input, &mut exchanges, started.elapsed());
        let is_closed = connection.is_closed();
        // Bytes after the last GOAWAY are dropped, so that the peer can finish writing and read.
        let reads = !ended && (is_closed || connection.wants_read());
        let due = connection.deadline();
        let mut pieces = [[].as_slice(); PIECES];
        let count = connection.transmit(&mut pieces);
        let writes = count > 0 || !is_flushed;
        if !writes && is_closed {
            break;
        }
        if !writes {
            progress = Instant::now();
        }
        input.reserve(READ);
        let deadline = deadline(due, started, writes.then_some(progress));
        let slices = pieces.map(IoSlice::new);
        tokio::select! {
            sent = send(&mut writer, slices.get(..count).unwrap_or_default()), if writes => {
                let sent = sent?;
                (is_flushed, progress) = (sent == 0, Instant::now());
                connection.advance(sent);
            }
            read = reader.read_buf(&mut input), if reads => {
                if is_end(read)? {
                    ended = true;
                    connection.end_of_input();
                }
                if is_closed {
                    input.clear();
                }
            }
            Some((stream_id, read)) = exchanges.read(), if exchanges.is_reading() => {
                exchanges.send(stream_id, read, &mut connection);
            }
            () = sleep_until(deadline) => {
                connection.handle_timeout(started.elapsed());
                if writes && progress.elapsed() >= STALLED {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            () = changed(&mut stopped) => connection.shut_down(),
        }
    }
    if connection.failure().is_some_and(speaks_http1) {
        writer.write_all(refusal().as_bytes()).await?;
    }
    timeout(LINGER, writer.shutdown()).await??;
    linger(reader, input).await;
    Ok(())
}

/// Hands all that has come to the exchanges. A failure is in the output, as GOAWAY, and the connection is closed.
fn take(connection: &mut Connection, input: &mut BytesMut, exchanges: &mut Exchanges, now: Duration) {
    exchanges.note_time();
    while let Ok(Some(event)) = connection.poll_event(input, now) {
        exchanges.handle(event, connection);
    }
}

/// ALPN has chosen HTTP/1.1, which this server does not speak. It offers it all the same, to say so.
pub async fn refuse(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut input = BytesMut::new();
    tokio::select! {
        read = timeout(STALLED, socket.read_buf(&mut input)) => if is_end(read?)? {
            return Ok(());
        },
        () = changed(&mut stopped) => return Ok(()),
    }
    socket.write_all(refusal().as_bytes()).await?;
    timeout(LINGER, socket.shutdown()).await??;
    linger(socket, input).await;
    Ok(())
}

fn speaks_http1(failure: Failure) -> bool {
    failure.cause == Cause::Codec(Rule::Frame(FrameRule::Http1Request))
}

/// Whether the peer has closed its side. Many do not send `close_notify`; HTTP/2 itself marks complete messages.
fn is_end(read: io::Result<usize>) -> io::Result<bool> {
    match read {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(true),
        read => Ok(read? == 0),
    }
}

/// Writes some bytes, or flushes those that were written: then there are none.
async fn send(writer: &mut (impl AsyncWrite + Unpin), slices: &[IoSlice<'_>]) -> io::Result<usize> {
    if slices.is_empty() {
        writer.flush().await?;
        return Ok(0);
    }
    match writer.write_vectored(slices).await? {
        0 => Err(ErrorKind::WriteZero.into()),
        len => Ok(len),
    }
}

/// When there is something to do if nothing comes.
fn deadline(due: Option<Duration>, started: Instant, writing_since: Option<Instant>) -> Instant {
    let stalled = writing_since.and_then(|since| since.checked_add(STALLED));
    let due = due.and_then(|time| started.checked_add(time));
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
