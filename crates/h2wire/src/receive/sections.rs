//! Field blocks, joined across frames, to fields that are yielded one at a time.

use core::fmt;

use h2wire_hpack::{Decoder, EntryCount, Field, Fragment, MemoryTooSmall};

use super::Counters;
use super::section::{FieldStep, SectionState};
#[cfg(feature = "alloc")]
use crate::FieldList;
use crate::fields::FieldMarks;
use crate::{ConnectionError, Limits, MalformedSet, Options, Role, SectionEnd, SectionHead};

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

impl<M: AsRef<[u8]> + AsMut<[u8]>> Sections<M> {
    pub(super) fn new(role: Role, limits: &Limits, memory: M) -> Result<Self, MemoryTooSmall> {
        Ok(Self::with_decoder(role, Decoder::new_in(&limits.decoder_limits(), memory)?))
    }

    pub(super) fn with_decoder(role: Role, decoder: Decoder<M>) -> Self {
        Self { decoder, section: SectionState::new(role) }
    }

    /// Starts a section. `extended_connect` says whether the receiver may have announced that it is allowed.
    #[cfg_attr(not(feature = "small-huffman"), inline(always))]
    pub(super) fn start(&mut self, head: SectionHead, options: &Options, extended_connect: bool) {
        self.section.start(head, options, extended_connect);
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
    pub(super) const fn end(&self) -> Option<&SectionEnd> {
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

    /// Lowers the limits for this section, trailers for example: if it exceeds them it is a [`Limit::SectionSize`](crate::Limit::SectionSize) or
    /// [`Limit::Fields`](crate::Limit::Fields), and the fields above them are not yielded. Call it before the first field of the section. Limits
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
    /// end: [`SectionEnd::broken`](crate::SectionEnd::broken) has them too. Which fields those are about is known to a
    /// [`FieldValidator`](crate::FieldValidator::breaches_at_end) of one's own.
    ///
    /// ```
    /// # #[cfg(feature = "alloc")] {
    /// use h2wire::{Event, FieldStep, Limits, Progress, Reader, Role};
    ///
    /// let octets = b"\0\0\0\x04\0\0\0\0\0\0\0\x0a\x01\x05\0\0\0\x01\x88\0\x02te\x04gzip";
    /// let mut reader = Reader::new(Role::Client, &Limits::DEFAULT)?;
    /// reader.read(octets)?; // SETTINGS
    /// let Progress::Item { item: Event::Fields { mut fields, .. }, .. } = reader.read(&octets[9..])? else {
    ///     panic!("no fields")
    /// };
    /// let mut breaches = Vec::new();
    /// let mut index = 0;
    /// while let FieldStep::Field(field) = fields.next()? {
    ///     let name = String::from_utf8_lossy(field.name).into_owned();
    ///     for malformed in fields.broken().iter() {
    ///         breaches.push((index, name.clone(), malformed.name()));
    ///     }
    ///     index += 1;
    /// }
    /// assert_eq!(breaches, [(1, String::from("te"), "connection_specific")]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        loop {
            // Whether the section is complete.
            let ended = self.fragment.next_with(
                FieldMarks,
                (&mut *self.section, &mut *self.counters, &mut visit),
                |(section, _, visit), field, mark| {
                    section.field(&field, mark);
                    visit(field);
                    None
                },
                |(section, counters, _), ended| Some(section.end(ended, counters)),
            );
            match ended {
                None => {}
                Some(Ok(())) => return Ok(self.section.lend_end()),
                Some(Err(error)) => return Err(error),
            }
        }
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
