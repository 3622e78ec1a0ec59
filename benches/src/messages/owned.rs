//! M2: messages that own their fields.

use bytes::BytesMut;
use h2wire::frame::Frame;
use h2wire::{Codec, FieldList, Limits, Message, Progress, Reader, Role};
use h2wire_nghttp2::Visit;
use tokio_util::codec::Decoder;

use crate::frames::CHUNK;

/// `Codec` out of a `BytesMut` that is filled as by a socket. Each message is dropped.
pub(super) fn codec<V: Visit + Default>(octets: &[u8]) -> V {
    let mut visitor = V::default();
    each_message(octets, |message| match message {
        Message::Section { fields, .. } => show(&fields, &mut visitor),
        Message::Frame { frame: Frame::Data(frame), .. } => visitor.content(&frame.data),
        _ => {}
    });
    visitor
}

/// Messages of a `Codec`.
#[inline]
pub(super) fn each_message(octets: &[u8], mut each: impl FnMut(Message<bytes::Bytes>)) {
    let mut codec = Codec::new(Role::Server, &Limits::DEFAULT).expect("valid limits");
    let mut buf = BytesMut::with_capacity(CHUNK);
    for chunk in octets.chunks(CHUNK) {
        buf.extend_from_slice(chunk);
        while let Some(message) = codec.decode(&mut buf).expect("valid") {
            each(message);
        }
    }
}

/// `read_message` out of a slice. Each list is given back.
pub(super) fn message<V: Visit + Default>(mut octets: &[u8]) -> V {
    let mut visitor = V::default();
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).expect("valid limits");
    while let Progress::Item { item, .. } = reader.read_message(&mut octets).expect("valid") {
        match item {
            Message::Section { fields, .. } => {
                show(&fields, &mut visitor);
                reader.give_back(fields);
            }
            Message::Frame { frame: Frame::Data(frame), .. } => visitor.content(frame.data),
            _ => {}
        }
    }
    visitor
}

#[inline]
fn show(fields: &FieldList, visitor: &mut impl Visit) {
    for field in fields {
        visitor.field(field.name, field.value);
    }
    visitor.section_end();
}
