//! The fixtures of `testdata/frames/invalid` that need a reader, and that no rule is without a fixture.

mod common;
mod readers;

use common::{End, Outcome, read_all, read_in_pieces};
use h2wire::Role;
use h2wire::frame::Rule;
use h2wire_testdata::Fixture;
use readers::{Setup, by_all};

fn role(fixture: &Fixture) -> Option<Role> {
    Some(match fixture.fact("reader")? {
        "server" => Role::Server,
        "client" => Role::Client,
        "observer" => Role::Observer,
        other => panic!("{}: no role {other}", fixture.name),
    })
}

#[test]
fn broken_conversations_give_rule_code_and_scope() {
    for fixture in h2wire_testdata::invalid() {
        let Some(role) = role(&fixture) else { continue };
        let Outcome { end: End::Failed(error), .. } = read_all(role, &fixture.octets) else {
            panic!("{} was accepted", fixture.name)
        };
        assert_eq!(error.rule.name(), fixture.name.split('-').next().unwrap(), "{}", fixture.name);
        assert_eq!(error.code().name(), fixture.fact("code"), "{}", fixture.name);
        assert_eq!(Some("connection"), fixture.fact("scope"), "{}", fixture.name);
        assert_eq!(
            Some(error.rule.section().to_string().as_str()),
            fixture.fact("section"),
            "{}",
            fixture.name
        );
    }
}

#[test]
fn every_rule_has_a_fixture() {
    let fixtures = h2wire_testdata::invalid();
    for rule in Rule::ALL {
        assert!(fixtures.iter().any(|fixture| fixture.name == rule.name()), "{rule}.hex is missing");
    }
    for fixture in &fixtures {
        let name = fixture.name.split('-').next();
        assert!(Rule::ALL.iter().any(|rule| Some(rule.name()) == name), "{} is no rule", fixture.name);
    }
}

const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

#[test]
fn an_error_is_the_same_however_the_octets_are_cut() {
    for fixture in h2wire_testdata::invalid() {
        // One frame by itself comes after the SETTINGS that a connection starts with, and has others behind it.
        let (role, octets) = match role(&fixture) {
            Some(role) => (role, fixture.octets),
            None => (Role::Observer, [SETTINGS, &fixture.octets, SETTINGS].concat()),
        };
        let whole = read_all(role, &octets);
        for size in 1..=octets.len() {
            assert_eq!(read_in_pieces(role, octets.chunks(size)), whole, "{} by {size}", fixture.name);
        }
        let cuts: Vec<_> = (0..octets.len()).step_by(3).collect();
        by_all(&Setup::new(role), &octets, &cuts);
    }
}
