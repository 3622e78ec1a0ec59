//! M3: to `http::Request`.

use ::http::Request;
use h2wire::Message;
use h2wire::frame::Frame;
use h2wire_nghttp2::Visit;

use super::owned::each_message;
use super::visit::TakeHead;

/// `Codec`, then `FieldList::to_request`.
pub(super) fn read<V: Visit + TakeHead<Request<()>> + Default>(octets: &[u8]) -> V {
    let mut visitor = V::default();
    each_message(octets, |message| match message {
        Message::Section { fields, .. } => visitor.head(fields.to_request().expect("a request")),
        Message::Frame { frame: Frame::Data(frame), .. } => visitor.content(&frame.data),
        _ => {}
    });
    visitor
}
