//! The answer of a parser that has found nothing wrong.

/// The next item, or how many bytes are missing.
///
/// Closed: input either holds the next item as a whole or does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress<T, C = usize> {
    /// The next item.
    Item {
        /// The item.
        item: T,
        /// Bytes of input the item took up; drop them before the next call. `()` if they have been taken out of a buffer: there
        /// is nothing to drop.
        consumed: C,
    },
    /// At least this many more bytes are needed. Nothing was consumed.
    Needed(usize),
}
