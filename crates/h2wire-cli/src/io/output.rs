//! What has to be sure before a file is written anew: it is none that is read, and there is something to read.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, bail};

/// Fails if the output is a file that is read, by this or another name: to create it would destroy what it has.
pub(crate) fn refuse_input_as_output(output: &Path, inputs: &[&Path]) -> anyhow::Result<()> {
    // A device or a pipe has nothing to lose.
    let Ok(true) = fs::metadata(output).map(|metadata| metadata.is_file()) else { return Ok(()) };
    for input in inputs {
        if is_same(output, input) {
            let name =
                if is_stdin(input) { "standard input".to_owned() } else { input.display().to_string() };
            bail!("-o {}: the output would overwrite the input {name}", output.display());
        }
    }
    Ok(())
}

/// Fails if a file is not there or may not be read. What is no regular file is not opened: that can be done only once.
pub(crate) fn check_readable(path: &Path) -> anyhow::Result<()> {
    let name = || path.display().to_string();
    if !is_stdin(path) && fs::metadata(path).with_context(name)?.is_file() {
        File::open(path).with_context(name)?;
    }
    Ok(())
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

#[cfg(unix)]
fn is_same(output: &Path, input: &Path) -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;

    let place = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    let input = if is_stdin(input) {
        let stdin = std::io::stdin().as_fd().try_clone_to_owned();
        stdin.and_then(|stdin| File::from(stdin).metadata())
    } else {
        fs::metadata(input)
    };
    matches!((fs::metadata(output), input), (Ok(output), Ok(input)) if place(&output) == place(&input))
}

#[cfg(not(unix))]
fn is_same(output: &Path, input: &Path) -> bool {
    !is_stdin(input)
        && matches!((fs::canonicalize(output), fs::canonicalize(input)), (Ok(output), Ok(input)) if output == input)
}
