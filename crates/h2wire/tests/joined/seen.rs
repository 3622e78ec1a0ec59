//! What a late reader sees, by either reader.

use h2wire::frame::{FrameHeader, StreamId};
use h2wire::hpack::Known;
use h2wire::{
    Chunk, ChunkedReader, ConnectionError, Event, FieldLine, FieldList, FieldStep, Fields, Limits, LostError,
    Progress, Reader, Role, SectionEnd,
};

use super::conversation::Conversation;

pub(crate) const LIMITS: Limits = Limits::observing(1 << 20, 8192);

/// The frames and the sections that were seen.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Seen {
    pub(crate) headers: Vec<FrameHeader>,
    pub(crate) sections: Vec<(SectionEnd, FieldList)>,
    open: FieldList,
}

impl Seen {
    fn fields<M: AsRef<[u8]> + AsMut<[u8]>>(
        &mut self,
        mut fields: Fields<'_, '_, M>,
    ) -> Result<(), ConnectionError> {
        if let FieldStep::SectionEnd(end) = fields.read_into(&mut self.open)? {
            let end = *end;
            self.sections.push((end, std::mem::take(&mut self.open)));
        }
        Ok(())
    }

    /// No field is wrong, no section is, and what is not known is marked.
    pub(crate) fn check(&self, conversation: &Conversation) {
        for (end, list) in &self.sections {
            let truth = &conversation.sections[&end.head.stream_id];
            assert!(end.kind.is_ok() && end.broken.iter().count() == 0, "{end:?}");
            assert!(end.kind_is_guess || end.kind == Ok(truth.kind), "{end:?} {:?}", truth.kind);
            assert_eq!(list.len(), truth.fields.len());
            let unknown = list.iter().filter(|field| field.known != Known::Both).count();
            assert_eq!((end.unknown as usize, end.fields as usize), (unknown, list.len()));
            for (field, (name, value, _)) in list.iter().zip(&truth.fields) {
                let FieldLine { name: seen_name, value: seen_value, known, .. } = field;
                let (name, value): (&[u8], &[u8]) = match known {
                    Known::Both => (name, value),
                    Known::Value => (b"", value),
                    Known::Neither => (b"", b""),
                };
                assert_eq!((seen_name, seen_value), (name, value));
            }
        }
    }

    /// The streams of the sections.
    pub(crate) fn streams(&self) -> Vec<StreamId> {
        self.sections.iter().map(|(end, _)| end.head.stream_id).collect()
    }

    pub(crate) fn unknown(&self) -> u32 {
        self.sections.iter().map(|(end, _)| end.unknown).sum()
    }
}

/// What both readers can do.
pub(crate) trait Late: Sized {
    fn joined(role: Role) -> Self;
    /// Takes the next bytes, in pieces of this length.
    fn take(&mut self, octets: &[u8], piece: usize, seen: &mut Seen) -> Result<(), ConnectionError>;
    fn rejoin(&mut self, lost: usize);
    fn rejoin_fields(&mut self);
    fn without_fields(&mut self);
    fn offset(&self) -> u64;
}

/// A reader of contiguous bytes, and those it has not consumed.
pub(crate) struct Contiguous(pub(crate) Reader<Vec<u8>>, Vec<u8>);

impl Contiguous {
    /// The next item: how long it is, and whether its fields could be read.
    fn one(
        &mut self,
        seen: &mut Seen,
    ) -> Result<(Option<usize>, Result<(), ConnectionError>), ConnectionError> {
        let Progress::Item { item, consumed } = self.0.read(&self.1)? else { return Ok((None, Ok(()))) };
        let taken = match item {
            Event::Frame { header, .. } => {
                seen.headers.push(header);
                Ok(())
            }
            Event::Fields { header, fields, .. } => {
                seen.headers.push(header);
                seen.fields(fields)
            }
            other => panic!("{other:?}"),
        };
        Ok((Some(consumed), taken))
    }
}

impl Late for Contiguous {
    fn joined(role: Role) -> Self {
        Self(Reader::joined(role, &LIMITS).unwrap(), Vec::new())
    }

    fn take(&mut self, octets: &[u8], piece: usize, seen: &mut Seen) -> Result<(), ConnectionError> {
        for piece in octets.chunks(piece).chain([b"".as_slice()]) {
            self.1.extend_from_slice(piece);
            while let (Some(consumed), taken) = self.one(seen)? {
                self.1.drain(..consumed);
                taken?;
            }
        }
        Ok(())
    }

    fn rejoin(&mut self, lost: usize) {
        // The start of a frame whose end is lost.
        self.0.rejoin((self.1.len() + lost) as u64);
        self.1.clear();
    }

    fn rejoin_fields(&mut self) {
        self.0.rejoin_fields();
    }

    fn without_fields(&mut self) {
        self.0.without_fields();
    }

    fn offset(&self) -> u64 {
        self.0.offset()
    }
}

pub(crate) struct Pieces(pub(crate) ChunkedReader<Vec<u8>>);

impl Late for Pieces {
    fn joined(role: Role) -> Self {
        Self(ChunkedReader::joined(role, &LIMITS).unwrap())
    }

    fn take(&mut self, octets: &[u8], piece: usize, seen: &mut Seen) -> Result<(), ConnectionError> {
        let mut pieces = octets.chunks(piece).collect::<Vec<_>>();
        pieces.push(b"");
        for mut piece in pieces {
            while let Some(chunk) = self.0.read(&mut piece)? {
                match chunk {
                    Chunk::Frame { header, .. } | Chunk::Start { header, .. } => seen.headers.push(header),
                    Chunk::Payload { .. } => {}
                    Chunk::Fields(fields) => seen.fields(fields)?,
                    other => panic!("{other:?}"),
                }
            }
        }
        Ok(())
    }

    fn rejoin(&mut self, lost: usize) {
        self.0.rejoin(lost as u64);
    }

    fn rejoin_fields(&mut self) {
        self.0.rejoin_fields();
    }

    fn without_fields(&mut self) {
        self.0.without_fields();
    }

    fn offset(&self) -> u64 {
        self.0.offset()
    }
}

impl Pieces {
    pub(crate) fn lost(&mut self, octets: usize) -> Result<(), LostError> {
        self.0.lost(octets as u64)
    }
}

impl Seen {
    /// The fields of a block that was lost half way.
    pub(crate) fn drop_open(&mut self) {
        self.open.clear();
    }
}
