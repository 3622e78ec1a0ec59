//! M3: to `http::Request`.

use ::http::Request;
use h2wire::frame::Frame;
use h2wire::http_types::Heads;
use h2wire::{Event, Limits, Message, Progress, Reader, Role, SectionKind};
use h2wire_nghttp2::Visit;

use super::owned::each_message;
use super::visit::TakeHead;

/// `Codec`, then `FieldList::into_request`.
pub(super) fn read<V: Visit + TakeHead<Request<()>> + Default>(octets: &[u8]) -> V {
    let mut visitor = V::default();
    each_message(octets, |message| match message {
        Message::Section { fields, .. } => visitor.head(fields.into_request().expect("a request")),
        Message::Frame { frame: Frame::Data(frame), .. } => visitor.content(&frame.data),
        _ => {}
    });
    visitor
}

/// `Reader`, then `Heads`.
pub(super) fn heads<V: Visit + TakeHead<Request<()>> + Default>(mut octets: &[u8]) -> V {
    let mut visitor = V::default();
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).expect("valid limits");
    let mut heads = Heads::new();
    loop {
        match reader.read_with(octets, |fields| heads.read(fields)) {
            Ok(Progress::Item { item, consumed }) => {
                octets = &octets[consumed..];
                match item {
                    Event::Fields { fields: Some(kind), .. } => {
                        assert_eq!(kind, Ok(SectionKind::Request));
                        visitor.head(heads.take_request().expect("a request"));
                    }
                    Event::Frame { frame: Frame::Data(frame), .. } => visitor.content(frame.data),
                    _ => {}
                }
            }
            Ok(Progress::Needed(_)) => return visitor,
            Err(error) => panic!("{error}"),
        }
    }
}
