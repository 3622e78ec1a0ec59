//! Small crates with the arrows that they have.

use super::*;
use crate::graph::{circles, floors};
use crate::modules::Sources;

fn parse(files: &[(&str, &str)]) -> Crate {
    let sources: Sources =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Crate::parse("made-up", &sources).unwrap()
}

/// `from -> to` for each arrow, sorted.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let parsed = parse(files);
    let arrows = arrows(&parsed);
    let mut lines: Vec<_> =
        arrows.keys().map(|(from, to)| format!("{} -> {}", parsed.files[*from], parsed.files[*to])).collect();
    lines.sort();
    lines
}

#[test]
fn a_circle_through_reexports_is_found_with_its_places() {
    let parsed = parse(&[
        ("lib.rs", "mod a; mod b; mod c;\npub use a::A; pub use b::B;"),
        ("a.rs", "\nuse crate::B;\npub struct A(B);"),
        ("b.rs", "use crate::{\n    A,\n};\npub struct B(Box<A>);"),
        ("c.rs", "use crate::A; fn f(_: A) {}"),
    ]);
    let arrows = arrows(&parsed);
    let circles = circles(&arrows);
    let name = |file: &usize| parsed.files[*file].as_str();
    assert_eq!(circles.len(), 1);
    assert_eq!(circles[0].iter().map(name).collect::<Vec<_>>(), ["a.rs", "b.rs"]);
    let mut samples: Vec<_> = arrows.iter().map(|((from, _), at)| (name(from), at.line, &*at.name)).collect();
    samples.sort_unstable();
    assert_eq!(samples, [("a.rs", 2, "crate::B"), ("b.rs", 2, "crate::A"), ("c.rs", 1, "crate::A")]);
    let floors = floors(parsed.files.len(), &arrows);
    let floor = |wanted| floors[parsed.files.iter().position(|file| file == wanted).unwrap()];
    assert_eq!(["a.rs", "b.rs", "c.rs", "lib.rs"].map(floor), [0, 0, 1, 0]);
}

#[test]
fn what_is_for_tests_or_documentation_does_not_count() {
    let files = [
        ("lib.rs", "mod a; mod b; #[cfg(test)] mod testing; #[cfg(doc)] use a::A; pub use b::B;"),
        (
            "a.rs",
            "pub struct A;\n#[cfg(test)] mod tests { use crate::B; fn f() { B; } }\n#[test] fn t() { crate::B; }",
        ),
        (
            "b.rs",
            "use crate::a::A; pub struct B;\nimpl B { #[cfg(test)] fn g() { crate::b::c::C; } fn h() { A; } }\nmod c;",
        ),
        ("b/c.rs", "pub struct C; fn f() { #[cfg(test)] let _ = super::B; #[cfg(test)] { crate::B; } }"),
        ("testing.rs", "use crate::B;"),
    ];
    assert_eq!(found(&files), ["b.rs -> a.rs"]);
    assert_eq!(parse(&files).files.len(), 4);
}

#[test]
fn features_count_whether_on_or_off() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        (
            "a.rs",
            "#[cfg(feature = \"x\")] use crate::b::f; #[cfg(not(feature = \"x\"))] use crate::c::f; fn g() { f() }",
        ),
        ("b.rs", "pub fn f() {}"),
        ("c.rs", "pub fn f() {}"),
    ];
    assert_eq!(found(&files), ["a.rs -> b.rs", "a.rs -> c.rs"]);
}

#[test]
fn super_and_self_are_followed() {
    let files = [
        ("lib.rs", "mod a; mod b { pub fn in_lib() {} }"),
        (
            "a/mod.rs",
            "mod c; mod d; pub struct A; mod inline { fn f() { super::d::D; super::super::b::in_lib(); } }",
        ),
        ("a/c.rs", "use super::A; fn f(_: A) {}"),
        ("a/d.rs", "mod e; pub struct D; fn f() { self::e::E; }"),
        ("a/d/e.rs", "use super::super::c; pub struct E; struct F; fn g(_: self::F) {}"),
    ];
    assert_eq!(
        found(&files),
        ["a/c.rs -> a/mod.rs", "a/d.rs -> a/d/e.rs", "a/mod.rs -> a/d.rs", "a/mod.rs -> lib.rs"]
    );
}

