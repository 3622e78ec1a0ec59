//! The result of a run.

use std::process::ExitCode;

/// The exit status. If several apply, the last in this list wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Status {
    /// 0: no error.
    Clean,
    /// 3: the input ends inside a frame, or bytes of it are lost.
    Incomplete,
    /// 1: a rule was broken.
    Broken,
    /// 2: the input cannot be read, or the command line is wrong.
    Trouble,
    /// 4: the peer speaks HTTP/1.x. This and the following are results of `probe`, which has only one.
    Http1,
    /// 5: TLS failed.
    TlsFailed,
    /// 6: a step timed out.
    TimedOut,
    /// 7: the peer ended the connection.
    Ended,
    /// 8: a service of gRPC is not serving.
    NotServing,
}

impl Status {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Broken => 1,
            Self::Trouble => 2,
            Self::Incomplete => 3,
            Self::Http1 => 4,
            Self::TlsFailed => 5,
            Self::TimedOut => 6,
            Self::Ended => 7,
            Self::NotServing => 8,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.number())
    }
}
