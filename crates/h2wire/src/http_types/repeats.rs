//! Sections whose regular fields have the names of one before: their map is a copy of one that was made.

use alloc::vec::Vec;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderName, HeaderValue};

use super::cookie::DELIMITER;
use super::head::Head;
use crate::{FieldLine, Indexing};

/// A section of more lines is not followed.
const MOST_LINES: usize = 64;
/// No more patterns are kept.
const MOST_PATTERNS: usize = 4;
/// A value that is not kept.
const EMPTY: HeaderValue = HeaderValue::from_static("");

/// Finds out that names repeat. To copy a map takes less than to fill another one, as nothing is hashed.
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
    /// How much of a cookie that is the next line has come.
    crumbs: usize,
    /// What tells the names of a section that is not followed from those of another, roughly, and those of the one before.
    digest: usize,
    before: usize,
}

/// The lines of a map, in its order.
#[derive(Debug)]
struct Pattern {
    lines: Vec<Line>,
    map: HeaderMap,
}

#[derive(Debug)]
struct Line {
    name: HeaderName,
    /// As in the map: empty if it is not steady.
    value: HeaderValue,
    is_steady: bool,
    /// The entry that the last value was.
    entry: Option<u32>,
}

/// A line with a value that is not that of the pattern.
#[derive(Debug)]
struct Changed {
    line: usize,
    value: HeaderValue,
    entry: Option<u32>,
}

impl Repeats {
    /// A section starts.
    pub(super) fn start(&mut self) {
        self.is_following = !self.patterns.is_empty();
        (self.at, self.crumbs, self.digest) = (0, 0, 0);
        self.changed.clear();
    }

    /// Whether nothing has to be made of a regular field, as it is the next one of the pattern.
    #[inline]
    pub(super) fn follow(&mut self, field: &FieldLine<'_>) -> bool {
        let Some(line) = self.next() else { return false };
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
        let cookie = self.next().and_then(|line| line.value.as_bytes().get(self.crumbs..));
        match cookie.and_then(|rest| rest.strip_prefix(crumb)) {
            Some(b"") => (self.at, self.crumbs) = (self.at.saturating_add(1), 0),
            Some(rest) if rest.starts_with(DELIMITER) => {
                self.crumbs = self.crumbs.saturating_add(crumb.len()).saturating_add(DELIMITER.len());
            }
            _ => return false,
        }
        true
    }

    /// Takes a value if its name is the next one of a pattern.
    #[inline]
    pub(super) fn take(
        &mut self,
        name: &HeaderName,
        value: HeaderValue,
        entry: Option<u32>,
    ) -> Result<(), HeaderValue> {
        if self.crumbs != 0 || (self.next().is_none_or(|line| line.name != *name) && !self.switch(Some(name)))
        {
            return Err(value);
        }
        self.changed.push(Changed { line: self.at, value, entry });
        self.at = self.at.saturating_add(1);
        Ok(())
    }

    /// Places a field that is not taken, and the ones before it that nothing was made of yet.
    pub(super) fn place(
        &mut self,
        index: u32,
        field: &FieldLine<'_>,
        made: (HeaderName, HeaderValue),
        head: &mut Head,
    ) {
        self.leave(head);
        let (name, value) = made;
        self.note(name.as_str().as_bytes());
        head.place_regular(index, field, name, value);
    }

    fn next(&self) -> Option<&Line> {
        if !self.is_following {
            return None;
        }
        self.patterns.get(self.current)?.lines.get(self.at)
    }

    /// Goes on with another pattern that has the same names so far, and then this one or no other.
    fn switch(&mut self, name: Option<&HeaderName>) -> bool {
        let Some(current) = self.is_following.then(|| self.patterns.get(self.current)).flatten() else {
            return false;
        };
        let seen = current.lines.get(..self.at).unwrap_or_default();
        let is_it = |other: &Pattern| {
            let wanted = seen.iter().map(|line| &line.name).chain(name);
            let len = if name.is_some() { seen.len().saturating_add(1) } else { usize::MAX };
            other.names().take(len).eq(wanted)
        };
        let Some(found) = self.patterns.iter().position(is_it) else { return false };
        let lines = self.patterns.get(found).map(|pattern| pattern.lines.as_slice()).unwrap_or_default();
        for (at, (old, new)) in seen.iter().zip(lines).enumerate() {
            let place = self.changed.partition_point(|changed| changed.line < at);
            let is_changed = self.changed.get(place).is_some_and(|changed| changed.line == at);
            let is_same = new.is_steady && new.value == old.value;
            if !is_changed && !is_same {
                let changed = Changed { line: at, value: old.value.clone(), entry: old.entry };
                self.changed.insert(place, changed);
            }
        }
        self.current = found;
        true
    }

