//! What the fuzz targets check, a function each: it takes octets and panics when a promise is broken.
//!
//! `cargo fuzz` makes programs of them for libFuzzer; `cargo test` calls them with the files of `regressions/`.

pub mod broken_conversation;
pub mod cli_decode;
pub mod connection_client;
pub mod connection_pair;
pub mod connection_server;
pub mod conversation;
pub mod differential_connection;
pub mod differential_fields;
pub mod differential_frame;
pub mod differential_hpack;
pub mod differential_session;
pub mod frame;
pub mod hpack_decode;
pub mod hpack_round_trip;
pub mod huffman;
pub mod kept_entries;
pub mod mutated_frame;
pub mod sections;
pub mod seeds;
pub mod split;

#[path = "../../crates/h2wire-connection/tests/talk/action.rs"]
mod action; // what an application does, as the tests of h2wire-connection have it
#[path = "../../crates/h2wire/tests/answer/mod.rs"]
mod answer; // what the readers find in a broken conversation, as the tests of h2wire check it
#[path = "../../crates/h2wire/tests/common/mod.rs"]
mod common; // octets in pieces to items that are owned, as the tests of h2wire read
mod connection; // a connection of either role against anything
mod deviation; // what peers do otherwise, each with a sentence
mod hpack; // blocks and limits as octets
#[path = "../../crates/h2wire-hpack/tests/common/mod.rs"]
mod hpack_common; // blocks decoded in pieces to fields that are owned, as the tests of h2wire-hpack do it
mod input; // numbers and strings from the front of an input
#[path = "../../crates/h2wire/tests/meaning/mod.rs"]
mod meaning; // what the readers report of a conversation, as the tests of h2wire check it
#[path = "../../crates/h2wire-frame/tests/oracle/mod.rs"]
mod oracle; // the table of rules, once more
mod reader; // readers of frames
#[path = "../../crates/h2wire/tests/readers/mod.rs"]
mod readers; // the readers of fields, as the tests of h2wire use them
#[path = "../../crates/h2wire-connection/tests/conformance/receiver.rs"]
mod receiver; // a connection for a conversation, as the tests of h2wire-connection make it
mod reference; // Huffman bit by bit
#[path = "../../crates/h2wire-connection/tests/talk/world.rs"]
mod world; // two connections that talk, as the tests of h2wire-connection have it

pub use deviation::Deviation;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use libfuzzer_sys;

/// A target: octets in, a panic if something is wrong.
pub type Target = fn(&[u8]);

/// All targets, by the names of their programs and folders.
pub const TARGETS: [(&str, Target); 19] = [
    ("frame", frame::target),
    ("split", split::target),
    ("sections", sections::target),
    ("kept_entries", kept_entries::target),
    ("conversation", conversation::target),
    ("broken_conversation", broken_conversation::target),
    ("hpack_decode", hpack_decode::target),
    ("hpack_round_trip", hpack_round_trip::target),
    ("huffman", huffman::target),
    ("differential_frame", differential_frame::target),
    ("differential_session", differential_session::target),
    ("differential_hpack", differential_hpack::target),
    ("differential_connection", differential_connection::target),
    ("differential_fields", differential_fields::target),
    ("mutated_frame", mutated_frame::target),
    ("cli_decode", cli_decode::target),
    ("connection_server", connection_server::target),
    ("connection_client", connection_client::target),
    ("connection_pair", connection_pair::target),
];

/// The program of a target: under `cargo fuzz` for libFuzzer, otherwise it replays the files it is given.
#[cfg(fuzzing)]
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|octets: &[u8]| $crate::$name::target(octets));
    };
}

/// The program of a target: under `cargo fuzz` for libFuzzer, otherwise it replays the files it is given.
#[cfg(not(fuzzing))]
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        fn main() {
            for path in std::env::args_os().skip(1) {
                $crate::$name::target(&std::fs::read(path).expect("a file"));
            }
        }
    };
}
