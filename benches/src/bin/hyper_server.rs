//! M6: a server on hyper that answers every request with 100 bytes from memory. `hyper_server ADDR`, in cleartext, on one thread.

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

static CONTENT: [u8; 100] = [b'a'; 100];

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: hyper_server ADDR")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(address).await?;
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let service = service_fn(|_| async {
                let content = Full::new(Bytes::from_static(&CONTENT));
                let response = Response::builder().header("content-type", "text/plain").body(content);
                Ok::<_, Infallible>(response.expect("a good response"))
            });
            let connection = http2::Builder::new(TokioExecutor::new())
                .max_concurrent_streams(1_000)
                .serve_connection(TokioIo::new(socket), service);
            tokio::spawn(connection);
        }
    })
}
