//! From stream identifiers to what is known of them: a table with open addressing, whose hash is the same in every build.

use alloc::vec;
use alloc::vec::Vec;

/// A table of what is known of streams. Identifiers are never 0.
#[derive(Debug)]
pub(crate) struct Index {
    /// As many as a power of 2, at most half of them used; identifier 0 is a free place.
    places: Vec<(u32, u32)>,
    len: usize,
    seed: u32,
}

/// The places of a small table.
const FIRST: usize = 8;

impl Index {
    pub(crate) const fn new(seed: u32) -> Self {
        Self { places: Vec::new(), len: 0, seed }
    }

    /// Of an empty table.
    pub(crate) const fn set_seed(&mut self, seed: u32) {
        self.seed = seed;
    }

    /// Forgets all, and frees the memory.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.seed);
    }

    /// Where the search for an identifier starts: the upper bits of a product, which depend on all bits of it.
    fn start(&self, id: u32) -> usize {
        let hash = u64::from(id ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        usize::try_from(hash).unwrap_or(0) & self.mask()
    }

    const fn mask(&self) -> usize {
        self.places.len().saturating_sub(1)
    }

    /// The place of an identifier, or the free one where it would be.
    fn find(&self, id: u32) -> Option<usize> {
        let mut at = self.start(id);
        loop {
            match self.places.get(at)?.0 {
                0 => return Some(at),
                found if found == id => return Some(at),
                _ => at = at.wrapping_add(1) & self.mask(),
            }
        }
    }

    pub(crate) fn get(&self, id: u32) -> Option<u32> {
        let (found, value) = *self.places.get(self.find(id)?)?;
        // A free place has the identifier 0, which is that of the connection.
        (found == id && id != 0).then_some(value)
    }

    /// Sets the value of an identifier, which is not 0. Returns the value before.
    pub(crate) fn set(&mut self, id: u32, value: u32) -> Option<u32> {
        if self.len.saturating_add(1) > self.places.len() / 2 {
            self.grow();
        }
        let place = self.find(id).and_then(|at| self.places.get_mut(at))?;
        let (found, before) = core::mem::replace(place, (id, value));
        if found == 0 {
            self.len = self.len.saturating_add(1);
        }
        (found != 0).then_some(before)
    }

    fn grow(&mut self) {
        let more = vec![(0, 0); self.places.len().saturating_mul(2).max(FIRST)];
        for (id, value) in core::mem::replace(&mut self.places, more) {
            if id != 0
                && let Some(place) = self.find(id).and_then(|at| self.places.get_mut(at))
            {
                *place = (id, value);
            }
        }
    }

    /// Removes an identifier. What stands after it moves up, so that no search ends too early.
    pub(crate) fn remove(&mut self, id: u32) {
        let Some(mut free) = self.find(id) else { return };
        if self.places.get(free).is_none_or(|place| place.0 != id) {
            return;
        }
        self.len = self.len.saturating_sub(1);
        let mask = self.mask();
        let mut at = free;
        loop {
            at = at.wrapping_add(1) & mask;
            let Some(place) = self.places.get(at).copied().filter(|place| place.0 != 0) else { break };
            // It may move if its search starts at the free place or before.
            let start = self.start(place.0);
            if at.wrapping_sub(start) & mask >= at.wrapping_sub(free) & mask {
                self.put(free, place);
                free = at;
            }
        }
        self.put(free, (0, 0));
    }

    fn put(&mut self, at: usize, place: (u32, u32)) {
        if let Some(old) = self.places.get_mut(at) {
            *old = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    #[test]
    fn is_a_map() {
        for seed in [0, 0x1234_5678] {
            let (mut index, mut map) = (Index::new(seed), BTreeMap::new());
            assert_eq!(index.get(1), None);
            let mut random = 1_u32;
            for round in 0..50_000 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let id = (random >> 20) % 300 + 1;
                if random.is_multiple_of(3) {
                    index.remove(id);
                    map.remove(&id);
                } else {
                    index.set(id, round);
                    map.insert(id, round);
                }
                assert_eq!((index.get(id), index.len), (map.get(&id).copied(), map.len()));
                if round % 1_000 == 0 {
                    for id in 1..400 {
                        assert_eq!(index.get(id), map.get(&id).copied());
                    }
                }
            }
            assert!(index.places.len() <= 1_024);
        }
    }

    /// The streams of one side start in places far from each other, and elsewhere with another seed.
    #[test]
    fn searches_start_everywhere() {
        let starts = |seed| {
            let mut index = Index::new(seed);
            for id in (1..2_048).step_by(2) {
                index.set(id, 0);
            }
            assert_eq!(index.places.len(), 2_048);
            (1..2_048).step_by(2).map(|id| index.start(id)).collect::<Vec<_>>()
        };
        let mut different = starts(0);
        different.sort_unstable();
        different.dedup();
        assert!(different.len() > 600, "{}", different.len());
        assert_ne!(starts(0), starts(1));
    }
}
