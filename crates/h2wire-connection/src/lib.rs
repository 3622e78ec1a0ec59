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

extern crate alloc;
#[cfg(feature = "tokio")]
extern crate std;

mod budget; // how much of what is of no use
mod config; // what a connection is made from
mod connection; // what it knows, and how it is called
#[cfg(feature = "tokio")]
pub mod driver; // over tokio
mod event; // what it reports
mod output; // what waits to be written
mod priority; // who is more urgent
mod rule; // what the peer can break
mod side; // what one side knows, and how it judges
mod streams; // states, and who sends next
pub mod watcher; // somebody else's connection
mod window; // flow control

#[cfg(doc)]
#[doc = include_str!("../docs/what-is-left-to-you.md")]
pub mod what_is_left_to_you {}

#[cfg(doc)]
#[doc = include_str!("../docs/any-io.md")]
pub mod any_io {}

#[cfg(doc)]
#[doc = include_str!("../docs/from-h2.md")]
pub mod from_h2 {}

#[cfg(doc)]
#[doc = include_str!("../docs/from-nghttp2.md")]
pub mod from_nghttp2 {}

#[cfg(doc)]
#[doc = include_str!("../docs/from-python-h2.md")]
pub mod from_python_h2 {}

pub use budget::{Budget, Floods};
pub use config::{Config, ConfigError, KeepAlive};
pub use connection::stream::Stream;
pub use connection::{Connection, OpenError, SendError};
pub use event::{Event, FieldsKind, Lent, ResetReason};
pub use h2wire::{self, frame};
pub use priority::Priority;
pub use rule::{Cause, ConnectionRule, Failure};
pub use side::announced::PeerSettings;
pub use window::{FlowControlError, INITIAL_WINDOW_SIZE, MAX_WINDOW_SIZE, ReceiveWindow, SendWindow};
