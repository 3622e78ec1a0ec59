//! Field blocks, joined across frames, to fields that are yielded one at a time.

use core::fmt;

use h2wire_frame::StreamId;
use h2wire_hpack::{BlockEnd, Decoded, Decoder, Field, Fragment, MemoryTooSmall};

use super::Counters;
use crate::{
    ConnectionError, FieldValidator, Limit, Limits, MalformedSet, Options, Role, Rule, SectionEnd,
    SectionHead, SectionKind, StreamError,
};
#[cfg(feature = "alloc")]
use crate::{Expected, FieldList};

/// What comes next in a field block.
///
/// Closed: a block yields a field, pauses at the end of a fragment, or ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldStep<'a> {
    /// A field. Do not act on it before the end of the section, which may be malformed or too large.
    Field(Field<'a>),
    /// The fragment is used up. The block continues in the next CONTINUATION frame or, with a
    /// [`ChunkedReader`](crate::ChunkedReader), in the next piece of this frame.
    FragmentEnd,
    /// The section is complete.
    SectionEnd(SectionEnd),
}

/// The fields in a frame, or in a piece of one. Call [`next`](Self::next) until it returns an end.
///
/// They may be dropped at any time: the drop decodes the rest, so HPACK stays in step for the next section.
pub struct Fields<'r, 'i, M: AsRef<[u8]> + AsMut<[u8]>> {
    fragment: Fragment<'r, 'i, M>,
    section: &'r mut SectionState,
    counters: &'r mut Counters,
    failed: &'r mut Option<ConnectionError>,
    ended: Option<FieldStep<'static>>,
}

/// The field blocks of one direction.
#[derive(Clone, Debug)]
pub(super) struct Sections<M> {
    pub(super) decoder: Decoder<M>,
    section: SectionState,
}

/// What is known of the section that is being decoded.
#[derive(Clone, Debug)]
struct SectionState {
    role: Role,
    head: SectionHead,
    /// What its first field says it is.
    kind: Option<SectionKind>,
    /// `None` if validation is off.
    validator: Option<FieldValidator>,
    /// What the last field breaks.
    broken: MalformedSet,
    escalate: bool,
    /// Fields that are not known as a whole.
    #[cfg(feature = "alloc")]
    unknown: u32,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Sections<M> {
    pub(super) fn new(role: Role, limits: &Limits, memory: M) -> Result<Self, MemoryTooSmall> {
        Ok(Self::with_decoder(role, Decoder::new_in(&limits.decoder_limits(), memory)?))
    }

    pub(super) fn with_decoder(role: Role, decoder: Decoder<M>) -> Self {
        let head = SectionHead::headers(StreamId::CONNECTION, false);
        let section = SectionState {
            role,
            head,
            kind: None,
            validator: None,
            broken: MalformedSet::EMPTY,
            escalate: false,
            #[cfg(feature = "alloc")]
            unknown: 0,
        };
        Self { decoder, section }
    }

    /// Starts a section. `extended_connect` says whether the receiver may have announced that it is allowed.
    pub(super) fn start(&mut self, head: SectionHead, options: &Options, extended_connect: bool) {
        let section = &mut self.section;
        section.head = head;
        section.kind = None;
        #[cfg(feature = "alloc")]
        {
            section.unknown = 0;
        }
        section.escalate = options.escalate_stream_errors;
        section.validator = None;
        if options.validate_fields {
            let validator = section.validator.insert(FieldValidator::for_section(section.role, &head));
            validator.extended_connect = options.extended_connect || extended_connect;
            validator.allowed = options.allowed;
        }
    }

    /// Continues with a fragment of the field block; `last` says that it ends the block.
    pub(super) fn feed<'r, 'i>(
        &'r mut self,
        fragment: &'i [u8],
        last: bool,
        counters: &'r mut Counters,
        failed: &'r mut Option<ConnectionError>,
    ) -> Fields<'r, 'i, M> {
        let fragment = self.decoder.feed(fragment, last);
        Fields { fragment, section: &mut self.section, counters, failed, ended: None }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fields<'_, '_, M> {
    /// The next field, or what ended. After an end every call returns it again.
    ///
    /// # Errors
    /// A rule of HPACK; the reader has failed then. With
    /// [`escalate_stream_errors`](crate::Options::escalate_stream_errors) also what is wrong with the section.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Result<FieldStep<'_>, ConnectionError> {
        if let Some(error) = *self.failed {
            return Err(error);
        }
        if let Some(ended) = self.ended {
            return Ok(ended);
        }
        let ended = match self.fragment.next() {
            Ok(Decoded::Field(field)) => {
                self.section.field(&field);
                return Ok(FieldStep::Field(field));
            }
            Ok(Decoded::FragmentEnd) => FieldStep::FragmentEnd,
            Ok(Decoded::BlockEnd(end)) => {
                FieldStep::SectionEnd(self.section.end(end, self.counters, self.failed)?)
            }
            Err(error) => return Err(*self.failed.insert(error.into())),
        };
        self.ended = Some(ended);
        Ok(ended)
    }

    /// Lowers the limits for this section, trailers for example: if it exceeds them it is a [`Limit::SectionSize`] or
    /// [`Limit::Fields`], and the fields above them are not yielded. Call it before the first field of the section. Limits
    /// above those of the reader change nothing.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use h2wire::{Event, FieldStep, Limits, Progress, Reader, Role};
    ///
    /// let octets = b"\0\0\0\x04\0\0\0\0\0\0\0\x05\x01\x05\0\0\0\x01\0\x01a\x01b";
    /// let mut reader = Reader::new(Role::Client, &Limits::DEFAULT)?;
    /// reader.read(octets)?; // SETTINGS
    /// let Progress::Item { item: Event::Fields { mut fields, .. }, .. } = reader.read(&octets[9..])? else {
    ///     panic!("no fields")
    /// };
    /// fields.limit_section(33, 100);
    /// let FieldStep::SectionEnd(end) = fields.skip()? else { panic!("not the end") };
    /// assert_eq!(end.kind.unwrap_err().rule.name(), "section_size_limit");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn limit_section(&mut self, max_section_size: u32, max_fields: u32) {
        self.fragment.limit_block(max_section_size, max_fields);
    }

    /// Appends the fields to `list` and returns how they end: `FragmentEnd` or `SectionEnd`, never `Field`. The
    /// limits bound what is appended.
    ///
    /// The list is not cleared, as a section may come in several frames. Clear it before the next section.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    #[cfg(feature = "alloc")]
    pub fn read_into(&mut self, list: &mut FieldList) -> Result<FieldStep<'static>, ConnectionError> {
        loop {
            match self.next()? {
                FieldStep::Field(field) => list.push(&field.into()),
                FieldStep::FragmentEnd => return Ok(FieldStep::FragmentEnd),
                FieldStep::SectionEnd(end) => return Ok(FieldStep::SectionEnd(end)),
            }
        }
    }

