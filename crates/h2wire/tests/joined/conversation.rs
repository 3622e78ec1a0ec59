//! Conversations that somebody else leads, and what is true of them.

use std::collections::BTreeMap;

use h2wire::frame::{Frame, FrameHeader, PayloadLength, Ping, SettingBuffer, SettingId, Settings, StreamId};
use h2wire::{FieldLine, Role, SectionHead, SectionKind, Writer};
use proptest::prelude::*;
use proptest::sample::select;

type Field = (Vec<u8>, Vec<u8>, bool);

/// What the sender does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Section(SectionKind, Vec<Field>),
    Content(Vec<u8>),
    Ping,
    /// The receiver's table size is applied and acknowledged.
    TableSize(u32),
    /// Longer sections have CONTINUATION frames.
    FrameSize(u32),
}

fn field() -> impl Strategy<Value = Field> {
    let name = prop_oneof![
        4 => select(vec!["accept", "cookie", "content-type", "x-id", "x-token", "server", "grpc-status"]).prop_map(String::from),
        1 => "x-[a-z0-9]{1,30}",
    ];
    let value = prop_oneof![
        4 => select(vec!["", "*/*", "text/html", "0", "value"]).prop_map(String::from),
        2 => "[!-~]([ -~]{0,60}[!-~])?",
        1 => "[a-z]{200,700}",
    ];
    (name, value, prop::bool::weighted(0.1))
        .prop_map(|(name, value, never)| (name.into_bytes(), value.into_bytes(), never))
}

pub(crate) fn steps(role: Role) -> impl Strategy<Value = Vec<Step>> {
    let message = if role == Role::Client { SectionKind::Request } else { SectionKind::Response };
    let kind = prop_oneof![4 => Just(message), 1 => Just(SectionKind::Trailers)];
    let step = prop_oneof![
        12 => (kind, prop::collection::vec(field(), 1..10)).prop_map(|(kind, fields)| Step::Section(kind, fields)),
        3 => prop::collection::vec(any::<u8>(), 1..300).prop_map(Step::Content),
        1 => Just(Step::Ping),
        2 => select(vec![0, 60, 200, 1000, 4096, 8192]).prop_map(Step::TableSize),
        2 => select(vec![16, 40, 100, 16_384]).prop_map(Step::FrameSize),
    ];
    prop::collection::vec(step, 4..24)
}

/// The bytes of a conversation, and what they mean.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) octets: Vec<u8>,
    /// Where the frames start, and the end.
    pub(crate) starts: Vec<usize>,
    /// The sections by stream: each has one of its own.
    pub(crate) sections: BTreeMap<StreamId, Section>,
}

#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) kind: SectionKind,
    pub(crate) fields: Vec<Field>,
    /// Where its HEADERS frame starts, and where the last of its frames ends.
    pub(crate) place: std::ops::Range<usize>,
}

impl Conversation {
    pub(crate) fn new(role: Role, steps: &[Step]) -> Self {
        let mut writer = Writer::new(role, 8192);
        let mut out = Vec::new();
        if role == Role::Client {
            writer.append_preface(&mut out).unwrap();
        }
        let first = out.len();
        writer.append_settings(&SettingBuffer::<1>::new().list(), &mut out).unwrap();
        let mut sections = BTreeMap::new();
        let mut next = 1;
        for step in steps {
            let id = StreamId::new(next).unwrap();
            match step {
                Step::Section(kind, regular) => {
                    next += 2;
                    let fields = [pseudo_fields(*kind, regular), regular.clone()].concat();
                    let head = SectionHead::headers(id, *kind == SectionKind::Trailers || next % 3 == 0);
                    let start = out.len();
                    let lines = fields.iter().map(|(name, value, never)| {
                        if *never {
                            FieldLine::never_indexed(name, value)
                        } else {
                            FieldLine::new(name, value)
                        }
                    });
                    writer.append_section(head, lines, &mut out).unwrap();
                    sections.insert(id, Section { kind: *kind, fields, place: start..out.len() });
                }
                Step::Content(content) => {
                    for data in writer.data(id, content, false, 65_535) {
                        writer.append_frame(&Frame::Data(data), &mut out).unwrap();
                    }
                }
                Step::Ping => {
                    let ping = Ping { ack: false, opaque_data: *b"somebody" };
                    writer.append_frame(&Frame::<&[u8]>::Ping(ping), &mut out).unwrap();
                }
                Step::TableSize(size) => {
                    let mut settings = SettingBuffer::<1>::new();
                    settings.push(SettingId::HEADER_TABLE_SIZE, *size).unwrap();
                    writer.append_frame(&Frame::<Vec<u8>>::Settings(Settings::Ack), &mut out).unwrap();
                    writer.settings_received(&settings.list());
                }
                Step::FrameSize(size) => writer.max_frame_size = PayloadLength::new(*size).unwrap(),
            }
        }
        let mut starts = vec![first];
        let mut at = first;
        while let Some(header) = out.get(at..).and_then(<[u8]>::first_chunk).map(FrameHeader::parse) {
            at += FrameHeader::LEN + header.length.to_usize();
            starts.push(at);
        }
        assert_eq!(at, out.len());
        Self { octets: out, starts, sections }
    }

    /// The headers of the frames that start at one of these places.
    pub(crate) fn headers(&self, from: usize, to: usize) -> Vec<FrameHeader> {
        let starts = self.starts.iter().filter(|start| (from..to).contains(*start));
        let header = |start: &usize| self.octets.get(*start..).and_then(<[u8]>::first_chunk);
        starts.filter_map(header).map(FrameHeader::parse).collect()
    }
}

/// Some of a section are of the static table, others are not.
fn pseudo_fields(kind: SectionKind, regular: &[Field]) -> Vec<Field> {
    let some = regular.len().is_multiple_of(2);
    let pairs: &[(&str, &str)] = match kind {
        SectionKind::Request if some => {
            &[(":method", "GET"), (":scheme", "https"), (":path", "/a"), (":authority", "b")]
        }
        SectionKind::Request => {
            &[(":method", "PATCH"), (":scheme", "ipp"), (":path", "/b"), (":authority", "c")]
        }
        SectionKind::Response if some => &[(":status", "200")],
        SectionKind::Response => &[(":status", "418")],
        SectionKind::Trailers => &[],
    };
    pairs.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec(), false)).collect()
}
