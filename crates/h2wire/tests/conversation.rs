//! Random valid conversations, written by `Writer`, come out of every reader in every split as they went in.

mod readers;

use h2wire::frame::generate::strategy;
use h2wire::frame::{
    Data, Flags, Frame, FrameHeader, FrameType, PayloadLength, PriorityFields, SettingBuffer, SettingId,
    SettingList, Settings, StreamId,
};
use h2wire::{EndOfInput, FieldLine, Limits, Padding, Role, SectionHead, SectionKind, Writer};
use proptest::prelude::*;
use proptest::sample::select;
use readers::{EndOfSection, Report, Setup, Told, by_all};

/// What one side does.
#[derive(Clone, Debug)]
enum Step {
    /// A frame without a field block.
    Frame(Frame<Vec<u8>>),
    Section(SectionHead, SectionKind, Vec<(Vec<u8>, Vec<u8>, bool)>),
    /// Content, whether it ends the stream, and the budget.
    Content(StreamId, Vec<u8>, bool, usize),
    /// The peer's table size is applied and acknowledged.
    TableSize(u32),
    /// From here on frames are as long, and padded so.
    FrameSize(u32, Padding),
}

const MAX_TABLE: u32 = 4096;

/// A stream of a client's.
fn stream_id() -> impl Strategy<Value = StreamId> {
    (0..=0x7fff_ffff_u32).prop_map(|id| StreamId::new(id | 1).unwrap())
}

/// A frame that `role` may send, other than HEADERS, `PUSH_PROMISE` and CONTINUATION.
fn frame(role: Role) -> impl Strategy<Value = Frame<Vec<u8>>> {
    strategy::frame().prop_filter_map("not for here", move |frame| match frame {
        Frame::Headers(_)
        | Frame::PushPromise(_)
        | Frame::Continuation(_)
        | Frame::Settings(Settings::Ack) => None,
        Frame::Settings(Settings::List(list))
            if role == Role::Server
                && list.iter().any(|setting| setting.id == SettingId::ENABLE_PUSH && setting.value == 1) =>
        {
            None
        }
        Frame::Settings(Settings::List(list)) if list.iter().len() > 32 => None,
        Frame::Data(data) if data.stream_id.is_server_initiated() && role == Role::Client => None,
        Frame::Unknown(unknown) if unknown.frame_type.0 == 0x10 && role == Role::Server => None,
        frame => Some(frame),
    })
}

fn regular_field() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, bool)> {
    let name = prop_oneof![
        4 => select(vec!["accept", "cookie", "content-type", "x-id", "user-agent", "authorization"])
            .prop_map(|name| name.as_bytes().to_vec()),
        1 => "[a-z0-9!#$%&'*+.^_`|~-]{1,40}".prop_filter("forbidden in HTTP/2", |name| {
            !["connection", "te", "upgrade", "keep-alive", "transfer-encoding", "proxy-connection"].contains(&name.as_str())
        }).prop_map(String::into_bytes),
    ];
    let value = prop_oneof![
        4 => select(vec!["", "*/*", "text/html", "a=b; c=d", "value"]).prop_map(|value| value.as_bytes().to_vec()),
        1 => "[!-~]([ -~]{0,60}[!-~])?".prop_map(String::into_bytes),
        1 => prop::collection::vec(0x80..=0xff_u8, 1..50),
    ];
    (name, value, prop::bool::weighted(0.1))
}

fn pseudo_fields(kind: SectionKind) -> Vec<(Vec<u8>, Vec<u8>, bool)> {
    let pairs: &[(&str, &str)] = match kind {
        SectionKind::Request => {
            &[(":method", "GET"), (":scheme", "https"), (":path", "/a"), (":authority", "b")]
        }
        SectionKind::Response => &[(":status", "204")],
        SectionKind::Trailers => &[],
    };
    pairs.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec(), false)).collect()
}

