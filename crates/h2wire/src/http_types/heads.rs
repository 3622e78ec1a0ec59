//! Heads of messages, without making the same names and values again.

use ::http::{HeaderMap, HeaderValue, Request, Response, header};

use super::head::Head;
use super::kept::Kept;
use super::made::{Made, Name, NoPlace};
use super::repeats::Repeats;
use super::{Lossy, ToHttpError};
use crate::fields::trim;
use crate::hpack::{EntryCount, Field, Known, Representation};
use crate::{FieldLine, FieldStep, Fields, Indexing, SectionKind, StreamError};

/// Makes heads of `http` from the fields of one direction, and keeps what it made of each entry of the HPACK table: a name or value
/// that comes again is a reference count, not a copy. It is the fastest way to `http`.
///
/// It keeps up to 128 entries, each as long as the table has it, and the maps of up to four kinds of sections; sections of one kind have
/// the same names. What it keeps is compared with each field: after a section that it was not shown, fields are made anew.
///
/// ```
/// use h2wire::http_types::Heads;
/// use h2wire::{Event, Limits, Progress, Reader, Role, SectionKind};
///
/// let octets = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
///     \0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01a\0\0\x04\x01\x05\0\0\0\x03\x82\x86\x84\xbe";
/// let mut reader = Reader::new(Role::Server, &Limits::DEFAULT)?;
/// let mut heads = Heads::new();
/// let mut rest = octets.as_slice();
/// let mut requests = 0;
/// while let Progress::Item { item, consumed } = reader.read_with(rest, |fields| heads.read(fields))? {
///     rest = &rest[consumed..];
///     match item {
///         Event::Fields { fields: Some(Ok(SectionKind::Request)), .. } => {
///             let request = heads.take_request()?;
///             assert_eq!(*request.uri(), "http://a/");
///             requests += 1;
///         }
///         Event::Fields { fields: Some(Err(error)), .. } => println!("send {:?}", error.rst_stream()),
///         _ => {}
///     }
/// }
/// assert_eq!(requests, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Heads {
    kept: Kept,
    head: Head,
    repeats: Repeats,
    /// The number of fields of the section so far.
    fields: u32,
    /// The number of regular fields of the last one: the best guess for the next.
    guess: usize,
    unknown: Option<u32>,
    state: HeadState,
}

/// How far the section is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum HeadState {
    #[default]
    Between,
    Open,
    Complete(SectionKind),
}

impl Heads {
    /// For one direction of a connection from its start.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the fields of a frame, as [`Reader::read_with`](crate::Reader::read_with) lends them. Call it for each frame with fields, also
    /// if you do not want its section.
    ///
    /// Returns what the section is if it ends here, or the error of its stream; `None` if it goes on. A connection error is
    /// returned by the reader.
    pub fn read<M: AsRef<[u8]> + AsMut<[u8]>>(
        &mut self,
        fields: &mut Fields<'_, '_, M>,
    ) -> Option<Result<SectionKind, StreamError>> {
        if self.state != HeadState::Open {
            self.head.reset(self.guess);
            self.repeats.start();
            (self.fields, self.unknown, self.state) = (0, None, HeadState::Open);
        }
        let mut entries = fields.entries();
        let ended = match fields.each(|field| self.field(&field, &mut entries)) {
            Ok(FieldStep::SectionEnd(end)) => Some(end.kind),
            _ => None,
        };
        match ended {
            Some(Ok(kind)) => {
                self.state = HeadState::Complete(kind);
                self.repeats.end(&mut self.head);
                self.guess = self.head.headers.len();
            }
            Some(Err(_)) => self.state = HeadState::Between,
            None => {}
        }
        self.kept.evict(fields.entries());
        ended
    }

    /// The head of the request that was read last.
    ///
    /// # Errors
    /// [`ToHttpError::Unplaced`] if `http` has no place for a field; [`ToHttpError::UnknownField`];
    /// [`ToHttpError::OtherKind`] if it is no request, and [`ToHttpError::NotComplete`] if there is none.
    pub fn take_request(&mut self) -> Result<Request<()>, ToHttpError> {
        self.take(SectionKind::Request)?.request()
    }

    /// As [`take_request`](Self::take_request), with the fields that have no place in it.
    ///
    /// # Errors
    /// As [`take_request`](Self::take_request), but for [`ToHttpError::Unplaced`].
    pub fn take_request_lossy(&mut self) -> Result<Lossy<Request<()>>, ToHttpError> {
        Ok(self.take(SectionKind::Request)?.request_lossy())
    }

    /// The head of the response that was read last, interim or final.
    ///
    /// # Errors
    /// As [`take_request`](Self::take_request).
    pub fn take_response(&mut self) -> Result<Response<()>, ToHttpError> {
        self.take_response_lossy()?.strict()
    }

    /// As [`take_response`](Self::take_response), with the fields that have no place in it.
    ///
    /// # Errors
    /// As [`take_request`](Self::take_request), but for [`ToHttpError::Unplaced`].
    pub fn take_response_lossy(&mut self) -> Result<Lossy<Response<()>>, ToHttpError> {
        Ok(self.take(SectionKind::Response)?.response_lossy())
    }

    /// The trailers that were read last.
    ///
    /// # Errors
    /// As [`take_request`](Self::take_request).
    pub fn take_trailers(&mut self) -> Result<HeaderMap, ToHttpError> {
        self.take_trailers_lossy()?.strict()
    }

