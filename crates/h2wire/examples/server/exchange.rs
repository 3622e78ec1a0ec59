//! Requests and their answers: files, an echo, and a count of the bytes that come for anything else.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use h2wire::frame::{ErrorCode, StreamId};
use tokio::task::JoinSet;

use crate::content::{Found, Piece, Site};
use crate::date::imf_fixdate;
use crate::protocol::{Connection, Event, Request};

/// The work for a request.
enum Exchange {
    /// Its content is sent back as it comes, as fast as the client takes it.
    Echo { ends: bool },
    /// Its content is counted and dropped; the answer comes when it is complete.
    Counted { request: Request, octets: u64 },
    /// A file is sent; `None` while it is read.
    File { rest: Option<io::Take<File>> },
}

/// All requests of a connection that are not answered yet.
pub struct Exchanges {
    site: Arc<Site>,
    by_stream: HashMap<StreamId, Exchange>,
    files: JoinSet<(StreamId, Read)>,
}

/// A piece read from a file.
pub enum Read {
    First(Found),
    Next(io::Result<Piece>),
}

impl Exchanges {
    pub fn new(site: Arc<Site>) -> Self {
        Self { site, by_stream: HashMap::new(), files: JoinSet::new() }
    }

    pub fn handle(&mut self, event: Event, connection: &mut Connection) {
        match event {
            Event::Request { stream_id, request } => self.start(stream_id, request, connection),
            Event::Content { stream_id, content } => self.content(stream_id, &content, connection),
            Event::End { stream_id } => self.end(stream_id, connection),
            Event::Sent { stream_id, octets, left } => self.sent(stream_id, octets, left, connection),
            Event::Reset { stream_id, .. } => drop(self.by_stream.remove(&stream_id)),
        }
    }

    fn start(&mut self, stream_id: StreamId, request: Request, connection: &mut Connection) {
        if request.expects_continue() {
            connection.inform(stream_id, "100");
        }
        let exchange = match (request.method(), request.path()) {
            (b"CONNECT", _) => {
                return respond(stream_id, "501", &[("content-length", "0")], true, connection);
            }
            (b"GET" | b"HEAD", _) => Exchange::Counted { request, octets: 0 },
            (_, b"/echo") => {
                let content_type =
                    request.fields.get(b"content-type").and_then(|value| str::from_utf8(value).ok());
                let fields = [("content-type", content_type.unwrap_or("application/octet-stream"))];
                respond(stream_id, "200", &fields, false, connection);
                Exchange::Echo { ends: false }
            }
            _ => Exchange::Counted { request, octets: 0 },
        };
        self.by_stream.insert(stream_id, exchange);
    }

    fn content(&mut self, stream_id: StreamId, content: &Bytes, connection: &mut Connection) {
        match self.by_stream.get_mut(&stream_id) {
            // Released when it is sent: the client's window is as wide as it reads.
            Some(Exchange::Echo { .. }) => connection.write(stream_id, content, false),
            Some(Exchange::Counted { octets, .. }) => {
                *octets = octets.saturating_add(u64::try_from(content.len()).unwrap_or(u64::MAX));
                connection.release(stream_id, content.len());
            }
            _ => connection.release(stream_id, content.len()),
        }
    }

    fn end(&mut self, stream_id: StreamId, connection: &mut Connection) {
        match self.by_stream.remove(&stream_id) {
            Some(Exchange::Echo { .. }) => {
                self.by_stream.insert(stream_id, Exchange::Echo { ends: true });
                connection.write(stream_id, &[], true);
            }
            Some(Exchange::Counted { request, octets }) => match request.method() {
                b"GET" | b"HEAD" => self.find(stream_id, &request),
                b"POST" | b"PUT" => tell(stream_id, &format!("{octets} octets\n"), connection),
                b"OPTIONS" => respond(stream_id, "204", &[ALLOW], true, connection),
                _ => respond(stream_id, "405", &[ALLOW, ("content-length", "0")], true, connection),
            },
            Some(Exchange::File { .. }) | None => {}
        }
    }

    fn find(&mut self, stream_id: StreamId, request: &Request) {
        let (site, path, is_head) = (self.site.clone(), request.path().to_vec(), request.method() == b"HEAD");
        self.files.spawn_blocking(move || (stream_id, Read::First(site.find(&path, is_head))));
        self.by_stream.insert(stream_id, Exchange::File { rest: None });
    }

