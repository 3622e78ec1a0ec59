//! What fields are, where it is not known whether the stream ends with them.

use crate::{FieldValidator, Malformed, SectionKind};

/// The kind of a section. Trailers and interim responses are both accepted, as the caller knows whether the stream ends.
pub(super) fn finish(validator: &FieldValidator) -> Result<SectionKind, Malformed> {
    match validator.finish(true) {
        Err(Malformed::InformationalEndStream) => Ok(SectionKind::Response),
        finished => finished,
    }
}
