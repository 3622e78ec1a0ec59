//! M1: `Reader` lends fields one at a time.

use h2wire::frame::Frame;
use h2wire::{Event, FieldStep, Limits, Progress, Reader, Role};
use h2wire_nghttp2::Visit;

pub(super) fn read<V: Visit + Default>(mut octets: &[u8]) -> V {
    let mut visitor = V::default();
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).expect("valid limits");
    loop {
        // Each answer is a case of its own: what `expect` hands on goes through memory.
        let read = reader.read_with(octets, |fields| {
            match fields.each(|field| visitor.field(field.name, field.value)) {
                Ok(FieldStep::SectionEnd(end)) => match &end.kind {
                    Ok(_) => visitor.section_end(),
                    Err(error) => panic!("{error}"),
                },
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        });
        match read {
            Ok(Progress::Item { item, consumed }) => {
                octets = &octets[consumed..];
                if let Event::Frame { frame: Frame::Data(frame), .. } = item {
                    visitor.content(frame.data);
                }
            }
            Ok(Progress::Needed(_)) => return visitor,
            Err(error) => panic!("{error}"),
        }
    }
}
