//! M1: `Reader` lends fields one at a time.

use h2wire::frame::Frame;
use h2wire::{Event, FieldStep, Limits, Progress, Reader, Role};
use h2wire_nghttp2::Visit;

pub(super) fn read<V: Visit + Default>(mut octets: &[u8]) -> V {
    let mut visitor = V::default();
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).expect("valid limits");
    while let Progress::Item { item, consumed } = reader.read(octets).expect("valid") {
        octets = &octets[consumed..];
        match item {
            Event::Fields { mut fields, .. } => loop {
                match fields.next().expect("valid") {
                    FieldStep::Field(field) => visitor.field(field.name, field.value),
                    FieldStep::FragmentEnd => break,
                    FieldStep::SectionEnd(end) => {
                        end.kind.expect("well-formed");
                        break visitor.section_end();
                    }
                }
            },
            Event::Frame { frame: Frame::Data(frame), .. } => visitor.content(frame.data),
            _ => {}
        }
    }
    visitor
}
