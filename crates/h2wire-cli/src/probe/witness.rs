//! What the frames of the server tell that its connection does not report: every setting in its order, and all content, also of a
//! response that is refused.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use h2wire::frame::{Frame, FrameHeader, SettingId, Settings};

use super::seen::Seen;
use crate::event::{Event, Position, Side};
use crate::render::Render;

/// Bytes of content that are kept.
const MOST_CONTENT: usize = 4096;

/// What the frames of the server tell.
#[derive(Default, Debug)]
pub(super) struct Told {
    settings: Option<Vec<(SettingId, u32)>>,
    content_octets: usize,
    content: Vec<u8>,
    has_ended: bool,
    /// The frames that came last, and where each ends.
    frames: Vec<(u64, FrameHeader)>,
}

impl Told {
    pub(super) fn tell(&self, seen: &mut Seen) {
        seen.settings.clone_from(&self.settings);
        seen.content_octets = self.content_octets;
        seen.content.clone_from(&self.content);
    }

    /// More has come after what was looked at.
    pub(super) fn forget_frames(&mut self) {
        self.frames.clear();
    }

    /// The frame that ends after this many bytes, if it is one of the last.
    pub(super) fn frame_before(&self, offset: u64) -> Option<FrameHeader> {
        self.frames.iter().find(|(end, _)| *end == offset).map(|(_, header)| *header)
    }

    fn note(&mut self, place: &Position, event: &Event<'_>) {
        if let Event::Frame { header, octets, .. } = event {
            let len = u64::try_from(octets.len()).unwrap_or(u64::MAX);
            self.frames.push((place.offset.saturating_add(len), *header));
        }
        match event {
            Event::Frame { frame: Frame::Settings(Settings::List(list)), .. } => {
                let list = list.iter().map(|setting| (setting.id, setting.value));
                self.settings.get_or_insert_default().extend(list);
            }
            // There is one request, so there is one response.
            Event::Frame { frame: Frame::Data(data), .. } if !self.has_ended => {
                self.content_octets = self.content_octets.saturating_add(data.data.len());
                let room = MOST_CONTENT.saturating_sub(self.content.len());
                self.content.extend_from_slice(data.data.get(..room).unwrap_or(data.data));
                self.has_ended = data.end_stream;
            }
            Event::FieldSection(section) => self.has_ended |= section.head.end_stream,
            _ => {}
        }
    }
}

/// Prints, and notes what the server sends.
pub(super) struct Witness {
    pub(super) render: Box<dyn Render>,
    pub(super) told: Rc<RefCell<Told>>,
}

impl Render for Witness {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        if place.flow.is_some_and(|flow| flow.from == Side::Server) {
            self.told.borrow_mut().note(place, event);
        }
        self.render.event(place, event)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.render.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.render.finish()
    }
}
