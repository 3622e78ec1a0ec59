//! TLS of a connection in a capture: both directions of records to what was inside, with secrets of a key log.

mod blocks; // secrets anywhere in a capture
#[cfg(feature = "tls")]
mod crypto; // keys, records opened with them
mod gap; // bytes that a capture lacks
mod half; // one direction: records to their content
mod hello; // the few fields of handshake messages that matter
mod keylog; // where secrets come from
mod known; // what the hellos say
mod log_file; // the file of a key log
mod reason; // why something is not decrypted
mod record; // record headers, messages over several records
#[cfg(not(feature = "tls"))]
mod sealed; // no ciphers
mod session; // both directions

#[cfg(not(feature = "tls"))]
use sealed as crypto;

pub(crate) use keylog::Secrets;
pub(crate) use session::{Facts, Part, Session, is_client_hello};
