//! P7: nothing is allocated for frames and field sections, in either direction, once reader, writer and buffers are there.

use std::num::NonZeroU32;

use allocation_counter::measure;
use h2wire::frame::{Frame, Ping, SettingList, Settings, StreamId, WindowUpdate};
use h2wire::{
    Chunk, ChunkedReader, Event, FieldLine, FieldList, FieldStep, Fields, Limits, Message, Progress, Reader,
    Role, SectionHead, Writer,
};

const FIELDS: [(&[u8], &[u8]); 5] = [
    (b":method", b"GET"),
    (b":scheme", b"https"),
    (b":path", b"/some/where?with=a&query=string"),
    (b":authority", b"example.com"),
    (b"x-one", b"value of the first kind"),
];

/// A request with content and what goes with it, at the start of `buf`; the bytes written.
fn write(writer: &mut Writer<Vec<u8>>, number: u32, buf: &mut [u8]) -> usize {
    let stream_id = StreamId::new(number * 2 + 1).unwrap();
    let mut section = writer.section(SectionHead::headers(stream_id, false), buf).unwrap();
    for (name, value) in FIELDS {
        section.field(&FieldLine::new(name, value)).unwrap();
    }
    section
        .field(&FieldLine::new(b"x-number", &number.to_be_bytes().map(|octet| (octet & 0x1f) | 0x40)))
        .unwrap();
    let mut len = section.finish().unwrap();
    let content = [7; 300];
    for data in writer.data(stream_id, &content, true, 1000) {
        len += writer.frame(&Frame::from(data), &mut buf[len..]).unwrap();
    }
    let ping = Ping { ack: false, opaque_data: *b"deadbeef" };
    len += writer.frame(&Frame::<&[u8]>::Ping(ping), &mut buf[len..]).unwrap();
    let update = WindowUpdate { stream_id, window_size_increment: NonZeroU32::new(300).unwrap() };
    len + writer.frame(&Frame::<&[u8]>::WindowUpdate(update), &mut buf[len..]).unwrap()
}

fn count<M: AsRef<[u8]> + AsMut<[u8]>>(mut fields: Fields<'_, '_, M>) -> usize {
    let mut count = 0;
    while let FieldStep::Field(_) = fields.next().unwrap() {
        count += 1;
    }
    count
}

#[test]
fn none_in_steady_state() {
    let mut writer = Writer::new(Role::Client, 4096);
    let mut reader = Reader::new(Role::Server, &Limits::DEFAULT).unwrap();
    let mut chunked =
        ChunkedReader::new_in(Role::Server, &Limits::DEFAULT, vec![0; Limits::DEFAULT.memory_len()]).unwrap();
    let (mut buf, mut list) = (vec![0; 4096], FieldList::new());
    let (mut fields, mut frames, mut listed) = (0, 0, 0);
    let mut round = |number: u32| {
        let len = match number {
            0 => {
                let len = writer.preface(&mut buf).unwrap();
                let settings = Frame::<&[u8]>::Settings(Settings::List(SettingList::default()));
                len + writer.frame(&settings, &mut buf[len..]).unwrap()
            }
            number => write(&mut writer, number, &mut buf),
        };
        let mut rest = &buf[..len];
        while let Progress::Item { item, consumed } = reader.read(rest).unwrap() {
            rest = &rest[consumed..];
            frames += 1;
            if let Event::Fields { mut fields, .. } = item {
                list.clear();
                fields.read_into(&mut list).unwrap();
                listed += list.iter().len();
            }
        }
        for mut piece in buf[..len].chunks(50) {
            while let Some(chunk) = chunked.read(&mut piece).unwrap() {
                if let Chunk::Fields(step) = chunk {
                    fields += count(step);
                }
            }
        }
    };
    // The list and the memory of the table grow to their sizes.
    let growth = measure(|| (0..300).for_each(&mut round));
    assert!(growth.count_total < 30, "{growth:?}");
    let counted = measure(|| (300..1000).for_each(&mut round));
    assert_eq!((frames, fields, listed), (2 + 999 * 4, 999 * 6, 999 * 6));
    assert_eq!(counted.count_total, 0);
    assert_eq!(measure(|| drop(Vec::<u8>::with_capacity(1))).count_total, 1, "it does count");
}

#[test]
fn none_for_a_list_that_is_given_back() {
    let mut reader = Reader::new(Role::Client, &Limits::DEFAULT).unwrap();
    let mut input = b"\0\0\0\x04\0\0\0\0\0".as_slice();
    reader.read_message(&mut input).unwrap();
    let headers = b"\0\0\x06\x01\x04\0\0\0\x01\x88\0\x01a\x01b";
    let mut read = || {
        let mut input = headers.as_slice();
        let Progress::Item { item: Message::Section { fields, .. }, .. } =
            reader.read_message(&mut input).unwrap()
        else {
            panic!("no section")
        };
        reader.give_back(fields);
    };
    assert_ne!(measure(&mut read).count_total, 0, "the list has no memory yet");
    assert_eq!(measure(&mut read).count_total, 0);
}