    /// As [`take_trailers`](Self::take_trailers), with the fields that have no place in the map.
    ///
    /// # Errors
    /// As [`take_request`](Self::take_request), but for [`ToHttpError::Unplaced`].
    pub fn take_trailers_lossy(&mut self) -> Result<Lossy<HeaderMap>, ToHttpError> {
        Ok(self.take(SectionKind::Trailers)?.trailers_lossy())
    }

    #[inline]
    fn take(&mut self, kind: SectionKind) -> Result<&mut Head, ToHttpError> {
        match self.state {
            HeadState::Complete(found) if found == kind => {}
            HeadState::Complete(found) => return Err(ToHttpError::OtherKind { found }),
            _ => return Err(ToHttpError::NotComplete),
        }
        self.state = HeadState::Between;
        if let Some(index) = self.unknown {
            return Err(ToHttpError::UnknownField { index });
        }
        Ok(&mut self.head)
    }

    #[inline]
    fn field(&mut self, field: &Field<'_>, entries: &mut EntryCount) {
        let index = self.fields;
        self.fields = index.saturating_add(1);
        if field.known != Known::Both {
            if matches!(field.representation, Representation::IncrementalIndexing { .. }) {
                add_one(entries);
            }
            self.unknown.get_or_insert(index);
            return;
        }
        // White space around it may be allowed; it is no part of the value. RFC 9110 §5.5
        let line = FieldLine { value: trim(field.value), ..FieldLine::from(*field) };
        match field.representation {
            Representation::Indexed { index: at } => match entries.number_of(at) {
                Some(entry) => self.entry(index, entry, &line),
                None => self.static_entry(index, at, &line),
            },
            Representation::IncrementalIndexing { name_index } => {
                // Perhaps it is too large to become an entry. Then the next ones are not found where they are looked for.
                let entry = add_one(entries);
                let made = named(name_of(name_index, &line), &line);
                self.kept.keep(entry, &made);
                self.place(index, &line, made, Some(entry));
            }
            Representation::WithoutIndexing { name_index } | Representation::NeverIndexed { name_index } => {
                self.literal(index, name_index, &line);
            }
        }
    }

    /// A field that is an entry of the dynamic table, by its number.
    #[inline(always)]
    fn entry(&mut self, index: u32, entry: u32, line: &FieldLine<'_>) {
        if self.repeats.follow(line) {
            return;
        }
        match self.kept.place(entry) {
            Some(Some(Made::Regular(name, value)))
                if name.as_str().as_bytes() == line.name && value.as_bytes() == line.value =>
            {
                if let Err(value) = self.repeats.follow_with(name, value.clone(), Some(entry)) {
                    self.repeats.leave_and_place(index, line, (name.clone(), value), &mut self.head);
                }
            }
            Some(Some(pseudo)) if pseudo.is_of(line.name, line.value) => {
                self.head.place_kept(index, line, pseudo);
            }
            _ => {
                let made = named(Name::new(line.name), line);
                self.kept.keep(entry, &made);
                self.place(index, line, made, Some(entry));
            }
        }
    }

    /// A field that is an entry of the static table.
    #[inline(always)]
    fn static_entry(&mut self, index: u32, at: u32, line: &FieldLine<'_>) {
        match Name::of_static(at) {
            Some(Name::Pseudo(pseudo)) => self.head.place_pseudo(index, line, pseudo, line.value),
            _ => self.place(index, line, static_field(at, line), None),
        }
    }

    /// A literal that becomes no entry.
    #[inline(always)]
    fn literal(&mut self, index: u32, name_index: u32, line: &FieldLine<'_>) {
        let name = name_of(name_index, line);
        if let Ok(Name::Pseudo(pseudo)) = name {
            self.head.place_pseudo(index, line, pseudo, line.value);
        } else if !self.repeats.follow(line) {
            self.place(index, line, named(name, line), None);
        }
    }

    /// Places what was made of a field; `entry` is the number of its entry, if it has one.
    fn place(&mut self, index: u32, line: &FieldLine<'_>, made: Result<Made, NoPlace>, entry: Option<u32>) {
        match made {
            Ok(Made::Regular(name, mut value)) => {
                value.set_sensitive(line.indexing == Indexing::Never);
                if let Err(value) = self.repeats.follow_with(&name, value, entry) {
                    self.repeats.leave_and_place(index, line, (name, value), &mut self.head);
                }
            }
            made => self.head.place(index, line, made),
        }
    }
}

/// The number of the entry that a literal becomes.
fn add_one(entries: &mut EntryCount) -> u32 {
    let added = entries.added;
    entries.added = added.wrapping_add(1);
    entries.present = entries.present.saturating_add(1);
    added
}

/// A field whose entry is in the static table.
fn static_field(index: u32, field: &FieldLine<'_>) -> Result<Made, NoPlace> {
    /// RFC 7541 Appendix A: the only value of a regular field.
    const ACCEPT_ENCODING: (u32, &str) = (16, "gzip, deflate");
    if index == ACCEPT_ENCODING.0 {
        return Ok(Made::Regular(header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_ENCODING.1)));
    }
    named(name_of(index, field), field)
}

/// The name of a field, which is perhaps in the static table.
fn name_of(index: u32, field: &FieldLine<'_>) -> Result<Name, NoPlace> {
    match Name::of_static(index) {
        Some(name) => Ok(name),
        None => Name::new(field.name),
    }
}

/// What becomes of a field with this name.
fn named(name: Result<Name, NoPlace>, field: &FieldLine<'_>) -> Result<Made, NoPlace> {
    name?.with_value(field.value)
}
