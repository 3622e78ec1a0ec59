//! Bytes to the server that are not of a client, and what stays of requests.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use h2wire::frame::PREFACE;
use h2wire_connection::{Config, Connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;

use crate::content::Site;
use crate::exchange::Exchanges;
use crate::io::{refuse, serve};

const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const HTTP1: [&[u8]; 2] = [b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"POST /a HTTP/1.0\r\n\r\n"];

/// All that comes back for these bytes.
async fn answer(octets: &[u8], mut here: DuplexStream) -> Vec<u8> {
    here.write_all(octets).await.unwrap();
    let mut answer = Vec::new();
    here.read_to_end(&mut answer).await.unwrap();
    answer
}

fn check_refusal(answer: &[u8]) {
    let answer = str::from_utf8(answer).unwrap();
    let (head, content) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 505 "), "{answer}");
    assert!(head.contains(&format!("content-length: {}", content.len())));
}

async fn serve_in_memory(octets: &[u8]) -> Vec<u8> {
    let (here, there) = tokio::io::duplex(1 << 16);
    let (_stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve(there, Arc::new(Site::new("/nowhere".into())), stopped));
    let answer = answer(octets, here).await;
    server.await.unwrap().unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn an_http1_client_is_told_in_its_own_words() {
    for request in HTTP1 {
        check_refusal(&serve_in_memory(request).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_tls_client_in_cleartext_is_told_nothing() {
    let hello = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03hello";
    assert_eq!(serve_in_memory(hello).await, b"");
}

/// RFC 9113 §3.2
#[tokio::test(start_paused = true)]
async fn where_alpn_chose_http1_no_http2_is_spoken() {
    let preface = [PREFACE.as_slice(), &SETTINGS].concat();
    for octets in [preface.as_slice(), HTTP1[0], b"what is this, which is no request?"] {
        let (here, there) = tokio::io::duplex(1 << 16);
        let (_stop, stopped) = watch::channel(false);
        let server = tokio::spawn(refuse(there, stopped));
        check_refusal(&answer(octets, here).await);
        server.await.unwrap().unwrap();
    }
    // It does not keep the server from stopping.
    let (mut here, there) = tokio::io::duplex(1 << 16);
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(refuse(there, stopped));
    stop.send(true).unwrap();
    server.await.unwrap().unwrap();
    assert_eq!(here.read(&mut [0]).await.unwrap(), 0);
}

/// `:method`, then `:scheme`, `:authority`, and `:path` with a name.
fn request(stream_id: u8, method: u8, path: &str) -> Vec<u8> {
    let path = [&[4, u8::try_from(path.len()).unwrap()], path.as_bytes()].concat();
    let method = if method == b'H' { b"\x02\x04HEAD".as_slice() } else { b"\x82" };
    let block = [method, b"\x86\x01\x01a", &path].concat();
    let length = u8::try_from(block.len()).unwrap();
    [&[0, 0, length, 1, 5, 0, 0, 0, stream_id], block.as_slice()].concat()
}

/// A connection, and what it has sent.
struct Server {
    connection: Connection,
    exchanges: Exchanges,
    output: Vec<u8>,
}

impl Server {
    fn start(site: Site) -> Self {
        let connection = Connection::server(&Config::DEFAULT).unwrap();
        let mut server = Self { connection, exchanges: Exchanges::new(Arc::new(site)), output: Vec::new() };
        server.take(&[PREFACE.as_slice(), &SETTINGS].concat());
        server
    }

    /// Answers as far as that needs no file.
    fn take(&mut self, octets: &[u8]) {
        let mut input = BytesMut::from(octets);
        self.exchanges.note_time();
        loop {
            while let Some(event) = self.connection.poll_event(&mut input, Duration::ZERO).unwrap() {
                self.exchanges.handle(event, &mut self.connection);
            }
            let mut buf = vec![0; 1 << 16];
            let len = self.connection.fill(&mut buf);
            if len == 0 {
                break;
            }
            self.output.extend_from_slice(&buf[..len]);
        }
    }

    /// Answers all that needs files, too.
    async fn read(&mut self) {
        while self.exchanges.is_reading() {
            if let Some((stream_id, read)) = self.exchanges.read().await {
                self.exchanges.send(stream_id, read, &mut self.connection);
            }
            self.take(b"");
        }
    }
}

#[tokio::test]
async fn no_file_is_kept_for_head() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("large"), vec![b'a'; 200_000]).unwrap();
    let mut server = Server::start(Site::new(folder.path().to_owned()));
    let requests = [request(1, b'H', "/large"), request(3, b'H', "/"), request(5, b'G', "/large")];
    server.take(&requests.concat());
    server.read().await;
    // Of the third 65,535 bytes are sent: it waits for the window, and keeps its file.
    assert_eq!(server.exchanges.waiting(), [5]);
    let sent = server.output.len();
    assert!(sent > 65_535 && sent < 67_000, "{sent}");
}

#[tokio::test]
async fn what_is_small_is_answered_at_once_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small"), b"from a file").unwrap();
    let mut server = Server::start(Site::new(folder.path().to_owned()));
    server.take(&request(1, b'G', "/small"));
    assert!(server.exchanges.is_reading());
    server.read().await;
    let first = server.output.len();
    // For HEAD too, which has no content.
    server.take(&[request(3, b'G', "/small"), request(5, b'H', "/small")].concat());
    assert!(!server.exchanges.is_reading());
    let rest = server.output.split_off(first);
    let contents = rest.windows(11).filter(|bytes| bytes == b"from a file").count();
    assert_eq!((contents, server.connection.open_streams()), (1, 0));
}
