//! Field sections: what HPACK does not look at.

mod malformed;
mod validator;

pub use malformed::Malformed;
pub use validator::{Expected, FieldValidator, SectionKind};
