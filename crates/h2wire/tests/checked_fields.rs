//! A caller that sees each field before it is written.
#![cfg(feature = "alloc")]

use h2wire::frame::{FrameHeader, SettingList, StreamId};
use h2wire::{Breach, FieldLine, Malformed, Role, SectionHead, WriteError, Writer};

const REQUEST: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "example.com")];

fn head(id: u32) -> SectionHead {
    SectionHead::headers(StreamId::new(id).unwrap(), true)
}

/// A client that has sent preface and SETTINGS.
fn client(out: &mut Vec<u8>) -> Writer<Vec<u8>> {
    let mut writer = Writer::new(Role::Client, 4096);
    writer.append_preface(out).unwrap();
    writer.append_settings(&SettingList::<&[u8]>::default(), out).unwrap();
    writer
}

#[test]
fn who_sends_may_see_each_field_and_refuse_it() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let before = out.clone();
    let fields = REQUEST.into_iter().chain([("x-lost", "1"), ("x-refused", "2"), ("x-unseen", "3")]);
    let mut seen = Vec::new();
    let check = |field: &FieldLine<'_>| {
        seen.push(field.name.to_vec());
        if field.name == b"x-refused" { Err(Malformed::ContentLengthEndStream) } else { Ok(()) }
    };
    let refused = client.append_section_with(head(1), fields.clone(), &mut out, check);
    let breach = Breach::new(Malformed::ContentLengthEndStream, Some(5));
    assert_eq!(refused, Err(WriteError::Malformed(breach)));
    assert_eq!((seen.len(), seen.last()), (6, Some(&b"x-refused".to_vec())));
    assert!(out == before, "nothing is written");
    client.append_section_with(head(1), fields.clone(), &mut out, |_| Ok(())).unwrap();
    let mut same = before;
    let mut other = self::client(&mut Vec::new());
    other.append_section(head(1), fields, &mut same).unwrap();
    // The entry that was made of x-lost is given up: the tables are emptied first.
    let updates = [0x20, 0x3f, 0xe1, 0x1f];
    let (head_end, block) = (same.len() - read_block(&same).len(), read_block(&same));
    assert_eq!(out[head_end..], [updates.as_slice(), block].concat());
}

/// The block of the last frame.
fn read_block(mut octets: &[u8]) -> &[u8] {
    octets = &octets[24..];
    loop {
        let (header, rest) = octets.split_first_chunk().unwrap();
        let len = FrameHeader::parse(header).length.to_usize();
        if rest.len() == len {
            return rest;
        }
        octets = &rest[len..];
    }
}
