//! Field sections to and from the types of the `http` crate. RFC 9113 §8.
//!
//! [`request()`], [`response()`] and [`trailers()`] take fields in the order in which they were received, from a
//! [`FieldList`] (which has them as methods) or any iterator of [`FieldLine`](crate::FieldLine). [`request_fields`],
//! [`response_fields`] and [`trailer_fields`] borrow the fields of a message in the order in which to send them.
//!
//! ```
//! use h2wire::frame::{SettingBuffer, Settings, StreamId};
//! use h2wire::http_types::request_fields;
//! use h2wire::{Event, FieldList, FieldStep, Limits, Progress, Reader, Role};
//! use h2wire::{SectionHead, Writer};
//!
//! let request = http::Request::get("https://example.com/a?b=c")
//!     .header("cookie", "first=1; second=2")
//!     .body(())?;
//! let (parts, ()) = request.into_parts();
//!
//! let mut writer = Writer::new(Role::Client, 4096);
//! let mut octets = Vec::new();
//! writer.append_preface(&mut octets)?;
//! let settings = SettingBuffer::<0>::new();
//! writer.append_frame(&Settings::List(settings.list()).into(), &mut octets)?;
//! let head = SectionHead::headers(StreamId::new(1).unwrap(), true);
//! writer.append_section(head, request_fields(&parts)?.iter(), &mut octets)?;
//!
//! let mut reader = Reader::new(Role::Server, &Limits::DEFAULT)?;
//! let mut rest = octets.as_slice();
//! let mut list = FieldList::new();
//! let mut end = None;
//! while let Progress::Item { item, consumed } = reader.read(rest)? {
//!     rest = &rest[consumed..];
//!     if let Event::Fields { mut fields, .. } = item {
//!         let FieldStep::SectionEnd(ended) = fields.read_into(&mut list)? else { continue };
//!         end = Some(*ended);
//!     }
//! }
//! assert!(end.is_some_and(|end| end.kind.is_ok()));
//!
//! let request = list.to_request()?;
//! assert_eq!(*request.uri(), parts.uri);
//! assert_eq!(*request.headers(), parts.headers);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What becomes of what
//!
//! | field | in `http` |
//! |---|---|
//! | `:method`, `:status` | method and status |
//! | `:scheme`, `:authority`, `:path` | an absolute URI; `*` stays a path of its own: `uri.path() == "*"` |
//! | `:authority` of CONNECT | a URI in authority form. RFC 9113 §8.5 |
//! | no `:authority`, but `host` | the authority of the URI; `host` stays where it is. RFC 9113 §8.3.1 |
//! | neither | a URI that is a path, and the extension [`TargetScheme`], as a URI without authority has no scheme |
//! | `:protocol` | the extension [`Protocol`]. RFC 8441 §4 |
//! | `cookie`, over several lines | one line, joined with `; `. RFC 9113 §8.2.3 |
//! | other names | a [`HeaderMap`]: repeats in their order |
//! | never indexed | [`is_sensitive`](::http::HeaderValue::is_sensitive), or the extension [`NeverIndexed`]. RFC 7541 §7.1.3 |
//!
//! # What `http` cannot keep
//!
//! - The order of lines of different names, as the map has them together by name, and how `cookie` was cut.
//! - What its types refuse: an empty path, a path of more than 65,534 bytes, a scheme of more than 64, control characters in
//!   values, the path of a Unix socket as `:authority`. That is an error, and nothing is cut off; a lossy conversion
//!   ([`ToHttp::request_lossy`]) keeps such fields beside the message.
//! - `HTTP` and `HTTPS` as `:scheme`: they come out in lower case.
//! - [`Indexing`](crate::Indexing) other than never: the encoder decides anew. It may decide that others are never indexed
//!   too, credentials for example; they are sensitive when they are read.
//!
//! Nor is what HTTP/2 has no place for: the version, extensions of others, a `host` that says the same as the URI, whether
//! a URI wrote its path as nothing or as `/`.

