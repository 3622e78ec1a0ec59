//! What is added where.
//!
//! A type that grows must be filled and matched in its own crate too, as its author would do: literals get the new
//! field, patterns get `..`, matches get a last arm.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Span, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, ExprMatch, ExprStruct, Fields, File, Item, ItemEnum, ItemImpl, ItemMacro, ItemStruct,
    PatStruct, Path, Type, Visibility,
};

/// Public types.
#[derive(Default)]
pub(crate) struct Grown {
    /// Those that something is added to.
    pub names: BTreeSet<String>,
    /// Enums and structs with public fields that say they are complete.
    pub closed: BTreeSet<String>,
}

const ROW: &str = r#"
    Grown: "grown", RFC 9113 "1", PROTOCOL_ERROR, "a sentence of a rule that was added", "a remedy of a rule that was added";"#;

/// Collects the types of a file.
pub(crate) fn find(file: &File, types: &mut Grown) {
    for item in &file.items {
        match item {
            Item::Enum(item) => note(types, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Struct(item) if has_public_fields(item) => {
                note(types, &item.vis, &item.attrs, item.ident.to_string());
            }
            Item::Macro(item) => types.names.extend(table(item).map(|(name, _)| name)),
            _ => {}
        }
    }
}

fn note(types: &mut Grown, visibility: &Visibility, attributes: &[Attribute], name: String) {
    match visibility {
        Visibility::Public(_) if is_open(attributes) => types.names.insert(name),
        Visibility::Public(_) => types.closed.insert(name),
        _ => false,
    };
}

fn is_open(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn has_public_fields(item: &ItemStruct) -> bool {
    matches!(&item.fields, Fields::Named(fields) if fields.named.iter().any(|field| matches!(field.vis, Visibility::Public(_))))
}

/// The name of a table of rules, and the place of its first row.
fn table(item: &ItemMacro) -> Option<(String, usize)> {
    if item.mac.path.segments.last()?.ident != "rule_table" {
        return None;
    }
    let tokens: Vec<_> = item.mac.tokens.clone().into_iter().collect();
    match &tokens[..] {
        [.., TokenTree::Ident(name), TokenTree::Group(rows)] if rows.delimiter() == Delimiter::Brace => {
            Some((name.to_string(), end(rows.span_open())))
        }
        _ => None,
    }
}

fn end(span: Span) -> usize {
    span.byte_range().end
}

/// The text of a file with what is added to it.
pub(crate) fn grow(text: &str, file: &File, names: &BTreeSet<String>) -> String {
    let mut growth = Growth { names, of_impl: None, added: Vec::new() };
    growth.visit_file(file);
    let mut result = text.to_owned();
    growth.added.sort_by_key(|(at, _)| *at);
    for (at, what) in growth.added.into_iter().rev() {
        result.insert_str(at, what);
    }
    result
}

struct Growth<'a> {
    names: &'a BTreeSet<String>,
    /// What `Self` is.
    of_impl: Option<String>,
    added: Vec<(usize, &'static str)>,
}

impl Growth<'_> {
    fn grows(&self, name: &str) -> bool {
        let name = if name == "Self" { self.of_impl.as_deref().unwrap_or(name) } else { name };
        self.names.contains(name)
    }

    /// Whether a path names a type that grows: itself, or a variant of it.
    fn names_one(&self, path: &Path) -> bool {
        path.segments.iter().any(|segment| self.grows(&segment.ident.to_string()))
    }

    /// Whether this is a struct that grows: a variant of the same name has its enum before it.
    fn is_struct(&self, path: &Path) -> bool {
        let mut names = path.segments.iter().rev().map(|segment| segment.ident.to_string());
        names.next().is_some_and(|name| self.grows(&name))
            && !names.next().is_some_and(|before| before.starts_with(char::is_uppercase))
    }
}

impl<'ast> Visit<'ast> for Growth<'_> {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let name = match &*item.self_ty {
            Type::Path(of) => of.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        };
        let outer = std::mem::replace(&mut self.of_impl, name);
        visit::visit_item_impl(self, item);
        self.of_impl = outer;
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        self.added.extend(table(item).map(|(_, at)| (at, ROW)));
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        if is_open(&item.attrs) && self.names.contains(&item.ident.to_string()) {
            let with_text = item
                .variants
                .iter()
                .any(|variant| variant.attrs.iter().any(|attribute| attribute.path().is_ident("error")));
            let variant = "/// Added.\nGrown,";
            let what = if with_text { "/// Added.\n#[error(\"added\")]\nGrown," } else { variant };
            self.added.push((end(item.brace_token.span.open()), what));
        }
        visit::visit_item_enum(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        if let Fields::Named(fields) = &item.fields
            && is_open(&item.attrs)
            && self.names.contains(&item.ident.to_string())
        {
            self.added.push((end(fields.brace_token.span.open()), "/// Added.\npub grown: u8,"));
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_expr_struct(&mut self, literal: &'ast ExprStruct) {
        if literal.dot2_token.is_none() && self.is_struct(&literal.path) {
            self.added.push((end(literal.brace_token.span.open()), "grown: 0,"));
        }
        visit::visit_expr_struct(self, literal);
    }

    fn visit_pat_struct(&mut self, pattern: &'ast PatStruct) {
        if pattern.rest.is_none() && self.is_struct(&pattern.path) {
            self.added.push((end(pattern.brace_token.span.open()), "grown: _,"));
        }
        visit::visit_pat_struct(self, pattern);
    }

    fn visit_expr_match(&mut self, expression: &'ast ExprMatch) {
        let mut found = Paths { growth: self, found: false };
        for arm in &expression.arms {
            found.visit_pat(&arm.pat);
        }
        if let (true, Some(last)) = (found.found, expression.arms.last()) {
            // If there is an arm for the rest already, this one is a warning.
            let arm = ", #[allow(unreachable_patterns)] _ => unreachable!(),";
            self.added.push((end(last.span()), if last.comma.is_some() { &arm[1..] } else { arm }));
        }
        visit::visit_expr_match(self, expression);
    }
}

/// Looks for types that grow in patterns.
struct Paths<'a, 'b> {
    growth: &'a Growth<'b>,
    found: bool,
}

impl<'ast> Visit<'ast> for Paths<'_, '_> {
    fn visit_path(&mut self, path: &'ast Path) {
        self.found |= self.growth.names_one(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without white space.
    fn grown(text: &str) -> String {
        let file = syn::parse_file(text).unwrap();
        let mut types = Grown::default();
        find(&file, &mut types);
        grow(text, &file, &types.names).split_whitespace().collect()
    }

    fn expect(before: &str, after: &str) {
        assert_eq!(grown(before), after.split_whitespace().collect::<String>());
    }

    #[test]
    fn tables_of_rules_get_a_row() {
        let row = ROW.trim();
        expect(
            "x::rule_table! { pub enum R { A: 1; } }",
            &format!("x::rule_table! {{ pub enum R {{ {row} A: 1; }} }}"),
        );
    }

    #[test]
    fn open_enums_get_a_variant_and_matches_an_arm() {
        expect(
            "#[non_exhaustive] pub enum E { A } impl E { fn f(self) { match self { Self::A => {} } } }",
            "#[non_exhaustive] pub enum E { /// Added.\nGrown, A } impl E { fn f(self) { match self { Self::A => {}
                , #[allow(unreachable_patterns)] _ => unreachable!(), } } }",
        );
        expect(
            "#[non_exhaustive] pub enum E { #[error(\"a\")] A }",
            "#[non_exhaustive] pub enum E { /// Added.\n#[error(\"added\")] Grown, #[error(\"a\")] A }",
        );
        let closed = "pub enum E { A } fn f(e: E) { match e { E::A => {} } }";
        expect(closed, closed);
    }

    #[test]
    fn open_structs_get_a_field_that_literals_fill() {
        expect(
            "#[non_exhaustive] pub struct S { pub a: u8 } const C: S = S { a: 1 }; fn f(s: S) -> S { S { a: 2, ..s } }",
            "#[non_exhaustive] pub struct S { /// Added.\npub grown: u8, pub a: u8 } const C: S = S { grown: 0, a: 1 };
             fn f(s: S) -> S { S { a: 2, ..s } }",
        );
        let variant = "fn f() -> E { E::S { a: 1 } }";
        let open = "#[non_exhaustive] pub struct S { pub a: u8 }";
        expect(
            &format!("{open}{variant}"),
            &format!("{}{variant}", open.replace("pub a", "/// Added.\npub grown: u8, pub a")),
        );
        let private = "#[non_exhaustive] pub struct S { a: u8 } fn f(S { a }: S) {}";
        expect(private, private);
    }
}
