//! Regular fields to a map.

use alloc::vec::Vec;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderName, HeaderValue};

use super::ToHttpError;
use super::cookie::join;
use crate::{FieldLine, Indexing};

/// A map that is being filled.
#[derive(Default)]
pub(super) struct MapBuilder {
    map: HeaderMap,
    /// The cookie as far as it came. Its line in the map is empty until the end.
    cookie: Option<Vec<u8>>,
    cookie_is_sensitive: bool,
}

impl MapBuilder {
    /// Adds a field whose name has no colon.
    pub(super) fn push(&mut self, field: &FieldLine<'_>) -> Result<(), ToHttpError> {
        let name = HeaderName::from_lowercase(field.name).map_err(|_| ToHttpError::FieldName)?;
        let is_sensitive = field.indexing == Indexing::Never;
        if name == COOKIE {
            if self.cookie.is_none() {
                self.append(name, HeaderValue::from_static(""))?;
            }
            join(&mut self.cookie, field.value);
            self.cookie_is_sensitive |= is_sensitive;
            return Ok(());
        }
        let Ok(mut value) = HeaderValue::from_bytes(field.value) else {
            return Err(ToHttpError::FieldValue { name });
        };
        value.set_sensitive(is_sensitive);
        self.append(name, value)
    }

    fn append(&mut self, name: HeaderName, value: HeaderValue) -> Result<(), ToHttpError> {
        self.map.try_append(name, value).map_err(|_| ToHttpError::TooManyNames)?;
        Ok(())
    }

    /// The map, the cookie in one line.
    pub(super) fn finish(mut self) -> Result<HeaderMap, ToHttpError> {
        if let (Some(cookie), Some(line)) = (self.cookie, self.map.get_mut(COOKIE)) {
            *line = HeaderValue::try_from(cookie).map_err(|_| ToHttpError::FieldValue { name: COOKIE })?;
            line.set_sensitive(self.cookie_is_sensitive);
        }
        Ok(self.map)
    }
}
