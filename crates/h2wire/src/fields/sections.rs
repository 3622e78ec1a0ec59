//! Field blocks, joined over their frames, to fields that are lent one at a time.

use core::fmt;

use h2wire_frame::{Frame, PriorityFields, SettingList, StreamId};
use h2wire_hpack::{BlockEnd, Decoded, Decoder, Exceeded, Field, Fragment, MemoryTooSmall};

use crate::announced::Announced;
use crate::{
    AnnounceError, ConnectionError, Counters, Expected, FieldValidator, Limit, Limits, Options, Role, Rule,
    SectionKind, StreamError,
};

/// What a field section belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SectionHead {
    /// The stream of its HEADERS or `PUSH_PROMISE` frame.
    pub stream_id: StreamId,
    /// The `END_STREAM` flag of its HEADERS frame.
    pub end_stream: bool,
    /// The stream that is promised, if it begins with `PUSH_PROMISE`.
    pub promised_stream_id: Option<StreamId>,
    /// The deprecated priority fields of its HEADERS frame.
    pub priority: Option<PriorityFields>,
}

impl SectionHead {
    /// A request, response or trailers on a stream.
    #[must_use]
    pub const fn headers(stream_id: StreamId, end_stream: bool) -> Self {
        Self { stream_id, end_stream, promised_stream_id: None, priority: None }
    }

    /// A promised request.
    #[must_use]
    pub const fn push_promise(stream_id: StreamId, promised_stream_id: StreamId) -> Self {
        Self { promised_stream_id: Some(promised_stream_id), ..Self::headers(stream_id, false) }
    }

    /// What a section that starts with this frame belongs to; `None` for frames that start none.
    pub fn of<B>(frame: &Frame<B>) -> Option<Self> {
        match frame {
            Frame::Headers(frame) => {
                Some(Self { priority: frame.priority, ..Self::headers(frame.stream_id, frame.end_stream) })
            }
            Frame::PushPromise(frame) => Some(Self::push_promise(frame.stream_id, frame.promised_stream_id)),
            _ => None,
        }
    }
}

/// A field section is complete. HPACK is in step, whatever is wrong with the section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SectionEnd {
    /// What it belongs to.
    pub head: SectionHead,
    /// What it is; or why it must not be used: malformed (RFC 9113 §8.1.1) or too large (§10.5.1). The fields lent before
    /// an error are to be thrown away.
    pub kind: Result<SectionKind, StreamError>,
    /// The number of fields, also of those that were not lent as they were too many.
    pub fields: u32,
    /// Name + value + 32 octets for each of them.
    pub list_size: u32,
}

/// What comes next in a field block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldStep<'a> {
    /// A field. What to make of it is only known at the end of its section, which may be malformed or too large.
    Field(Field<'a>),
    /// The octets at hand are used up; the block goes on in the next CONTINUATION frame, or with a
    /// [`ChunkedReader`](crate::ChunkedReader) in the next piece of this one.
    FragmentEnd,
    /// The section is complete.
    SectionEnd(SectionEnd),
}

/// The fields in a frame, or in a piece of one: call [`next`](Self::next) until it says that they end.
///
/// They may be dropped at any time: the rest is decoded then, so that HPACK is in step for the next section.
pub struct Fields<'r, 'i, M: AsRef<[u8]> + AsMut<[u8]>> {
    fragment: Fragment<'r, 'i, M>,
    state: &'r mut State,
    counters: &'r mut Counters,
    ended: Option<FieldStep<'static>>,
}

/// The field blocks of one direction, and the settings that are about them.
#[derive(Clone, Debug)]
pub(crate) struct Sections<M> {
    decoder: Decoder<M>,
    state: State,
    announced: Announced,
    max_table_size: u32,
}

