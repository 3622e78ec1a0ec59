//! Bytes that a capture lacks.

use super::*;

#[test]
fn after_missing_bytes_records_are_found_again() {
    for version in [&version::TLS12, &version::TLS13] {
        let peers = peers(None, version);
        let mut talk = Talk::new(&peers);
        talk.say_all();
        let first = talk.wire.len();
        for _ in 0..4 {
            talk.say(Side::Server, &[9; 1000]);
        }
        talk.say(Side::Client, b"more");
        let log = log_of(&peers);
        // From within the first record to within the third one.
        for (from, to) in [(0, 0), (0, 10), (3, 1000), (700, 700), (1000, 1001)] {
            let secrets = Secrets::default();
            secrets.add_block(log.as_bytes());
            let mut session = Session::new(secrets);
            let mut inside = [Vec::new(), Vec::new()];
            for (side, octets) in &talk.wire[..first] {
                put(&mut inside, session.feed(*side, Part::Octets(octets)));
            }
            let [one, two, three, rest @ ..] = &talk.wire[first..] else { unreachable!() };
            put(&mut inside, session.feed(Side::Server, Part::Octets(&one.1[..from])));
            let lost = one.1.len() - from + two.1.len() + to;
            put(&mut inside, session.feed(Side::Server, Part::Lost(lost.try_into().unwrap())));
            put(&mut inside, session.feed(Side::Server, Part::Octets(&three.1[to..])));
            for (side, octets) in rest {
                put(&mut inside, session.feed(*side, Part::Octets(octets)));
            }
            session.end();
            // As many as were said, and the last of them are those that were.
            let records = if to == 0 { 2 } else { 3 };
            let said = &talk.said[1];
            let lost = said.len() - 4000..said.len() - 4000 + records * 1000;
            let mut expected = said.clone();
            expected[lost].fill(b'?');
            assert!(inside[1] == expected, "{version:?} {from} {to}");
            assert!(inside[0] == talk.said[0]);
            assert_eq!(session.failure(Side::Server), None);
        }
    }
}

#[test]
fn what_never_opens_again_is_told() {
    let peers = peers(None, &version::TLS13);
    let mut talk = Talk::new(&peers);
    talk.say_all();
    let secrets = Secrets::default();
    secrets.add_block(log_of(&peers).as_bytes());
    let mut session = Session::new(secrets);
    for (side, octets) in &talk.wire {
        session.feed(*side, Part::Octets(octets));
    }
    session.feed(Side::Server, Part::Lost(100));
    session.feed(Side::Server, Part::Octets(b"\x17\x03\x03\0\x20 no record of this connection"));
    session.end();
    assert_eq!((session.failure(Side::Server), session.failure(Side::Client)), (Some(Reason::Lost), None));
    // Without secrets nothing is looked for.
    let mut session = Session::new(Secrets::default());
    for (side, octets) in &talk.wire[..2] {
        session.feed(*side, Part::Octets(octets));
        session.feed(*side, Part::Lost(100));
        session.feed(*side, Part::Octets(&[0; 100]));
    }
    assert!(session.is_over());
    let mut session = Session::new(Secrets::default());
    session.feed(Side::Client, Part::Lost(100));
    assert_eq!(session.failure(Side::Client), Some(Reason::Lost));
}
