//! What a writer refuses of `:authority`, and what it writes if it is asked to.

use h2wire::frame::{SettingList, Settings, StreamId};
use h2wire::{Breach, Malformed, MalformedSet, Role, SectionHead, WriteError, Writer};

fn head(id: u32) -> SectionHead {
    SectionHead::headers(StreamId::new(id).unwrap(), true)
}

/// What a peer that joins scheme, authority and path takes for another target.
#[test]
fn no_section_is_written_that_a_peer_must_refuse() {
    let mut out = Vec::new();
    let mut client = Writer::new(Role::Client, 4096);
    client.append_preface(&mut out).unwrap();
    client.append_frame(&Settings::<Vec<u8>>::List(SettingList::default()).into(), &mut out).unwrap();
    let [method, scheme, path] = [(":method", "GET"), (":scheme", "https"), (":path", "/")];
    for authority in ["good.test/evil?", "a#b", "a\\b", "", "[::1", "a:b:c", ":80", "u@a"] {
        let refused =
            client.append_section(head(1), [method, scheme, path, (":authority", authority)], &mut out);
        assert!(
            matches!(refused, Err(WriteError::Malformed(breach)) if breach.field() == Some(3)),
            "{authority}"
        );
    }
    let socket = [method, scheme, path, (":authority", "/run/a.sock")];
    client.allowed = MalformedSet::EMPTY.with(Malformed::AuthorityForm);
    client.append_section(head(1), socket, &mut out).unwrap();
    let other = [(":authority", "/run/a.sock"), ("te", "Trailers")];
    let refused = client.append_section(head(3), [method, scheme, path].into_iter().chain(other), &mut out);
    assert_eq!(refused, Err(WriteError::Malformed(Breach::new(Malformed::Te, Some(4)))));
}