fn section(role: Role) -> impl Strategy<Value = Step> {
    let message = if role == Role::Client { SectionKind::Request } else { SectionKind::Response };
    let promise = (any::<u32>(), any::<u32>()).prop_map(|(id, promised)| {
        let id = StreamId::new(id % 0x4000_0000 * 2 + 1).unwrap();
        let promised = StreamId::new(promised % 0x3fff_ffff * 2 + 2).unwrap();
        (SectionHead::push_promise(id, promised), SectionKind::Request)
    });
    let priority = prop::option::weighted(
        0.2,
        (any::<bool>(), stream_id(), any::<u8>()).prop_map(|(exclusive, stream_dependency, weight)| {
            PriorityFields { exclusive, stream_dependency, weight }
        }),
    );
    let headers = (stream_id(), any::<bool>(), priority).prop_map(move |(id, end_stream, priority)| {
        (SectionHead::headers(id, end_stream).with_priority(priority), message)
    });
    let trailers = stream_id().prop_map(|id| (SectionHead::headers(id, true), SectionKind::Trailers));
    let promises = u32::from(role != Role::Client);
    let head = prop_oneof![4 => headers, 1 => trailers, promises => promise];
    (head, prop::collection::vec(regular_field(), 0..12)).prop_map(|((head, kind), regular)| {
        let fields = [pseudo_fields(kind), regular].concat();
        Step::Section(head, kind, fields)
    })
}

fn step(role: Role) -> impl Strategy<Value = Step> {
    let padding = prop_oneof![
        Just(Padding::None),
        any::<u8>().prop_map(Padding::Octets),
        (1..=255_u8).prop_map(|of| Padding::Multiple(of.try_into().unwrap())),
    ];
    prop_oneof![
        4 => frame(role).prop_map(Step::Frame),
        8 => section(role),
        3 => (stream_id(), prop::collection::vec(any::<u8>(), 0..600), any::<bool>(), 0..800_usize)
            .prop_map(|(id, content, end, budget)| Step::Content(id, content, end, budget)),
        2 => (0..=MAX_TABLE).prop_map(Step::TableSize),
        1 => (prop_oneof![0..300_u32, Just(16_384)], padding).prop_map(|(size, padding)| Step::FrameSize(size, padding)),
    ]
}

fn conversation() -> impl Strategy<Value = (Role, Vec<Step>)> {
    select(vec![Role::Client, Role::Server, Role::Observer])
        .prop_flat_map(|role| (Just(role), prop::collection::vec(step(role), 0..16)))
        .prop_map(|(role, mut steps)| {
            // No more settings are on their way at a time.
            let mut sizes = 0;
            steps.retain(|step| {
                !matches!(step, Step::TableSize(_)) || {
                    sizes += 1;
                    sizes <= 8
                }
            });
            (role, steps)
        })
}

/// Writes the steps; gives the bytes and what is to be read.
fn write(role: Role, steps: &[Step]) -> (Vec<u8>, Vec<Told>) {
    let mut writer = Writer::new(role, MAX_TABLE);
    let (mut out, mut expected) = (Vec::new(), Vec::new());
    if role == Role::Client {
        writer.append_preface(&mut out).unwrap();
        expected.push(Told::Preface);
    }
    let first = Step::Frame(Settings::<Vec<u8>>::List(SettingList::default()).into());
    for step in std::iter::once(&first).chain(steps) {
        let before = out.len();
        match step {
            Step::Frame(frame) => {
                // Frames of the generator go by the initial frame size.
                let size =
                    std::mem::replace(&mut writer.max_frame_size, PayloadLength::INITIAL_MAX_FRAME_SIZE);
                writer.append_frame(frame, &mut out).unwrap();
                writer.max_frame_size = size;
                expected.push(told_frame(&out[before..], frame.clone()));
            }
            Step::Section(head, kind, fields) => {
                let lines = fields.iter().map(|(name, value, never)| {
                    if *never { FieldLine::never_indexed(name, value) } else { FieldLine::new(name, value) }
                });
                writer.append_section(*head, lines, &mut out).unwrap();
                let size = writer.max_frame_size.to_usize();
                expect_section(&out[before..], size, *head, *kind, fields, &mut expected);
            }
            Step::Content(stream_id, content, end_stream, budget) => {
                let mut frames = writer.data(*stream_id, content, *end_stream, *budget);
                let (mut used, mut sent) = (0, Vec::new());
                for frame in frames.by_ref() {
                    used += frame.flow_controlled_len();
                    sent.extend_from_slice(frame.data);
                    let start = out.len();
                    writer.append_frame(&Frame::Data(frame), &mut out).unwrap();
                    assert!(out.len() - start <= 9 + writer.max_frame_size.to_usize().max(16));
                    expected.push(told_frame(&out[start..], Frame::Data(frame.map(<[u8]>::to_vec))));
                }
                assert!(used <= *budget && used + frames.budget() == *budget);
                assert_eq!([&sent, frames.rest()].concat(), *content);
                assert!(frames.rest().is_empty() || used == *budget, "the budget is used");
            }
            Step::TableSize(size) => {
                let mut settings = SettingBuffer::<1>::new();
                settings.push(SettingId::HEADER_TABLE_SIZE, *size).unwrap();
                writer.append_frame(&Frame::<Vec<u8>>::Settings(Settings::Ack), &mut out).unwrap();
                writer.settings_received(&settings.list());
                expected.push(told_frame(&out[before..], Settings::Ack.into()));
            }
            Step::FrameSize(size, padding) => {
                writer.max_frame_size = PayloadLength::new(*size).unwrap();
                writer.padding = *padding;
            }
        }
    }
    (out, expected)
}

