//! Field sections: what they are, and what they may contain.

mod line; // a field to send, or kept
#[cfg(feature = "alloc")]
mod list; // a section in memory of its own
mod malformed; // why a section must not be used
mod section; // what a section is and belongs to
mod validator; // the rules of §8.2 and §8.3

pub use line::FieldLine;
#[cfg(feature = "alloc")]
pub use list::{FieldList, FieldListIter};
pub use malformed::Malformed;
pub use section::{Expected, SectionEnd, SectionHead, SectionKind};
pub use validator::FieldValidator;
#[cfg(feature = "http")]
pub(crate) use validator::is_token;