    /// The rules that the last field breaks, by itself or by what came before it. The section may break others at its
    /// end: see [`SectionEnd::broken`].
    #[must_use]
    pub fn broken(&self) -> MalformedSet {
        self.section.broken
    }

    /// Decodes the rest and returns how it ends: `FragmentEnd` or `SectionEnd`, never `Field`.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn skip(&mut self) -> Result<FieldStep<'static>, ConnectionError> {
        loop {
            match self.next()? {
                FieldStep::Field(_) => {}
                FieldStep::FragmentEnd => return Ok(FieldStep::FragmentEnd),
                FieldStep::SectionEnd(end) => return Ok(FieldStep::SectionEnd(end)),
            }
        }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Drop for Fields<'_, '_, M> {
    fn drop(&mut self) {
        // The reader keeps an error: every later call returns it.
        let _ = self.skip();
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for Fields<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("head", &self.section.head).field("ended", &self.ended).finish()
    }
}

impl SectionState {
    fn field(&mut self, field: &Field<'_>) {
        #[cfg(feature = "alloc")]
        if field.known != h2wire_hpack::Known::Both {
            return self.unknown_field(field);
        }
        if self.kind.is_none() {
            self.kind = Some(match field.name {
                b":status" => SectionKind::Response,
                [b':', ..] => SectionKind::Request,
                _ => SectionKind::Trailers,
            });
        }
        if let Some(validator) = &mut self.validator {
            self.broken = validator.field(field.name, field.value);
        }
    }

    fn end(
        &self,
        end: BlockEnd,
        counters: &mut Counters,
        failed: &mut Option<ConnectionError>,
    ) -> Result<SectionEnd, ConnectionError> {
        counters.count_section();
        let (kind, broken) = self.judge(end);
        if let Err(error) = kind {
            counters.count_stream_error();
            // §5.4.1
            if self.escalate {
                return Err(*failed.insert(error.into()));
            }
        }
        let content_length = self.validator.as_ref().and_then(FieldValidator::content_length);
        let BlockEnd { fields, list_size, .. } = end;
        Ok(SectionEnd {
            head: self.head,
            kind,
            fields,
            list_size,
            broken,
            content_length,
            #[cfg(feature = "alloc")]
            unknown: self.unknown,
            #[cfg(feature = "alloc")]
            kind_is_guess: self.is_open_what_it_is(),
        })
    }

    /// A field that is not known as a whole.
    #[cfg(feature = "alloc")]
    #[cold]
    fn unknown_field(&mut self, field: &Field<'_>) {
        self.unknown = self.unknown.saturating_add(1);
        let value = (field.known == h2wire_hpack::Known::Value).then_some(field.value);
        if let Some(validator) = &mut self.validator {
            self.broken = validator.unknown_field(value);
        }
    }

    /// Whether no known field says what the section is, and one that is not known may do so.
    #[cfg(feature = "alloc")]
    fn is_open_what_it_is(&self) -> bool {
        let is_known = matches!(self.kind, Some(SectionKind::Request | SectionKind::Response));
        self.unknown > 0 && !is_known && self.head.promised_stream_id.is_none()
    }

    fn judge(&self, end: BlockEnd) -> (Result<SectionKind, StreamError>, MalformedSet) {
        let stream_id = self.head.error_stream_id();
        let (kind, broken) = match &self.validator {
            // §8.1.1
            Some(validator) => validator.end(Some(self.head.end_stream)),
            #[cfg(feature = "alloc")]
            None if self.is_open_what_it_is() => {
                let expected = Expected::by(self.role, &self.head);
                (Ok(expected.likely(Some(self.head.end_stream))), MalformedSet::EMPTY)
            }
            None if self.head.promised_stream_id.is_some() => (Ok(SectionKind::Request), MalformedSet::EMPTY),
            None => (Ok(self.kind.unwrap_or(SectionKind::Trailers)), MalformedSet::EMPTY),
        };
        let kind = match end.exceeded {
            // §10.5.1
            Some(exceeded) => Err(StreamError::new(stream_id, Rule::Limit(Limit::from(exceeded)))),
            None => kind.map_err(|breach| StreamError::in_section(stream_id, breach)),
        };
        (kind, broken)
    }
}
