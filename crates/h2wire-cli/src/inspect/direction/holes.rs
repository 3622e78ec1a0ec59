//! Bytes that are missing from a direction, and where frames start after them.

use h2wire::frame::{FrameHeader, FrameType, PREFACE, ParseOptions, PayloadLength, Resync, resync};

use super::search::{Found, Step, after_frames, find_frames, len_of, len_u64};
use super::{Direction, FirstOctets, len};
use crate::event::{Event, Position};
use crate::inspect::report::Report;

/// Frames without an error after which the place where they start is no guess any more.
const ENOUGH: u8 = 3;

impl Direction {
    /// Starts in the middle of a connection.
    pub(crate) fn in_the_middle(mut self) -> Self {
        self.search();
        self
    }

    /// The next bytes are not in the capture.
    pub(crate) fn lost(&mut self, octets: u64, report: &mut Report) -> anyhow::Result<()> {
        self.last_frames(report)?;
        if self.failed {
            return Ok(());
        }
        let kept = std::mem::take(&mut self.pending);
        let pending = len(&kept);
        let open = self.open_frame(pending);
        if let (Step::Frames, Some((header, _))) = (self.step, open) {
            let start = self.offset.saturating_add(len_u64(FrameHeader::LEN));
            self.part(&header, start, 0, kept.get(FrameHeader::LEN..).unwrap_or_default(), report)?;
        }
        let frame = open.map(|(header, _)| header);
        let within = open.filter(|(_, missing)| octets <= *missing);
        let place = Position { offset: self.offset.saturating_add(pending), ..self.place() };
        let was_whole = !matches!(self.step, Step::Rest(..));
        let lost = Event::Lost { octets, frame, in_step: within.is_some(), is_first: was_whole };
        report.event(&place, &lost)?;
        if was_whole && matches!(self.step, Step::Frames) {
            let payload = kept.get(FrameHeader::LEN..).unwrap_or_default();
            self.report_cut_section(frame.map(|header| (header, payload)), self.offset, report)?;
        }
        self.offset = place.offset.saturating_add(octets);
        match within {
            Some((header, missing)) => {
                self.step = match missing.saturating_sub(octets) {
                    0 => Step::Frames,
                    rest => Step::Rest(header, rest),
                };
                if was_whole {
                    self.lose_frame(&header);
                }
            }
            None => self.search(),
        }
        Ok(())
    }

    /// The frame that has started, and how many of its bytes have not come.
    fn open_frame(&self, pending: u64) -> Option<(FrameHeader, u64)> {
        match self.step {
            Step::Rest(header, missing) => Some((header, missing)),
            Step::Search(_) => None,
            Step::Frames => {
                let header = self.open?;
                Some((header, len_of(&header).saturating_sub(pending)))
            }
        }
    }

    /// Content that came, of a frame that is not whole.
    fn part(
        &self,
        header: &FrameHeader,
        offset: u64,
        at: u64,
        octets: &[u8],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        if header.frame_type != FrameType::DATA || octets.is_empty() {
            return Ok(());
        }
        report.event(&Position { offset, ..self.place() }, &Event::Part { header: *header, at, octets })
    }

    /// A frame is known by its header only.
    fn lose_frame(&mut self, header: &FrameHeader) {
        match header.frame_type {
            FrameType::HEADERS | FrameType::PUSH_PROMISE | FrameType::CONTINUATION => {
                if let Some(sections) = &mut self.sections {
                    sections.miss();
                }
                self.reader.rejoin(0);
                self.follow_settings();
            }
            FrameType::SETTINGS => {
                self.reader.rejoin(0);
                self.follow_settings();
                self.lost_settings = true;
            }
            _ => {}
        }
    }

    /// It is not known where the next frame starts, nor what was in the frames before it.
    pub(super) fn search(&mut self) {
        // What is announced is forgotten at the first hole.
        let max = self.reader.options.max_frame_size;
        if self.search_options.max_frame_size < max && max != PayloadLength::MAX {
            self.search_options = ParseOptions::DEFAULT.with_max_frame_size(max);
        }
        self.start = FirstOctets::Decided;
        self.step = Step::Search(0);
        self.lost_settings = true;
        self.reader.rejoin(0);
        self.follow_settings();
        if let Some(sections) = &mut self.sections {
            sections.miss();
        }
    }

