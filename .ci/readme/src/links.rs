//! Whether the links of a page lead to files of the tree.

use std::path::Path;

/// The links of a page that lead nowhere. A page that goes into a package has none to what is outside of it.
pub(crate) fn broken<'p>(page: &'p str, path: &Path) -> Vec<&'p str> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let is_packed = path.starts_with("crates");
    links(page)
        .filter(|link| {
            let file = link.split('#').next().unwrap_or_default();
            let is_absolute = link.starts_with("https://");
            !is_absolute
                && !file.is_empty()
                && (is_packed && file.starts_with("..") || !folder.join(file).exists())
        })
        .collect()
}

fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_there_are_found_and_so_is_what_a_package_does_not_have() {
        let page =
            "[a](src/main.rs) [b](src/gone.rs#x) [c](#here) ![d](https://docs.rs/h2wire) [e](../readme/src)";
        assert_eq!(broken(page, Path::new("README.md")), ["src/gone.rs#x"]);
        let packed = "[a](../readme) [b](main.rs)";
        assert_eq!(broken(packed, Path::new("crates/README.md")), ["../readme", "main.rs"]);
    }
}
