//! One request in HTTP/1.1, for servers that do not choose `h2`: as much of RFC 9112 as that takes.

use std::fmt::Write as _;
use std::io::Write;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use crate::fetch::{Failure, Target};

/// The longest head of a response.
const MAX_HEAD: u64 = 64 << 10;

/// How long the content is.
enum Length {
    None,
    Octets(u64),
    Chunked,
    UntilClosed,
}

/// Sends the request and prints the response, as in HTTP/2.
pub async fn fetch(socket: impl AsyncRead + AsyncWrite + Unpin, target: &Target) -> Result<(), Failure> {
    let Target { method, path, content, .. } = target;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", target.authority());
    head.push_str("user-agent: h2wire-example\r\nconnection: close\r\n");
    if !content.is_empty() {
        write!(head, "content-length: {}\r\n", content.len())?;
    }
    head.push_str("\r\n");
    let mut socket = BufReader::new(socket);
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(content).await?;
    socket.flush().await?;
    let length = read_head(&mut socket, method == "HEAD").await?;
    read_content(&mut socket, length).await?;
    eprintln!("< the end");
    Ok(std::io::stdout().flush()?)
}

async fn read_line(socket: &mut (impl AsyncRead + Unpin + AsyncBufReadExt)) -> Result<String, Failure> {
    let mut line = Vec::new();
    socket.take(MAX_HEAD).read_until(b'\n', &mut line).await?;
    let line = line.strip_suffix(b"\n").ok_or("the response is cut off")?;
    Ok(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
}

/// Reads heads up to a final one. RFC 9112 §6.3
async fn read_head(socket: &mut (impl AsyncBufReadExt + Unpin), is_head: bool) -> Result<Length, Failure> {
    loop {
        let line = read_line(socket).await?;
        eprintln!("< {line}");
        let status = line.split(' ').nth(1).ok_or("no status line")?.to_owned();
        let mut length = Length::UntilClosed;
        let mut octets = line.len();
        loop {
            let line = read_line(socket).await?;
            octets = octets.saturating_add(line.len());
            if line.is_empty() {
                break;
            }
            if octets > 64 << 10 {
                return Err("the head of the response is too long".into());
            }
            eprintln!("< {line}");
            let (name, value) = line.split_once(':').ok_or("a field without a colon")?;
            match name.to_ascii_lowercase().as_str() {
                "transfer-encoding" => length = Length::Chunked,
                "content-length" if !matches!(length, Length::Chunked) => {
                    length = Length::Octets(value.trim().parse()?);
                }
                _ => {}
            }
        }
        if !status.starts_with('1') {
            let has_none = is_head || status == "204" || status == "304";
            return Ok(if has_none { Length::None } else { length });
        }
    }
}

async fn read_content(socket: &mut (impl AsyncBufReadExt + Unpin), length: Length) -> Result<(), Failure> {
    match length {
        Length::None => Ok(()),
        Length::Octets(octets) => copy(socket, octets).await,
        Length::Chunked => loop {
            let line = read_line(socket).await?;
            let size = line.split(';').next().unwrap_or_default();
            let octets = u64::from_str_radix(size.trim(), 16)?;
            if octets == 0 {
                return Ok(());
            }
            copy(socket, octets).await?;
            read_line(socket).await?;
        },
        Length::UntilClosed => {
            let mut buffer = vec![0; 16 << 10];
            loop {
                let octets = socket.read(&mut buffer).await?;
                if octets == 0 {
                    return Ok(());
                }
                std::io::stdout().write_all(buffer.get(..octets).unwrap_or_default())?;
            }
        }
    }
}

async fn copy(socket: &mut (impl AsyncBufReadExt + Unpin), mut left: u64) -> Result<(), Failure> {
    while left > 0 {
        let octets = socket.fill_buf().await?;
        let len = octets.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if len == 0 {
            return Err("the response is cut off".into());
        }
        std::io::stdout().write_all(octets.get(..len).unwrap_or_default())?;
        socket.consume(len);
        left = left.saturating_sub(u64::try_from(len).unwrap_or(u64::MAX));
    }
    Ok(())
}
