//! What a receiver remembers of the direction it reads.

mod announced; // settings that are sent, and which of them are acknowledged
mod counters; // how many frames of which kind
mod end_of_input; // what is missing where the input ends
mod opening; // how a direction starts
mod order; // rules about earlier frames
mod receiver; // sections, and the failure that is final
mod section; // one field section while its fields come
mod sections; // field blocks over several frames to fields

pub(crate) use announced::Announced;
pub use announced::SettingsSentError;
pub use counters::Counters;
pub use end_of_input::EndOfInput;
pub(crate) use opening::Start;
pub(crate) use order::{Order, Refused};
pub(crate) use receiver::Receiver;
pub use section::FieldStep;
pub use sections::Fields;
