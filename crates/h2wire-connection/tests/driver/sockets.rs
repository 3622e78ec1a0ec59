//! Sockets of all kinds.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use h2wire_connection::Config;
use h2wire_connection::driver::{DriverError, client, server};
use h2wire_connection::frame::{ErrorCode, PREFACE};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::{OK, POST, echo, frame, pair_with, read_all};

#[tokio::test]
async fn pipes_of_any_width() {
    for room in [1, 7, 9, 100, 16_384, 1 << 20] {
        let (client, client_end, server, server_end) = pair_with(&Config::DEFAULT, room);
        tokio::spawn(echo(server));
        let content: Vec<u8> = (0..30_000_u16).map(|n| n.to_le_bytes()[0]).collect();
        let mut response = client.send_request(POST, content.clone()).await.unwrap();
        assert!(read_all(&mut response.body).await.unwrap() == content, "{room} bytes");
        drop((client, response));
        client_end.await.unwrap().unwrap();
        server_end.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn contents_are_written_where_they_are() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (server, driver) = server(listener.accept().await.unwrap().0, &Config::DEFAULT).unwrap();
        tokio::spawn(echo(server));
        driver.await
    });
    let most = Arc::new(AtomicUsize::new(0));
    let io = Counting { io: TcpStream::connect(address).await.unwrap(), most: Arc::clone(&most) };
    let (client, driver) = client(io, &Config::DEFAULT).unwrap();
    tokio::spawn(driver);
    let mut response = client.send_request(POST, vec![0; 100_000]).await.unwrap();
    assert_eq!(read_all(&mut response.body).await.unwrap().len(), 100_000);
    // Heads and contents by turns.
    assert!(most.load(Ordering::SeqCst) >= 4, "{most:?}");
}

#[tokio::test]
async fn a_socket_that_fails_is_reported() {
    let (mut requests, driver) = server(Broken, &Config::DEFAULT).unwrap();
    let Err(DriverError::Io(error)) = driver.await else { panic!("it went well") };
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(requests.accept().await.is_none());
}

/// TLS calls it an error when a peer closes without `close_notify`. What has come is answered as ever.
#[tokio::test]
async fn who_closes_without_a_goodbye_is_answered() {
    let (mut here, there) = duplex(1 << 16);
    let (mut requests, driver) = server(Rude(there), &Config::DEFAULT).unwrap();
    let driver = tokio::spawn(driver);
    let get = frame(1, 5, 1, b"\x82\x86\x84\x01\x01a");
    here.write_all(&[PREFACE.as_slice(), &frame(4, 0, 0, b""), &get].concat()).await.unwrap();
    let request = requests.accept().await.unwrap();
    here.shutdown().await.unwrap();
    tokio::task::yield_now().await;
    request.responder.respond(OK, "answer").unwrap();
    let mut answer = Vec::new();
    here.read_to_end(&mut answer).await.unwrap();
    assert!(answer.windows(6).any(|bytes| bytes == b"answer"));
    driver.await.unwrap().unwrap();
}

/// However little the socket takes at a time, what is left when the connection is over is written at once.
#[tokio::test(start_paused = true)]
async fn the_rest_is_written_in_whatever_pieces() {
    let (mut here, there) = duplex(1 << 16);
    let (mut requests, driver) = server(Narrow(there), &Config::DEFAULT).unwrap();
    let driver = tokio::spawn(driver);
    let get = frame(1, 5, 1, b"\x82\x86\x84\x01\x01a");
    here.write_all(&[PREFACE.as_slice(), &frame(4, 0, 0, b""), &get].concat()).await.unwrap();
    let request = requests.accept().await.unwrap();
    let start = Instant::now();
    request.responder.respond(OK, vec![b'x'; 10_000]).unwrap();
    requests.abort(ErrorCode::NO_ERROR);
    let mut answer = Vec::new();
    here.read_to_end(&mut answer).await.unwrap();
    assert!(answer.len() > 10_000, "{}", answer.len());
    drop(here);
    driver.await.unwrap().unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// A socket that takes seven bytes at a time, as often as it is asked to.
struct Narrow(DuplexStream);

impl AsyncRead for Narrow {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Narrow {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let buf = &buf[..buf.len().min(7)];
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

struct Rude(DuplexStream);

impl AsyncRead for Rude {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.0).poll_read(cx, buf) {
            Poll::Ready(Ok(())) if buf.filled().len() == before => {
                Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()))
            }
            read => read,
        }
    }
}

impl AsyncWrite for Rude {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// A socket that the peer has reset.
struct Broken;

impl AsyncRead for Broken {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

impl AsyncWrite for Broken {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Notes the most pieces of a write.
struct Counting {
    io: TcpStream,
    most: Arc<AtomicUsize>,
}

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.most.fetch_max(pieces.len(), Ordering::SeqCst);
        Pin::new(&mut self.io).poll_write_vectored(cx, pieces)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
