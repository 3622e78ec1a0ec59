//! Matches on every public enum, builds every struct of options and takes structs apart, as an embedder does.
//!
//! There is a `_` or `..` only where `#[non_exhaustive]` asks for one: elsewhere all variants and fields are named, so a
//! type that is closed cannot grow unnoticed.
#![deny(warnings)]
#![allow(clippy::match_like_matches_macro, reason = "a `match` shows what is known of an enum")]

pub mod codec; // h2wire
pub mod frame; // h2wire-frame
pub mod hpack; // h2wire-hpack