    /// Makes what was not made yet: the section is another.
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
            self.digest = digest(self.digest, line.name.as_str().as_bytes());
            push(&line.name, value, head);
        }
        if let Some(line) = pattern.lines.get(self.at)
            && let Some(len) = self.crumbs.checked_sub(DELIMITER.len())
            && let Ok(cookie) = HeaderValue::from_bytes(line.value.as_bytes().get(..len).unwrap_or_default())
        {
            self.digest = digest(self.digest, line.name.as_str().as_bytes());
            push(&line.name, cookie, head);
        }
    }

    fn note(&mut self, name: &[u8]) {
        self.digest = digest(self.digest, name);
    }

    /// The section is complete.
    pub(super) fn end(&mut self, head: &mut Head) {
        if self.is_following
            && self.crumbs == 0
            && (self.next().is_none() || self.switch(None))
            && let Some(pattern) = self.patterns.get_mut(self.current)
        {
            return head.headers.fill(pattern.copy(&mut self.changed));
        }
        self.leave(head);
        if self.digest == 0 || !head.unplaced.is_empty() {
            return;
        }
        if core::mem::replace(&mut self.before, self.digest) == self.digest {
            self.learn(head.headers.finished());
        }
    }

    /// Follows such sections from then on.
    fn learn(&mut self, map: &HeaderMap) {
        if map.len() > MOST_LINES {
            return;
        }
        let is_known = |known: &Pattern| known.names().eq(map.iter().map(|(name, _)| name));
        if let Some(at) = self.patterns.iter().position(is_known) {
            self.current = at;
            return self.patterns.iter_mut().skip(at).take(1).for_each(|known| known.learn(map));
        }
        let mut map = map.clone();
        let lines = map.iter_mut().map(|(name, value)| {
            let is_steady = !value.is_sensitive();
            if !is_steady {
                *value = EMPTY;
            }
            Line { name: name.clone(), value: value.clone(), is_steady, entry: None }
        });
        let pattern = Pattern { lines: lines.collect(), map };
        if self.patterns.len() < MOST_PATTERNS {
            self.current = self.patterns.len();
            return self.patterns.push(pattern);
        }
        self.current = self.current.saturating_add(1);
        if self.current >= MOST_PATTERNS {
            self.current = 0;
        }
        if let Some(oldest) = self.patterns.get_mut(self.current) {
            *oldest = pattern;
        }
    }
}

impl Pattern {
    fn names(&self) -> impl Iterator<Item = &HeaderName> {
        self.lines.iter().map(|line| &line.name)
    }

    /// Takes over values that are others now, of a section that could not be followed: a cookie in pieces.
    fn learn(&mut self, map: &HeaderMap) {
        for ((line, place), value) in self.lines.iter_mut().zip(self.map.values_mut()).zip(map.values()) {
            if line.is_steady && line.value != *value && !value.is_sensitive() {
                line.value = value.clone();
                place.clone_from(value);
            }
        }
    }

    /// The map with the values of this section.
    fn copy(&mut self, changed: &mut Vec<Changed>) -> HeaderMap {
        if changed.is_empty() {
            return self.map.clone();
        }
        self.adapt(changed);
        let mut map = self.map.clone();
        let (mut places, mut next) = (map.values_mut(), 0);
        for Changed { line, value, .. } in changed.drain(..) {
            if let Some(place) = places.nth(line.saturating_sub(next)) {
                *place = value;
            }
            next = line.saturating_add(1);
        }
        map
    }

    /// Keeps values that came twice, and no longer those that changed.
    fn adapt(&mut self, changed: &[Changed]) {
        let (mut places, mut next) = (self.map.values_mut(), 0);
        for Changed { line: at, value, entry } in changed {
            let skipped = at.saturating_sub(next);
            let Some(line) = self.lines.get_mut(*at) else { return };
            let is_again =
                if line.is_steady { line.value == *value } else { entry.is_some() && line.entry == *entry };
            let is_steady = is_again && !value.is_sensitive();
            line.entry = *entry;
            if is_steady != line.is_steady {
                let Some(place) = places.nth(skipped) else { return };
                next = at.saturating_add(1);
                line.is_steady = is_steady;
                line.value = if is_steady { value.clone() } else { EMPTY };
                place.clone_from(&line.value);
            }
        }
    }
}

impl Line {
    fn has_name(&self, name: &[u8]) -> bool {
        self.name.as_str().as_bytes() == name
    }
}

/// They had a place before.
fn push(name: &HeaderName, value: HeaderValue, head: &mut Head) {
    let is_sensitive = value.is_sensitive();
    let _ = head.headers.push(name.clone(), value, is_sensitive);
}

/// Names that differ have another one, as a rule. It is not 0.
fn digest(before: usize, name: &[u8]) -> usize {
    let [first, last] =
        [name.first(), name.last()].map(|octet| usize::from(octet.copied().unwrap_or_default()));
    before.rotate_left(5).wrapping_add(name.len() << 16 | first << 8 | last) | 1
}
