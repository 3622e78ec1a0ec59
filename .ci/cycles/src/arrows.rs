//! Which file imports which.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, Block, Expr, Field, FieldValue, ImplItem, Item, ItemUse, Macro, Meta, PatIdent, Stmt,
    TraitItem, Variant, Visibility,
};

use crate::attributes::{counts, of_expression, of_impl_item, of_item, of_statement, of_trait_item};
use crate::modules::{Crate, defined};
use crate::resolve::{Target, is_below, resolve};
use crate::tokens::paths;
use crate::uses::{Binds, imports};

/// From one file to another, with the first place that makes it so.
pub(crate) type Arrows = BTreeMap<(usize, usize), Sample>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sample {
    pub line: usize,
    pub name: String,
}

/// All arrows of a crate.
pub(crate) fn arrows(parsed: &Crate) -> Arrows {
    let mut found = Arrows::new();
    for module in 0..parsed.modules.len() {
        let mut walker = Walker { parsed, module, blocks: Vec::new(), found: &mut found };
        for item in &parsed.modules[module].items {
            walker.visit_item(item);
        }
    }
    found
}

/// Names that a block has for itself: imports with their path, or items of its own.
type Names = BTreeMap<String, Option<Vec<String>>>;

struct Walker<'a> {
    parsed: &'a Crate,
    module: usize,
    blocks: Vec<Names>,
    found: &'a mut Arrows,
}

impl Walker<'_> {
    /// A path in the code.
    fn path(&mut self, path: &[String], line: usize) {
        let Some((first, rest)) = path.split_first() else { return };
        match self.blocks.iter().rev().find_map(|names| names.get(first)).cloned() {
            Some(Some(mut import)) => {
                import.extend_from_slice(rest);
                self.follow(&import, path, line, false);
            }
            Some(None) => {}
            None => self.follow(path, path, line, false),
        }
    }

    fn follow(&mut self, path: &[String], written: &[String], line: usize, reexport: bool) {
        for target in resolve(self.parsed, self.module, path) {
            // A module alone is no item: what is taken of it has a path of its own.
            if let Target::Item(id) = target
                && !(reexport && is_below(self.parsed, id, self.module))
            {
                self.arrow(id, written, line);
            }
        }
    }

    fn arrow(&mut self, to: usize, written: &[String], line: usize) {
        let from = self.parsed.modules[self.module].file;
        let to = self.parsed.modules[to].file;
        if from != to {
            self.found.entry((from, to)).or_insert_with(|| Sample { line, name: written.join("::") });
        }
    }

    fn tokens(&mut self, tokens: &TokenStream) {
        for (path, line) in paths(tokens.clone()) {
            self.path(&path, line);
        }
    }
}

fn segments(path: &syn::Path) -> Vec<String> {
    let leading = path.leading_colon.as_ref().map(|_| String::new());
    leading.into_iter().chain(path.segments.iter().map(|segment| segment.ident.to_string())).collect()
}

impl<'ast> Visit<'ast> for Walker<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(&segments(path), path.span().start().line);
        // Generic arguments have paths too.
        visit::visit_path(self, path);
    }

    /// A constant in a pattern looks like a variable.
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        let name = pattern.ident.to_string();
        if name.starts_with(char::is_uppercase) {
            self.path(&[name], pattern.span().start().line);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item_use(&mut self, declared: &'ast ItemUse) {
        let reexport = !matches!(declared.vis, Visibility::Inherited);
        for import in imports(declared) {
            self.follow(&import.path, &import.path, import.line, reexport);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let mut names = Names::new();
        for statement in block.stmts.iter().filter(|statement| counts(of_statement(statement))) {
            match statement {
                Stmt::Item(Item::Use(declared)) => {
                    for import in imports(declared) {
                        if let Binds::Name(name) = import.binds {
                            names.insert(name, Some(import.path));
                        }
                    }
                }
                Stmt::Item(item) => names.extend(defined(item).map(|name| (name, None))),
                _ => {}
            }
        }
        self.blocks.push(names);
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let path = segments(&call.path);
        let line = call.span().start().line;
        self.path(&path, line);
        // One that is in scope because it was defined earlier, not by a path.
        if let [name] = &path[..]
            && resolve(self.parsed, self.module, &path).is_empty()
            && let Some(&[defined_by]) = self.parsed.macros.get(name).map(Vec::as_slice)
        {
            self.arrow(defined_by, &path, line);
        }
        self.tokens(&call.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        const WITHOUT_PATHS: [&str; 7] = ["allow", "cfg", "deny", "doc", "expect", "forbid", "warn"];
        if WITHOUT_PATHS.iter().any(|name| attribute.path().is_ident(name)) {
            return;
        }
        match &attribute.meta {
            Meta::List(list) => self.tokens(&list.tokens),
            other => self.visit_meta(other),
        }
    }

    // What does not count is not walked into.

    fn visit_item(&mut self, item: &'ast Item) {
        if counts(of_item(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if counts(of_impl_item(item)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if counts(of_trait_item(item)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if counts(of_statement(statement)) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        if counts(of_expression(expression)) {
            visit::visit_expr(self, expression);
        }
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if counts(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        if counts(&field.attrs) {
            visit::visit_field_value(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        if counts(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if counts(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
