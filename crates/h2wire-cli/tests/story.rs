//! The failure that `h2wire probe` exists for, from its start to its end: what clients report, what `probe` says, and
//! that it works once ALPN is offered.
#![cfg(feature = "command")]

mod servers;
mod support;

use std::error::Error;
use std::fmt::Write;
use std::sync::{Arc, Once};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::Version;
use servers::{Identity, Server};
use support::h2wire;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn client_config(identity: &Identity, protocols: &[&str]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(identity.certificate.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

/// A request by hyper over HTTP/2, whatever ALPN chose.
async fn hyper_get(server: &Server, config: ClientConfig) -> Outcome<Bytes> {
    let tcp = TcpStream::connect(server.addr).await?;
    let name = ServerName::try_from("localhost")?;
    let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await?;
    let driver = tokio::spawn(connection);
    let request = hyper::Request::get(server.url("https")).body(Empty::<Bytes>::new())?;
    let answer = async {
        let response = sender.send_request(request).await?;
        Ok::<_, hyper::Error>(response.into_body().collect().await?.to_bytes())
    };
    let answer = answer.await;
    drop(sender);
    // The connection reports the cause; the request may only report that the connection is gone.
    driver.await??;
    Ok(answer?)
}

/// An error with all its causes, as `{:?}` of the last one shows.
fn causes(error: &(dyn Error + 'static)) -> String {
    let (mut told, mut next) = (String::new(), Some(error));
    while let Some(cause) = next {
        let _ = writeln!(told, "{cause} / {cause:?}");
        next = cause.source();
    }
    told
}

async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), future).await.unwrap()
}

fn probe(url: &str, options: &[&str]) -> (i32, String) {
    let run = h2wire(&[&["probe", "--json", url], options].concat(), b"");
    (run.status, run.stdout)
}

#[tokio::test]
async fn without_alpn_hyper_reports_a_frame_size_error_and_probe_names_http1() {
    let identity = Identity::new();
    let server = Server::tls(&identity, &["h2", "http/1.1"]);
    let error = bounded(hyper_get(&server, client_config(&identity, &[]))).await.unwrap_err();
    let told = causes(&*error);
    assert!(told.contains(r#"GoAway(b"", FRAME_SIZE_ERROR, Library)"#), "{told}");

    let (status, output) = probe(&server.url("https"), &["--cacert", identity.path(), "--no-alpn"]);
    assert!(status == 4 && output.contains(r#""rule":"http1_response""#), "{output}");

    let answer = bounded(hyper_get(&server, client_config(&identity, &["h2", "http/1.1"]))).await;
    assert_eq!(answer.unwrap(), "hello by HTTP/2");
    assert_eq!(probe(&server.url("https"), &["--cacert", identity.path()]).0, 0);
}

#[tokio::test]
async fn a_server_without_alpn_is_the_same_failure() {
    let identity = Identity::new();
    let server = Server::tls(&identity, &[]);
    let error = bounded(hyper_get(&server, client_config(&identity, &["h2", "http/1.1"]))).await.unwrap_err();
    let told = causes(&*error);
    assert!(told.contains("FRAME_SIZE_ERROR"), "{told}");
    let (status, output) = probe(&server.url("https"), &["--cacert", identity.path()]);
    assert!(status == 4 && output.contains(r#""rule":"alpn_none""#), "{output}");
}

fn reqwest_client() -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| ring::default_provider().install_default().unwrap());
    reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy()
}

async fn get(client: reqwest::ClientBuilder, url: &str) -> reqwest::Result<(Version, String)> {
    let response = client.build()?.get(url).send().await?;
    Ok((response.version(), response.text().await?))
}

#[tokio::test]
async fn reqwest_negotiates_by_alpn() {
    let identity = Identity::new();
    let trusting = || {
        let certificate = reqwest::Certificate::from_der(&identity.certificate).unwrap();
        reqwest_client().tls_certs_only([certificate])
    };
    let server = Server::tls(&identity, &["h2", "http/1.1"]);
    let answer = get(trusting(), &server.url("https")).await.unwrap();
    assert_eq!(answer, (Version::HTTP_2, "hello by HTTP/2".to_owned()));
    let server = Server::tls(&identity, &["http/1.1"]);
    let answer = get(trusting(), &server.url("https")).await.unwrap();
    assert_eq!(answer, (Version::HTTP_11, "hello by HTTP/1.1".to_owned()));
    assert_eq!(probe(&server.url("https"), &["--cacert", identity.path()]).0, 4);
}

#[tokio::test]
async fn reqwest_with_prior_knowledge_needs_a_server_that_speaks_http2() {
    let server = Server::h2c();
    let answer = get(reqwest_client().http2_prior_knowledge(), &server.url("http")).await.unwrap();
    assert_eq!(answer, (Version::HTTP_2, "hello by HTTP/2".to_owned()));
    assert_eq!(probe(&server.url("http"), &["--prior-knowledge"]).0, 0);

    let server = Server::http1();
    let error = get(reqwest_client().http2_prior_knowledge(), &server.url("http")).await.unwrap_err();
    let told = causes(&error);
    assert!(told.contains("FRAME_SIZE_ERROR"), "{told}");
    let (status, output) = probe(&server.url("http"), &["--prior-knowledge"]);
    assert!(status == 4 && output.contains(r#""rule":"http1_response""#), "{output}");
    let answer = get(reqwest_client(), &server.url("http")).await.unwrap();
    assert_eq!(answer, (Version::HTTP_11, "hello by HTTP/1.1".to_owned()));
}
