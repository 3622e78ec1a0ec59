//! Where octets are written.

use std::hint::black_box;

/// Where octets go: a socket, or a test.
pub trait Sink: Default {
    /// Takes octets.
    fn write(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

/// A sink that counts octets.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Written(pub usize);

impl Sink for Written {
    #[inline]
    fn write(&mut self, octets: &[u8]) {
        self.0 += black_box(octets).len();
    }
}