    fn sent(&mut self, stream_id: StreamId, octets: usize, left: usize, connection: &mut Connection) {
        match self.by_stream.get_mut(&stream_id) {
            Some(Exchange::Echo { ends }) => {
                if *ends && left == 0 {
                    self.by_stream.remove(&stream_id);
                }
                connection.release(stream_id, octets);
            }
            Some(Exchange::File { rest }) if left == 0 => {
                if let Some(file) = rest.take() {
                    self.files.spawn_blocking(move || (stream_id, Read::Next(Piece::read(file))));
                }
            }
            _ => {}
        }
    }

    /// Waits until something was read.
    pub async fn read(&mut self) -> Option<(StreamId, Read)> {
        // A task that was cancelled or has panicked is one less.
        self.files.join_next().await.and_then(Result::ok)
    }

    /// Whether there is something to wait for.
    pub fn is_reading(&self) -> bool {
        !self.files.is_empty()
    }

    /// Sends a piece that was read.
    pub fn send(&mut self, stream_id: StreamId, read: Read, connection: &mut Connection) {
        // The client may have cancelled it meanwhile.
        let Some(Exchange::File { rest }) = self.by_stream.get_mut(&stream_id) else { return };
        let piece = match read {
            Read::First(Found { status, content_type, length, piece }) => {
                let fields = [("content-type", content_type), ("content-length", &length.to_string())];
                respond(stream_id, status, &fields, length == 0, connection);
                piece
            }
            Read::Next(Ok(piece)) => piece,
            Read::Next(Err(_)) => {
                self.by_stream.remove(&stream_id);
                return connection.cancel(stream_id, ErrorCode::INTERNAL_ERROR);
            }
        };
        let ends = piece.rest.is_none();
        *rest = piece.rest;
        if ends {
            self.by_stream.remove(&stream_id);
        }
        connection.write(stream_id, &piece.octets, ends);
    }
}

/// The methods that are answered everywhere.
const ALLOW: (&str, &str) = ("allow", "GET, HEAD, OPTIONS, POST, PUT");

/// The head of a response, with the time.
fn respond(
    stream_id: StreamId,
    status: &str,
    fields: &[(&str, &str)],
    end_stream: bool,
    connection: &mut Connection,
) {
    let date = imf_fixdate(SystemTime::now());
    let fields: Vec<_> = [("date", date.as_str())].into_iter().chain(fields.iter().copied()).collect();
    connection.respond(stream_id, status, &fields, end_stream);
}

/// A response of one line.
fn tell(stream_id: StreamId, text: &str, connection: &mut Connection) {
    let length = text.len().to_string();
    let fields = [("content-type", "text/plain; charset=utf-8"), ("content-length", length.as_str())];
    respond(stream_id, "200", &fields, false, connection);
    connection.write(stream_id, text.as_bytes(), true);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::BytesMut;
    use h2wire::frame::PREFACE;

    use super::*;
    use crate::protocol::Config;

    /// `:method`, then `:scheme`, `:authority`, and `:path` with a name.
    fn request(stream_id: u8, method: u8, path: &str) -> Vec<u8> {
        let path = [&[4, u8::try_from(path.len()).unwrap()], path.as_bytes()].concat();
        let method = if method == b'H' { b"\x02\x04HEAD".as_slice() } else { b"\x82" };
        let block = [method, b"\x86\x01\x01a", &path].concat();
        let length = u8::try_from(block.len()).unwrap();
        [&[0, 0, length, 1, 5, 0, 0, 0, stream_id], block.as_slice()].concat()
    }

    #[tokio::test]
    async fn no_file_is_kept_for_head() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("large"), vec![b'a'; 200_000]).unwrap();
        let site = Arc::new(Site { root: folder.path().to_owned() });
        let mut connection = Connection::new(Config::default()).unwrap();
        let mut exchanges = Exchanges::new(site);
        let requests = [request(1, b'H', "/large"), request(3, b'H', "/"), request(5, b'G', "/large")];
        let mut input = BytesMut::from(
            [PREFACE.as_slice(), &[0, 0, 0, 4, 0, 0, 0, 0, 0], &requests.concat()].concat().as_slice(),
        );
        let mut output = Vec::new();
        loop {
            while let Some(event) = connection.next_event(&mut input, Duration::ZERO) {
                exchanges.handle(event, &mut connection);
            }
            output.extend_from_slice(&connection.take_output());
            if !exchanges.is_reading() {
                break;
            }
            if let Some((stream_id, read)) = exchanges.read().await {
                exchanges.send(stream_id, read, &mut connection);
            }
        }
        // Of the third 65,535 bytes are sent: it waits for the window, and keeps its file.
        let waiting: Vec<_> = exchanges.by_stream.keys().map(|id| id.get()).collect();
        assert_eq!(waiting, [5]);
        assert!(output.len() > 65_535 && output.len() < 67_000, "{}", output.len());
    }
}
