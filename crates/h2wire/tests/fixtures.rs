//! The fixtures of `testdata/frames/invalid` that need a reader, and that no rule is without a fixture.

mod common;
mod readers;

use common::{read_all, read_in_pieces};
use h2wire::frame::{FrameRule, SettingList, StreamId};
use h2wire::{
    Expected, FieldLine, FieldValidator, FrameReader, Limit, Limits, Malformed, Role, Rule, SectionHead,
    WriteError, Writer, hpack,
};
use h2wire_testdata::Fixture;
use readers::{Report, Setup, Told, by_all};

fn role(fixture: &Fixture) -> Option<Role> {
    Some(match fixture.fact("reader")? {
        "server" => Role::Server,
        "client" => Role::Client,
        "observer" => Role::Observer,
        other => panic!("{}: no role {other}", fixture.name),
    })
}

/// How a fixture is read: as a conversation with `role`, or as a frame after the SETTINGS that a connection starts with.
fn setup(fixture: &Fixture) -> (Setup, Vec<u8>) {
    let number = |key| fixture.fact(key).map(|number| number.parse().unwrap());
    let mut limits = Limits::DEFAULT;
    limits.max_section_size = number("section_size").unwrap_or(limits.max_section_size);
    (limits.max_fields, limits.max_block_len) = (number("fields"), number("block_len"));
    let table_sizes = number("table_size").into_iter().collect();
    let (role, octets) = match role(fixture) {
        Some(role) => (role, fixture.octets.clone()),
        None => (Role::Observer, [SETTINGS, &fixture.octets, SETTINGS].concat()),
    };
    let disables_push = fixture.fact("enable_push") == Some("0");
    (Setup { limits, table_sizes, disables_push, ..Setup::new(role) }, octets)
}

/// What ended the connection; or else the first error of a stream, and which.
fn error(report: &Report) -> Option<(Rule, Option<StreamId>)> {
    let told = report.told.iter().find_map(|told| match told {
        Told::StreamError(_, error) => Some(*error),
        Told::SectionEnd(end) => end.kind.err(),
        _ => None,
    });
    report.rule().map(|rule| (rule, None)).or(told.map(|error| (error.rule, Some(error.stream_id))))
}

#[test]
fn broken_conversations_give_rule_code_and_scope() {
    for fixture in h2wire_testdata::invalid() {
        let (setup, octets) = setup(&fixture);
        let cuts: Vec<_> = (0..octets.len()).step_by(3).collect();
        let report = by_all(&setup, &octets, &cuts);
        // A frame by itself may break a rule of order first; `h2wire-frame` tests it.
        if role(&fixture).is_none() {
            continue;
        }
        let Some((rule, stream)) = error(&report) else { panic!("{} was accepted", fixture.name) };
        assert_eq!(rule.name(), fixture.name.split('-').next().unwrap(), "{}", fixture.name);
        assert_eq!(rule.code().name(), fixture.fact("code"), "{}", fixture.name);
        let scope = stream.map_or("connection".to_owned(), |id| format!("stream {id}"));
        assert_eq!(Some(scope.as_str()), fixture.fact("scope"), "{}", fixture.name);
        assert_eq!(Some(rule.section().to_string().as_str()), fixture.fact("section"), "{}", fixture.name);
    }
}

#[test]
fn what_a_reader_accepts_may_still_be_refused() {
    for fixture in h2wire_testdata::refused() {
        let report = by_all(&Setup::new(Role::Server), &fixture.octets, &[]);
        assert_eq!(error(&report), None, "{}", fixture.name);
        let fields = || {
            report.told.iter().filter_map(|told| match told {
                Told::Field(name, value, _) => Some(FieldLine::new(name, value)),
                _ => None,
            })
        };
        let breach = match fixture.fact("by") {
            Some("writer") => {
                let mut writer = Writer::new_in(Role::Client, 4096, [0; Writer::memory_len(4096)]).unwrap();
                let mut buf = [0; 256];
                writer.preface(&mut buf).unwrap();
                writer.settings(&SettingList::<Vec<u8>>::default(), &mut buf).unwrap();
                let head = SectionHead::headers(StreamId::new(1).unwrap(), true);
                let mut section = writer.section(head, &mut buf).unwrap();
                let refused = fields().find_map(|field| section.field(&field).err());
                match refused.or_else(|| section.finish().err()) {
                    Some(WriteError::Malformed(breach)) => breach,
                    other => panic!("{}: {other:?}", fixture.name),
                }
            }
            Some("trailers") => {
                let mut validator = FieldValidator::new(Expected::Trailers);
                for field in fields() {
                    validator.field(field.name, field.value);
                }
                validator.finish(true).unwrap_err()
            }
            other => panic!("{}: by {other:?}", fixture.name),
        };
        let rule = Rule::Malformed(breach.malformed);
        assert_eq!(rule.name(), fixture.name);
        assert_eq!(rule.code().name(), fixture.fact("code"), "{}", fixture.name);
        assert_eq!(Some(rule.section().to_string().as_str()), fixture.fact("section"), "{}", fixture.name);
    }
}

#[test]
fn every_rule_has_a_fixture() {
    let fixtures = [h2wire_testdata::invalid(), h2wire_testdata::refused()].concat();
    let frame = FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
    // That a block was abandoned is a mistake of the caller's, not of a peer.
    let hpack = hpack::HpackError::ALL.iter().filter(|error| **error != hpack::HpackError::AbandonedBlock);
    let hpack = hpack.map(|error| Rule::Hpack(*error));
    let malformed = Malformed::ALL.iter().map(|malformed| Rule::Malformed(*malformed));
    let limit = Limit::ALL.iter().map(|limit| Rule::Limit(*limit));
    let all: Vec<Rule> = frame.chain(hpack).chain(malformed).chain(limit).collect();
    for rule in &all {
        assert!(fixtures.iter().any(|fixture| fixture.name == rule.name()), "{}.hex is missing", rule.name());
    }
    for fixture in &fixtures {
        let name = fixture.name.split('-').next();
        assert!(all.iter().any(|rule| Some(rule.name()) == name), "{} is no rule", fixture.name);
    }
}

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

#[test]
fn an_error_is_the_same_however_the_octets_are_cut() {
    for fixture in h2wire_testdata::invalid() {
        // One frame by itself comes after the SETTINGS that a connection starts with, and others follow it.
        let (role, octets) = match role(&fixture) {
            Some(role) => (role, fixture.octets),
            None => (Role::Observer, [SETTINGS, &fixture.octets, SETTINGS].concat()),
        };
        let whole = read_all(role, &octets);
        for size in (1..=octets.len()).take(64) {
            assert_eq!(
                read_in_pieces(FrameReader::new(role), octets.chunks(size)),
                whole,
                "{} by {size}",
                fixture.name
            );
        }
    }
}
