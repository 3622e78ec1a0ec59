//! A field and how to encode it.

use core::fmt;

use h2wire_hpack::{Field, Indexing, Known};

/// A name, a value, and how they may be indexed. RFC 9110 §5.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FieldLine<'a> {
    /// The name, in lower case.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// How it is encoded. Use [`Indexing::Never`] for secrets, and for fields that a peer sent so. RFC 7541 §7.1.3.
    pub indexing: Indexing,
    /// What is known of it: [`Known::Both`], except for a reader that has missed field blocks. What is not known is empty. Such
    /// a field cannot be sent.
    pub known: Known,
}

impl<'a> FieldLine<'a> {
    /// A field whose indexing the encoder decides.
    #[must_use]
    pub const fn new(name: &'a [u8], value: &'a [u8]) -> Self {
        Self { name, value, indexing: Indexing::Auto, known: Known::Both }
    }

    /// The same field with another [`indexing`](Self::indexing).
    #[must_use]
    pub const fn with_indexing(self, indexing: Indexing) -> Self {
        Self { indexing, ..self }
    }

    /// A secret: a field that nobody may index.
    #[must_use]
    pub const fn never_indexed(name: &'a [u8], value: &'a [u8]) -> Self {
        Self { name, value, indexing: Indexing::Never, known: Known::Both }
    }
}

impl fmt::Debug for FieldLine<'_> {
    /// Shows `name: value` as text, `<unknown>` for what is not known. The value of a field that is never indexed is a secret:
    /// only its length is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known {
            Known::Both => write!(f, "{}: ", self.name.escape_ascii())?,
            Known::Value => f.write_str("<unknown>: ")?,
            Known::Neither => return f.write_str("<unknown>"),
        }
        match self.indexing {
            Indexing::Never => write!(f, "<never indexed, {} bytes>", self.value.len()),
            _ => write!(f, "{}", self.value.escape_ascii()),
        }
    }
}

impl<'a, N: AsRef<[u8]> + ?Sized, V: AsRef<[u8]> + ?Sized> From<(&'a N, &'a V)> for FieldLine<'a> {
    fn from((name, value): (&'a N, &'a V)) -> Self {
        Self::new(name.as_ref(), value.as_ref())
    }
}

impl<'a> From<Field<'a>> for FieldLine<'a> {
    fn from(field: Field<'a>) -> Self {
        let indexing = if field.never_indexed { Indexing::Never } else { Indexing::Auto };
        Self { name: field.name, value: field.value, indexing, known: field.known }
    }
}

impl<'a> From<&FieldLine<'a>> for FieldLine<'a> {
    fn from(field: &FieldLine<'a>) -> Self {
        *field
    }
}
