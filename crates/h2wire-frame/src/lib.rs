#![doc = include_str!("../README.md")]
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

mod error; // what goes wrong
mod flags; // the flags octet
mod frame; // the ten frames and three views, one file each; the table of facts
mod header; // the 9 octets and the rules they decide
mod preface; // how a connection starts, also in other protocols
mod priority_fields; // shared by HEADERS and PRIORITY
mod registry; // frame types, error codes, settings
mod rule; // every rule with code, section, sentence, remedy
mod rule_table; // what such a table is made of
mod setting; // one setting, lists of them
mod stream_id; // 31 bits
mod wire; // grammars, padding, the bounded writer

#[cfg(any(feature = "arbitrary", feature = "proptest"))]
pub mod generate;
#[cfg(test)]
mod testing;

pub use error::{ConnectionError, EncodeError, FrameError, Scope, StreamError};
pub use flags::Flags;
pub use frame::altsvc::AltSvc;
pub use frame::continuation::Continuation;
pub use frame::data::Data;
pub use frame::goaway::GoAway;
pub use frame::headers::Headers;
pub use frame::origin::Origin;
pub use frame::ping::Ping;
pub use frame::priority::Priority;
pub use frame::priority_update::PriorityUpdate;
pub use frame::push_promise::PushPromise;
pub use frame::rst_stream::RstStream;
pub use frame::settings::Settings;
pub use frame::unknown::Unknown;
pub use frame::window_update::WindowUpdate;
pub use frame::{Frame, MAX_HEAD_LEN, Parsed};
pub use header::{CheckedHeader, FrameHeader, ParseOptions, PayloadLength};
pub use preface::{Opening, PREFACE, PrefaceMatch, PrefaceMatcher};
pub use priority_fields::PriorityFields;
pub use registry::{ErrorCode, FrameType, SettingId};
pub use rule::{FrameRule, RfcSection};
pub use setting::{Setting, SettingBuffer, SettingList};
pub use stream_id::StreamId;
