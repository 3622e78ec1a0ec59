//! Field blocks to sections, and what there is of blocks with holes.

use h2wire::ConnectionError;
use h2wire::frame::{Flags, Frame, FrameHeader, FrameType, ParseOptions, PayloadLength, Progress, StreamId};

use super::{Direction, broken};
use crate::event::{Breaches, Event, Position};
use crate::inspect::report::Report;
use crate::inspect::sections::{Block, Trouble};

impl Direction {
    /// A frame with a field block: reports the section if it is complete, and its error.
    pub(super) fn field_block(
        &mut self,
        header: &FrameHeader,
        frame: &Frame<&[u8]>,
        octets: &[u8],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let place = self.place();
        let Some(sections) = &mut self.sections else { return Ok(()) };
        match sections.take(place.offset, header, frame) {
            Ok(None) => Ok(()),
            Ok(Some(done)) => {
                let place = Position { offset: done.offset, ..place };
                let (stream_id, list_size, error) = (done.stream_id, done.list_size, done.error);
                if let Some(block) = done.block {
                    report.event(&place, &field_block(stream_id, block))?;
                }
                let is_judged = done.section.is_some() || self.mode.judges_size;
                if let Some(section) = done.section {
                    report.event(&place, &Event::FieldSection(section))?;
                }
                // Its frames have been shown.
                if let Some(error) = error.filter(|_| is_judged) {
                    let breaches = Breaches { all: &done.breaches, fields: Some(done.fields) };
                    report.event(&place, &Event::Error { error: error.into(), breaches, octets: &[] })?;
                }
                if !is_judged {
                    self.note(&format!(
                        "the field section of stream {stream_id} is not shown: it has {list_size} bytes"
                    ))?;
                }
                match self.advised_list_size.filter(|advised| list_size > *advised) {
                    Some(advised) => self.note(&format!(
                        "the field section of stream {stream_id} has {list_size} bytes, more than the {advised} that \
                         its receiver announced as SETTINGS_MAX_HEADER_LIST_SIZE, which is advisory"
                    )),
                    None => Ok(()),
                }
            }
            // Perhaps no field block.
            Err(Trouble::Broken(_)) if self.guessed > 0 => {
                sections.miss();
                Ok(())
            }
            Err(Trouble::Broken(error)) => {
                self.failed = true;
                if let Some(block) = sections.block() {
                    report.event(&place, &field_block(header.stream_id, block))?;
                }
                let error = ConnectionError::from(error).into();
                report.event(&place, &broken(error, octets))
            }
            Err(Trouble::Lost(why)) => {
                self.sections = None;
                self.note(&format!("field sections are not read from offset {} on: {why}", place.offset))
            }
        }
    }

    /// A field block has a hole: reports the fields before it, with those of a frame that is not whole.
    pub(super) fn report_cut_section(
        &mut self,
        frame: Option<(FrameHeader, &[u8])>,
        offset: u64,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let place = self.place();
        // Perhaps no field block.
        if self.guessed > 0 {
            return Ok(());
        }
        let octets = frame.and_then(|(header, payload)| start_of(&header, payload));
        let frame = octets.as_deref().and_then(|octets| {
            let options = ParseOptions::DEFAULT.with_max_frame_size(PayloadLength::MAX);
            match Frame::parse(octets, &options) {
                Ok(Progress::Item { item: (_, frame), .. }) => Some(frame),
                _ => None,
            }
        });
        let Some(sections) = &mut self.sections else { return Ok(()) };
        match sections.cut(offset, frame.as_ref()) {
            Some((offset, section)) => {
                report.event(&Position { offset, ..place }, &Event::FieldSection(section))
            }
            None => Ok(()),
        }
    }
}

fn field_block(stream_id: StreamId, block: &Block) -> Event<'_> {
    Event::FieldBlock { stream_id, octets: &block.octets, pieces: &block.pieces }
}

/// A frame with no more of its field block than there is, and without padding.
fn start_of(header: &FrameHeader, payload: &[u8]) -> Option<Vec<u8>> {
    let has_block =
        [FrameType::HEADERS, FrameType::PUSH_PROMISE, FrameType::CONTINUATION].contains(&header.frame_type);
    let is_padded = header.flags.contains(Flags::PADDED) && header.frame_type != FrameType::CONTINUATION;
    let (padding, payload) = match payload.split_first() {
        Some((padding, rest)) if is_padded => (usize::from(*padding).saturating_add(1), rest),
        _ if is_padded => return None,
        _ => (0, payload),
    };
    let payload = payload.get(..header.length.to_usize().checked_sub(padding)?).unwrap_or(payload);
    let length = PayloadLength::try_from(payload.len()).ok()?;
    let flags = Flags(header.flags.0 & !if is_padded { Flags::PADDED.0 } else { 0 });
    let header = FrameHeader { length, flags, ..*header };
    has_block.then(|| [header.encode().as_slice(), payload].concat())
}
