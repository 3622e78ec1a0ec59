//! Frames, and whole field sections that own their fields.

use h2wire_frame::{Frame, FrameHeader, FrameType, Progress};

use super::{Event, Reader};
use crate::{ConnectionError, FieldList, SectionEnd, SectionKind, StreamError};

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
        loop {
            let (item, consumed) = match self.next_message(input)? {
                Progress::Needed(missing) => return Ok(Progress::Needed(missing)),
                Progress::Item { item, consumed } => (item, consumed),
            };
            *input = input.get(consumed..).unwrap_or_default();
            if let Some(item) = item {
                return Ok(Progress::Item { item, consumed: () });
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

    /// The next message; `None` is a frame of a section that goes on.
    pub(crate) fn next_message<'i>(
        &mut self,
        input: &'i [u8],
    ) -> Result<Progress<Option<Message<&'i [u8]>>>, ConnectionError> {
        let collecting = self.collecting;
        let mut list = core::mem::take(&mut self.list);
        if !collecting {
            list.clear();
        }
        // What goes wrong there, `read_with` returns too.
        let read = self.read_with(input, |fields| _ = fields.read_into(&mut list));
        self.list = list;
        let (event, consumed) = match read? {
            Progress::Needed(missing) => return Ok(Progress::Needed(missing)),
            Progress::Item { item, consumed } => (item, consumed),
        };
        let item = match event {
            Event::Preface => Some(Message::Preface),
            Event::Frame { header, frame } => Some(Message::Frame { header, frame }),
            Event::StreamError { header, error } => Some(Message::StreamError { header, error }),
            Event::Fields { header, frame, .. }
                if header.frame_type == FrameType::CONTINUATION && !collecting =>
            {
                Some(Message::Frame { header, frame })
            }
            Event::Fields { .. } => {
                let end = self.receiver.section_end();
                self.collecting = end.is_none();
                end.map(|end| self.section(end))
            }
        };
        Ok(Progress::Item { item, consumed })
    }

    fn section<B>(&mut self, end: SectionEnd) -> Message<B> {
        let fields = core::mem::take(&mut self.list);
        match end.kind {
            Ok(kind) => Message::Section { kind, end, fields },
            Err(error) => Message::RefusedSection { error, end, fields },
        }
    }
}
