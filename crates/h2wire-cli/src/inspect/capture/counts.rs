//! How often things of a few kinds were seen.

/// Counts, in the order of what is counted.
#[derive(Debug)]
pub(super) struct Counts<K>(Vec<(K, u64)>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord> Counts<K> {
    /// Counts one more thing, or several. Peers choose some of the kinds: above `most` all others are one.
    pub(super) fn add(&mut self, kind: K, count: u64, most: usize, other: K) {
        let place = |counts: &[(K, u64)], kind: &K| counts.binary_search_by(|(known, _)| known.cmp(kind));
        let is_one_too_many = self.0.len() >= most && place(&self.0, &kind).is_err();
        let kind = if is_one_too_many { other } else { kind };
        match place(&self.0, &kind) {
            Ok(at) => {
                if let Some((_, known)) = self.0.get_mut(at) {
                    *known = known.saturating_add(count);
                }
            }
            Err(at) => self.0.insert(at, (kind, count)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, u64)> {
        self.0.iter().map(|(kind, count)| (kind, *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_in_order_and_those_above_the_most_are_one() {
        let mut counts = Counts::default();
        for kind in ["d", "b", "d", "c", "a", "b"] {
            counts.add(kind, 2, 2, "other");
        }
        assert_eq!(counts.iter().collect::<Vec<_>>(), [(&"b", 4), (&"d", 4), (&"other", 4)]);
        counts.add("b", u64::MAX, 2, "other");
        assert_eq!(counts.iter().next(), Some((&"b", u64::MAX)));
    }
}
