//! Sections that are sent many times.

use alloc::vec::Vec;
use core::fmt;

use h2wire_frame::StreamId;
use h2wire_hpack::{Encoder, Indexing};

use super::append::Output;
use super::section::{OpenSection, check_known};
use super::{WriteError, Writer};
use crate::{Breach, FieldLine, Malformed, Role, SectionHead};

/// A section that was validated and encoded once, to be sent on many streams: the request of a load generator. Made by
/// [`Writer::template`].
///
/// Its block has static entries and literals alone, which hold whatever the dynamic table has. So it may be sent at any time and by
/// any writer of the same role, and it is longer than what [`Writer::append_section`] would write the second time. Which rules about
/// fields are checked is up to the writer that makes it.
#[derive(Clone, PartialEq, Eq)]
pub struct SectionTemplate {
    role: Role,
    head: SectionHead,
    /// The index of `:protocol`, which not every peer allows.
    protocol: Option<u32>,
    block: Vec<u8>,
}

/// Without the block, which may have secrets.
impl fmt::Debug for SectionTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SectionTemplate")
            .field("head", &self.head)
            .field("block_len", &self.block.len())
            .finish_non_exhaustive()
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Writer<M> {
    /// Validates and encodes a section, to be sent with [`append_template`](Self::append_template). The stream of `head` does not
    /// matter.
    ///
    /// ```
    /// use h2wire::frame::StreamId;
    /// use h2wire::{Limits, Role, SectionHead, Writer};
    ///
    /// let mut writer = Writer::new(Role::Client, 4096);
    /// let mut out = Vec::new();
    /// writer.append_preface(&mut out)?;
    /// writer.append_settings(&Limits::DEFAULT.settings(Role::Client).list(), &mut out)?;
    /// let fields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a.test")];
    /// let mut stream_id = StreamId::FIRST_CLIENT;
    /// let request = writer.template(SectionHead::headers(stream_id, true), fields)?;
    /// for _ in 0..100 {
    ///     writer.append_template(stream_id, &request, &mut out)?;
    ///     stream_id = stream_id.next().ok_or("a new connection is needed")?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WriteError::Malformed`] as [`append_section`](Self::append_section), and [`WriteError::PromiseHead`] for a promise, whose
    /// promised stream is another each time.
    pub fn template<'f, F: Into<FieldLine<'f>>>(
        &self,
        head: SectionHead,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<SectionTemplate, WriteError> {
        if head.promised_stream_id.is_some() {
            return Err(WriteError::PromiseHead);
        }
        let mut validator = self.validator(&head);
        let mut encoder = Encoder::new(0);
        encoder.huffman = self.encoder.huffman;
        // The size update of a table without room is not part of the template.
        encoder.encode_block(core::iter::empty(), &mut Vec::new());
        let (mut block, mut protocol) = (Vec::new(), None);
        for (field, index) in fields.into_iter().zip(0..) {
            let field = field.into();
            check_known(&field)?;
            let FieldLine { name, value, indexing, .. } = field;
            if let Some(validator) = &mut validator {
                validator.try_field(0, name, value)?;
            }
            if name == b":protocol" {
                protocol = Some(index);
            }
            let indexing = if indexing == Indexing::Incremental { Indexing::Without } else { indexing };
            encoder.encode_block([(name, value, indexing)], &mut block);
        }
        if let Some(validator) = validator {
            validator.finish(head.end_stream)?;
        }
        Ok(SectionTemplate { role: self.receiver.role(), head, protocol, block })
    }

    /// Appends a section that was encoded before, on this stream.
    ///
    /// # Errors
    /// As [`append_section`](Self::append_section), and [`WriteError::OtherRole`] if a writer of another role made the template. Of
    /// its fields only `:protocol` can be refused, if [`extended_connect`](Self::extended_connect) is off. `out` is as before then.
    pub fn append_template(
        &mut self,
        stream_id: StreamId,
        template: &SectionTemplate,
        out: &mut impl Output,
    ) -> Result<(), WriteError> {
        if template.role != self.receiver.role() {
            return Err(WriteError::OtherRole);
        }
        // RFC 8441 §3: each peer allows it for its own connection.
        if let Some(index) = template.protocol
            && self.validate_fields
            && !self.extended_connect
        {
            return Err(Breach::new(Malformed::PseudoFieldUnknown, Some(index)).into());
        }
        let head = SectionHead { stream_id, ..template.head };
        OpenSection::check(self, &head)?;
        let mut section = OpenSection::new(self, head);
        let start = out.as_mut().len();
        let written = self.fill_block(&mut section, &template.block, out, start);
        out.resize_zeroed(start.saturating_add(*written.as_ref().unwrap_or(&0)));
        written.map(|_| ())
    }
}
