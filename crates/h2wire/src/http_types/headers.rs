//! Regular fields to a map.

use alloc::vec::Vec;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderName, HeaderValue};

use super::cookie::join;
use super::made::NoPlace;

/// A map that is being filled.
#[derive(Debug, Default)]
pub(super) struct MapBuilder {
    map: HeaderMap,
    /// The number of fields to make room for when there is one.
    expected: usize,
    /// The cookie as far as it came, if it came in several lines. That in the map is its first one.
    cookie: Option<Vec<u8>>,
    cookie_is_sensitive: bool,
}

impl MapBuilder {
    /// A map that makes room for this many fields when the first one comes.
    pub(super) fn with_capacity(fields: usize) -> Self {
        Self { expected: fields, ..Self::default() }
    }

    /// Expects a field less.
    pub(super) fn expect_less(&mut self) {
        self.expected = self.expected.saturating_sub(1);
    }

    /// Adds a field.
    #[inline]
    pub(super) fn push(
        &mut self,
        name: HeaderName,
        mut value: HeaderValue,
        is_sensitive: bool,
    ) -> Result<(), NoPlace> {
        if name == COOKIE {
            self.cookie_is_sensitive |= is_sensitive;
            if let Some(first) = self.map.get(COOKIE) {
                if self.cookie.is_none() {
                    self.cookie = Some(first.as_bytes().to_vec());
                }
                join(&mut self.cookie, value.as_bytes());
                return Ok(());
            }
        }
        value.set_sensitive(is_sensitive);
        if self.map.is_empty() {
            // There may be fewer names than fields: what does not fit is found out when it comes.
            let _ = self.map.try_reserve(self.expected);
        }
        self.map.try_append(name, value).map_err(|_| NoPlace)?;
        Ok(())
    }

    /// Forgets all, and expects as many fields as that.
    pub(super) fn reset(&mut self, fields: usize) {
        if !self.map.is_empty() {
            self.map = HeaderMap::new();
        }
        (self.expected, self.cookie, self.cookie_is_sensitive) = (fields, None, false);
    }

    /// The map of the same fields, which was made before.
    pub(super) fn fill(&mut self, map: HeaderMap) {
        self.map = map;
    }

    /// The number of lines so far.
    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    /// Takes the map, the cookie in one line.
    pub(super) fn finish(&mut self) -> HeaderMap {
        core::mem::take(self.finished())
    }

    /// The map, the cookie in one line.
    pub(super) fn finished(&mut self) -> &mut HeaderMap {
        if let Some(cookie) = self.cookie.take()
            && let Some(line) = self.map.get_mut(COOKIE)
            // Each crumb is a value, and so are crumbs with `; ` between them.
            && let Ok(cookie) = HeaderValue::try_from(cookie)
        {
            *line = cookie;
            line.set_sensitive(self.cookie_is_sensitive);
        }
        &mut self.map
    }
}
