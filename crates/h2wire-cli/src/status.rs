//! How a run ended.

use std::process::ExitCode;

/// What the exit status says. Where several apply the last of this list wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Status {
    /// 0: nothing is wrong.
    Clean,
    /// 3: the input ends inside a frame.
    Incomplete,
    /// 1: a rule was broken.
    Broken,
    /// 2: the input cannot be read, or the command line is wrong.
    Trouble,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Broken => 1,
            Status::Trouble => 2,
            Status::Incomplete => 3,
        })
    }
}
