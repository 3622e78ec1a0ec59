//! Colours, by what they mean. They are of the terminal's own palette, and none is yellow, blue or white: those cannot be read on
//! every background.

use std::env::var;
use std::io::IsTerminal;

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use h2wire::frame::{ErrorCode, Frame};

/// What is wrong: broken rules, errors, what failed.
pub(crate) const WRONG: Style = AnsiColor::Red.on_default().bold();
/// What works.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is missing or ends early, and is nobody's error.
pub(crate) const MISSING: Style = AnsiColor::Magenta.on_default().bold();
/// Messages: HEADERS, `PUSH_PROMISE`, CONTINUATION, field sections, titles.
pub(crate) const MESSAGE: Style = AnsiColor::Cyan.on_default().bold();
/// Content.
pub(crate) const CONTENT: Style = AnsiColor::Green.on_default();
/// The names of fields, and what a byte means.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// Labels, and frames that keep a connection going.
pub(crate) const LABEL: Style = Style::new().bold();
/// Where and when.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// When to use colours, by an option. What the environment says is left to `anstream`, which takes any `CLICOLOR_FORCE` that is
/// not empty for a wish; 0 is none (<https://bixense.com/clicolors/>).
#[cfg(feature = "command")]
pub(crate) fn choice(asked: clap::ColorChoice) -> ColorChoice {
    let is = |variable: &str, value: &str| var(variable).is_ok_and(|set| set == value);
    let is_set = |variable: &str| var(variable).is_ok_and(|set| !set.is_empty());
    match asked {
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
        clap::ColorChoice::Auto if !is("CLICOLOR_FORCE", "0") => ColorChoice::Auto,
        clap::ColorChoice::Auto => {
            let has_colours = cfg!(windows) || is_set("TERM") && !is("TERM", "dumb");
            let is_wanted = !is_set("NO_COLOR") && !is("CLICOLOR", "0");
            let is_used = has_colours && is_wanted && std::io::stdout().is_terminal();
            if is_used { ColorChoice::Always } else { ColorChoice::Never }
        }
    }
}

/// The style of a type of frame; an error code makes it wrong.
pub(crate) const fn of_frame(frame: &Frame<&[u8]>) -> Style {
    match frame {
        Frame::Headers(_) | Frame::PushPromise(_) | Frame::Continuation(_) => MESSAGE,
        Frame::Data(_) => CONTENT.bold(),
        Frame::RstStream(frame) => of_code(frame.error_code),
        Frame::GoAway(frame) => of_code(frame.error_code),
        _ => LABEL,
    }
}

const fn of_code(code: ErrorCode) -> Style {
    if code.0 == ErrorCode::NO_ERROR.0 { MISSING } else { WRONG }
}
