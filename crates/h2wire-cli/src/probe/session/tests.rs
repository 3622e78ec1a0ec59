//! The session without sockets.
