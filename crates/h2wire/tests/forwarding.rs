//! What who forwards a section must not change. RFC 7541 §6.2.3, §7.1.3

use h2wire::frame::{SettingBuffer, StreamId};
use h2wire::{FieldLine, FieldList, Indexing, Limits, Message, Progress, Reader, Role, SectionHead, Writer};

/// The octets of a section of a client after its preface, and the fields that a server reads from them.
fn sent(fields: &FieldList) -> (Vec<u8>, FieldList) {
    let mut writer = Writer::new(Role::Client, 4096);
    let mut out = Vec::new();
    writer.append_preface(&mut out).unwrap();
    writer.append_settings(&SettingBuffer::<1>::new().list(), &mut out).unwrap();
    let start = out.len();
    let head = SectionHead::headers(StreamId::FIRST_CLIENT, true);
    writer.append_section(head, fields.iter(), &mut out).unwrap();
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).unwrap();
    let mut rest = out.as_slice();
    while let Progress::Item { item, .. } = reader.read_message(&mut rest).unwrap() {
        if let Message::Section { fields, .. } = item {
            return (out.split_off(start), fields);
        }
    }
    panic!("no section")
}

#[test]
fn what_was_never_indexed_stays_so_over_several_hops() {
    let request = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")];
    let mut fields: FieldList = request.into_iter().map(FieldLine::from).collect();
    fields.push(&FieldLine::never_indexed(b"x-secret", b"1234"));
    fields.push(&FieldLine::new(b"x-open", b"5678"));
    fields.push(&FieldLine::never_indexed(b"accept", b"a/b"));
    for hop in 0..3 {
        let (octets, read) = sent(&fields);
        let indexing: Vec<_> = read.iter().skip(4).map(|field| field.indexing == Indexing::Never).collect();
        assert_eq!(indexing, [true, false, true], "{hop}");
        // The new name has the representation 0001 0000, that of the static table 0001 1111.
        assert!(octets.windows(2).any(|pair| pair == b"\x10\x86"), "{octets:02x?}");
        assert!(octets.windows(2).any(|pair| pair == b"\x1f\x04"), "{octets:02x?}");
        fields = read;
    }
}
