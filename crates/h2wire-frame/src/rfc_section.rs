//! A section of an RFC.

use core::fmt;

/// A section of an RFC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RfcSection {
    /// The number of the RFC; 9113 for most rules.
    pub rfc: u16,
    /// The number of the section, `"6.5.2"` for example.
    pub number: &'static str,
}

impl fmt::Display for RfcSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RFC {} §{}", self.rfc, self.number)
    }
}