/// What is known of the section that is being decoded.
#[derive(Clone, Debug)]
pub(crate) struct State {
    role: Role,
    head: SectionHead,
    /// What its first field says it is.
    kind: Option<SectionKind>,
    /// `None` if that is not wanted.
    validator: Option<FieldValidator>,
    escalate: bool,
    failed: Option<ConnectionError>,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Sections<M> {
    pub(crate) fn new(role: Role, limits: &Limits, memory: M) -> Result<Self, MemoryTooSmall> {
        let decoder = Decoder::new_in(&limits.hpack(), memory)?;
        let head = SectionHead::headers(StreamId::CONNECTION, false);
        let state = State { role, head, kind: None, validator: None, escalate: false, failed: None };
        Ok(Self { decoder, state, announced: Announced::default(), max_table_size: limits.max_table_size })
    }

    /// Starts a section.
    pub(crate) fn start(&mut self, head: SectionHead, options: &Options) {
        let state = &mut self.state;
        state.head = head;
        state.kind = None;
        state.escalate = options.escalate_stream_errors;
        state.validator = None;
        if options.validate_fields {
            let expected = match (state.role, head.promised_stream_id) {
                (_, Some(_)) => Expected::Promise,
                (Role::Server, None) => Expected::Request,
                (Role::Client, None) => Expected::Response,
                (Role::Observer, None) => Expected::Any,
            };
            state.validator.insert(FieldValidator::new(expected)).extended_connect = options.extended_connect;
        }
    }

    /// Goes on with octets of the field block; `last` says that there are no more.
    pub(crate) fn feed<'r, 'i>(
        &'r mut self,
        fragment: &'i [u8],
        last: bool,
        counters: &'r mut Counters,
    ) -> Fields<'r, 'i, M> {
        let fragment = self.decoder.feed(fragment, last);
        Fields { fragment, state: &mut self.state, counters, ended: None }
    }

    /// Settings are sent: larger frames may come at once.
    pub(crate) fn announce<B: AsRef<[u8]>>(
        &mut self,
        settings: &SettingList<B>,
        options: &mut Options,
    ) -> Result<(), AnnounceError> {
        let sent = self.announced.send(settings, self.max_table_size)?;
        if let Some(max_frame_size) = sent.max_frame_size {
            options.max_frame_size = options.max_frame_size.max(max_frame_size);
        }
        Ok(())
    }

    /// The peer goes by the oldest settings that were sent. Tells whether it may push, if that was among them.
    pub(crate) fn acknowledged(&mut self, options: &mut Options) -> Result<Option<bool>, ConnectionError> {
        let Some(sent) = self.announced.acknowledge() else { return Ok(None) };
        for limit in sent.table_sizes.into_iter().flatten() {
            if self.decoder.set_table_limit(limit).is_err() {
                // There is memory for it, so a block is open, whose fields nobody has dropped.
                return self.fail(h2wire_hpack::HpackError::AbandonedBlock.into());
            }
        }
        if let Some(max_frame_size) = sent.max_frame_size {
            let on_their_way = self.announced.max_frame_size();
            options.max_frame_size = on_their_way.map_or(max_frame_size, |other| other.max(max_frame_size));
        }
        Ok(sent.enable_push)
    }

    /// Counts an error of a frame's stream, and makes it one of the connection if that is wanted.
    pub(crate) fn stream_error(
        &mut self,
        error: StreamError,
        options: &Options,
        counters: &mut Counters,
    ) -> Result<StreamError, ConnectionError> {
        counters.count_stream_error();
        // §5.4.1
        if options.escalate_stream_errors { self.fail(error.into()) } else { Ok(error) }
    }
}

impl<M> Sections<M> {
    /// What ended the connection, if it was found here.
    pub(crate) const fn failed(&self) -> Option<ConnectionError> {
        self.state.failed
    }

    #[cold]
    pub(crate) fn fail<T>(&mut self, error: ConnectionError) -> Result<T, ConnectionError> {
        Err(*self.state.failed.insert(error))
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Fields<'_, '_, M> {
    /// The next field, or what ended. After an end every call says so again.
    ///
    /// # Errors
    /// A rule of HPACK; the reader has failed then. With
    /// [`escalate_stream_errors`](crate::Options::escalate_stream_errors) also what is wrong with the section.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Result<FieldStep<'_>, ConnectionError> {
        if let Some(error) = self.state.failed {
            return Err(error);
        }
        if let Some(ended) = self.ended {
            return Ok(ended);
        }
        let ended = match self.fragment.next() {
            Ok(Decoded::Field(field)) => {
                self.state.field(&field);
                return Ok(FieldStep::Field(field));
            }
            Ok(Decoded::FragmentEnd) => FieldStep::FragmentEnd,
            Ok(Decoded::BlockEnd(end)) => FieldStep::SectionEnd(self.state.end(end, self.counters)?),
            Err(error) => return Err(*self.state.failed.insert(error.into())),
        };
        self.ended = Some(ended);
        Ok(ended)
    }

    /// Decodes the rest, and tells how it ends.
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
        // An error is kept, and every later call of the reader has it for an answer.
        let _ = self.skip();
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> fmt::Debug for Fields<'_, '_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("head", &self.state.head).field("ended", &self.ended).finish()
    }
}

impl State {
    fn field(&mut self, field: &Field<'_>) {
        if self.kind.is_none() {
            self.kind = Some(match field.name {
                b":status" => SectionKind::Response,
                [b':', ..] => SectionKind::Request,
                _ => SectionKind::Trailers,
            });
        }
        if let Some(validator) = &mut self.validator {
            validator.field(field.name, field.value);
        }
    }

    fn end(&mut self, end: BlockEnd, counters: &mut Counters) -> Result<SectionEnd, ConnectionError> {
        counters.count_section();
        let kind = self.judge(end).map_err(|rule| StreamError { stream_id: self.stream_id(), rule });
        if let Err(error) = kind {
            counters.count_stream_error();
            // §5.4.1
            if self.escalate {
                return Err(*self.failed.insert(error.into()));
            }
        }
        Ok(SectionEnd { head: self.head, kind, fields: end.fields, list_size: end.list_size })
    }

    fn judge(&self, end: BlockEnd) -> Result<SectionKind, Rule> {
        match end.exceeded {
            // §10.5.1
            Some(Exceeded::ListSize) => return Err(Rule::Limit(Limit::SectionSize)),
            Some(Exceeded::Fields) => return Err(Rule::Limit(Limit::Fields)),
            None => {}
        }
        match &self.validator {
            // §8.1.1
            Some(validator) => validator.finish(self.head.end_stream).map_err(Rule::Malformed),
            None if self.head.promised_stream_id.is_some() => Ok(SectionKind::Request),
            None => Ok(self.kind.unwrap_or(SectionKind::Trailers)),
        }
    }

    /// The stream that an error is of: for a promised request the promised one. §8.4
    fn stream_id(&self) -> StreamId {
        self.head.promised_stream_id.unwrap_or(self.head.stream_id)
    }
}
