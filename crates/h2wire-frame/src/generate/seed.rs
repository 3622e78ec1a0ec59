//! What decides between the things that can be generated.

/// Bytes that decide what is generated, taken from the front. The same bytes give the same. After their end there are zeros,
/// which stand for the plainest choice, so that a shorter seed gives less and simpler things.
///
/// ```
/// use h2wire_frame::generate::Seed;
///
/// let mut seed = Seed::new(&[7, 9]);
/// assert_eq!((seed.below(5), seed.octet(), seed.octet()), (2, 9, 0));
/// assert!(seed.is_empty());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seed<'a>(&'a [u8]);

impl<'a> Seed<'a> {
    /// All of these bytes.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// Whether only zeros are left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn octet(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// The next four bytes, as a number.
    pub fn number(&mut self) -> u32 {
        u32::from_be_bytes(core::array::from_fn(|_| self.octet()))
    }

    /// A number below `end`, made of as many bytes as that takes; 0 if `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        let number = match end {
            0..=0x100 => self.octet().into(),
            0x101..=0x1_0000 => u16::from_be_bytes([self.octet(), self.octet()]).into(),
            _ => self.number(),
        };
        number.checked_rem(end).unwrap_or_default()
    }

    /// True in one of `times` cases; false at the end of the bytes.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == times.saturating_sub(1) && times > 0
    }

    /// One of these; `None` if there are none.
    pub fn choose<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let index = self.below(u32::try_from(of.len()).unwrap_or(u32::MAX));
        of.get(usize::try_from(index).unwrap_or_default())
    }

    /// The next `len` bytes, or as many as are left.
    pub fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A choice takes as many bytes as its numbers have.
    #[test]
    fn numbers_are_below_their_end() {
        let octets = [1, 2, 3, 4, 5, 6, 7, 8];
        let below = |end| {
            let mut seed = Seed::new(&octets);
            (seed.below(end), octets.len() - seed.0.len())
        };
        assert_eq!([below(0), below(0x100), below(0x101)], [(0, 1), (1, 1), (0x0102 % 0x101, 2)]);
        assert_eq!([below(0x1_0000), below(0x1_0001)], [(0x0102, 2), (0x0102_0304 % 0x1_0001, 4)]);
        assert_eq!(
            (Seed::new(&octets).number(), Seed::new(&octets[..2]).number()),
            (0x0102_0304, 0x0102_0000)
        );
    }

    #[test]
    fn one_in_so_many() {
        let is = |octet: u8, times| Seed::new(&[octet]).one_in(times);
        assert_eq!(
            [is(2, 3), is(5, 3), is(0, 3), is(1, 3), is(0, 1), is(0, 0)],
            [true, true, false, false, true, false]
        );
        assert!(!Seed::new(&[]).one_in(2));
    }

    #[test]
    fn chooses_each() {
        let choose = |octet: u8| Seed::new(&[octet]).choose(&["a", "b", "c"]).copied();
        assert_eq!([0, 1, 2, 3].map(choose), [Some("a"), Some("b"), Some("c"), Some("a")]);
        assert_eq!(Seed::new(&[7]).choose::<u8>(&[]), None);
    }
}
