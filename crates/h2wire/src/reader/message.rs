//! Frames, and whole field sections that own their fields.

use h2wire_frame::{Frame, FrameHeader, FrameType, Progress};

use super::event::{Block, BlockPart};
use super::{Event, Reader};
use crate::{ConnectionError, FieldList, FieldStep, SectionEnd, SectionKind, StreamError};

/// A frame, or a field section with its fields: what [`Reader::read_message`] yields. `B` holds the payloads of frames.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Message<B> {
    /// The client connection preface. RFC 9113 §3.4.
    Preface,
    /// A frame without a field block.
    Frame {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The frame.
        frame: Frame<B>,
    },
    /// A field section, however many frames it came in.
    Section {
        /// What it is.
        kind: SectionKind,
        /// Its stream, and what was counted.
        end: SectionEnd,
        /// Its fields. [`Reader::give_back`] takes the list when you are done with it.
        fields: FieldList,
    },
    /// A field section that is malformed or above a limit. HPACK is in step.
    RefusedSection {
        /// What is wrong: send its `RST_STREAM`, or a response with a status such as 400 or 431.
        error: StreamError,
        /// Its stream, and what was counted.
        end: SectionEnd,
        /// Its fields up to the limits, to say what is wrong: [`StreamError::field`] is the index of one. Do not act on them.
        fields: FieldList,
    },
    /// A frame that ends its stream, not the connection. It was skipped.
    StreamError {
        /// The frame header as received, reserved bit and unknown flags included.
        header: FrameHeader,
        /// The error: send its `RST_STREAM`, unless the stream is idle.
        error: StreamError,
    },
}

