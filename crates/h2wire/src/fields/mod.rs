//! Field sections: what they are, and what they may contain.

mod line; // a field to send, or kept
#[cfg(feature = "alloc")]
mod list; // a section in memory of its own
mod malformed; // why a section must not be used
mod section; // what a section is and belongs to
mod validator; // the rules of §8.2 and §8.3

// What the validator stands on.
mod authority; // host and port
mod breach; // which rule, which field
mod class; // what a field says by itself
mod host; // whether two of them are the same
mod marks; // those, kept in the tables of HPACK
mod octets; // characters
mod regular; // names that have rules
mod seen; // fields that others are compared with
mod target; // method, scheme, authority, path

#[cfg(feature = "http")]
pub(crate) use authority::SchemeKind;
pub(crate) use breach::FieldIndex;
pub use breach::{Breach, MalformedSet};
#[cfg(feature = "http")]
pub(crate) use host::HostDigest;
pub use line::FieldLine;
#[cfg(feature = "alloc")]
pub use list::{FieldList, FieldListIter};
pub use malformed::Malformed;
pub(crate) use marks::FieldMarks;
#[cfg(feature = "http")]
pub(crate) use octets::{is_token, trim};
pub use section::{Expected, SectionEnd, SectionHead, SectionKind};
pub use validator::FieldValidator;
