//! Sends one request over a socket and prints the response: status and fields to standard error, content to standard output.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2wire::{FieldLine, FieldList};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::client::{Client, Event, request};

pub type Failure = Box<dyn Error + Send + Sync>;

/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to ask for.
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
        mut more: impl FnMut(&str, &mut lexopt::Parser) -> Result<bool, lexopt::Error>,
    ) -> Result<Self, Failure> {
        use lexopt::prelude::*;
        let (mut url, mut method, mut content) = (None, None, None);
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Value(value) if url.is_none() => url = Some(value.string()?),
                Long("method") => method = Some(parser.value()?.string()?),
                Long("data") => content = Some(std::fs::read(parser.value()?)?.into()),
                Long(name) => {
                    let name = name.to_owned();
                    if !more(&name, &mut parser)? {
                        return Err(format!("unknown option --{name}").into());
                    }
                }
                other => return Err(other.unexpected().into()),
            }
        }
        let url = url.ok_or("usage: URL [--method METHOD] [--data FILE]")?;
        let mut target = Self::from_url(scheme, &url)?;
        target.method = method.unwrap_or(if content.is_some() { "POST" } else { "GET" }.to_owned());
        target.content = content.unwrap_or_default();
        Ok(target)
    }

    fn from_url(scheme: &'static str, url: &str) -> Result<Self, Failure> {
        let rest = url.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
        let rest = rest.ok_or_else(|| format!("{url} does not start with {scheme}://"))?;
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let default = if scheme == "https" { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse()?),
            _ => (authority, default),
        };
        Ok(Self {
            method: String::new(),
            scheme,
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port,
            path: path.to_owned(),
            content: Bytes::new(),
        })
    }

    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.scheme, self.port) {
            ("https", 443) | ("http", 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    fn fields(&self) -> FieldList {
        let mut fields = request(&self.method, self.scheme, &self.authority(), &self.path);
        fields.push(&FieldLine::new(b"user-agent", b"h2wire-example"));
        let length = self.content.len().to_string();
        if !self.content.is_empty() {
            fields.push(&FieldLine::new(b"content-length", length.as_bytes()));
        }
        fields
    }
}

/// Drives a client from its first octet to its last.
pub async fn fetch(socket: impl AsyncRead + AsyncWrite + Unpin, target: &Target) -> Result<(), Failure> {
    let mut client = Client::new(&target.fields(), target.content.clone())?;
    let (mut reader, mut writer) = tokio::io::split(socket);
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let mut outcome = Ok(());
    loop {
        while outcome.is_ok()
            && let Some(event) = client.next_event(&mut input).unwrap_or_else(|error| {
                outcome = Err(error);
                None
            })
        {
            print(event)?;
        }
        if output.is_empty() {
            output = client.take_output()?;
        }
        if output.is_empty() && client.is_done() {
            break;
        }
        input.reserve(16 << 10);
        let step = async {
            tokio::select! {
                sent = send(&mut writer, &mut output), if !output.is_empty() => sent.map(|()| true),
                read = reader.read_buf(&mut input), if !client.is_done() => read.map(|octets| octets > 0),
            }
        };
        if !timeout(PATIENCE, step).await?? {
            client.closed(&input)?;
        }
    }
    // The server may be gone already.
    let _ = writer.shutdown().await;
    Ok(outcome?)
}

async fn send(writer: &mut (impl AsyncWrite + Unpin), output: &mut BytesMut) -> std::io::Result<()> {
    writer.write_buf(output).await?;
    writer.flush().await
}

fn print(event: Event) -> std::io::Result<()> {
    match event {
        Event::Response(fields) | Event::Trailers(fields) => {
            for FieldLine { name, value, .. } in fields.iter() {
                eprintln!("< {}: {}", name.escape_ascii(), value.escape_ascii());
            }
            Ok(())
        }
        Event::Content(content) => std::io::stdout().write_all(&content),
        Event::End => {
            eprintln!("< the end");
            std::io::stdout().flush()
        }
    }
}

/// Tells what went wrong.
pub fn report(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
