//! One message.

use h2wire_nghttp2::Line;

/// The head of a request or response, and its content.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Sample {
    /// The fields in their order.
    pub fields: Vec<Line>,
    /// Empty if there is none.
    pub content: Vec<u8>,
}

/// Lines from text.
pub(super) fn lines<const N: usize>(fields: [(&str, &str); N]) -> Vec<Line> {
    fields.map(|(name, value)| (name.into(), value.into())).into()
}
