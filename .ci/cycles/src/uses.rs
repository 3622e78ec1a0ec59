//! `use` declarations, taken apart.

use syn::spanned::Spanned;
use syn::{ItemUse, UseTree};

/// One name of a `use` declaration.
pub(crate) struct Import {
    /// Segments; the first may be `crate`, `self` or `super`, or empty for a leading `::`.
    pub path: Vec<String>,
    pub binds: Binds,
    pub line: usize,
}

pub(crate) enum Binds {
    Name(String),
    /// `as _`.
    Nothing,
    /// `*`.
    Everything,
}

/// The names of a declaration, one by one.
pub(crate) fn imports(declaration: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let prefix = if declaration.leading_colon.is_some() { vec![String::new()] } else { Vec::new() };
    walk(&declaration.tree, prefix, &mut found);
    found
}

fn walk(tree: &UseTree, mut path: Vec<String>, found: &mut Vec<Import>) {
    let line = tree.span().start().line;
    let binds = match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            return walk(&inner.tree, path, found);
        }
        UseTree::Group(group) => return group.items.iter().for_each(|item| walk(item, path.clone(), found)),
        UseTree::Glob(_) => Binds::Everything,
        UseTree::Name(name) => {
            push(&mut path, name.ident.to_string());
            Binds::Name(path.last().cloned().unwrap_or_default())
        }
        UseTree::Rename(rename) => {
            push(&mut path, rename.ident.to_string());
            if rename.rename == "_" { Binds::Nothing } else { Binds::Name(rename.rename.to_string()) }
        }
    };
    found.push(Import { path, binds, line });
}

/// `a::{self}` is `a`.
fn push(path: &mut Vec<String>, name: String) {
    if name != "self" || path.is_empty() {
        path.push(name);
    }
}
