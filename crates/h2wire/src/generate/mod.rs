//! Generators of whole conversations, for tests and fuzzing: valid ones, and ones with a breach and the answer to expect.
//!
//! A [`Plan`] says who sends, and what is known of the receiver. A [`Seed`], any bytes, decides the rest; the same seed gives the
//! same conversation. With the feature `arbitrary`, [`Conversation`] and [`BrokenConversation`] implement its trait
//! `Arbitrary`; with `proptest` there are strategies in the module `strategy`.
//!
//! A conformance tester of servers sends each breach over a connection of its own, and compares the answer:
//!
//! ```
//! use h2wire::generate::{BrokenConversation, Plan, Seed, breakable};
//! # use h2wire::frame::{ErrorCode, Scope};
//! # use h2wire::{Limits, Role};
//! # fn send(_: &[u8]) {}
//! # fn answer_of_the_peer(broken: &BrokenConversation) -> (ErrorCode, Scope) { (broken.answer.code(), broken.answer.scope) }
//!
//! let plan = Plan::client();
//! for rule in breakable(Role::Client) {
//!     for seed in 0..10_u64 {
//!         let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().repeat(8);
//!         // A limit that others hide is not broken.
//!         let Some(broken) = BrokenConversation::breaking(rule, &plan, &mut Seed::new(&seed)) else { continue };
//!         for step in &broken.conversation.steps {
//!             send(&step.octets);
//!         }
//!         // GOAWAY, or RST_STREAM and the stream.
//!         let (code, scope) = answer_of_the_peer(&broken);
//!         assert_eq!((code, scope), (broken.answer.code(), broken.answer.scope), "{rule}");
//!     }
//! }
//! ```
//!
//! Do not send PING after a breach to learn whether it was ignored: a peer may answer PING before all else.
//!
//! The readers of this crate find each [`Rule`](crate::Rule); a [`StreamBreach`] is for a connection to find.

mod acts; // what a side does next
mod broken; // one breach
mod conversation; // what is sent
mod messages; // field sections that break no rule
mod plan; // what it is made for
mod speaker; // writer, streams, windows
#[cfg(feature = "proptest")]
pub mod strategy;
#[cfg(feature = "arbitrary")]
mod unstructured;

pub use broken::{Answer, BrokenConversation, BrokenRule, StreamBreach, UNBREAKABLE, breakable};
pub use conversation::{Conversation, Meaning, Step};
pub use h2wire_frame::generate::Seed;
pub use plan::Plan;
