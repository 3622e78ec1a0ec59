//! Totals.

use std::collections::BTreeMap;
use std::io;

use h2wire::frame::FrameType;

use crate::event::{Event, Position};
use crate::render::form::{Out, Render};
use crate::style::{LABEL, WRONG};

/// Counts, and nothing that grows with the input: types and rules are few.
pub(crate) struct Stats {
    out: Out,
    prefaces: u64,
    /// Frames and bytes of payload by type.
    frames: BTreeMap<FrameType, (u64, u64)>,
    sections: u64,
    fields: u64,
    errors: BTreeMap<&'static str, u64>,
    lost: u64,
    skipped: u64,
    incomplete: u64,
}

impl Stats {
    pub(crate) fn new(out: Out) -> Self {
        let (frames, errors) = (BTreeMap::new(), BTreeMap::new());
        Self { out, prefaces: 0, frames, sections: 0, fields: 0, errors, lost: 0, skipped: 0, incomplete: 0 }
    }
}

impl Render for Stats {
    fn event(&mut self, _place: &Position, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Preface => add(&mut self.prefaces, 1),
            Event::Frame { header, .. } => {
                let (frames, octets) = self.frames.entry(header.frame_type).or_default();
                add(frames, 1);
                add(octets, header.length.get().into());
            }
            Event::FieldSection(section) => {
                add(&mut self.sections, 1);
                add(&mut self.fields, section.count.into());
            }
            Event::Error { error, .. } => add(self.errors.entry(error.rule.name()).or_default(), 1),
            Event::Lost { octets, .. } => add(&mut self.lost, *octets),
            Event::Skipped { octets } => add(&mut self.skipped, *octets),
            Event::Finding { cause, .. } => add(self.errors.entry(cause.name()).or_default(), 1),
            Event::LeftOpen(_) | Event::FieldBlock { .. } => {}
            Event::Incomplete { .. } => add(&mut self.incomplete, 1),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        writeln!(out, "{LABEL}{:<18} {:>12} {:>16}{LABEL:#}", "type", "frames", "payload bytes")?;
        let (mut all_frames, mut all_octets) = (0, 0);
        for (frame_type, (frames, octets)) in &self.frames {
            writeln!(out, "{frame_type:<18} {frames:>12} {octets:>16}")?;
            add(&mut all_frames, *frames);
            add(&mut all_octets, *octets);
        }
        writeln!(out, "{:<18} {all_frames:>12} {all_octets:>16}", "all")?;
        writeln!(out, "\nprefaces           {:>12}", self.prefaces)?;
        writeln!(out, "field sections     {:>12}", self.sections)?;
        writeln!(out, "fields             {:>12}", self.fields)?;
        for (rule, errors) in &self.errors {
            writeln!(out, "errors             {errors:>12} {WRONG}{rule}{WRONG:#}")?;
        }
        for (what, count) in [
            ("lost bytes", self.lost),
            ("skipped bytes", self.skipped),
            ("incomplete frames", self.incomplete),
        ] {
            if count > 0 {
                writeln!(out, "{what:<18} {count:>12}")?;
            }
        }
        out.flush()
    }
}

fn add(total: &mut u64, more: u64) {
    *total = total.saturating_add(more);
}