fn told_frame(octets: &[u8], frame: Frame<Vec<u8>>) -> Told {
    Told::Frame(FrameHeader::parse(octets.first_chunk().unwrap()), frame)
}

/// What a section is in frames is for the writer to say, within the rules: HEADERS or `PUSH_PROMISE`, then CONTINUATION.
fn expect_section(
    octets: &[u8],
    max_frame_size: usize,
    head: SectionHead,
    kind: SectionKind,
    fields: &[(Vec<u8>, Vec<u8>, bool)],
    expected: &mut Vec<Told>,
) {
    let list_size = fields.iter().map(|(name, value, _)| name.len() + value.len() + 32).sum::<usize>();
    let count = u32::try_from(fields.len()).unwrap();
    expected.push(Told::SectionEnd(EndOfSection {
        head,
        kind: Ok(kind),
        fields: count,
        list_size: u32::try_from(list_size).unwrap(),
    }));
    let secret =
        |name: &[u8], value: &[u8]| name == b"authorization" || (name == b"cookie" && value.len() < 20);
    expected.extend(
        fields.iter().map(|(name, value, never)| {
            Told::Field(name.clone(), value.clone(), *never || secret(name, value))
        }),
    );
    let mut rest = octets;
    while let Some(header) = rest.first_chunk().map(FrameHeader::parse) {
        let is_first = rest.len() == octets.len();
        assert_eq!(header.frame_type == FrameType::CONTINUATION, !is_first);
        assert!(header.length.to_usize() <= max_frame_size.max(16), "{header}");
        rest = &rest[9 + header.length.to_usize()..];
        assert_eq!(header.flags.contains(Flags::END_HEADERS), rest.is_empty());
    }
}

/// Fields and ends of sections, without the frames they came in, in the order of `expected`.
fn without_block_frames(told: Vec<Told>) -> Vec<Told> {
    let mut out: Vec<Told> = Vec::new();
    let mut fields = Vec::new();
    for told in told {
        match told {
            Told::Frame(_, frame) if frame.field_block_fragment().is_some() => {}
            Told::Field(..) => fields.push(told),
            Told::SectionEnd(_) => {
                out.push(told);
                out.append(&mut fields);
            }
            other => out.push(other),
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn what_is_written_is_read((role, steps) in conversation(), cuts in prop::collection::vec(any::<usize>(), 0..10)) {
        let (octets, expected) = write(role, &steps);
        let reader = match role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
            Role::Observer => Role::Observer,
        };
        let table_sizes = steps.iter().filter_map(|step| match step {
            Step::TableSize(size) => Some(*size),
            _ => None,
        }).collect();
        let limits = Limits::DEFAULT.with_max_continuations(1000).with_max_table_size(MAX_TABLE);
        let setup = Setup { limits, table_sizes, ..Setup::new(reader) };
        let Report { told, end, offset, .. } = by_all(&setup, &octets, &cuts);
        prop_assert_eq!(end, Ok(EndOfInput::Clean));
        prop_assert_eq!(offset, octets.len() as u64);
        prop_assert_eq!(without_block_frames(told), expected);
    }
}

#[test]
fn content_that_ends_a_stream_without_an_octet_is_one_empty_frame() {
    let writer = Writer::new(Role::Server, 0);
    let id = StreamId::new(1).unwrap();
    let frames: Vec<_> = writer.data(id, b"", true, 0).collect();
    assert_eq!(frames, [Data { end_stream: true, stream_id: id, pad_length: None, data: b"".as_slice() }]);
    assert_eq!(writer.data(id, b"", false, 100).count(), 0);
    assert_eq!(writer.data(id, b"x", true, 0).count(), 0);
}
