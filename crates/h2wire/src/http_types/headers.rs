//! Regular fields to a map.

use alloc::vec::Vec;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderName, HeaderValue};

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

/// The types of `http` refuse a field.
pub(super) struct NoPlace;

impl MapBuilder {
    /// Adds a field whose name has no colon.
    pub(super) fn push(&mut self, field: &FieldLine<'_>) -> Result<(), NoPlace> {
        let name = HeaderName::from_bytes(field.name).map_err(|_| NoPlace)?;
        let is_sensitive = field.indexing == Indexing::Never;
        let mut value = HeaderValue::from_bytes(field.value).map_err(|_| NoPlace)?;
        if name == COOKIE {
            if self.cookie.is_none() {
                self.append(name, HeaderValue::from_static(""))?;
            }
            join(&mut self.cookie, value.as_bytes());
            self.cookie_is_sensitive |= is_sensitive;
            return Ok(());
        }
        value.set_sensitive(is_sensitive);
        self.append(name, value)
    }

    fn append(&mut self, name: HeaderName, value: HeaderValue) -> Result<(), NoPlace> {
        self.map.try_append(name, value).map_err(|_| NoPlace)?;
        Ok(())
    }

    /// The map, the cookie in one line.
    pub(super) fn finish(mut self) -> HeaderMap {
        if let (Some(cookie), Some(line)) = (self.cookie, self.map.get_mut(COOKIE))
            // Each crumb is a value, and so are crumbs with `; ` between them.
            && let Ok(cookie) = HeaderValue::try_from(cookie)
        {
            *line = cookie;
            line.set_sensitive(self.cookie_is_sensitive);
        }
        self.map
    }
}
