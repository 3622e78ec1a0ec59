//! `h2wire explain`: the meaning of a name, its section, its usual causes, what to check.

mod codes; // error codes
mod frames; // frame types
mod settings; // settings
mod topic; // the form of an explanation

use std::io::{BufWriter, Write};

use anstyle::{AnsiColor, Style};
use anyhow::bail;
use h2wire::frame::{ErrorCode, FrameType, SettingId};
use h2wire::{Limit, Malformed, Rule, hpack};

use crate::status::Status;
use codes::CODES;
use frames::FRAMES;
use settings::SETTINGS;
use topic::{Topic, find};

const TITLE: Style = AnsiColor::Cyan.on_default().bold();
const LABEL: Style = Style::new().bold();

/// Everything that can be explained.
enum Subject {
    Code(&'static Topic),
    Frame(&'static Topic),
    Setting(&'static Topic),
    Rule(Rule),
}

/// Explains a name; without one, lists all names.
pub(crate) fn run(name: Option<&str>) -> anyhow::Result<Status> {
    let mut out = BufWriter::new(anstream::stdout());
    match name {
        None => list(&mut out)?,
        Some(name) => {
            let subjects = subjects(name);
            if subjects.is_empty() {
                bail!("{}", unknown(name));
            }
            for (index, subject) in subjects.iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                subject.print(&mut out)?;
            }
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}

/// Every rule that a peer can break.
fn rules() -> impl Iterator<Item = Rule> {
    let frame = h2wire::frame::FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
    let hpack = hpack::HpackError::ALL.iter().map(|error| Rule::Hpack(*error));
    let malformed = Malformed::ALL.iter().map(|malformed| Rule::Malformed(*malformed));
    let limit = Limit::ALL.iter().map(|limit| Rule::Limit(*limit));
    frame.chain(hpack).chain(malformed).chain(limit)
}

/// All subjects with this name or number, of any kind.
fn subjects(name: &str) -> Vec<Subject> {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    let upper =
        upper.strip_prefix("SETTINGS_").filter(|rest| find(SETTINGS, rest).is_some()).unwrap_or(&upper);
    let number =
        upper.strip_prefix("0X").map_or_else(|| upper.parse().ok(), |hex| u16::from_str_radix(hex, 16).ok());
    let code = number.and_then(|number| ErrorCode(number.into()).name()).unwrap_or(upper);
    let frame = number.and_then(|number| FrameType(u8::try_from(number).ok()?).name()).unwrap_or(upper);
    let setting = number.and_then(|number| SettingId(number).name()).unwrap_or(upper);
    let rule = rules().find(|rule| rule.name().eq_ignore_ascii_case(upper)).map(Subject::Rule);
    let found = [
        find(CODES, code).map(Subject::Code),
        find(FRAMES, frame).map(Subject::Frame),
        find(SETTINGS, setting).map(Subject::Setting),
        rule,
    ];
    found.into_iter().flatten().collect()
}

/// All names, by kind.
fn names() -> [(&'static str, Vec<&'static str>); 4] {
    let of = |topics: &'static [Topic]| topics.iter().map(|topic| topic.name).collect();
    [
        ("Error codes", of(CODES)),
        ("Frame types", of(FRAMES)),
        ("Settings", of(SETTINGS)),
        ("Rules", rules().map(Rule::name).collect()),
    ]
}

fn list(out: &mut impl Write) -> std::io::Result<()> {
    for (kind, names) in names() {
        writeln!(out, "{LABEL}{kind}{LABEL:#}")?;
        paragraph(out, &names.join(", "))?;
    }
    Ok(())
}

/// A message that proposes names which share a word with the unknown one.
fn unknown(name: &str) -> String {
    let asked = name.to_ascii_lowercase();
    let words: Vec<&str> = asked.split(['_', '-', ' ']).filter(|word| word.len() > 2).collect();
    let similar: Vec<_> = names()
        .into_iter()
        .flat_map(|(_, names)| names)
        .filter(|known| words.iter().any(|word| known.to_ascii_lowercase().contains(word)))
        .collect();
    match similar.as_slice() {
        [] => format!(
            "{name:?} is not an error code, frame type, setting or rule; run `h2wire explain` for a list"
        ),
        similar => format!("{name:?} is unknown; similar names: {}", similar.join(", ")),
    }
}

impl Subject {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        match self {
            Self::Code(topic) => {
                let number = (0..=0xff).find(|code| ErrorCode(*code).name() == Some(topic.name)).unwrap_or(0);
                title(out, topic.name, &format!("error code 0x{number:02x}"))?;
                print_topic(out, topic, ["Usual causes", "What to check"])?;
                let answered = rules().filter(|rule| rule.code().name() == Some(topic.name)).map(Rule::name);
                print_names(out, "Rules with this code", answered)
            }
            Self::Frame(topic) => {
                title(out, topic.name, "frame type")?;
                print_topic(out, topic, ["When", "What to know"])?;
                let prefix = format!("{}_", topic.name.to_ascii_lowercase());
                let own = rules()
                    .filter(|rule| matches!(rule, Rule::Frame(rule) if rule.name().starts_with(&prefix)));
                print_names(out, "Rules", own.map(Rule::name))
            }
            Self::Setting(topic) => {
                title(out, &format!("SETTINGS_{}", topic.name), "setting")?;
                print_topic(out, topic, ["Usual values", "What to check"])
            }
            Self::Rule(rule) => print_rule(out, *rule),
        }
    }
}

fn print_rule(out: &mut impl Write, rule: Rule) -> std::io::Result<()> {
    title(out, rule.name(), "rule")?;
    let scope = match rule {
        Rule::Malformed(_)
        | Rule::Limit(Limit::SectionSize | Limit::Fields)
        | Rule::Frame(h2wire::frame::FrameRule::PriorityLength) => "of a stream",
        Rule::Frame(h2wire::frame::FrameRule::WindowUpdateIncrement) => {
            "of the stream, or of the connection on stream 0"
        }
        _ => "of the connection",
    };
    paragraph(out, &format!("{}, {}: an error {scope}.", rule.section(), rule.code()))?;
    writeln!(out, "\n{LABEL}What the peer did{LABEL:#}")?;
    paragraph(out, rule.sentence())?;
    writeln!(out, "\n{LABEL}What to do{LABEL:#}")?;
    paragraph(out, rule.remedy())
}

fn title(out: &mut impl Write, name: &str, kind: &str) -> std::io::Result<()> {
    writeln!(out, "{TITLE}{name}{TITLE:#}  {kind}")
}

fn print_topic(out: &mut impl Write, topic: &Topic, labels: [&str; 2]) -> std::io::Result<()> {
    paragraph(out, topic.section)?;
    writeln!(out)?;
    paragraph(out, topic.meaning)?;
    for (label, entries) in labels.into_iter().zip([topic.causes, topic.checks]) {
        writeln!(out, "\n{LABEL}{label}{LABEL:#}")?;
        for entry in entries {
            let options = textwrap::Options::new(WIDTH).initial_indent("  - ").subsequent_indent("    ");
            writeln!(out, "{}", textwrap::fill(entry, options))?;
        }
    }
    Ok(())
}

fn print_names(
    out: &mut impl Write,
    label: &str,
    names: impl Iterator<Item = &'static str>,
) -> std::io::Result<()> {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{LABEL}{label}{LABEL:#}")?;
    paragraph(out, &names.join(", "))
}

/// The width of the text.
const WIDTH: usize = 100;

fn paragraph(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    writeln!(
        out,
        "{}",
        textwrap::fill(text, textwrap::Options::new(WIDTH).initial_indent("  ").subsequent_indent("  "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The registries of the library and the topics here are the same.
    #[test]
    fn everything_with_a_name_is_explained() {
        for code in 0..=0xff {
            if let Some(name) = ErrorCode(code).name() {
                assert!(find(CODES, name).is_some(), "{name}");
            }
        }
        for id in 0..=0xff {
            if let Some(name) = FrameType(id).name() {
                assert!(find(FRAMES, name).is_some(), "{name}");
            }
            if let Some(name) = SettingId(id.into()).name() {
                assert!(find(SETTINGS, name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_by_number() {
        assert!(matches!(subjects("frame_size_error").as_slice(), [Subject::Code(_)]));
        assert!(matches!(subjects("SETTINGS_MAX_FRAME_SIZE").as_slice(), [Subject::Setting(_)]));
        assert!(matches!(subjects("max-frame-size").as_slice(), [Subject::Setting(_)]));
        assert!(matches!(subjects("PING_LENGTH").as_slice(), [Subject::Rule(_)]));
        assert!(matches!(
            subjects("6").as_slice(),
            [Subject::Code(_), Subject::Frame(_), Subject::Setting(_)]
        ));
        assert!(matches!(subjects("0x0a").as_slice(), [Subject::Code(_), Subject::Frame(_)]));
        assert!(subjects("nothing").is_empty());
        assert!(unknown("window size").contains("INITIAL_WINDOW_SIZE"));
    }
}
