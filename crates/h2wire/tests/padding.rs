//! Where a writer pads, and with what.

use h2wire::frame::{Frame, PayloadLength, SettingList, Settings, StreamId};
use h2wire::{FieldLine, Padding, Role, SectionHead, Writer};

fn stream(id: u32) -> StreamId {
    StreamId::new(id).unwrap()
}

/// A server that has sent its SETTINGS, which have no padding.
fn server(octets: u8) -> Writer<Vec<u8>> {
    let mut writer = Writer::new(Role::Server, 4096);
    writer.padding = Padding::Octets(octets);
    let settings: Frame<&[u8]> = Settings::List(SettingList::default()).into();
    writer.append_frame(&settings, &mut Vec::new()).unwrap();
    writer
}

#[test]
fn padding_goes_by_the_policy_and_gives_way_to_content() {
    let mut server = server(10);
    let padded = |budget| {
        server
            .data(stream(1), b"0123456789", true, budget)
            .map(|f| (f.data.len(), f.pad_length))
            .collect::<Vec<_>>()
    };
    assert_eq!(padded(100), [(10, Some(10))]);
    assert_eq!(padded(15), [(10, Some(4))]);
    assert_eq!(padded(11), [(10, None)]);
    assert_eq!(padded(5), [(5, None)]);
    let mut out = Vec::new();
    server.append_section(SectionHead::headers(stream(1), true), [(":status", "200")], &mut out).unwrap();
    assert_eq!(out, b"\0\0\x0c\x01\x0d\0\0\0\x01\x0a\x88\0\0\0\0\0\0\0\0\0\0");
}

#[test]
fn there_is_room_for_padding_or_nothing_is_begun() {
    let mut server = server(100);
    let error = server.section(SectionHead::headers(stream(1), true), &mut [0; 64]).err();
    assert_eq!(error.and_then(|error| error.needed()), Some(110));
    let mut buf = [0; 111];
    let mut section = server.section(SectionHead::headers(stream(1), true), &mut buf).unwrap();
    section.field(&(":status", "200").into()).unwrap();
    assert_eq!(section.flush().unwrap().len(), 111);
    assert_eq!(section.flush().unwrap(), b"", "there is nothing more");
    // CONTINUATION has no padding.
    assert_eq!(section.finish(), Ok(9));
}

#[test]
fn padding_is_zeros_whatever_was_in_the_buffer() {
    for max in [16_384, 40] {
        let mut writer = server(10);
        writer.max_frame_size = PayloadLength::new(max).unwrap();
        let mut buf = [0xee; 400];
        let mut section = writer.section(SectionHead::headers(stream(1), true), &mut buf).unwrap();
        section.field(&FieldLine::from((":status", "200"))).unwrap();
        let written = section.finish().unwrap();
        assert_eq!(buf[written - 10..written], [0; 10]);
        assert!(buf[written..].iter().all(|octet| *octet == 0xee));
    }
}