    /// Reads on. Returns whether there is more to do.
    pub(super) fn step(&mut self, rest: &mut &[u8], report: &mut Report) -> anyhow::Result<bool> {
        match self.step {
            Step::Frames => {
                let consumed = self.read(rest, report)?;
                *rest = rest.get(consumed..).unwrap_or_default();
                if matches!(self.step, Step::Search(_)) {
                    // A frame does not start here.
                    self.pass_over(1, rest);
                    return Ok(true);
                }
                self.open = rest.first_chunk().map(FrameHeader::parse);
                self.open =
                    self.open.filter(|_| self.start == FirstOctets::Decided && !rest.starts_with(b"PRI "));
                Ok(false)
            }
            Step::Rest(header, missing) => {
                let taken = missing.min(len(rest));
                let at = u64::from(header.length.get()).saturating_sub(missing);
                let octets = usize::try_from(taken).ok().and_then(|taken| rest.get(..taken));
                self.part(&header, self.offset, at, octets.unwrap_or_default(), report)?;
                self.take(taken, rest);
                let missing = missing.saturating_sub(taken);
                self.step = if missing == 0 { Step::Frames } else { Step::Rest(header, missing) };
                Ok(missing == 0)
            }
            // The whole of it, if it is one.
            Step::Search(0) if PREFACE.starts_with(rest) && rest.len() < PREFACE.len() => Ok(false),
            Step::Search(_) => match find_frames(rest, &self.search_options) {
                Found::Preface(start) => {
                    self.pass_over(start, rest);
                    self.found(report)?;
                    self.start = FirstOctets::Preface;
                    self.guessed = 0;
                    // Nothing precedes it.
                    if let Some(sections) = self.sections.as_mut().filter(|_| !self.has_read) {
                        sections.start_anew();
                    }
                    Ok(true)
                }
                Found::At(start) => {
                    self.pass_over(start, rest);
                    self.found(report)?;
                    Ok(true)
                }
                Found::NotBefore(place) => {
                    self.pass_over(place, rest);
                    Ok(false)
                }
            },
        }
    }

    /// No more bytes follow those that are pending: the likeliest place has to do.
    pub(super) fn last_frames(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let Step::Search(_) = self.step else { return Ok(()) };
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        if let Resync::Perhaps(start) = resync(rest, &self.search_options)
            && after_frames(rest.get(start..).unwrap_or_default()).0 > 0
        {
            self.pass_over(len_u64(start), &mut rest);
            self.found(report)?;
            while self.step(&mut rest, report)? {}
        }
        if matches!(self.step, Step::Search(_)) {
            self.pass_over(len(rest), &mut rest);
            self.skipped(report)?;
            self.step = Step::Search(0);
        }
        self.pending = rest.to_vec();
        Ok(())
    }

    /// A frame starts here.
    fn found(&mut self, report: &mut Report) -> anyhow::Result<()> {
        self.skipped(report)?;
        (self.step, self.guessed) = (Step::Frames, ENOUGH);
        Ok(())
    }

    fn skipped(&mut self, report: &mut Report) -> anyhow::Result<()> {
        match self.step {
            Step::Search(octets) if octets > 0 => {
                let place = Position { offset: self.offset.saturating_sub(octets), ..self.place() };
                report.event(&place, &Event::Skipped { octets })
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, octets: u64, rest: &mut &[u8]) {
        let taken = usize::try_from(octets).unwrap_or(usize::MAX);
        *rest = rest.get(taken..).unwrap_or_default();
        self.offset = self.offset.saturating_add(octets);
    }

    fn pass_over(&mut self, octets: u64, rest: &mut &[u8]) {
        self.take(octets, rest);
        if let Step::Search(passed) = &mut self.step {
            *passed = passed.saturating_add(octets);
        }
    }
}
