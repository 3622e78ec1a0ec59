//! hyper and reqwest, in this process, with the example programs.

use std::convert::Infallible;
use std::process::Command;
use std::sync::{Arc, Once};
use std::time::Duration;

use http_body_util::{BodyExt, Collected, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::clients::Server;
use crate::programs::{Folder, content, example, run};

fn reqwest_client() -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| ring::default_provider().install_default().unwrap());
    reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy()
}

/// A file, and content that comes back.
async fn fetch(client: reqwest::Client, url: &str, file: &[u8]) {
    let response = client.get(format!("{url}/large")).send().await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (Version::HTTP_2, 200));
    assert!(response.bytes().await.unwrap() == file);
    let body = content(300_000);
    let response = client.post(format!("{url}/echo")).body(body.clone()).send().await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (Version::HTTP_2, 200));
    assert!(response.bytes().await.unwrap() == body);
}

#[tokio::test]
async fn reqwest_with_the_example_server() {
    let Some(server) = Server::start() else { return };
    let file = server.folder.read("site/large");
    let cleartext = reqwest_client().http2_prior_knowledge().build().unwrap();
    fetch(cleartext, &server.h2c, &file).await;
    let certificate = reqwest::Certificate::from_pem(&server.folder.read("cert.pem")).unwrap();
    let over_tls = reqwest_client().tls_certs_only([certificate]).build().unwrap();
    fetch(over_tls, &server.tls.replace("127.0.0.1", "localhost"), &file).await;
    server.stop();
}

/// A file by hyper's HTTP/2 client over TLS, whatever ALPN chose.
async fn hyper_get(server: &Server, protocols: &[&str]) -> Result<Bytes, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&server.folder.read("cert.pem"))?)?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let tcp = TcpStream::connect(server.tls.trim_start_matches("https://")).await?;
    let tls = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost")?, tcp).await?;
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await?;
    let driver = tokio::spawn(connection);
    let request = Request::get("https://localhost/large").body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await;
    let content = match response {
        Ok(response) => Ok(response.into_body().collect().await?.to_bytes()),
        Err(error) => Err(error),
    };
    drop(sender);
    // The connection reports the cause; the request may only know that it is gone.
    driver.await??;
    Ok(content?)
}

#[tokio::test]
async fn hyper_with_the_example_server() {
    let Some(server) = Server::start() else { return };
    let file = server.folder.read("site/large");
    assert!(hyper_get(&server, &["h2"]).await.unwrap() == file);
    // Where ALPN was not offered this server goes by the first bytes, and they are the preface.
    assert!(hyper_get(&server, &[]).await.unwrap() == file);
    // Where ALPN chose http/1.1 the preface does not help.
    assert!(hyper_get(&server, &["http/1.1"]).await.is_err());
    server.stop();
}

#[tokio::test]
async fn a_hyper_server_with_the_example_client() {
    let Some(client) = example("client_h2c") else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/echo", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let echo = service_fn(|request: Request<Incoming>| async {
            let content = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
            Ok::<_, Infallible>(Response::new(Full::new(content)))
        });
        let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        builder.serve_connection(TokioIo::new(stream), echo).await
    });
    let folder = Folder::new();
    let body = folder.file("body");
    let ran = tokio::task::spawn_blocking(move || {
        run(Command::new(client).arg(url).arg("--data").arg(body)).succeeds()
    });
    ran.await.unwrap().gives(&folder.read("body")).says("< :status: 200");
    server.await.unwrap().unwrap();
}
