//! Sections with the regular names of one before: their map is a copy of one that was made, and nothing is hashed for it.
//!
//! Most sections of a connection have the names of one before, in its order, and many of its values. Such a section becomes a
//! [`Pattern`], which the next ones follow, field by field:
//!
//! - [`follow`](Repeats::follow): it is the next line of the pattern. Nothing is made of the field.
//! - [`follow_with`](Repeats::follow_with): it is the next line with another value, which waits in `changed`.
//! - [`leave`](Repeats::leave): it is another field. The lines so far go into a map of their own, and so does the rest of the section.
//!
//! At its [`end`](Repeats::end) a section that followed each line gets a copy of the pattern's map, with the changed values in it. One
//! that followed no pattern becomes one if the last such section had the same names.

mod pattern; // what is followed

use alloc::vec::Vec;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderName, HeaderValue};

use super::cookie::DELIMITER;
use super::head::Head;
use crate::{FieldLine, Indexing};
use pattern::{Changed, Line, Pattern};

/// A section of more lines is not followed.
const MOST_LINES: usize = 64;
/// No more patterns are kept.
const MOST_PATTERNS: usize = 4;

/// Finds out that names repeat.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    patterns: Vec<Pattern>,
    /// The pattern that is followed, or was last.
    current: usize,
    is_following: bool,
    /// How many lines of the pattern have come. Nothing was made of them yet.
    at: usize,
    /// Those of them that have other values, in their order.
    changed: Vec<Changed>,
    /// How much of the value of the next line, a cookie, has come in pieces, with the delimiters after them.
    crumbs: usize,
    /// Tells the names of a section that follows no pattern from those of another, roughly; 0 if there are none.
    digest: usize,
    /// That of the last such section.
    digest_before: usize,
}

impl Repeats {
    /// A section starts.
    pub(super) fn start(&mut self) {
        self.is_following = !self.patterns.is_empty();
        (self.at, self.crumbs, self.digest) = (0, 0, 0);
        self.changed.clear();
    }

    /// Whether nothing has to be made of a regular field, as it is the next line of the pattern.
    #[inline]
    pub(super) fn follow(&mut self, field: &FieldLine<'_>) -> bool {
        let Some(line) = self.next_line() else { return false };
        if !line.is_steady || !line.has_name(field.name) || field.indexing == Indexing::Never {
            return false;
        }
        if line.value.as_bytes() == field.value && self.crumbs == 0 {
            self.at = self.at.saturating_add(1);
            return true;
        }
        line.name == COOKIE && self.follow_cookie(field.value)
    }

    /// The same for a piece of a cookie.
    fn follow_cookie(&mut self, crumb: &[u8]) -> bool {
        let cookie = self.next_line().and_then(|line| line.value.as_bytes().get(self.crumbs..));
        match cookie.and_then(|rest| rest.strip_prefix(crumb)) {
            Some(b"") => (self.at, self.crumbs) = (self.at.saturating_add(1), 0),
            Some(rest) if rest.starts_with(DELIMITER) => {
                self.crumbs = self.crumbs.saturating_add(crumb.len()).saturating_add(DELIMITER.len());
            }
            _ => return false,
        }
        true
    }

    /// Follows a pattern whose next line has this name and another value. If there is none, the value is returned: the field needs
    /// [`leave_and_place`](Self::leave_and_place).
    #[inline]
    pub(super) fn follow_with(
        &mut self,
        name: &HeaderName,
        value: HeaderValue,
        entry: Option<u32>,
    ) -> Result<(), HeaderValue> {
        let is_next = |line: &Line| line.name == *name;
        if self.crumbs != 0 || !(self.next_line().is_some_and(is_next) || self.switch(Some(name))) {
            return Err(value);
        }
        self.changed.push(Changed { line: self.at, value, entry });
        self.at = self.at.saturating_add(1);
        Ok(())
    }

    /// Places a field that follows no pattern, after those that did.
    pub(super) fn leave_and_place(
        &mut self,
        index: u32,
        field: &FieldLine<'_>,
        made: (HeaderName, HeaderValue),
        head: &mut Head,
    ) {
        self.leave(head);
        let (name, value) = made;
        self.digest = digest(self.digest, &name);
        head.place_regular(index, field, name, value);
    }

    fn next_line(&self) -> Option<&Line> {
        if !self.is_following {
            return None;
        }
        self.patterns.get(self.current)?.lines.get(self.at)
    }

