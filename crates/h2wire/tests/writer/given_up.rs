//! A section that is refused, forgotten or given up changes nothing for the next one.

use h2wire::frame::{FrameHeader, SettingBuffer, SettingId};
use h2wire::{Breach, FieldLine, Malformed, Role, SectionKind, WriteError};

use crate::readers::{Setup, Told, by_all};
use crate::{REQUEST, client, head, read};

#[test]
fn a_section_that_is_given_up_leaves_hpack_in_step() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    client.append_section(head(1), REQUEST.iter().chain(&[("x-a", "1")]).copied(), &mut out).unwrap();
    for room in [9, 12, 30, 60] {
        let mut buf = vec![0; room];
        if let Ok(mut section) = client.section(head(3), &mut buf) {
            for field in REQUEST.iter().chain(&[("x-a", "1"), ("x-c", "3")]) {
                let _ = section.field(&(*field).into());
            }
        }
    }
    let fields = REQUEST.iter().chain(&[("x-c", "3"), ("x-a", "1")]).copied();
    client.append_section(head(3), fields, &mut out).unwrap();
    assert_eq!(read(&out).sections(), [Ok(SectionKind::Request); 2]);
}

/// Nor does it empty the tables, if nothing of it was encoded.
#[test]
fn a_section_without_fields_costs_nothing() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    client.append_section(head(1), REQUEST, &mut out).unwrap();
    drop(client.section(head(3), &mut [0; 100]).unwrap());
    let before = out.len();
    client.append_section(head(3), REQUEST, &mut out).unwrap();
    // Each field is an entry.
    assert_eq!(out.len() - before, 9 + REQUEST.len());
}

#[test]
fn a_section_that_is_forgotten_leaves_hpack_in_step() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let mut buf = [0; 200];
    let mut section = client.section(head(1), &mut buf).unwrap();
    for field in REQUEST {
        section.field(&field.into()).unwrap();
    }
    std::mem::forget(section);
    client.append_section(head(3), REQUEST, &mut out).unwrap();
    assert_eq!(read(&out).sections(), [Ok(SectionKind::Request)]);
}

#[test]
fn a_section_that_is_given_up_takes_its_size_updates_back() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let mut no_table = SettingBuffer::<1>::new();
    no_table.push(SettingId::HEADER_TABLE_SIZE, 0).unwrap();
    client.append_acknowledge(&no_table.list(), &mut out).unwrap();
    drop(client.section(head(1), &mut [0; 100]).unwrap());
    client.append_section(head(3), REQUEST, &mut out).unwrap();
    let setup = Setup { table_sizes: vec![0], ..Setup::new(Role::Server) };
    assert_eq!(by_all(&setup, &out, &[]).sections(), [Ok(SectionKind::Request)]);
}

#[test]
fn a_panic_of_the_callers_iterator_leaves_nothing_behind() {
    let mut out = Vec::new();
    let mut client = client(&mut out);
    let lost =
        REQUEST.into_iter().chain([("x-lost", "1")]).chain(std::iter::once_with(|| panic!("on purpose")));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        client.append_section(head(1), lost, &mut Vec::new())
    }));
    assert!(panicked.is_err());
    client.append_section(head(1), REQUEST.into_iter().chain([("x-lost", "1")]), &mut out).unwrap();
    // A reader of the other side finds the field, and so the index of no entry that was never sent.
    let lost = Told::Field(b"x-lost".to_vec(), b"1".to_vec(), false);
    assert!(read(&out).told.contains(&lost));
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
    assert!(read(&out).told.contains(&Told::Field(b"x-unseen".to_vec(), b"3".to_vec(), false)));
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