impl<B> Message<B> {
    /// Changes the type that holds the payload. The content must stay the same.
    pub fn map<C>(self, f: impl FnOnce(B) -> C) -> Message<C> {
        match self {
            Self::Preface => Message::Preface,
            Self::Frame { header, frame } => Message::Frame { header, frame: frame.map(f) },
            Self::Section { kind, end, fields } => Message::Section { kind, end, fields },
            Self::RefusedSection { error, end, fields } => Message::RefusedSection { error, end, fields },
            Self::StreamError { header, error } => Message::StreamError { header, error },
        }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Reader<M> {
    /// Takes the next frame or field section off the start of `input`: everything received and not yet taken. The reader keeps the
    /// fields of a section that goes on in CONTINUATION frames.
    ///
    /// A message does not borrow the reader. If a section has begun with [`read`](Self::read), its CONTINUATION frames come as
    /// [`Message::Frame`] without their fields.
    ///
    /// ```
    /// use h2wire::{Limits, Message, Progress, Reader, Role};
    ///
    /// let received = b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x88\0\0\x08\x06";
    /// let mut reader = Reader::new(Role::Client, &Limits::DEFAULT)?;
    /// let mut rest = received.as_slice();
    /// let missing = loop {
    ///     match reader.read_message(&mut rest)? {
    ///         Progress::Item { item: Message::Section { kind, fields, .. }, .. } => {
    ///             println!("{kind:?} {:?}", fields.get(b":status"));
    ///             reader.give_back(fields);
    ///         }
    ///         Progress::Item { item: Message::RefusedSection { error, .. }, .. } => {
    ///             println!("send {:?}", error.rst_stream());
    ///         }
    ///         Progress::Item { item, .. } => println!("{item:?}"),
    ///         Progress::Needed(missing) => break missing,
    ///     }
    /// };
    /// assert_eq!((rest.len(), missing), (4, 5)); // keep `rest`, and receive more
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read). `input` starts at the frame that has the error then.
    pub fn read_message<'i>(
        &mut self,
        input: &mut &'i [u8],
    ) -> Result<Progress<Message<&'i [u8]>, ()>, ConnectionError> {
        if let Some(Block { consumed, part, .. }) = self.plain_block(input) {
            let rest = input.get(consumed..).unwrap_or_default();
            match self.section_of(part) {
                Ok(Some((end @ SectionEnd { kind: Ok(kind), .. }, fields))) => {
                    *input = rest;
                    return Ok(Progress::Item { item: Message::Section { kind, end, fields }, consumed: () });
                }
                Ok(Some((end @ SectionEnd { kind: Err(error), .. }, fields))) => {
                    *input = rest;
                    let item = Message::RefusedSection { error, end, fields };
                    return Ok(Progress::Item { item, consumed: () });
                }
                // Never: the block ends with the frame.
                Ok(None) => *input = rest,
                Err(error) => return Err(error),
            }
        }
        if let Some((header, frame, consumed)) = self.plain_data(input) {
            *input = input.get(consumed..).unwrap_or_default();
            return Ok(Progress::Item { item: Message::Frame { header, frame }, consumed: () });
        }
        loop {
            match self.step(input, |payload| payload) {
                Ok(Progress::Item { item, consumed }) => {
                    *input = input.get(consumed..).unwrap_or_default();
                    if let Some(item) = self.message(item) {
                        return Ok(Progress::Item { item, consumed: () });
                    }
                }
                Ok(Progress::Needed(missing)) => return Ok(Progress::Needed(missing)),
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes back a list of fields. The next section uses its memory.
    pub fn give_back(&mut self, mut fields: FieldList) {
        if !self.collecting {
            fields.clear();
            self.list = fields;
        }
    }

    /// The section of a block that a frame has as a whole, where it is made: a message that is handed on is copied.
    #[inline(always)]
    pub(crate) fn section_of(
        &mut self,
        part: BlockPart<'_>,
    ) -> Result<Option<(SectionEnd, FieldList)>, ConnectionError> {
        let mut list = core::mem::take(&mut self.list);
        list.clear();
        if list.capacity() == 0 {
            list = FieldList::with_capacity(self.list_len);
        }
        let end = match self.fields(part).each(|field| list.push(&field.into())) {
            Ok(FieldStep::SectionEnd(end)) => *end,
            Ok(_) => return Ok(None),
            Err(error) => return Err(error),
        };
        list.checked = self.checked(&end);
        self.list_len = list.memory_len();
        Ok(Some((end, list)))
    }

    /// What a section is, if it was checked by all rules.
    #[inline(always)]
    fn checked(&self, end: &SectionEnd) -> Option<SectionKind> {
        let is_checked = self.options.validate_fields && self.options.allowed.is_empty() && end.unknown == 0;
        end.kind.ok().filter(|_| is_checked)
    }

    /// Reads the next frame. The fields of a section stay in the reader. `keep` makes something of a payload.
    #[inline(always)]
    pub(crate) fn step<'i, B>(
        &mut self,
        input: &'i [u8],
        keep: impl FnOnce(&'i [u8]) -> B,
    ) -> Result<Progress<Step<B>>, ConnectionError> {
        let collecting = self.collecting;
        let list_len = self.list_len;
        let mut list = core::mem::take(&mut self.list);
        // Each answer is a case of its own: a wide one that is handed on goes through memory, and the processor waits for it.
        let step = match self.read(input) {
            Ok(Progress::Item { item: Event::Frame { header, frame }, consumed }) => {
                Ok(Progress::Item { item: Step::Frame { header, frame: frame.map(keep) }, consumed })
            }
            Ok(Progress::Item { item: Event::Fields { header, frame, mut fields }, consumed }) => {
                if !collecting {
                    list.clear();
                    if header.frame_type == FrameType::CONTINUATION {
                        return match fields.finish() {
                            Some(error) => Err(error),
                            None => Ok(Progress::Item {
                                item: Step::Frame { header, frame: frame.map(keep) },
                                consumed,
                            }),
                        };
                    }
                }
                if list.capacity() == 0 {
                    list = FieldList::with_capacity(list_len);
                }
                match fields.read_into(&mut list) {
                    Ok(FieldStep::SectionEnd(_)) => Ok(Progress::Item { item: Step::Section, consumed }),
                    Ok(_) => Ok(Progress::Item { item: Step::Fragment, consumed }),
                    Err(error) => Err(error),
                }
            }
            Ok(Progress::Item { item: Event::StreamError { header, error }, consumed }) => {
                Ok(Progress::Item { item: Step::StreamError { header, error }, consumed })
            }
            Ok(Progress::Item { item: Event::Preface, consumed }) => {
                Ok(Progress::Item { item: Step::Preface, consumed })
            }
            Ok(Progress::Needed(missing)) => Ok(Progress::Needed(missing)),
            Err(error) => Err(error),
        };
        self.list = list;
        if let Ok(Progress::Item { item: Step::Fragment, .. }) = step {
            self.collecting = true;
        }
        step
    }

    /// The message that a step ends; `None` if it goes on.
    #[inline(always)]
    pub(crate) fn message<B>(&mut self, step: Step<B>) -> Option<Message<B>> {
        match step {
            Step::Frame { header, frame } => Some(Message::Frame { header, frame }),
            Step::Section => self.section(),
            Step::Fragment => None,
            Step::StreamError { header, error } => Some(Message::StreamError { header, error }),
            Step::Preface => Some(Message::Preface),
        }
    }

    fn section<B>(&mut self) -> Option<Message<B>> {
        let end = *self.receiver.section_end()?;
        let mut fields = core::mem::take(&mut self.list);
        fields.checked = self.checked(&end);
        self.list_len = fields.memory_len();
        self.collecting = false;
        Some(match end.kind {
            Ok(kind) => Message::Section { kind, end, fields },
            Err(error) => Message::RefusedSection { error, end, fields },
        })
    }
}

/// What a frame is of a message.
pub(crate) enum Step<B> {
    Preface,
    Frame {
        header: FrameHeader,
        frame: Frame<B>,
    },
    /// A section is complete. The reader has it.
    Section,
    /// A section goes on.
    Fragment,
    StreamError {
        header: FrameHeader,
        error: StreamError,
    },
}

#[cfg(feature = "bytes")]
impl<B> Step<B> {
    #[inline(always)]
    pub(crate) fn map<C>(self, f: impl FnOnce(B) -> C) -> Step<C> {
        match self {
            Self::Preface => Step::Preface,
            Self::Frame { header, frame } => Step::Frame { header, frame: frame.map(f) },
            Self::Section => Step::Section,
            Self::Fragment => Step::Fragment,
            Self::StreamError { header, error } => Step::StreamError { header, error },
        }
    }
}
