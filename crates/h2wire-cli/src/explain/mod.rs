//! `h2wire explain`: the meaning of a name, its section, its usual causes, what to check.

mod codes; // error codes
mod frames; // frame types
mod layout; // titles, labels and paragraphs
mod messages; // what clients and servers print
mod numbers; // numbers that no registry has
mod rules; // rules of every layer, findings of `probe`, sections
mod settings; // settings
mod similar; // names in a text, and names that are like another
mod statuses; // status codes
mod topic; // the form of an explanation

use std::io::{self, BufWriter, Write};

use anyhow::bail;
use h2wire::Rule;
use h2wire::frame::{ErrorCode, FrameType, SettingId};
use h2wire_connection::Cause;
use serde_json::Value;

use crate::finding::Finding;
use crate::status::Status;
use codes::CODES;
use frames::FRAMES;
use layout::{Parts, Sheet};
use messages::MESSAGES;
use rules::{Place, findings, print_finding, print_rule, rules};
use settings::SETTINGS;
use statuses::STATUSES;
use topic::{Topic, find};

/// Everything that can be explained.
enum Subject {
    Code(&'static Topic),
    Frame(&'static Topic),
    Setting(&'static Topic),
    Rule(Cause),
    Finding(Finding),
    Section(Place),
    Status(&'static Topic),
    Message(&'static Topic),
    /// Of no registry.
    Number(u32),
}

/// Explains a name, a section, or the names in a text; without one, lists all names.
pub(crate) fn run(text: &str) -> anyhow::Result<Status> {
    let mut out = BufWriter::new(anstream::stdout());
    if text.is_empty() {
        list(&mut out)?;
    } else {
        let subjects = asked(text);
        if subjects.is_empty() {
            bail!("{}", unknown(text));
        }
        for (index, subject) in subjects.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            subject.print(&mut out)?;
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}

/// The same in parts for a page: a list for each subject; none if nothing in the text is known.
pub(crate) fn parts(text: &str) -> io::Result<Vec<Value>> {
    let each = asked(text).into_iter().map(|subject| {
        let mut parts = Parts::default();
        subject.print(&mut parts)?;
        Ok(parts.0.into())
    });
    each.collect()
}

/// What a name, a section or a text asks for.
fn asked(text: &str) -> Vec<Subject> {
    let mut found = subjects(text);
    if found.is_empty() {
        let place = Place::parse(text).filter(|place| !place.rules().is_empty());
        found.extend(place.map(Subject::Section));
    }
    if found.is_empty() {
        found.extend(in_message(text));
    }
    found
}

/// What a text speaks of: names, error codes by number or in words, known messages.
fn in_message(text: &str) -> Vec<Subject> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    for word in similar::words(text) {
        let names = similar::without_prefix(word).into_iter().map(subjects);
        if !seen.contains(&word) {
            found.extend(names.into_iter().find(|subjects| !subjects.is_empty()).unwrap_or_default());
            seen.push(word);
        }
    }
    if !found.iter().any(|subject| matches!(subject, Subject::Code(_))) {
        let names = messages::codes(text).into_iter().filter_map(ErrorCode::name);
        found.extend(names.filter_map(|name| find(CODES, name)).map(Subject::Code));
    }
    let is_new = |topic: &&Topic| !seen.contains(&topic.name);
    found.extend(messages::messages(text).filter(is_new).map(Subject::Message));
    if found.is_empty() {
        found.extend(messages::outer(text).map(Subject::Message));
    }
    found
}

/// All subjects with this name or number, of any kind.
fn subjects(name: &str) -> Vec<Subject> {
    let full = name.to_ascii_uppercase().replace('-', "_");
    let upper = full.strip_prefix("SETTINGS_").filter(|rest| find(SETTINGS, rest).is_some()).unwrap_or(&full);
    let number =
        upper.strip_prefix("0X").map_or_else(|| upper.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
    // A number is what each registry calls it.
    let code = number.and_then(|number| ErrorCode(number).name()).unwrap_or(upper);
    let frame = number.and_then(|number| FrameType(u8::try_from(number).ok()?).name()).unwrap_or(upper);
    let setting = number.and_then(|number| SettingId(u16::try_from(number).ok()?).name()).unwrap_or(upper);
    let rule = rules().find(|rule| rule.name().eq_ignore_ascii_case(&full)).map(Subject::Rule);
    let finding = findings().find(|finding| finding.name().eq_ignore_ascii_case(&full)).map(Subject::Finding);
    let found = [
        find(CODES, code).map(Subject::Code),
        find(FRAMES, frame).map(Subject::Frame),
        find(SETTINGS, setting).map(Subject::Setting),
        rule,
        finding,
        find(STATUSES, upper).map(Subject::Status),
        MESSAGES.iter().find(|topic| topic.name.eq_ignore_ascii_case(&full)).map(Subject::Message),
    ];
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    let is_shown = |number: &u32| found.is_empty() || numbers::is_special(*number);
    if let Some(number) = number.filter(is_shown) {
        found.push(Subject::Number(number));
    }
    found
}

/// All names, by kind.
fn names() -> [(&'static str, Vec<&'static str>); 6] {
    let of = |topics: &'static [Topic]| topics.iter().map(|topic| topic.name).collect();
    [
        ("Error codes", of(CODES)),
        ("Frame types", of(FRAMES)),
        ("Settings", of(SETTINGS)),
        ("Rules", rules().map(Cause::name).collect()),
        ("Status codes", of(STATUSES)),
        ("Findings of probe", findings().map(Finding::name).collect()),
    ]
}

/// All names, of any kind, once each.
pub(crate) fn all_names() -> Vec<&'static str> {
    let mut all: Vec<_> = names().into_iter().flat_map(|(_, names)| names).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn list(out: &mut impl Sheet) -> io::Result<()> {
    for (kind, names) in names() {
        out.heading(kind)?;
        out.paragraph(&names.join(", "))?;
    }
    Ok(())
}

/// A message that proposes names which are like the unknown one.
pub(crate) fn unknown(name: &str) -> String {
    match similar::similar(name, names().into_iter().flat_map(|(_, names)| names)).as_slice() {
        [] => format!(
            "{name:?} is not an error code, frame type, setting, rule, status code, section or known message; run `h2wire explain` for a list"
        ),
        similar => format!("{name:?} is unknown; similar names: {}", similar.join(", ")),
    }
}

impl Subject {
    fn print(&self, out: &mut impl Sheet) -> io::Result<()> {
        match self {
            Self::Code(topic) => {
                let number = (0..=0xff).find(|code| ErrorCode(*code).name() == Some(topic.name)).unwrap_or(0);
                out.title(topic.name, &format!("error code 0x{number:02x}"))?;
                print_topic(out, topic, ["Usual causes", "What to check"])?;
                let answered = rules().filter(|rule| rule.code().name() == Some(topic.name)).map(Cause::name);
                print_names(out, "Rules with this code", answered)
            }
            Self::Frame(topic) => {
                out.title(topic.name, "frame type")?;
                print_topic(out, topic, ["When", "What to know"])?;
                let prefix = format!("{}_", topic.name.to_ascii_lowercase());
                let is_own = |rule: &Cause| {
                    matches!(rule, Cause::Codec(Rule::Frame(_)) | Cause::Connection(_))
                        && rule.name().starts_with(&prefix)
                };
                print_names(out, "Rules", rules().filter(is_own).map(Cause::name))
            }
            Self::Setting(topic) => {
                out.title(&format!("SETTINGS_{}", topic.name), "setting")?;
                print_topic(out, topic, ["Usual values", "What to check"])
            }
            Self::Rule(rule) => print_rule(out, *rule),
            Self::Finding(finding) => print_finding(out, *finding),
            Self::Section(place) => place.print(out),
            Self::Status(topic) => {
                out.title(topic.name, "status code")?;
                print_topic(out, topic, ["Usual causes", "What to check"])
            }
            Self::Message(topic) => {
                let name = topic.spellings().next().unwrap_or_default();
                out.title(name.trim_matches([',', ' ', ')']), "message")?;
                print_topic(out, topic, ["Usual causes", "What to check"])
            }
            Self::Number(number) => numbers::print(out, *number),
        }
    }
}

fn print_topic(out: &mut impl Sheet, topic: &Topic, labels: [&str; 2]) -> io::Result<()> {
    out.paragraph(topic.section)?;
    out.gap()?;
    out.paragraph(topic.meaning)?;
    for (name, entries) in labels.into_iter().zip([topic.causes, topic.checks]) {
        out.label(name)?;
        for text in entries {
            out.entry(text)?;
        }
    }
    Ok(())
}

fn print_names(
    out: &mut impl Sheet,
    name: &str,
    names: impl Iterator<Item = &'static str>,
) -> io::Result<()> {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Ok(());
    }
    out.label(name)?;
    out.paragraph(&names.join(", "))
}

#[cfg(test)]
mod tests {
    use h2wire::frame::FrameRule;
    use h2wire::hpack::HpackError;
    use h2wire::{Limit, Malformed};
    use h2wire_connection::ConnectionRule;

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

    fn printed(name: &str) -> String {
        let mut out = Vec::new();
        for subject in asked(name) {
            subject.print(&mut out).unwrap();
        }
        // As it was before lines were broken, which happens at hyphens too.
        let text = String::from_utf8(out).unwrap().replace("-\n  ", "-");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_rule_is_explained_with_section_code_and_remedy() {
        for rule in rules() {
            let text = printed(rule.name());
            for part in [rule.section().to_string(), rule.code().to_string(), rule.remedy().to_owned()] {
                assert!(text.contains(&part), "{}: {part}: {text}", rule.name());
            }
            assert!(text.contains(rule.sentence()), "{text}");
        }
        // None is left out.
        let of = |name: &str| matches!(subjects(name).as_slice(), [.., Subject::Rule(_)]);
        assert!(FrameRule::ALL.iter().all(|rule| of(rule.name())));
        assert!(HpackError::ALL.iter().all(|rule| of(rule.name())));
        assert!(Malformed::ALL.iter().all(|rule| of(rule.name())));
        assert!(Limit::ALL.iter().all(|rule| of(rule.name())));
        assert!(ConnectionRule::ALL.iter().all(|rule| of(rule.name())));
    }

    /// What `probe` prints as a rule is a `Name`: a rule, or one of these.
    #[test]
    fn every_finding_of_probe_is_explained_with_section_status_and_remedy() {
        for finding in findings() {
            let text = printed(finding.name());
            let status = format!("ends with status {}.", finding.status().number());
            for part in [finding.section(), &status, finding.sentence(), finding.remedy()] {
                assert!(text.contains(part), "{finding:?}: {part}: {text}");
            }
        }
    }

    #[test]
    fn no_two_subjects_of_rules_and_findings_share_a_name() {
        let names = rules().map(Cause::name).chain(findings().map(Finding::name));
        let mut names: Vec<_> = names.collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_pasted_message_and_a_section_are_explained() {
        let text = printed(r#"http2 error: GoAway(b"", FRAME_SIZE_ERROR, Library)"#);
        assert!(text.contains("FRAME_SIZE_ERROR"), "{text}");
        let text = printed("RFC 9113 §6.7");
        assert!(text.contains("ping_length (RFC 9113 §6.7)"), "{text}");
        assert!(asked("9113 99").is_empty() && asked("what is this").is_empty());
    }

    #[test]
    fn names_are_found_in_any_case_and_by_number() {
        assert!(matches!(subjects("frame_size_error").as_slice(), [Subject::Code(_)]));
        // A setting, and the rule about it.
        let both = subjects("SETTINGS_MAX_FRAME_SIZE");
        assert!(matches!(both.as_slice(), [Subject::Setting(_), Subject::Rule(_)]));
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
