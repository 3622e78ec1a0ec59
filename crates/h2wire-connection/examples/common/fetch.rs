//! Sends one request over a socket and prints the response: status and fields to standard error, content to standard output.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use h2wire::{FieldLine, FieldList};
use h2wire_connection::driver::{self, Client, Error};
use h2wire_connection::{Config, ResetReason};
use http::Uri;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long nothing may come or go.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of content that may come before they are printed.
const WINDOW: u32 = 1 << 20;

/// The request.
#[derive(Clone, Debug)]
pub struct Target {
    pub method: String,
    pub scheme: &'static str,
    pub host: String,
    pub port: u16,
    pub path: String,
    pub content: Bytes,
}

impl Target {
    /// Reads `URL [--method METHOD] [--data FILE]`; other arguments are for `more`.
    pub fn from_arguments(
        scheme: &'static str,
        usage: &'static str,
        mut more: impl FnMut(&str, &mut lexopt::Parser) -> Result<bool, lexopt::Error>,
    ) -> Result<Self, Failure> {
        use lexopt::prelude::*;
        let (mut url, mut method, mut content) = (None, None, None);
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Value(value) if url.is_none() => url = Some(value.string()?),
                Long("method") => method = Some(parser.value()?.string()?),
                Long("data") => {
                    let path = PathBuf::from(parser.value()?);
                    let octets =
                        std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                    content = Some(octets.into());
                }
                Short('h') | Long("help") => {
                    println!("{usage}");
                    std::process::exit(0);
                }
                Long(name) => {
                    let name = name.to_owned();
                    if !more(&name, &mut parser)? {
                        return Err(format!("unknown option --{name}").into());
                    }
                }
                other => return Err(other.unexpected().into()),
            }
        }
        let url = url.ok_or(usage)?;
        let mut target = Self::from_url(scheme, &url)?;
        target.method = method.unwrap_or(if content.is_some() { "POST" } else { "GET" }.to_owned());
        target.content = content.unwrap_or_default();
        Ok(target)
    }

    fn from_url(scheme: &'static str, url: &str) -> Result<Self, Failure> {
        let uri: Uri = url.parse().map_err(|error| format!("{url}: {error}"))?;
        if uri.scheme_str() != Some(scheme) {
            return Err(format!("{url} does not start with {scheme}://").into());
        }
        let authority = uri.authority().ok_or_else(|| format!("{url} names no host"))?;
        let host = authority.host();
        let host_and_port = authority.as_str().rsplit('@').next().unwrap_or_default();
        let port = match host_and_port.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')) {
            Some(port) if !port.is_empty() => {
                port.parse().map_err(|error| format!("port {port}: {error}"))?
            }
            _ if scheme == "https" => 443,
            _ => 80,
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        // §8.3.1: the path is never empty. A fragment is for the client alone, and is gone by now.
        let path = uri.path_and_query().map_or("/".to_owned(), ToString::to_string);
        let host = bare.unwrap_or(host).to_owned();
        Ok(Self { method: String::new(), scheme, host, port, path, content: Bytes::new() })
    }

    pub async fn connect(&self) -> Result<TcpStream, Failure> {
        let connected = TcpStream::connect((self.host.as_str(), self.port)).await;
        let socket = connected.map_err(|error| format!("{}: {error}", self.authority()))?;
        socket.set_nodelay(true)?;
        Ok(socket)
    }

    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.scheme, self.port) {
            ("https", 443) | ("http", 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    fn fields(&self) -> FieldList {
        let authority = self.authority();
        let head = [
            (":method", self.method.as_str()),
            (":scheme", self.scheme),
            (":authority", authority.as_str()),
            (":path", self.path.as_str()),
        ];
        // RFC 9113 §8.3.1
        let mut fields: FieldList = head.into_iter().map(FieldLine::from).collect();
        fields.push(&FieldLine::new(b"user-agent", b"h2wire-example"));
        let length = self.content.len().to_string();
        if !self.content.is_empty() {
            fields.push(&FieldLine::new(b"content-length", length.as_bytes()));
        }
        fields
    }
}

/// Sends the request, and prints what comes.
pub async fn fetch(socket: impl AsyncRead + AsyncWrite + Unpin, target: &Target) -> Result<(), Failure> {
    let config = Config::DEFAULT
        .with_stream_window(WINDOW)
        .with_connection_window(WINDOW)
        .with_idle_timeout(Some(PATIENCE));
    let (client, driver) = driver::client(socket, &config)?;
    // When the response has come the client is dropped, and the connection ends. How it does that says nothing about the response.
    let (outcome, _) = tokio::join!(exchange(client, target), driver);
    outcome.map_err(explain)?;
    eprintln!("< the end");
    Ok(std::io::stdout().flush()?)
}

async fn exchange(client: Client, target: &Target) -> Result<(), Error> {
    let mut pending = client.start_request(&target.fields(), target.content.clone()).await?;
    while let Some(fields) = pending.interim().await? {
        print(&fields);
    }
    let mut response = pending.response().await?;
    print(&response.fields);
    while let Some(data) = response.body.data().await? {
        // Nobody may want to see it, which is no error of the connection.
        std::io::stdout().write_all(&data).map_err(|error| Error::Io(error.kind()))?;
    }
    if let Some(fields) = response.body.trailers().await? {
        print(&fields);
    }
    Ok(())
}

fn print(fields: &FieldList) {
    for FieldLine { name, value, .. } in fields {
        eprintln!("< {}: {}", name.escape_ascii(), value.escape_ascii());
    }
}

/// What went wrong, in words. A rule that the server broke has a remedy: that it may speak another protocol, for example.
fn explain(error: Error) -> Failure {
    match error {
        Error::Failed(failure) => format!("{failure}\n{}", failure.cause.remedy()).into(),
        Error::Reset { error_code, reason: reason @ ResetReason::Broken { .. } } => {
            format!("{error_code}: {reason}").into()
        }
        Error::Reset { error_code, reason: ResetReason::ByPeer } => {
            format!("the server has reset the stream: {error_code}").into()
        }
        Error::Reset { error_code, reason: ResetReason::GoAway } => {
            format!("the server has refused the request: {error_code}").into()
        }
        Error::Reset { reason: ResetReason::EndOfInput, .. } => {
            "the connection was closed before the end".into()
        }
        error => error.into(),
    }
}

/// Reports an error.
pub fn report(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;

    use super::*;

    /// A server that says something and is gone: the first bytes that are written go through, and no others.
    struct Gone {
        says: &'static [u8],
        writes: usize,
    }

    impl AsyncRead for Gone {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            buffer.put_slice(std::mem::take(&mut self.says));
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for Gone {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            octets: &[u8],
        ) -> Poll<io::Result<usize>> {
            let Some(writes) = self.writes.checked_sub(1) else {
                return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
            };
            self.writes = writes;
            Poll::Ready(Ok(octets.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(ErrorKind::NotConnected.into()))
        }
    }

    async fn ask(says: &'static [u8]) -> Result<(), String> {
        let mut target = Target::from_url("http", "http://a/").unwrap();
        target.method = "GET".to_owned();
        fetch(Gone { says, writes: 1 }, &target).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_server_that_is_gone_does_not_hide_what_it_said() {
        let error = ask(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n").await.unwrap_err();
        assert!(error.contains("ALPN"), "{error}");
        let error = ask(b"\0\0\0\x04\0\0\0\0\0\0\0\x01\0\x01\0\0\0\x01a").await.unwrap_err();
        assert!(error.starts_with("PROTOCOL_ERROR: "), "{error}");
        // :status 200, and a name in upper case.
        let error = ask(b"\0\0\0\x04\0\0\0\0\0\0\0\x06\x01\x05\0\0\0\x01\x88\0\x01X\x01y").await.unwrap_err();
        assert!(error.contains("the field at index 1: a field name "), "{error}");
        // The response is complete; the acknowledgment of the settings and GOAWAY are too late.
        ask(b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x89").await.unwrap();
        let error = ask(b"\0\0\0\x04\0\0\0\0\0").await.unwrap_err();
        assert!(error.contains("reset") || error.contains("was closed"), "{error}");
    }

    #[test]
    fn urls() {
        for (url, host, port, authority, path) in [
            ("https://a", "a", 443, "a", "/"),
            ("https://a/b/c?d=e", "a", 443, "a", "/b/c?d=e"),
            ("https://a:8443?x=1", "a", 8443, "a:8443", "/?x=1"),
            ("https://a?x=/", "a", 443, "a", "/?x=/"),
            ("https://a/b#c", "a", 443, "a", "/b"),
            ("https://a/b?c#d?e/", "a", 443, "a", "/b?c"),
            ("https://a#b", "a", 443, "a", "/"),
            ("https://a:/", "a", 443, "a", "/"),
            ("https://[::1]/", "::1", 443, "[::1]", "/"),
            ("https://[::1]:8443/a", "::1", 8443, "[::1]:8443", "/a"),
            ("https://b@a:80/", "a", 80, "a:80", "/"),
            ("https://1.1.1.1:1/", "1.1.1.1", 1, "1.1.1.1:1", "/"),
        ] {
            let target = Target::from_url("https", url).unwrap();
            let seen = (target.host.as_str(), target.port, target.path.as_str());
            assert_eq!(seen, (host, port, path), "{url}");
            assert_eq!(target.authority(), authority, "{url}");
        }
        for url in ["http://a/", "a", "/", "https://", "https:///a", "https://a:99999/", "https://a/ b", ""] {
            assert!(Target::from_url("https", url).is_err(), "{url}");
        }
    }
}
