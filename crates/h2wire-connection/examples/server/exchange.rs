//! Requests and their answers: files, an echo, and a count of the bytes that come for anything else.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use h2wire::frame::{ErrorCode, StreamId};
use h2wire_connection::{Connection, Event, FieldsKind};
use tokio::task::JoinSet;

use crate::content::{Found, Piece, Site};
use crate::date::Date;
use crate::memory::Answer;

/// The work for a request that is not answered at once.
enum Exchange {
    /// Its content is sent back as it comes, as fast as the client takes it; so much of it is not given back to the client's window.
    Echo { held: usize },
    /// Its content is counted and dropped; the answer comes when it is complete.
    Counted { method: Method, path: Vec<u8>, bytes: u64 },
    /// A file is sent; `None` while it is read.
    File { rest: Option<io::Take<File>> },
}

/// What is done when a request is complete.
#[derive(Clone, Copy)]
enum Method {
    Get,
    Head,
    Post,
    Options,
    Other,
}

impl Method {
    fn parse(name: &[u8]) -> Self {
        match name {
            b"GET" => Self::Get,
            b"HEAD" => Self::Head,
            b"POST" | b"PUT" => Self::Post,
            b"OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }
}

/// All requests of a connection that are not answered yet.
pub struct Exchanges {
    site: Arc<Site>,
    now: Instant,
    date: Date,
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
        let (by_stream, files) = (HashMap::new(), JoinSet::new());
        Self { site, now: Instant::now(), date: Date::default(), by_stream, files }
    }

    /// Looks at the clock, once for all events that come together.
    pub fn note_time(&mut self) {
        self.now = Instant::now();
        self.date.set();
    }

    pub fn handle(&mut self, event: Event, connection: &mut Connection) {
        match event {
            Event::Fields { stream_id, kind: FieldsKind::Request, end_stream } => {
                self.start(stream_id, end_stream, connection);
            }
            Event::Fields { stream_id, end_stream: true, .. } => {
                self.content(stream_id, Bytes::new(), true, connection);
            }
            Event::Data { stream_id, data, end_stream } => {
                self.content(stream_id, data, end_stream, connection);
            }
            Event::Drained { stream_id } => self.drained(stream_id, connection),
            Event::Reset { stream_id, .. } => drop(self.by_stream.remove(&stream_id)),
            _ => {}
        }
    }

    fn start(&mut self, stream_id: StreamId, end_stream: bool, connection: &mut Connection) {
        let fields = connection.fields();
        let (name, path) =
            (fields.get(b":method").unwrap_or_default(), fields.get(b":path").unwrap_or_default());
        let method = Method::parse(name);
        if end_stream && matches!(method, Method::Get | Method::Head) {
            match self.site.memory.get(path, self.now) {
                Some(answer) => self.send_answer(stream_id, answer, connection),
                None => self.find(stream_id, path.to_vec(), method),
            }
            return;
        }
        if name == b"CONNECT" {
            return self.respond(stream_id, "501", &[("content-length", "0")], true, connection);
        }
        // RFC 9110 §10.1.1
        let waits = fields.get(b"expect").is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"));
        // What came may have control octets, which are not sent. RFC 9110 §5.5
        let printable = |value: &&str| value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let content_type = fields.get(b"content-type").and_then(|value| str::from_utf8(value).ok());
        let is_echo = path == b"/echo" && !matches!(method, Method::Get | Method::Head);
        let content_type = content_type.filter(printable).unwrap_or("application/octet-stream").to_owned();
        let path = path.to_vec();
        if waits && let Some(mut stream) = connection.stream(stream_id) {
            gone(stream.send_response([(":status", "100")], false));
        }
        let exchange = if is_echo {
            self.respond(stream_id, "200", &[("content-type", &content_type)], false, connection);
            Exchange::Echo { held: 0 }
        } else {
            Exchange::Counted { method, path, bytes: 0 }
        };
        self.by_stream.insert(stream_id, exchange);
        if end_stream {
            self.content(stream_id, Bytes::new(), true, connection);
        }
    }

    fn content(&mut self, stream_id: StreamId, data: Bytes, end_stream: bool, connection: &mut Connection) {
        let Some(mut stream) = connection.stream(stream_id) else { return };
        match self.by_stream.get_mut(&stream_id) {
            Some(Exchange::Echo { held }) => {
                *held = held.saturating_add(data.len());
                gone(stream.send_data(data, end_stream));
                // The rest is given back when it is sent: the client's window is as wide as it reads.
                let sent = held.saturating_sub(stream.queued());
                *held = stream.queued();
                stream.release(sent);
            }
            Some(Exchange::Counted { bytes, .. }) => {
                *bytes = bytes.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
                stream.release(data.len());
            }
            _ => stream.release(data.len()),
        }
        if end_stream {
            self.end(stream_id, connection);
        }
    }

    fn end(&mut self, stream_id: StreamId, connection: &mut Connection) {
        let Some(Exchange::Counted { method, path, bytes }) = self.by_stream.remove(&stream_id) else {
            return;
        };
        match method {
            Method::Get | Method::Head => self.find(stream_id, path, method),
            Method::Post => self.tell(stream_id, &format!("{bytes} octets\n"), connection),
            Method::Options => self.respond(stream_id, "204", &[ALLOW], true, connection),
            Method::Other => {
                self.respond(stream_id, "405", &[ALLOW, ("content-length", "0")], true, connection);
            }
        }
    }

    /// Looks for a file, which may take its time.
    fn find(&mut self, stream_id: StreamId, path: Vec<u8>, method: Method) {
        let (site, now) = (self.site.clone(), self.now);
        let is_head = matches!(method, Method::Head);
        self.files.spawn_blocking(move || {
            let found = site.find(&path, is_head);
            if !is_head {
                site.memory.keep(&path, &found, now);
            }
            (stream_id, Read::First(found))
        });
        self.by_stream.insert(stream_id, Exchange::File { rest: None });
    }

    fn drained(&mut self, stream_id: StreamId, connection: &mut Connection) {
        match self.by_stream.get_mut(&stream_id) {
            Some(Exchange::Echo { held }) => {
                if let Some(mut stream) = connection.stream(stream_id) {
                    stream.release(std::mem::take(held));
                }
            }
            Some(Exchange::File { rest }) => {
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

    /// The streams of requests that are not answered yet.
    #[cfg(test)]
    pub fn waiting(&self) -> Vec<u32> {
        self.by_stream.keys().map(|id| id.get()).collect()
    }

    /// Sends a piece that was read.
    pub fn send(&mut self, stream_id: StreamId, read: Read, connection: &mut Connection) {
        // The client may have cancelled it meanwhile.
        if !self.by_stream.contains_key(&stream_id) {
            return;
        }
        let piece = match read {
            Read::First(Found { status, content_type, length, piece }) => {
                let fields = [("content-type", content_type), ("content-length", &length.to_string())];
                self.respond(stream_id, status, &fields, length == 0, connection);
                piece
            }
            Read::Next(Ok(piece)) => piece,
            Read::Next(Err(_)) => {
                self.by_stream.remove(&stream_id);
                return reset(stream_id, ErrorCode::INTERNAL_ERROR, connection);
            }
        };
        let Some(mut stream) = connection.stream(stream_id) else {
            // It was answered with a head alone.
            self.by_stream.remove(&stream_id);
            return;
        };
        gone(stream.send_data(piece.octets, piece.rest.is_none()));
        let waits = stream.queued() > 0;
        match piece.rest {
            None => drop(self.by_stream.remove(&stream_id)),
            rest => drop(self.by_stream.insert(stream_id, Exchange::File { rest })),
        }
        if !waits {
            // Windows were open: nobody will say that it is drained.
            self.drained(stream_id, connection);
        }
    }

    fn send_answer(&mut self, stream_id: StreamId, answer: Answer, connection: &mut Connection) {
        let Answer { status, content_type, content } = answer;
        let length = content.len();
        let fields = [("content-type", content_type), ("content-length", &length.to_string())];
        self.respond(stream_id, status, &fields, length == 0, connection);
        // For HEAD the stream has ended with the head.
        if length > 0
            && let Some(mut stream) = connection.stream(stream_id)
        {
            gone(stream.send_data(content, true));
        }
    }

    /// A response of one line.
    fn tell(&mut self, stream_id: StreamId, text: &str, connection: &mut Connection) {
        let content = Bytes::copy_from_slice(text.as_bytes());
        let answer = Answer { status: "200", content_type: "text/plain; charset=utf-8", content };
        self.send_answer(stream_id, answer, connection);
    }

    /// The head of a response, with the time.
    fn respond(
        &self,
        stream_id: StreamId,
        status: &str,
        fields: &[(&str, &str)],
        end_stream: bool,
        connection: &mut Connection,
    ) {
        let Some(mut stream) = connection.stream(stream_id) else { return };
        let head = [(":status", status), ("date", self.date.text())];
        gone(stream.send_response(head.into_iter().chain(fields.iter().copied()), end_stream));
    }
}

/// The methods that are answered everywhere.
const ALLOW: (&str, &str) = ("allow", "GET, HEAD, OPTIONS, POST, PUT");

/// What cannot be sent is of a stream that is gone. Fields of this server are valid.
fn gone(sent: Result<(), h2wire_connection::SendError>) {
    debug_assert!(matches!(sent, Ok(()) | Err(h2wire_connection::SendError::Ended)), "{sent:?}");
}

fn reset(stream_id: StreamId, error_code: ErrorCode, connection: &mut Connection) {
    if let Some(stream) = connection.stream(stream_id) {
        stream.reset(error_code);
    }
}
