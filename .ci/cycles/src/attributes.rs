//! What `cfg` leaves out of a build that is neither a test nor documentation.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ImplItem, Item, Meta, Stmt, Token, TraitItem};

/// Whether the item that has these is part of some build other than that of tests and documentation.
pub(crate) fn counts(attributes: &[Attribute]) -> bool {
    attributes.iter().all(|attribute| match &attribute.meta {
        Meta::Path(path) => !path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            list.parse_args().map_or(true, |predicate| truth(&predicate) != Some(false))
        }
        _ => true,
    })
}

/// None for what depends on features, targets and the like.
fn truth(predicate: &Meta) -> Option<bool> {
    match predicate {
        Meta::Path(path) if path.is_ident("test") || path.is_ident("doc") => Some(false),
        Meta::List(list) => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
            let parts: Vec<_> = parts.iter().map(truth).collect();
            let all = |wanted| parts.iter().all(|part| *part == Some(wanted)).then_some(wanted);
            let any = |wanted| parts.contains(&Some(wanted)).then_some(wanted);
            match () {
                () if list.path.is_ident("all") => any(false).or(all(true)),
                () if list.path.is_ident("any") => any(true).or(all(false)),
                () if list.path.is_ident("not") => parts.first().copied().flatten().map(|part| !part),
                () => None,
            }
        }
        _ => None,
    }
}

macro_rules! attributes_of {
    ($value:expr, $Type:ident: $($Variant:ident)+) => {
        match $value { $( $Type::$Variant(inner) => &inner.attrs, )+ _ => &[] }
    };
}

pub(crate) fn of_item(item: &Item) -> &[Attribute] {
    attributes_of!(item, Item: Const Enum ExternCrate Fn ForeignMod Impl Macro Mod Static Struct Trait TraitAlias Type
        Union Use)
}

pub(crate) fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    attributes_of!(item, ImplItem: Const Fn Type Macro)
}

pub(crate) fn of_trait_item(item: &TraitItem) -> &[Attribute] {
    attributes_of!(item, TraitItem: Const Fn Type Macro)
}

pub(crate) fn of_statement(statement: &Stmt) -> &[Attribute] {
    match statement {
        Stmt::Local(local) => &local.attrs,
        Stmt::Item(item) => of_item(item),
        Stmt::Expr(expression, _) => of_expression(expression),
        Stmt::Macro(call) => &call.attrs,
    }
}

pub(crate) fn of_expression(expression: &Expr) -> &[Attribute] {
    attributes_of!(expression, Expr: Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field
        ForLoop Group If Index Let Lit Loop Macro Match MethodCall Paren Path Range Reference Repeat Return Struct Try
        TryBlock Tuple Unary Unsafe While Yield)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn only_what_is_for_tests_or_documentation_alone_is_left_out() {
        let cases: [(Attribute, bool); 9] = [
            (parse_quote!(#[cfg(test)]), false),
            (parse_quote!(#[cfg(doc)]), false),
            (parse_quote!(#[test]), false),
            (parse_quote!(#[cfg(all(test, feature = "a"))]), false),
            (parse_quote!(#[cfg(any(test, doc))]), false),
            (parse_quote!(#[cfg(any(test, feature = "a"))]), true),
            (parse_quote!(#[cfg(not(test))]), true),
            (parse_quote!(#[cfg(not(not(test)))]), false),
            (parse_quote!(#[cfg(feature = "test")]), true),
        ];
        for (attribute, expected) in cases {
            let text = attribute.to_token_stream();
            assert_eq!(counts(std::slice::from_ref(&attribute)), expected, "{text}");
        }
    }
}
