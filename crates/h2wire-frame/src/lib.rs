#![doc = include_str!("../docs/guide.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::arithmetic_side_effects,
        clippy::as_conversions
    )
)]

#[cfg(any(feature = "arbitrary", feature = "proptest"))]
extern crate std;

// The nine bytes, which know no rules.
mod flags; // the flags octet
mod header; // the 9-octet header
mod registry; // frame types, error codes, settings
mod stream_id; // 31 bits

// What can go wrong.
mod error; // a rule that was broken, a frame that cannot be sent
mod progress; // an item, or more bytes needed
mod rfc_section; // where a rule is stated
mod rule; // every rule with section, code, sentence, remedy
mod rule_table; // the macro that makes such a table

// What frames are made of.
mod priority_fields; // shared by HEADERS and PRIORITY
mod setting; // one setting, lists of them
mod shape; // what a type fixes before its payload: flags, stream, length
mod wire; // grammars, padding, the bounded writer

mod frame; // the ten frames and three views, one file each
mod preface; // how a connection starts, also in other protocols
mod resync; // where a frame starts in bytes from the middle

#[cfg(any(feature = "arbitrary", feature = "proptest"))]
pub mod generate;
#[cfg(test)]
mod testing;

pub use error::{EncodeError, FrameError, Scope};
pub use flags::Flags;
pub use frame::altsvc::AltSvc;
pub use frame::continuation::Continuation;
pub use frame::data::Data;
pub use frame::goaway::GoAway;
pub use frame::headers::Headers;
pub use frame::origin::Origin;
pub use frame::parse::{CheckedHeader, ParseOptions};
pub use frame::ping::Ping;
pub use frame::priority::Priority;
pub use frame::priority_update::PriorityUpdate;
pub use frame::push_promise::PushPromise;
pub use frame::rst_stream::RstStream;
pub use frame::settings::Settings;
pub use frame::unknown::Unknown;
pub use frame::window_update::WindowUpdate;
pub use frame::{Frame, MAX_HEAD_LEN};
pub use header::{FrameHeader, PayloadLength, PayloadTooLong};
pub use preface::{Opening, PREFACE, PrefaceMatch, PrefaceMatcher};
pub use priority_fields::PriorityFields;
pub use progress::Progress;
pub use registry::{ErrorCode, FrameType, SettingId};
pub use resync::{Resync, resync};
pub use rfc_section::RfcSection;
pub use rule::FrameRule;
pub use setting::{Setting, SettingBuffer, SettingList};
pub use stream_id::{StreamId, StreamIdTooLarge};
