//! What a decoder that missed blocks knows of a field.

/// What is known of a field or of an entry of the table. Only a decoder that has missed blocks
/// knows less than all of it.
///
/// This enum is closed: an entry that was not seen has neither name nor value, and a literal that refers to its name
/// has its own value. There is no field with a name alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Known {
    /// Name and value.
    #[default]
    Both,
    /// The value. The name stands in an entry that was not seen, and is empty here.
    Value,
    /// Neither: an index of an entry that was not seen. Both are empty here.
    Neither,
}