mod cookie; // one line and many
mod error; // what has no place on the other side
mod extensions; // what `http` has no place for
mod head; // what was made of the fields so far
mod headers; // regular fields to a map
mod heads; // the same, and what was made of entries
mod kept; // what was made of entries
mod lossy; // a message, and what has no place in it
mod made; // what becomes of one field
mod pseudo; // pseudo-header fields
mod read; // fields to `http`
mod repeats; // sections with the names of one before
mod write; // `http` to fields

use ::http::{HeaderMap, Request, Response};
use bytes::Bytes;

use crate::{FieldList, FieldListIter, SectionKind};
pub use error::{MalformedField, ToFieldsError, ToHttpError, UnplacedField};
pub use extensions::{NeverIndexed, Protocol, ProtocolForm, TargetScheme};
use head::Head;
pub use heads::Heads;
pub use lossy::Lossy;
use read::read_checked;
pub use read::{ToHttp, request, response, trailers};
pub use write::{HttpFields, ToFields, request_fields, response_fields, trailer_fields};

/// A list of so few fields is not shared: to take its memory apart and to count it costs more than to copy them.
const SHORT: usize = 8;

impl FieldList {
    /// The head of a request, from its fields.
    ///
    /// # Errors
    /// As [`request()`].
    pub fn to_request(&self) -> Result<Request<()>, ToHttpError> {
        match self.checked {
            Some(SectionKind::Request) => self.copied(Head::request),
            _ => request(self.iter()),
        }
    }

    /// As [`to_request`](Self::to_request). The values of a list that a reader has filled are parts of its memory, and not
    /// copied, unless there are few.
    ///
    /// # Errors
    /// As [`request()`].
    pub fn into_request(self) -> Result<Request<()>, ToHttpError> {
        match self.checked {
            Some(SectionKind::Request) => self.shared(Head::request),
            _ => request(self.iter()),
        }
    }

    /// The head of a response, interim or final, from its fields.
    ///
    /// # Errors
    /// As [`response()`].
    pub fn to_response(&self) -> Result<Response<()>, ToHttpError> {
        match self.checked {
            Some(SectionKind::Response) => self.copied(|head| head.response_lossy().strict()),
            _ => response(self.iter()),
        }
    }

    /// As [`to_response`](Self::to_response), and as [`into_request`](Self::into_request).
    ///
    /// # Errors
    /// As [`response()`].
    pub fn into_response(self) -> Result<Response<()>, ToHttpError> {
        match self.checked {
            Some(SectionKind::Response) => self.shared(|head| head.response_lossy().strict()),
            _ => response(self.iter()),
        }
    }

    /// Trailers, from their fields.
    ///
    /// # Errors
    /// As [`trailers()`].
    pub fn to_trailers(&self) -> Result<HeaderMap, ToHttpError> {
        match self.checked {
            Some(SectionKind::Trailers) => self.copied(|head| head.trailers_lossy().strict()),
            _ => trailers(self.iter()),
        }
    }

    /// What is made of the head, whose values are parts of a copy of this memory.
    #[inline]
    fn copied<T>(&self, made: impl FnOnce(&mut Head) -> T) -> T {
        let mut head = Head::default();
        if self.len() > SHORT {
            let memory = Bytes::copy_from_slice(self.octets());
            read_checked(FieldListIter::new(&memory, self.len()), Some(&memory), &mut head);
        } else {
            read_checked(self.iter(), None, &mut head);
        }
        made(&mut head)
    }

    /// The same with parts of this memory.
    #[inline]
    fn shared<T>(self, made: impl FnOnce(&mut Head) -> T) -> T {
        if self.len() <= SHORT {
            return self.copied(made);
        }
        let mut head = Head::default();
        let (len, memory) = (self.len(), Bytes::from(self.into_octets()));
        read_checked(FieldListIter::new(&memory, len), Some(&memory), &mut head);
        made(&mut head)
    }
}
