//! One way to sort what has a number.

/// Items in the order of their numbers. Whatever the items are, this sorts by the same code, of which a standard library has a lot for
/// each kind.
pub(crate) fn by_number<T>(items: impl Iterator<Item = (u64, T)>) -> Vec<T> {
    let (mut order, mut taken) = (Vec::new(), Vec::new());
    for (at, (number, item)) in items.enumerate() {
        order.push((number, at));
        taken.push(Some(item));
    }
    order.sort_unstable();
    order.into_iter().filter_map(|(_, at)| taken.get_mut(at)?.take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_keep_their_order() {
        let items = [(3, "c"), (1, "a"), (3, "d"), (2, "b"), (u64::MAX, "e")];
        assert_eq!(by_number(items.into_iter()), ["a", "b", "c", "d", "e"]);
    }
}