    /// Follows another pattern, which has the same names so far and then `next`; without `next`, no more names.
    fn switch(&mut self, next: Option<&HeaderName>) -> bool {
        let current = self.patterns.get(self.current).filter(|_| self.is_following);
        let Some(seen) = current.and_then(|current| current.lines.get(..self.at)) else { return false };
        let has_the_same = |other: &Pattern| {
            let wanted = seen.iter().map(|line| &line.name).chain(next);
            let len = if next.is_some() { seen.len().saturating_add(1) } else { usize::MAX };
            other.names().take(len).eq(wanted)
        };
        let Some(found) = self.patterns.iter().position(has_the_same) else { return false };
        if let Some(other) = self.patterns.get(found) {
            carry_over(seen, &other.lines, &mut self.changed);
        }
        self.current = found;
        true
    }

    /// Puts the lines that were followed into the map of the section, which follows no pattern any more.
    fn leave(&mut self, head: &mut Head) {
        if !core::mem::take(&mut self.is_following) {
            return;
        }
        let Some(pattern) = self.patterns.get(self.current) else { return };
        let mut changed = self.changed.drain(..).peekable();
        for (at, line) in pattern.lines.iter().take(self.at).enumerate() {
            let value = match changed.next_if(|changed| changed.line == at) {
                Some(changed) => changed.value,
                None => line.value.clone(),
            };
            self.digest = digest(self.digest, &line.name);
            push(&line.name, value, head);
        }
        if let Some(line) = pattern.lines.get(self.at)
            && let Some(len) = self.crumbs.checked_sub(DELIMITER.len())
            && let Ok(cookie) = HeaderValue::from_bytes(line.value.as_bytes().get(..len).unwrap_or_default())
        {
            self.digest = digest(self.digest, &line.name);
            push(&line.name, cookie, head);
        }
    }

    /// The section is complete.
    pub(super) fn end(&mut self, head: &mut Head) {
        if self.is_following
            && self.crumbs == 0
            && (self.next_line().is_none() || self.switch(None))
            && let Some(pattern) = self.patterns.get_mut(self.current)
        {
            return head.headers.fill(pattern.map_with(&mut self.changed));
        }
        self.leave(head);
        if self.digest == 0 || !head.unplaced.is_empty() {
            return;
        }
        if core::mem::replace(&mut self.digest_before, self.digest) == self.digest {
            self.learn(head.headers.finished());
        }
    }

    /// Sections with these names are followed from now on.
    fn learn(&mut self, map: &HeaderMap) {
        if map.len() > MOST_LINES {
            return;
        }
        let is_known = |known: &Pattern| known.names().eq(map.iter().map(|(name, _)| name));
        if let Some(at) = self.patterns.iter().position(is_known) {
            self.current = at;
            if let Some(known) = self.patterns.get_mut(at) {
                known.update(map);
            }
            return;
        }
        if self.patterns.len() < MOST_PATTERNS {
            self.current = self.patterns.len();
            return self.patterns.push(Pattern::new(map));
        }
        // The one after the last that was followed makes room.
        self.current = self.current.saturating_add(1);
        if self.current >= MOST_PATTERNS {
            self.current = 0;
        }
        if let Some(place) = self.patterns.get_mut(self.current) {
            *place = Pattern::new(map);
        }
    }
}

/// What followed the lines of `old` follows those of `new`: a value that `new` does not have is one that changed.
fn carry_over(old: &[Line], new: &[Line], changed: &mut Vec<Changed>) {
    for (at, (old, new)) in old.iter().zip(new).enumerate() {
        let place = changed.partition_point(|changed| changed.line < at);
        let is_changed = changed.get(place).is_some_and(|changed| changed.line == at);
        let is_same = new.is_steady && new.value == old.value;
        if !is_changed && !is_same {
            changed.insert(place, Changed { line: at, value: old.value.clone(), entry: old.entry });
        }
    }
}

/// Adds a line to the map of a section. The map has a place for it, as that of the pattern had one.
fn push(name: &HeaderName, value: HeaderValue, head: &mut Head) {
    let is_sensitive = value.is_sensitive();
    let _ = head.headers.push(name.clone(), value, is_sensitive);
}

/// Adds a name to a digest, which is not 0 then. Names that differ have another one, as a rule.
fn digest(before: usize, name: &HeaderName) -> usize {
    let name = name.as_str().as_bytes();
    let [first, last] =
        [name.first(), name.last()].map(|octet| usize::from(octet.copied().unwrap_or_default()));
    before.rotate_left(5).wrapping_add(name.len() << 16 | first << 8 | last) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_pattern_takes_the_place_after_the_last_one() {
        let mut repeats = Repeats::default();
        for name in ["a", "b", "c", "d", "e", "f"] {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            repeats.learn(&HeaderMap::from_iter([(name, HeaderValue::from_static("1"))]));
        }
        let names = repeats.patterns.iter().flat_map(Pattern::names);
        assert!(names.eq(["e", "f", "c", "d"].iter()), "{:?}", repeats.patterns);
        assert_eq!(repeats.current, 1);
    }
}
