//! Numbers and strings from the front of an input. After its end numbers are zero and strings empty.

/// What is left of an input.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn octet(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    pub(crate) fn octets<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.octet())
    }

    /// At most `len` octets.
    pub(crate) fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

/// Cuts octets into pieces of these lengths, again and again; into one piece if all are 0.
pub(crate) fn pieces<'a>(mut octets: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    if lengths.iter().all(|len| *len == 0) {
        return vec![octets];
    }
    let mut pieces = Vec::new();
    for len in lengths.iter().cycle() {
        let (piece, rest) = octets.split_at(usize::from(*len).min(octets.len()));
        pieces.push(piece);
        octets = rest;
        if octets.is_empty() {
            break;
        }
    }
    pieces
}