#[test]
fn glob_reexports_are_followed() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::*;"),
        ("a/mod.rs", "mod deep; pub use self::deep::*;"),
        ("a/deep.rs", "pub struct Deep; pub enum Kind { One }"),
        ("b.rs", "use crate::Deep; use crate::*; fn f(_: Deep) {}"),
    ];
    assert_eq!(found(&files), ["b.rs -> a/deep.rs"]);
    let by_glob = [files[0], files[1], files[2], ("b.rs", "use crate::*; fn f() -> u8 { Kind::One as u8 }")];
    assert_eq!(found(&by_glob), ["b.rs -> a/deep.rs"]);
}

#[test]
fn reexports_that_go_round_end() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::*; pub use b::*;"),
        ("a.rs", "pub use crate::*; pub use crate::b::Gone;"),
        ("b.rs", "pub use crate::a::Gone; pub struct B;"),
    ];
    assert_eq!(found(&files), Vec::<String>::new());
}

#[test]
fn a_parent_that_only_reexports_its_children_imports_nothing() {
    let parent = "mod b; pub use b::{B, C};";
    let child = ("a/b.rs", "pub struct B; pub struct C; fn f(_: super::A) {}");
    let lib = ("lib.rs", "mod a; pub use a::B;");
    let only = format!("{parent} pub struct A;");
    assert_eq!(found(&[lib, ("a/mod.rs", &only), child]), ["a/b.rs -> a/mod.rs"]);
    let used = format!("{parent} pub struct A(C);");
    assert_eq!(found(&[lib, ("a/mod.rs", &used), child]), ["a/b.rs -> a/mod.rs", "a/mod.rs -> a/b.rs"]);
    let private = ("a/mod.rs", "mod b; use b::B; pub struct A;");
    assert_eq!(found(&[lib, private, child]), ["a/b.rs -> a/mod.rs", "a/mod.rs -> a/b.rs"]);
}

#[test]
fn a_path_in_an_expression_a_type_or_a_macro_call_counts() {
    let with = |code| {
        found(&[
            ("lib.rs", "mod a; mod b; pub use b::B;"),
            ("a.rs", code),
            ("b.rs", "pub struct B; pub fn f() {} pub const C: u8 = 1;"),
        ])
    };
    for code in [
        "fn g() { crate::b::f(); }",
        "use crate::b; fn g() { b::f(); }",
        "fn g() { use crate::b as other; other::f(); }",
        "struct S(Vec<Option<crate::B>>);",
        "impl From<crate::B> for u8 {}",
        "fn g() { println!(\"{:?}\", [crate::b::C]); }",
        "#[arg(value_parser = crate::b::f)] struct S;",
        "use crate::b::*; fn g(c: u8) { match c { C => {} _ => {} } }",
    ] {
        assert_eq!(with(code), ["a.rs -> b.rs"], "{code}");
    }
    for code in [
        "use crate::b;",
        "fn g() { x.b::<u8>(); b::f(); std::b::f(); }",
        "/// [`crate::B`]\nstruct B; fn g(_: B) {}",
    ] {
        assert_eq!(with(code), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn macros_lead_to_the_file_that_defines_them_and_that_to_what_they_expand_to() {
    let files = [
        ("lib.rs", "#[macro_use] mod table; mod rule; mod section; mod other; pub use section::Section;"),
        (
            "table.rs",
            "#[macro_export] macro_rules! table { ($a:ident) => { $crate::Section } }\nmacro_rules! inner { () => {} }",
        ),
        ("rule.rs", "crate::table! { x }"),
        ("other.rs", "inner!();"),
        ("section.rs", "pub struct Section;"),
    ];
    assert_eq!(found(&files), ["other.rs -> table.rs", "rule.rs -> table.rs", "table.rs -> section.rs"]);
}

#[test]
fn binaries_import_the_library_by_its_name() {
    let files = [
        ("lib.rs", "mod a; pub use a::run;"),
        ("a.rs", "pub fn run() {}"),
        ("main.rs", "fn main() { made_up::run() }"),
        ("bin/other.rs", "use made_up::run; fn main() { run() }"),
    ];
    assert_eq!(found(&files), ["bin/other.rs -> a.rs", "main.rs -> a.rs"]);
}

#[test]
fn a_file_of_no_module_is_refused() {
    let sources = [("lib.rs", "mod a;"), ("a.rs", ""), ("b.rs", "")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(Crate::parse("made-up", &sources.into()).err().as_deref(), Some("b.rs belongs to no module"));
}
