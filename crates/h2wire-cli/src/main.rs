//! The `h2wire` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    h2wire_cli::main()
}
