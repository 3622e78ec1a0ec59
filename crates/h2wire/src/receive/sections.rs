//! Field blocks, joined across frames, to fields that are yielded one at a time.

use core::fmt;

use h2wire_frame::StreamId;
use h2wire_hpack::{BlockEnd, Decoder, EntryCount, Field, Fragment, HpackError, MemoryTooSmall};

use super::Counters;
use crate::fields::FieldMarks;
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
    /// The section is complete. The reader keeps its end, so that no step is larger than a field.
    SectionEnd(&'a SectionEnd),
}

/// The fields in a frame, or in a piece of one. Call [`next`](Self::next) until it returns an end.
///
/// They may be dropped at any time: the drop decodes the rest, so HPACK stays in step for the next section.
pub struct Fields<'r, 'i, M: AsRef<[u8]> + AsMut<[u8]>> {
    fragment: Fragment<'r, 'i, M>,
    section: &'r mut SectionState,
    counters: &'r mut Counters,
}

/// The field blocks of one direction.
#[derive(Clone, Debug)]
pub(super) struct Sections<M> {
    pub(super) decoder: Decoder<M>,
    section: SectionState,
}

/// What is kept of a section. Its end takes the place of what it was judged by.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "it is never moved")]
enum SectionStage {
    /// Its fields are not validated.
    Unchecked,
    Checked(FieldValidator),
    Ended(SectionEnd),
}

/// What is known of the section that is being decoded.
#[derive(Clone, Debug)]
struct SectionState {
    role: Role,
    head: SectionHead,
    /// What its first field says it is.
    kind: Option<SectionKind>,
    stage: SectionStage,
    /// What the last field breaks.
    broken: MalformedSet,
    escalate: bool,
    /// Fields that are not known as a whole.
    #[cfg(feature = "alloc")]
    unknown: u32,
    /// What ended the connection.
    failed: Option<ConnectionError>,
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
            stage: SectionStage::Unchecked,
            broken: MalformedSet::EMPTY,
            escalate: false,
            #[cfg(feature = "alloc")]
            unknown: 0,
            failed: None,
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
        section.stage = SectionStage::Unchecked;
        if options.validate_fields {
            let mut validator = FieldValidator::for_section(section.role, &head);
            validator.extended_connect = options.extended_connect || extended_connect;
            validator.allowed = options.allowed;
            section.stage = SectionStage::Checked(validator);
        }
    }

    /// Continues with a fragment of the field block; `last` says that it ends the block.
    pub(super) fn feed<'r, 'i>(
        &'r mut self,
        fragment: &'i [u8],
        last: bool,
        counters: &'r mut Counters,
    ) -> Fields<'r, 'i, M> {
        let fragment = self.decoder.feed(fragment, last);
        Fields { fragment, section: &mut self.section, counters }
    }
}

impl<M> Sections<M> {
    #[cfg(feature = "alloc")]
    pub(super) const fn end(&self) -> Option<SectionEnd> {
        self.section.ended()
    }

    pub(super) const fn failed(&self) -> Option<ConnectionError> {
        self.section.failed
    }

