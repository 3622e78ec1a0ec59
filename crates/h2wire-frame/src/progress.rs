//! The answer of a parser that has found nothing wrong.

/// The next item, or how many bytes are missing.
///
/// Closed: input either holds the next item as a whole or does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress<T> {
    /// The next item.
    Item {
        /// The item.
        item: T,
        /// Bytes of input the item took up; drop them before the next call.
        consumed: usize,
    },
    /// At least this many more bytes are needed. Nothing was consumed.
    Needed(usize),
}
