//! Somebody else's connection: who broke which rule, and where; what was under way is no breach.

mod breaches; // of every rule, from both sides
mod conversations; // that are generated, valid and not
#[path = "../frames/mod.rs"]
mod frames; // by their bytes
mod races; // what cannot be known
mod random; // whatever comes

use h2wire::frame::{PREFACE, Scope};
use h2wire::{Limits, Role};
use h2wire_connection::Cause;
use h2wire_connection::watcher::{Finding, Watcher};

use frames::*;

const LIMITS: Limits = Limits::observing(65_536, 65_536);

/// What passes, and who sends it.
type Passes = (Role, Vec<u8>);

fn client(octets: Vec<u8>) -> Passes {
    (Role::Client, octets)
}

fn server(octets: Vec<u8>) -> Passes {
    (Role::Server, octets)
}

/// Both prefaces, acknowledged.
fn start(client_settings: &[(u16, u32)], server_settings: &[(u16, u32)]) -> Vec<Passes> {
    vec![
        client([PREFACE.as_slice(), &settings(client_settings)].concat()),
        server(settings(server_settings)),
        client(ack()),
        server(ack()),
    ]
}

fn ack() -> Vec<u8> {
    frame(4, 1, 0, b"")
}

fn ok(id: u32) -> Vec<u8> {
    headers(id, END_HEADERS, b"\x88")
}

/// Gives a watcher what one side sends, in pieces of this length.
fn pass(watcher: &mut Watcher, (by, octets): &Passes, len: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for mut piece in octets.chunks(len.max(1)) {
        loop {
            let finding = match by {
                Role::Client => watcher.client_sent(&mut piece),
                _ => watcher.server_sent(&mut piece),
            };
            let Some(finding) = finding else { break };
            assert_eq!(finding.by, *by);
            findings.push(finding);
        }
        assert!(piece.is_empty());
    }
    findings
}

/// The same for all, whole and byte by byte, with the same result.
fn watch(make: impl Fn() -> Watcher, passes: &[Passes]) -> (Watcher, Vec<Finding>) {
    let run = |len| {
        let mut watcher = make();
        let findings: Vec<_> = passes.iter().flat_map(|passes| pass(&mut watcher, passes, len)).collect();
        (watcher, findings)
    };
    let (watcher, findings) = run(usize::MAX);
    for len in [1, 3, 100] {
        assert_eq!(run(len).1, findings, "in pieces of {len}");
    }
    (watcher, findings)
}

fn in_order() -> Watcher {
    Watcher::new(&LIMITS).unwrap()
}

/// The rules and scopes of what is found.
fn found(passes: &[Passes]) -> Vec<(Cause, Scope)> {
    let (_, findings) = watch(in_order, passes);
    findings.iter().map(|finding| (finding.cause, finding.scope)).collect()
}

/// Nothing but the time of look-ups depends on it, and what a table shows of itself.
#[test]
fn the_seed_of_the_tables_is_that_of_the_caller() {
    let shown = |seed| format!("{:?}", Watcher::new(&LIMITS).unwrap().with_hash_seed(seed));
    assert_ne!(shown(1), shown(2));
}
