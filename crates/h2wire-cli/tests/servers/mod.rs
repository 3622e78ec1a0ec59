//! Servers on the loopback device that do what servers do to clients, each for a minute at most.
#![allow(dead_code, reason = "not every file of tests needs all of them")]

use std::convert::Infallible;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// A server that ends when this is dropped.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Does the same to every connection.
    pub(crate) fn start<F>(each: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, async {
                let listener = TcpListener::from_std(listener).unwrap();
                let serve = async {
                    while let Ok((tcp, _)) = listener.accept().await {
                        tokio::task::spawn_local(each(tcp));
                    }
                };
                let end = tokio::time::timeout(Duration::from_secs(60), stopped);
                tokio::select! { () = serve => {}, _ = end => {} }
            });
        });
        Self { addr, _stop: stop }
    }

    /// TLS that chooses from these protocols; what it serves is HTTP/2 if that was chosen, else HTTP/1.1.
    pub(crate) fn tls(identity: &Identity, protocols: &[&str]) -> Self {
        let acceptor = TlsAcceptor::from(identity.server_config(protocols));
        Self::start(move |tcp| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(tls) = acceptor.accept(tcp).await else { return };
                if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
                    serve_http2(tls).await;
                } else {
                    serve_http1(tls).await;
                }
            }
        })
    }

    /// TLS that chooses `h2`, with a backend that sends these bytes.
    pub(crate) fn tls_says(identity: &Identity, octets: &'static [u8]) -> Self {
        let acceptor = TlsAcceptor::from(identity.server_config(&["h2"]));
        Self::start(move |tcp| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut tls) = acceptor.accept(tcp).await else { return };
                say(&mut tls, octets).await;
            }
        })
    }

    /// TLS that requires a client certificate: TLS 1.3 reports its absence after the handshake.
    pub(crate) fn for_certified(identity: &Identity) -> Self {
        let acceptor = TlsAcceptor::from(identity.config_for_certified());
        Self::start(move |tcp| {
            let accepted = acceptor.accept(tcp).into_fallible();
            async {
                let mut tcp = match accepted.await {
                    Ok(tls) => return serve_http2(tls).await,
                    Err((_, tcp)) => tcp,
                };
                // Unread bytes reset the connection, perhaps before the alert arrives.
                while tcp.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
            }
        })
    }

    /// HTTP/2 in cleartext.
    pub(crate) fn h2c() -> Self {
        Self::start(serve_http2)
    }

    /// HTTP/1.1 in cleartext.
    pub(crate) fn http1() -> Self {
        Self::start(serve_http1)
    }

    /// Waits for the first bytes, says something, and waits until the client goes.
    pub(crate) fn says(octets: impl AsRef<[u8]> + Clone + Send + 'static) -> Self {
        Self::start(move |mut tcp| {
            let octets = octets.clone();
            async move { say(&mut tcp, octets.as_ref()).await }
        })
    }

    /// Waits for the first bytes, sends a response, and closes. Unread bytes would reset the connection.
    pub(crate) fn says_and_ends(octets: impl AsRef<[u8]> + Clone + Send + 'static) -> Self {
        Self::start(move |mut tcp| {
            let octets = octets.clone();
            async move {
                let mut buf = [0; 1024];
                let _ = tcp.read(&mut buf).await;
                let _ = tcp.write_all(octets.as_ref()).await;
                let _ = tcp.shutdown().await;
                while tcp.read(&mut buf).await.is_ok_and(|read| read > 0) {}
            }
        })
    }

    pub(crate) fn silent() -> Self {
        Self::says(b"")
    }

    /// Ends when something has come.
    pub(crate) fn closes() -> Self {
        Self::says_and_ends(b"")
    }

    /// Closes without having read, which resets the connection.
    pub(crate) fn resets() -> Self {
        Self::start(|tcp| async move {
            let _ = tcp.peek(&mut [0]).await;
        })
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://localhost:{}/", self.addr.port())
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, octets: &[u8]) {
    let mut buf = [0; 1024];
    let is_said = stream.read(&mut buf).await.is_ok()
        && stream.write_all(octets).await.is_ok()
        && stream.flush().await.is_ok();
    while is_said && stream.read(&mut buf).await.is_ok_and(|read| read > 0) {}
}

/// HTTP/2 by hyper: the content comes back, or a greeting.
async fn serve_http2<S: AsyncRead + AsyncWrite + Unpin + 'static>(stream: S) {
    let answer = service_fn(|request: Request<Incoming>| async {
        let content = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
        let content = content.unwrap_or_default();
        let content = if content.is_empty() { "hello by HTTP/2".into() } else { content };
        Ok::<_, Infallible>(Response::new(http_body_util::Full::new(content)))
    });
    let _ = http2::Builder::new(Local).serve_connection(TokioIo::new(stream), answer).await;
}

/// Lets hyper's tasks run in the thread of the server.
#[derive(Clone)]
struct Local;

impl<F: Future + 'static> hyper::rt::Executor<F> for Local {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(async { drop(future.await) });
    }
}

/// HTTP/1.1 as in most servers: an invalid request gets status 400.
async fn serve_http1<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let mut head = Vec::new();
    while !head.windows(4).any(|octets| octets == b"\r\n\r\n") {
        match stream.read_buf(&mut head).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    let answer: &[u8] = if head.starts_with(b"GET ") {
        b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\nhello by HTTP/1.1"
    } else {
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    };
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
    // Unread bytes reset the connection, perhaps before the response arrives.
    while stream.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
}

/// A self-signed certificate for `localhost`, with its key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    /// The certificate in PEM.
    pub(crate) file: tempfile::NamedTempFile,
    key_file: tempfile::NamedTempFile,
}

impl Identity {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn expired() -> Self {
        Self::with(|params| {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        })
    }

    /// As plain `openssl req -x509` makes them.
    pub(crate) fn authority() -> Self {
        Self::with(|params| params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained))
    }

    fn with(change: impl FnOnce(&mut rcgen::CertificateParams)) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        // An authority of the same name would be another mistake.
        let name = format!("test {}", COUNT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        change(&mut params);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let in_pem = |text: String| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        let (file, key_file) = (in_pem(certificate.pem()), in_pem(key.serialize_pem()));
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Self { certificate: certificate.der().clone(), key, file, key_file }
    }

    fn server_config(&self, protocols: &[&str]) -> Arc<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key())
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }

    fn config_for_certified(&self) -> Arc<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key());
        let mut config = config.unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Arc::new(config)
    }

    pub(crate) fn key_path(&self) -> &str {
        self.key_file.path().to_str().unwrap()
    }

    pub(crate) fn path(&self) -> &str {
        self.file.path().to_str().unwrap()
    }
}
