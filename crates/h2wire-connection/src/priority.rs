//! Extensible priorities, RFC 9218.

/// How urgent a response is, and whether it is of use in parts. RFC 9218 §4.
///
/// ```
/// use h2wire_connection::Priority;
///
/// assert_eq!(Priority::parse(b"u=1, i"), Priority::new(1, true));
/// assert_eq!(Priority::parse(b"i=?0, u=9, x=4"), Priority::DEFAULT); // what is not understood is ignored
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Priority {
    /// From 0, most urgent, to 7. Default 3.
    pub urgency: u8,
    /// Whether the parts of the response are of use before its end. Default not.
    pub incremental: bool,
}

impl Priority {
    /// What holds if nothing was said.
    pub const DEFAULT: Self = Self { urgency: 3, incremental: false };

    /// A priority; an urgency above 7 counts as 7.
    #[must_use]
    pub const fn new(urgency: u8, incremental: bool) -> Self {
        Self { urgency: if urgency > 7 { 7 } else { urgency }, incremental }
    }

    /// Reads the value of a `priority` field or of a `PRIORITY_UPDATE` frame. What is not understood has its default.
    /// RFC 9218 §4, §5.
    #[must_use]
    pub fn parse(value: &[u8]) -> Self {
        let mut priority = Self::DEFAULT;
        for member in value.split(|byte| *byte == b',') {
            let member = member.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
            match member {
                [b'u', b'=', urgency @ b'0'..=b'7'] => priority.urgency = urgency.saturating_sub(b'0'),
                b"i" | b"i=?1" => priority.incremental = true,
                b"i=?0" => priority.incremental = false,
                _ => {}
            }
        }
        priority
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_member_of_a_name_counts_and_others_are_ignored() {
        for (value, urgency, incremental) in [
            ("", 3, false),
            ("u=0", 0, false),
            ("u=7,i", 7, true),
            (" u=5 , i=?1 ", 5, true),
            ("u=5;a=1, i;b", 5, true),
            ("u=1, u=2", 2, false),
            ("u=8", 3, false),
            ("u=-1", 3, false),
            ("u=10", 3, false),
            ("i=1", 3, false),
            ("i, i=?0", 3, false),
            ("foo, u=4", 4, false),
        ] {
            assert_eq!(Priority::parse(value.as_bytes()), Priority::new(urgency, incremental), "{value}");
        }
    }
}
