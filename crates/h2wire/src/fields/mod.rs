//! Field sections: HPACK joined with frames, and what a section may contain.

mod line; // a field to send, or kept
#[cfg(feature = "alloc")]
mod list; // a section in memory of its own
mod malformed; // why a section must not be used
mod sections; // blocks over several frames to fields
mod validator; // the rules of §8.2 and §8.3

pub use line::FieldLine;
#[cfg(feature = "alloc")]
pub use list::FieldList;
pub use malformed::Malformed;
pub(crate) use sections::Sections;
pub use sections::{FieldStep, Fields, SectionEnd, SectionHead};
#[cfg(feature = "http")]
pub(crate) use validator::is_token;
pub use validator::{Expected, FieldValidator, SectionKind};
