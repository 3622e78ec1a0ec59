//! One field section while its fields come.

use h2wire_frame::StreamId;
use h2wire_hpack::{BlockEnd, Exceeded, Field, HpackError};

use super::Counters;
#[cfg(feature = "alloc")]
use crate::Expected;
use crate::{
    ConnectionError, FieldValidator, Limit, MalformedSet, Options, Role, Rule, SectionEnd, SectionHead,
    SectionKind, StreamError,
};

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
pub(super) struct SectionState {
    role: Role,
    pub(super) head: SectionHead,
    /// What its first field says it is.
    kind: Option<SectionKind>,
    stage: SectionStage,
    /// What the last field breaks.
    pub(super) broken: MalformedSet,
    escalate: bool,
    /// Fields that are not known as a whole.
    #[cfg(feature = "alloc")]
    unknown: u32,
    /// What ended the connection.
    pub(super) failed: Option<ConnectionError>,
}

impl SectionState {
    pub(super) const fn new(role: Role) -> Self {
        Self {
            role,
            head: SectionHead::headers(StreamId::CONNECTION, false),
            kind: None,
            stage: SectionStage::Unchecked,
            broken: MalformedSet::EMPTY,
            escalate: false,
            #[cfg(feature = "alloc")]
            unknown: 0,
            failed: None,
        }
    }

    /// Starts a section. `extended_connect` says whether the receiver may have announced that it is allowed.
    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    pub(super) fn start(&mut self, head: SectionHead, options: &Options, extended_connect: bool) {
        self.head = head;
        self.kind = None;
        #[cfg(feature = "alloc")]
        {
            self.unknown = 0;
        }
        self.escalate = options.escalate_stream_errors;
        self.stage = SectionStage::Unchecked;
        if options.validate_fields {
            let mut validator = FieldValidator::for_section(self.role, &head);
            validator.extended_connect = options.extended_connect || extended_connect;
            validator.allowed = options.allowed;
            self.stage = SectionStage::Checked(validator);
        }
    }

    pub(super) const fn ended(&self) -> Option<&SectionEnd> {
        match &self.stage {
            SectionStage::Ended(end) => Some(end),
            _ => None,
        }
    }

    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    pub(super) fn field(&mut self, field: &Field<'_>, mark: u8) {
        #[cfg(feature = "alloc")]
        if field.known != h2wire_hpack::Known::Both {
            return self.unknown_field(field.known, field.value);
        }
        if self.kind.is_none() {
            const STATUS: &[u8] = b":status";
            self.kind = Some(match field.name {
                [b':', ..] if field.name.len() == 7 && field.name == STATUS => SectionKind::Response,
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
    pub(super) fn step(
        &mut self,
        ended: Result<Option<BlockEnd>, HpackError>,
        counters: &mut Counters,
    ) -> Result<FieldStep<'_>, ConnectionError> {
        match self.end(ended, counters) {
            Ok(()) => Ok(self.lend_end()),
            Err(error) => Err(error),
        }
    }

    /// The end that was found last.
    #[inline(always)]
    pub(super) const fn lend_end(&self) -> FieldStep<'_> {
        match &self.stage {
            SectionStage::Ended(end) => FieldStep::SectionEnd(end),
            _ => FieldStep::FragmentEnd,
        }
    }

    /// Takes an end of HPACK. The processor waits for a `BlockEnd` that is handed on as a whole.
    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    pub(super) fn end(
        &mut self,
        ended: Result<Option<BlockEnd>, HpackError>,
        counters: &mut Counters,
    ) -> Result<(), ConnectionError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match ended {
            Ok(Some(BlockEnd { fields, list_size, exceeded, .. })) => {
                self.end_block(fields, list_size, exceeded, counters)
            }
            Ok(None) => Ok(()),
            Err(error) => Err(*self.failed.insert(error.into())),
        }
    }

    #[inline(never)]
    fn end_block(
        &mut self,
        fields: u32,
        list_size: u32,
        exceeded: Option<Exceeded>,
        counters: &mut Counters,
    ) -> Result<(), ConnectionError> {
        if matches!(self.stage, SectionStage::Ended(_)) {
            return Ok(());
        }
        counters.count_section();
        let mut broken = MalformedSet::EMPTY;
        let kind = self.judge(exceeded, &mut broken);
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
    fn unknown_field(&mut self, known: h2wire_hpack::Known, value: &[u8]) {
        self.unknown = self.unknown.saturating_add(1);
        let value = (known == h2wire_hpack::Known::Value).then_some(value);
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

    #[inline(always)]
    fn judge(
        &self,
        exceeded: Option<Exceeded>,
        broken: &mut MalformedSet,
    ) -> Result<SectionKind, StreamError> {
        let kind = match &self.stage {
            // §8.1.1
            SectionStage::Checked(validator) => validator.end(Some(self.head.end_stream), broken),
            #[cfg(feature = "alloc")]
            _ if self.is_open_what_it_is() => {
                let expected = Expected::by(self.role, &self.head);
                Ok(expected.likely(Some(self.head.end_stream)))
            }
            _ if self.head.promised_stream_id.is_some() => Ok(SectionKind::Request),
            _ => Ok(self.kind.unwrap_or(SectionKind::Trailers)),
        };
        match (exceeded, kind) {
            // §10.5.1
            (Some(exceeded), _) => {
                let rule = Rule::Limit(Limit::from(exceeded));
                Err(StreamError::new(self.head.error_stream_id(), rule))
            }
            (None, Ok(kind)) => Ok(kind),
            (None, Err(breach)) => Err(StreamError::in_section(self.head.error_stream_id(), breach)),
        }
    }
}
