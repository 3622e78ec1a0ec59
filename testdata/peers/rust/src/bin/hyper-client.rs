//! `hyper-client ADDR [CERT]`: a few HTTP/2 requests with prior knowledge.
//!
//! With CERT (a DER file to trust) the connection is TLS and **offers no ALPN**: a common mistake, which leaves the
//! server free to speak HTTP/1.1. hyper's error then goes to standard error and the exit status is 1.

use std::{error::Error, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, channel::Channel, combinators::BoxBody};
use hyper::{
    HeaderMap, Method, Request,
    client::conn::http2::{Builder, SendRequest},
    header::{HeaderName, HeaderValue},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::ServerName},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type Body = BoxBody<Bytes, Infallible>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let addr = args.next().ok_or("usage: hyper-client ADDR [CERT]")?;
    let tcp = TcpStream::connect(addr).await?;
    match args.next() {
        None => talk(tcp).await,
        Some(cert) => {
            let mut roots = RootCertStore::empty();
            roots.add(std::fs::read(cert)?.into())?;
            let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
            let name = ServerName::try_from("localhost")?;
            let connector = TlsConnector::from(Arc::new(config));
            talk(connector.connect(name, tcp).await?).await
        }
    }
}

async fn talk(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<()> {
    let (sender, connection) = Builder::new(TokioExecutor::new())
        // Makes hyper measure the bandwidth-delay product with PING frames.
        .adaptive_window(true)
        .handshake::<_, Body>(TokioIo::new(io))
        .await?;
    // The sender, kept until both are done, leaves it to the server to end the connection.
    let (requests, connection) = tokio::join!(requests(sender), connection);
    connection?;
    requests.map(drop)
}

async fn requests(sender: SendRequest<Body>) -> Result<SendRequest<Body>> {
    tokio::try_join!(
        get(sender.clone(), "/"),
        get(sender.clone(), "/two"),
        get(sender.clone(), "/three?q=1"),
    )?;
    post(sender.clone()).await?;
    abandon(sender.clone()).await?;
    get(sender.clone(), "/goodbye").await?;
    Ok(sender)
}

fn request(method: Method, path: &str, body: Body) -> Result<Request<Body>> {
    Ok(Request::builder()
        .method(method)
        .uri(format!("http://example.test{path}"))
        .header("user-agent", "hyper")
        .body(body)?)
}

async fn get(mut sender: SendRequest<Body>, path: &str) -> Result<()> {
    let request = request(Method::GET, path, Empty::new().boxed())?;
    sender.send_request(request).await?.into_body().collect().await?;
    Ok(())
}

/// A body of several frames with trailers, echoed by the server.
async fn post(mut sender: SendRequest<Body>) -> Result<()> {
    let (mut body, incoming) = Channel::new(1);
    let send = async move {
        for size in [100, 3_000, 1] {
            body.send_data(vec![b'x'; size].into()).await?;
        }
        let name = HeaderName::from_static("x-checksum");
        let trailers = HeaderMap::from_iter([(name, HeaderValue::from_static("none"))]);
        body.send_trailers(trailers).await?;
        Ok::<_, Box<dyn Error>>(())
    };
    let receive = async {
        let request = request(Method::POST, "/echo", incoming.boxed())?;
        let response = sender.send_request(request).await?;
        Ok(response.into_body().collect().await?)
    };
    let (_, response) = tokio::try_join!(send, receive)?;
    response.trailers().ok_or("the server sent no trailers")?;
    Ok(())
}

/// Drops a response after its first frame, which makes hyper send RST_STREAM with CANCEL.
async fn abandon(mut sender: SendRequest<Body>) -> Result<()> {
    let request = request(Method::GET, "/endless", Empty::new().boxed())?;
    let mut body = sender.send_request(request).await?.into_body();
    body.frame().await.ok_or("no frame")??;
    Ok(())
}
