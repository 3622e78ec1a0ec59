//! A section that others follow.

use alloc::vec::Vec;

use ::http::{HeaderMap, HeaderName, HeaderValue};

/// The value of a line that is not steady.
const EMPTY: HeaderValue = HeaderValue::from_static("");

/// A section that others follow: its lines in the order of its map.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) lines: Vec<Line>,
    /// With the values of the lines, so without those of lines that are not steady.
    map: HeaderMap,
}

/// A line of a pattern.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: HeaderName,
    /// Empty if it is not steady.
    pub(super) value: HeaderValue,
    /// Whether its value is expected to come again: until another one comes, and from when one entry comes twice.
    pub(super) is_steady: bool,
    /// The entry of HPACK's table that the last value was.
    pub(super) entry: Option<u32>,
}

/// A line of a section with a value that is not that of the pattern.
#[derive(Debug)]
pub(super) struct Changed {
    /// Which line of the pattern.
    pub(super) line: usize,
    pub(super) value: HeaderValue,
    pub(super) entry: Option<u32>,
}

impl Pattern {
    /// A pattern for sections that are like the one that became this map.
    pub(super) fn new(map: &HeaderMap) -> Self {
        let mut map = map.clone();
        let lines = map.iter_mut().map(|(name, value)| {
            let is_steady = !value.is_sensitive();
            if !is_steady {
                *value = EMPTY;
            }
            Line { name: name.clone(), value: value.clone(), is_steady, entry: None }
        });
        Self { lines: lines.collect(), map }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &HeaderName> {
        self.lines.iter().map(|line| &line.name)
    }

    /// Takes over the values of a section that has the same names, but could not be followed: its cookie came in other pieces.
    pub(super) fn update(&mut self, map: &HeaderMap) {
        for ((line, place), value) in self.lines.iter_mut().zip(self.map.values_mut()).zip(map.values()) {
            if line.is_steady && line.value != *value && !value.is_sensitive() {
                line.value = value.clone();
                place.clone_from(value);
            }
        }
    }

    /// The map of a section that followed all lines, with the values that changed; they are in the order of the lines.
    pub(super) fn map_with(&mut self, changed: &mut Vec<Changed>) -> HeaderMap {
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

    /// Decides anew which of these lines are steady.
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
    pub(super) fn has_name(&self, name: &[u8]) -> bool {
        self.name.as_str().as_bytes() == name
    }
}
