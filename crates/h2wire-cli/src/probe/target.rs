//! The address to connect to, and the request to send.

use std::fs::File;

use anyhow::{Context, bail};
use http::Uri;

use super::health;
use super::session::Request;
use crate::args::ProbeOptions;
use crate::io::read_whole;

/// A URL and its parts.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) tls: bool,
    /// The name of the URL, which a certificate must have; without brackets.
    pub(crate) name: String,
    /// The host to connect to.
    pub(crate) host: String,
    pub(crate) port: u16,
    authority: String,
    path: String,
}

impl Target {
    pub(crate) fn from_options(options: &ProbeOptions) -> anyhow::Result<Self> {
        let url = &options.url;
        let uri: Uri = url.parse().with_context(|| format!("{url}: not a URL"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => bail!("{url}: the URL must start with https:// or http://"),
        };
        let authority = uri.authority().with_context(|| format!("{url}: the URL has no host"))?;
        // RFC 9113 §8.3.1
        if authority.as_str().contains('@') {
            bail!("{url}: HTTP/2 forbids a user name in the URL; send credentials with --header");
        }
        let name = unbracketed(authority.host()).to_owned();
        let port = match authority.as_str().strip_prefix(authority.host()) {
            None | Some("" | ":") => {
                if tls {
                    443
                } else {
                    80
                }
            }
            Some(port) => port_of(port.trim_start_matches(':'))
                .with_context(|| format!("{url}: the port must be a number from 1 to 65535"))?,
        };
        let (host, port) = match &options.connect {
            Some(place) => place_of(place)?,
            None => (name.clone(), port),
        };
        let path = match path_of(&uri, options) {
            path if options.grpc_health.is_none() => path,
            path if path == "/" => health::PATH.to_owned(),
            _ => bail!("{url}: with --grpc-health the URL has no path, which is {}", health::PATH),
        };
        Ok(Self { url: url.clone(), tls, name, host, port, authority: authority.as_str().to_owned(), path })
    }

    /// The request, with its content.
    pub(crate) fn request(&self, options: &ProbeOptions) -> anyhow::Result<Request> {
        let content = match (&options.grpc_health, &options.data) {
            (Some(service), _) => Some(health::request(service)),
            (None, Some(data)) => Some(content(data)?),
            (None, None) => None,
        };
        let default_method = if content.is_some() { "POST" } else { "GET" };
        let mut fields = Vec::new();
        let mut authority = self.authority.clone();
        for (name, value) in &options.header {
            if name == "host" {
                authority.clone_from(value);
            } else {
                fields.push((name.clone(), value.clone()));
            }
        }
        let mut default = |name: &str, value: String| {
            if !options.header.iter().any(|(given, _)| given == name) {
                fields.push((name.to_owned(), value));
            }
        };
        default("user-agent", format!("h2wire/{}", env!("CARGO_PKG_VERSION")));
        if options.grpc_health.is_some() {
            default("content-type", "application/grpc".to_owned());
            default("te", "trailers".to_owned());
        } else {
            default("accept", "*/*".to_owned());
            if let Some(content) = &content {
                default("content-length", content.len().to_string());
            }
        }
        Ok(Request {
            method: options.method.clone().unwrap_or_else(|| default_method.to_owned()),
            scheme: if self.tls { "https" } else { "http" },
            authority,
            path: self.path.clone(),
            fields,
            content: content.unwrap_or_default(),
        })
    }
}

/// `:path`. A URL may have no path: that is `/` and, for OPTIONS, `*`. RFC 9113 §8.3.1.
fn path_of(uri: &Uri, options: &ProbeOptions) -> String {
    let after_scheme = options.url.split_once("://").map_or("", |(_, rest)| rest);
    let is_bare = !after_scheme.contains(['/', '?']);
    match uri.path_and_query().map_or("", |path| path.as_str()) {
        _ if is_bare && options.method.as_deref() == Some("OPTIONS") => "*".to_owned(),
        path if path.starts_with('/') => path.to_owned(),
        query => format!("/{query}"),
    }
}

/// The content that `--data` names.
fn content(data: &str) -> anyhow::Result<Vec<u8>> {
    match data.strip_prefix('@') {
        Some("-") => standard_input(),
        Some(file) => {
            let read = File::open(file).and_then(|file| read_whole(file, MOST_CONTENT));
            read.with_context(|| format!("--data @{file}"))
        }
        None if data == "-" => standard_input(),
        None => Ok(data.as_bytes().to_vec()),
    }
}

/// Content is sent from memory.
const MOST_CONTENT: u64 = 1024 * 1024 * 1024;

fn standard_input() -> anyhow::Result<Vec<u8>> {
    read_whole(std::io::stdin(), MOST_CONTENT).context("standard input")
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn place_of(place: &str) -> anyhow::Result<(String, u16)> {
    let parts = place.rsplit_once(':').and_then(|(host, port)| Some((host, port_of(port)?)));
    let (host, port) =
        parts.with_context(|| format!("--connect {place}: write HOST:PORT, with a port from 1 to 65535"))?;
    Ok((unbracketed(host).to_owned(), port))
}

fn port_of(digits: &str) -> Option<u16> {
    // `parse` would accept a sign.
    let port = digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())??;
    (port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: ProbeOptions,
    }

    fn options(line: &[&str]) -> ProbeOptions {
        Line::try_parse_from([&["probe"], line].concat()).unwrap().options
    }

    #[test]
    fn a_url_says_where_and_what() {
        for (url, host, port, authority, path) in [
            ("https://example.com", "example.com", 443, "example.com", "/"),
            ("http://example.com:81/a?b", "example.com", 81, "example.com:81", "/a?b"),
            ("https://[::1]:8443/", "::1", 8443, "[::1]:8443", "/"),
            ("https://example.com?a=b", "example.com", 443, "example.com", "/?a=b"),
            ("https://example.com:81?a", "example.com", 81, "example.com:81", "/?a"),
            ("https://example.com#a", "example.com", 443, "example.com", "/"),
        ] {
            let target = Target::from_options(&options(&[url])).unwrap();
            assert_eq!(
                (target.host.as_str(), target.port, target.authority.as_str(), target.path.as_str()),
                (host, port, authority, path)
            );
        }
        for (url, path) in [("https://a", "*"), ("https://a/", "/"), ("https://a?b", "/?b")] {
            let target = Target::from_options(&options(&[url, "--method=OPTIONS"])).unwrap();
            assert_eq!(target.path, path, "{url}");
        }
        for url in ["example.com", "ftp://example.com/", "https:///", "https://me@example.com/"] {
            assert!(Target::from_options(&options(&[url])).is_err(), "{url}");
        }
    }

    #[test]
    fn a_port_that_is_none_is_not_taken_for_another() {
        let port = |line: &[&str]| Target::from_options(&options(line)).map(|target| target.port);
        assert_eq!(port(&["https://example.com:/"]).unwrap(), 443, "an empty one is none (RFC 3986 §3.2.3)");
        assert_eq!(port(&["https://[::1]:65535/"]).unwrap(), 65_535);
        for port_text in ["99999", "65536", "0", "+80", "https"] {
            let url = format!("https://example.com:{port_text}/");
            assert!(port(&[&url]).is_err(), "{url}");
            assert!(port(&[&url, "--connect=localhost:1"]).is_err(), "{url}");
            let place = format!("--connect=localhost:{port_text}");
            assert!(port(&["https://example.com/", &place]).is_err(), "{place}");
        }
    }

    #[test]
    fn options_take_the_place_of_what_the_url_says() {
        let options = options(&[
            "https://example.com/",
            "--connect=[::1]:1",
            "--header=Host: other",
            "--header=Accept:x",
            "--data=ab",
        ]);
        let target = Target::from_options(&options).unwrap();
        assert_eq!((target.name.as_str(), target.host.as_str(), target.port), ("example.com", "::1", 1));
        let request = target.request(&options).unwrap();
        assert_eq!((request.method.as_str(), request.authority.as_str()), ("POST", "other"));
        let names: Vec<_> =
            request.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!((names[0], names[2]), (("accept", "x"), ("content-length", "2")));
    }
}
