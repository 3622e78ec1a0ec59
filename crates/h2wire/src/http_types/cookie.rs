//! A cookie is one line for HTTP, and may be many for HPACK. RFC 9113 §8.2.3.

use alloc::vec::Vec;

pub(super) const DELIMITER: &[u8] = b"; ";

/// The pieces of a value: those of a cookie, or the whole.
#[derive(Clone, Debug)]
pub(super) struct Crumbs<'a> {
    rest: Option<&'a [u8]>,
    is_cut: bool,
}

impl<'a> Crumbs<'a> {
    /// The value as it is.
    pub(super) const fn whole(value: &'a [u8]) -> Self {
        Self { rest: Some(value), is_cut: false }
    }

    /// A piece for each cookie, but where a piece would have white space around it, which is forbidden to a field.
    pub(super) const fn cookie(value: &'a [u8]) -> Self {
        Self { rest: Some(value), is_cut: true }
    }
}

impl<'a> Iterator for Crumbs<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        if !self.is_cut {
            return Some(rest);
        }
        let pieces = |at| {
            let (crumb, behind) = rest.split_at_checked(at)?;
            let behind = behind.strip_prefix(DELIMITER)?;
            (!is_space(crumb.last()) && !is_space(behind.first())).then_some((crumb, behind))
        };
        let Some((crumb, behind)) = (0..rest.len()).find_map(pieces) else { return Some(rest) };
        self.rest = Some(behind);
        Some(crumb)
    }
}

const fn is_space(octet: Option<&u8>) -> bool {
    matches!(octet, Some(b' ' | b'\t'))
}

/// Adds the next crumb to those before it.
pub(super) fn join(joined: &mut Option<Vec<u8>>, crumb: &[u8]) {
    match joined {
        None => *joined = Some(crumb.to_vec()),
        Some(joined) => {
            joined.extend_from_slice(DELIMITER);
            joined.extend_from_slice(crumb);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(value: &str) -> Vec<&str> {
        Crumbs::cookie(value.as_bytes()).map(|crumb| std::str::from_utf8(crumb).unwrap()).collect()
    }

    #[test]
    fn each_cookie_is_a_piece() {
        assert_eq!(cut("a=1; b=2; c"), ["a=1", "b=2", "c"]);
        assert_eq!(cut(""), [""]);
        assert_eq!(cut("a=1;b=2"), ["a=1;b=2"]);
    }

    #[test]
    fn pieces_that_no_field_may_hold_stay_together() {
        assert_eq!(cut("a=1;  b=2"), ["a=1;  b=2"]);
        assert_eq!(cut("a=1 ; b=2"), ["a=1 ; b=2"]);
        assert_eq!(cut("a=1;  b=2; c"), ["a=1;  b=2", "c"]);
        assert_eq!(cut("a=1; ; b=2; "), ["a=1", "", "b=2", ""]);
    }

    proptest! {
        #[test]
        fn joined_again_it_is_the_same(value in "[a;= ]{0,12}") {
            let mut joined = None;
            Crumbs::cookie(value.as_bytes()).for_each(|crumb| join(&mut joined, crumb));
            prop_assert_eq!(joined.unwrap(), value.into_bytes());
        }
    }
}
