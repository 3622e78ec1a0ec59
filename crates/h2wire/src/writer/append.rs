//! Output that grows as it has to.

use alloc::vec::Vec;

use h2wire_frame::{EncodeError, Frame, PREFACE};

use super::section::Section;
use super::{WriteError, Writer};
use crate::{FieldLine, SectionHead};

/// Octets that can be made more: `Vec<u8>`, and with the feature `bytes` `BytesMut`.
pub trait Output: AsMut<[u8]> {
    /// Makes it `len` octets long, with zeros at the end.
    fn set_len(&mut self, len: usize);
}

impl Output for Vec<u8> {
    fn set_len(&mut self, len: usize) {
        self.resize(len, 0);
    }
}

#[cfg(feature = "bytes")]
impl Output for bytes::BytesMut {
    fn set_len(&mut self, len: usize) {
        self.resize(len, 0);
    }
}

/// The octets of `out` from `start` on.
fn behind<O: Output>(out: &mut O, start: usize) -> &mut [u8] {
    out.as_mut().get_mut(start..).unwrap_or_default()
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Writes the client connection preface behind what is in `out`.
    ///
    /// # Errors
    /// As [`preface`](Self::preface); `out` is as it was then.
    pub fn append_preface(&mut self, out: &mut impl Output) -> Result<(), WriteError> {
        self.append(out, PREFACE.len(), Self::preface)
    }

    /// Writes a frame without a field block behind what is in `out`.
    ///
    /// # Errors
    /// As [`frame`](Self::frame); `out` is as it was then.
    pub fn append_frame<B: AsRef<[u8]>>(
        &mut self,
        frame: &Frame<B>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        self.append(out, frame.encoded_len(), |writer, buf| writer.frame(frame, buf))
    }

    fn append(
        &mut self,
        out: &mut impl Output,
        len: usize,
        write: impl FnOnce(&mut Self, &mut [u8]) -> Result<usize, WriteError>,
    ) -> Result<(), WriteError> {
        let start = out.as_mut().len();
        out.set_len(start.saturating_add(len));
        let written = write(self, behind(out, start));
        if written.is_err() {
            out.set_len(start);
        }
        written.map(|_| ())
    }

    /// Writes a whole field section behind what is in `out`: HEADERS or `PUSH_PROMISE`, and as many CONTINUATION frames as
    /// it takes.
    ///
    /// # Errors
    /// As [`section`](Self::section) and its methods; `out` is as it was then, and nothing is to be sent. A name or value of
    /// 1 GiB is [`EncodeError::PayloadTooLong`].
    pub fn append_section<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        head: SectionHead,
        fields: impl IntoIterator<Item = F>,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        let start = out.as_mut().len();
        let mut section = Section::start(self, head)?;
        // Stays so if `fields` panics: the next section takes back what was encoded.
        self.unfinished = true;
        let written = self.fill(&mut section, fields, out, start);
        self.unfinished = false;
        if written.is_err() {
            section.discard(&mut self.encoder);
        }
        out.set_len(start.saturating_add(*written.as_ref().unwrap_or(&0)));
        written.map(|_| ())
    }

    fn fill<'f, F: Into<FieldLine<'f>>>(
        &mut self,
        section: &mut Section,
        fields: impl IntoIterator<Item = F>,
        out: &mut impl Output,
        start: usize,
    ) -> Result<usize, WriteError> {
        // What most sections are shorter than.
        const FIRST: usize = 256;
        out.set_len(start.saturating_add(FIRST));
        self.fill_one(section, None, out, start)?;
        for field in fields {
            self.fill_one(section, Some(&field.into()), out, start)?;
        }
        section.check_complete()?;
        section.frames(self, behind(out, start), true)
    }

    /// Adds a field, or without one the size updates that are due, and makes room for it.
    fn fill_one(
        &mut self,
        section: &mut Section,
        field: Option<&FieldLine<'_>>,
        out: &mut impl Output,
        start: usize,
    ) -> Result<(), WriteError> {
        loop {
            let buf = behind(out, start);
            let added = match field {
                Some(field) => section.field(&mut self.encoder, buf, field),
                None => section.encode(&mut self.encoder, buf, None),
            };
            let Err(error) = added else { return Ok(()) };
            let needed = error.needed().ok_or(error)?;
            if isize::try_from(needed).is_err() {
                // No buffer is that long.
                return Err(EncodeError::PayloadTooLong.into());
            }
            out.set_len(start.saturating_add(needed).saturating_add(needed >> 1));
        }
    }
}
