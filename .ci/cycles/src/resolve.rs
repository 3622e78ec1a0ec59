//! Paths to the modules whose files define what they name.

use std::collections::BTreeSet;

use crate::modules::{Crate, Name};

/// Where a path leads. To nothing if that is another crate's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Target {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

type Targets = BTreeSet<Target>;

/// Follows a path that stands in a module.
pub(crate) fn resolve(parsed: &Crate, module: usize, path: &[String]) -> Targets {
    Search { parsed, open: BTreeSet::new() }.path(module, path)
}

/// Whether a module is another one or stands below it.
pub(crate) fn is_below(parsed: &Crate, module: usize, above: usize) -> bool {
    let mut at = Some(module);
    while let Some(id) = at {
        if id == above {
            return true;
        }
        at = parsed.modules[id].parent;
    }
    false
}

struct Search<'a> {
    parsed: &'a Crate,
    /// Names that are being looked up: re-exports may go round.
    open: BTreeSet<(usize, String)>,
}

impl Search<'_> {
    fn path(&mut self, module: usize, path: &[String]) -> Targets {
        let Some((first, rest)) = path.split_first() else { return Targets::new() };
        let mut targets = self.first(module, first);
        for segment in rest {
            let mut next = Targets::new();
            for target in targets {
                match target {
                    Target::Module(id) if segment == "super" => {
                        next.extend(self.parsed.modules[id].parent.map(Target::Module));
                    }
                    Target::Module(id) => next.extend(self.name(id, segment)),
                    // A variant or an associated item.
                    item @ Target::Item(_) => {
                        next.insert(item);
                    }
                }
            }
            targets = next;
        }
        targets
    }

    fn first(&mut self, module: usize, segment: &str) -> Targets {
        let here = &self.parsed.modules[module];
        match segment {
            "crate" => [Target::Module(here.root)].into(),
            "self" => [Target::Module(module)].into(),
            "super" => here.parent.map(Target::Module).into_iter().collect(),
            _ => {
                let found = self.name(module, segment);
                if found.is_empty() && segment == self.parsed.lib_name {
                    return self.parsed.lib.map(Target::Module).into_iter().collect();
                }
                found
            }
        }
    }

    /// What a name stands for in a module; by a glob if nothing else says it.
    fn name(&mut self, module: usize, name: &str) -> Targets {
        let key = (module, name.to_owned());
        if !self.open.insert(key.clone()) {
            return Targets::new();
        }
        let here = &self.parsed.modules[module];
        let mut targets = Targets::new();
        if let Some(names) = here.names.get(name) {
            for what in names {
                match what {
                    Name::Module(id) => drop(targets.insert(Target::Module(*id))),
                    Name::Item(id) => drop(targets.insert(Target::Item(*id))),
                    Name::Import(path) => targets.extend(self.path(module, path)),
                }
            }
        } else {
            for glob in &here.globs {
                for target in self.path(module, glob) {
                    if let Target::Module(id) = target {
                        targets.extend(self.name(id, name));
                    }
                }
            }
        }
        self.open.remove(&key);
        targets
    }
}
