//! Lines of text in fixed memory. `core::fmt` would be several KiB of flash.

/// Text of at most `N` octets; more is dropped.
#[derive(Clone, Copy)]
pub(crate) struct Text<const N: usize> {
    octets: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(crate) const fn new() -> Self {
        Self { octets: [0; N], len: 0 }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn put(&mut self, octets: impl AsRef<[u8]>) -> &mut Self {
        for octet in octets.as_ref() {
            if let Some(place) = self.octets.get_mut(self.len) {
                *place = *octet;
                self.len = self.len.saturating_add(1);
            }
        }
        self
    }

    pub(crate) fn number(&mut self, number: u32) -> &mut Self {
        if number >= 10 {
            self.number(number / 10);
        }
        self.digit(number % 10)
    }

    /// Eight digits.
    pub(crate) fn hex(&mut self, number: u32) -> &mut Self {
        for at in (0_u32..32).step_by(4).rev() {
            self.digit(number.wrapping_shr(at) & 15);
        }
        self
    }

    fn digit(&mut self, digit: u32) -> &mut Self {
        self.put(char::from_digit(digit, 16).and_then(|digit| u8::try_from(digit).ok()).as_slice())
    }
}
