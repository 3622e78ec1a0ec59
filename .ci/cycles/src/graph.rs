//! Circles and floors of the graph of files.

use std::collections::BTreeSet;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::arrows::Arrows;

/// Groups of files of which each leads to each.
pub(crate) fn circles(arrows: &Arrows) -> Vec<BTreeSet<usize>> {
    groups(arrows).into_iter().filter(|group| group.len() > 1).map(BTreeSet::from_iter).collect()
}

/// The floor of each file: 0 if it imports none, else one above the highest it imports. A circle is on one floor.
pub(crate) fn floors(files: usize, arrows: &Arrows) -> Vec<usize> {
    let mut floors = vec![0; files];
    // Those that import nothing come first.
    for group in groups(arrows) {
        let below = arrows.keys().filter(|(from, to)| group.contains(from) && !group.contains(to));
        let floor = below.map(|(_, to)| floors[*to] + 1).max().unwrap_or(0);
        for file in group {
            floors[file] = floor;
        }
    }
    floors
}

fn groups(arrows: &Arrows) -> Vec<Vec<usize>> {
    tarjan_scc(&DiGraphMap::<usize, ()>::from_edges(arrows.keys()))
}