    pub(super) const fn failed_mut(&mut self) -> &mut Option<ConnectionError> {
        &mut self.section.failed
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fields<'_, '_, M> {
    /// The next field, or what ended. After an end every call returns it again.
    ///
    /// # Errors
    /// A rule of HPACK; the reader has failed then. With
    /// [`escalate_stream_errors`](crate::Options::escalate_stream_errors) also what is wrong with the section.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    pub fn next(&mut self) -> Result<FieldStep<'_>, ConnectionError> {
        // What is found is made into the result where it is found: the processor waits for what goes through memory.
        self.fragment.next_with(
            FieldMarks,
            (&mut *self.section, &mut *self.counters),
            |(section, _), field, mark| {
                section.field(&field, mark);
                Ok(FieldStep::Field(field))
            },
            |(section, counters), ended| section.step(ended, counters),
        )
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
    pub fn read_into(&mut self, list: &mut FieldList) -> Result<FieldStep<'_>, ConnectionError> {
        self.each(|field| list.push(&field.into()))
    }

    /// The rules that the last field breaks, by itself or by what came before it. The section may break others at its
    /// end: see [`SectionEnd::broken`].
    #[must_use]
    pub fn broken(&self) -> MalformedSet {
        self.section.broken
    }

    /// Decodes the rest, shows each field to `visit`, and returns how it ends: `FragmentEnd` or `SectionEnd`, never `Field`.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use h2wire::{Event, FieldStep, Limits, Progress, Reader, Role};
    ///
    /// let octets = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88";
    /// let mut reader = Reader::new(Role::Client, &Limits::DEFAULT)?;
    /// reader.read(octets)?; // SETTINGS
    /// let Progress::Item { item: Event::Fields { mut fields, .. }, .. } = reader.read(&octets[9..])? else {
    ///     panic!("no fields")
    /// };
    /// let mut shown = Vec::new();
    /// let end = fields.each(|field| shown.push(format!("{field:?}")))?;
    /// assert!(matches!(end, FieldStep::SectionEnd(end) if end.fields == 1));
    /// assert_eq!(shown, [":status: 200"]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`next`](Self::next).
    #[inline]
    pub fn each(&mut self, mut visit: impl FnMut(Field<'_>)) -> Result<FieldStep<'_>, ConnectionError> {
        let mut ended = Ok(None);
        while self.fragment.next_with(
            FieldMarks,
            (&mut *self.section, &mut visit, &mut ended),
            |(section, visit, _), field, mark| {
                section.field(&field, mark);
                visit(field);
                true
            },
            |(_, _, ended), end| {
                *ended = end;
                false
            },
        ) {}
        self.section.step(ended, self.counters)
    }

    /// The entries of the dynamic table, in numbers.
    #[must_use]
    #[inline]
    pub const fn entries(&self) -> EntryCount {
        self.fragment.entries()
    }

    /// Decodes the rest and returns how it ends: `FragmentEnd` or `SectionEnd`, never `Field`.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn skip(&mut self) -> Result<FieldStep<'_>, ConnectionError> {
        self.each(|_| {})
    }

    /// Decodes the rest. Returns what ended the connection, if that did.
    #[inline(always)]
    pub(crate) fn finish(&mut self) -> Option<ConnectionError> {
        if self.fragment.has_ended() { self.section.failed } else { self.skip().err() }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Drop for Fields<'_, '_, M> {
    fn drop(&mut self) {
        // The reader keeps an error: every later call returns it.
        let _ = self.finish();
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for Fields<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields")
            .field("head", &self.section.head)
            .field("end", &self.section.ended())
            .finish()
    }
}

impl SectionState {
    const fn ended(&self) -> Option<SectionEnd> {
        match self.stage {
            SectionStage::Ended(end) => Some(end),
            _ => None,
        }
    }

    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    fn field(&mut self, field: &Field<'_>, mark: u8) {
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
        if let SectionStage::Checked(validator) = &mut self.stage {
            self.broken = validator.marked_field(mark, field.name, field.value);
        }
    }

    /// What an end of HPACK is for the section. It may be asked for again.
    #[inline(never)]
    fn step(
        &mut self,
        ended: Result<Option<BlockEnd>, HpackError>,
        counters: &mut Counters,
    ) -> Result<FieldStep<'_>, ConnectionError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match ended {
            Ok(None) => Ok(FieldStep::FragmentEnd),
            Ok(Some(end)) => {
                if !matches!(self.stage, SectionStage::Ended(_)) {
                    self.end_with(end, counters)?;
                }
                match &self.stage {
                    SectionStage::Ended(end) => Ok(FieldStep::SectionEnd(end)),
                    _ => Ok(FieldStep::FragmentEnd),
                }
            }
            Err(error) => Err(*self.failed.insert(error.into())),
        }
    }

    fn end_with(&mut self, end: BlockEnd, counters: &mut Counters) -> Result<(), ConnectionError> {
        counters.count_section();
        let (kind, broken) = self.judge(end);
        if let Err(error) = kind {
            counters.count_stream_error();
            // §5.4.1
            if self.escalate {
                return Err(*self.failed.insert(error.into()));
            }
        }
        let content_length = match &self.stage {
            SectionStage::Checked(validator) => validator.content_length(),
            _ => None,
        };
        let BlockEnd { fields, list_size, .. } = end;
        self.stage = SectionStage::Ended(SectionEnd {
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
        });
        Ok(())
    }

    /// A field that is not known as a whole.
    #[cfg(feature = "alloc")]
    #[cold]
    fn unknown_field(&mut self, field: &Field<'_>) {
        self.unknown = self.unknown.saturating_add(1);
        let value = (field.known == h2wire_hpack::Known::Value).then_some(field.value);
        if let SectionStage::Checked(validator) = &mut self.stage {
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
        let (kind, broken) = match &self.stage {
            // §8.1.1
            SectionStage::Checked(validator) => validator.end(Some(self.head.end_stream)),
            #[cfg(feature = "alloc")]
            _ if self.is_open_what_it_is() => {
                let expected = Expected::by(self.role, &self.head);
                (Ok(expected.likely(Some(self.head.end_stream))), MalformedSet::EMPTY)
            }
            _ if self.head.promised_stream_id.is_some() => (Ok(SectionKind::Request), MalformedSet::EMPTY),
            _ => (Ok(self.kind.unwrap_or(SectionKind::Trailers)), MalformedSet::EMPTY),
        };
        let kind = match end.exceeded {
            // §10.5.1
            Some(exceeded) => Err(StreamError::new(stream_id, Rule::Limit(Limit::from(exceeded)))),
            None => kind.map_err(|breach| StreamError::in_section(stream_id, breach)),
        };
        (kind, broken)
    }
}
