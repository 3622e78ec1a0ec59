//! Sections whose regular fields are those of the ones before: their map is a copy of one that was made.

use alloc::vec::Vec;

use ::http::HeaderMap;

use super::head::Head;
use super::kept::Kept;

/// A section of more entries is not followed.
const MOST: usize = 64;

/// Finds out that regular fields repeat. To copy a map takes less than to fill another one, as nothing is hashed.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// The entries that the map was made of.
    pattern: Vec<u32>,
    map: HeaderMap,
    /// How many fields of the section are those of the pattern. Nothing was made of them yet. `None` if one was not.
    following: Option<usize>,
    /// The entries of a section that is not followed, and whether all of its fields are entries.
    numbers: Vec<u32>,
    are_entries: bool,
    /// Those of the section before.
    before: Vec<u32>,
}

impl Repeats {
    /// A section starts.
    pub(super) fn start(&mut self) {
        self.following = (!self.pattern.is_empty()).then_some(0);
        self.are_entries = true;
        self.numbers.clear();
    }

    /// Whether nothing has to be made of a regular field, as it is the next one of the pattern.
    #[inline]
    pub(super) fn follow(&mut self, number: u32) -> bool {
        match self.following {
            Some(at) if self.pattern.get(at) == Some(&number) => {
                self.following = Some(at.saturating_add(1));
                true
            }
            _ => false,
        }
    }

    /// Notes a field that is not followed, and the entry that it is.
    #[inline]
    pub(super) fn note(&mut self, number: Option<u32>, kept: &Kept, head: &mut Head) {
        self.leave(kept, head);
        match number {
            Some(number) if self.numbers.len() < MOST => self.numbers.push(number),
            _ => self.are_entries = false,
        }
    }

    /// Makes what was not made yet: the rest of the section is another.
    pub(super) fn leave(&mut self, kept: &Kept, head: &mut Head) {
        let Some(at) = self.following.take() else { return };
        for number in self.pattern.iter().take(at) {
            if let Some((name, value)) = kept.regular(*number) {
                // They had a place before.
                let _ = head.headers.push(name.clone(), value.clone(), false);
            }
            self.numbers.push(*number);
        }
    }

    /// The same, if there is anything to make.
    pub(super) fn leave_if_begun(&mut self, kept: &Kept, head: &mut Head) {
        if self.following.is_some_and(|at| at > 0) {
            self.leave(kept, head);
        }
    }

    /// Something else is kept in the place of an entry. If the map was made of it, who follows would not notice.
    pub(super) fn forget(&mut self, is_it: impl Fn(u32) -> bool) {
        if self.pattern.iter().any(|number| is_it(*number)) {
            self.pattern.clear();
            self.following = None;
        }
        // Nor is the map of this section made of what is kept then.
        if self.are_entries && self.numbers.iter().any(|number| is_it(*number)) {
            self.are_entries = false;
        }
    }

    /// The section is complete.
    pub(super) fn end(&mut self, kept: &Kept, head: &mut Head) {
        if self.following == Some(self.pattern.len()) {
            self.following = None;
            return head.headers.fill(self.map.clone());
        }
        self.leave(kept, head);
        if self.are_entries && !self.numbers.is_empty() && head.unplaced.is_empty() {
            if self.numbers == self.before {
                self.map = head.headers.finished().clone();
                self.pattern.clone_from(&self.numbers);
            }
            core::mem::swap(&mut self.numbers, &mut self.before);
        }
    }
}
