//! What cannot be converted.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::{Breach, FieldLine, Indexing, SectionKind};

/// A field section cannot be converted to a message of the `http` crate. This concerns the stream, not the
/// connection: answer with `RST_STREAM` and `PROTOCOL_ERROR`, or a request with status 400.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToHttpError {
    /// The section is malformed. RFC 9113 §8.1.1.
    #[error(transparent)]
    Malformed(#[from] MalformedField),
    /// It is something else: trailers where a head was asked for, or the other way round.
    #[error("the fields are those of {}", name_of(*.found))]
    OtherKind {
        /// What it is.
        found: SectionKind,
    },
    /// No section is complete, or it was taken: [`Heads`](super::Heads) alone.
    #[error("no section is complete")]
    NotComplete,
    /// HTTP/2 allows this field, and `http` has no place for it. A lossy conversion keeps it beside the message.
    #[error(transparent)]
    Unplaced(#[from] UnplacedField),
    /// A field is not known: the reader has missed field blocks, so that there is no telling what the message says.
    #[error("field {index} is not known: the reader has missed field blocks")]
    UnknownField {
        /// The index of the field in its section, from 0.
        index: u32,
    },
}

/// A message of the `http` crate must not be sent as fields of HTTP/2. No field is dropped silently.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToFieldsError {
    /// HTTP/2 forbids a field, or one is missing: the scheme for example, where the URI has none and there is no
    /// [`TargetScheme`](super::TargetScheme). RFC 9113 §8.2, §8.3.
    #[error(transparent)]
    Malformed(#[from] MalformedField),
}

/// A broken rule, and the field that breaks it as text.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct MalformedField {
    /// The rule and the index of the field.
    pub breach: Breach,
    /// `name: value` with what is not printable escaped, or with the length of a secret. `None` if there is no one field.
    pub line: Option<String>,
}

impl MalformedField {
    pub(super) fn new(breach: Breach, field: Option<&FieldLine<'_>>) -> Self {
        Self { breach, line: field.map(|field| alloc::format!("{field:?}")) }
    }
}

impl fmt::Display for MalformedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.line, self.breach.field()) {
            (Some(line), Some(index)) => {
                write!(f, "field at index {index}, `{line}`: {}", self.breach.malformed)
            }
            (Some(line), None) => write!(f, "`{line}`: {}", self.breach.malformed),
            (None, _) => self.breach.fmt(f),
        }
    }
}

impl core::error::Error for MalformedField {}

/// A field that `http` has no place for: a name or value that its types refuse, the path of a socket in `:authority`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnplacedField {
    /// The index of the field in its section, from 0.
    pub index: u32,
    /// The name.
    pub name: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
    /// Whether it is a secret that nobody may index. RFC 7541 §7.1.3.
    pub never_indexed: bool,
}

impl UnplacedField {
    pub(super) fn new(index: u32, field: &FieldLine<'_>) -> Self {
        let never_indexed = field.indexing == Indexing::Never;
        Self { index, name: field.name.into(), value: field.value.into(), never_indexed }
    }

    /// The field, to send it on.
    #[must_use]
    pub fn line(&self) -> FieldLine<'_> {
        let indexing = if self.never_indexed { Indexing::Never } else { Indexing::Auto };
        FieldLine::new(&self.name, &self.value).with_indexing(indexing)
    }
}

impl fmt::Debug for UnplacedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnplacedField {{ {}, {:?} }}", self.index, self.line())
    }
}

impl fmt::Display for UnplacedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field at index {}, `{:?}`: the http crate has no place for it", self.index, self.line())
    }
}

impl core::error::Error for UnplacedField {}

const fn name_of(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Request => "a request",
        SectionKind::Response => "a response",
        SectionKind::Trailers => "trailers",
    }
}
