//! Random valid conversations, written by `Writer`, come out of every reader in every split as they went in.

mod meaning;
mod noise;
mod readers;

use std::collections::BTreeMap;

use h2wire::frame::{Data, Frame, PayloadLength, Setting, SettingId, SettingList, Settings, StreamId};
use h2wire::generate::{Conversation, Meaning, Plan, Seed, strategy};
use h2wire::{Limits, Padding, Role, SectionHead, SectionKind, Writer};
use meaning::{assert_block_frames, assert_read};
use noise::noise;
use proptest::prelude::*;
use readers::{Setup, Told, by_all};

/// SETTINGS of the receiver: tables, windows, frame sizes and push that change under way.
fn receiver_settings() -> impl Strategy<Value = Vec<SettingList<Vec<u8>>>> {
    let setting = prop_oneof![
        4 => (0..=4096_u32).prop_map(|size| (SettingId::HEADER_TABLE_SIZE, size)),
        2 => (0..100_000_u32).prop_map(|size| (SettingId::INITIAL_WINDOW_SIZE, size)),
        1 => (0..2_u32).prop_map(|on| (SettingId::ENABLE_PUSH, on)),
        1 => (16_384..20_000_u32).prop_map(|size| (SettingId::MAX_FRAME_SIZE, size)),
        1 => Just((SettingId::ENABLE_CONNECT_PROTOCOL, 1)),
    ];
    let list = prop::collection::vec(setting, 0..4).prop_map(|settings| {
        let octets = settings.into_iter().flat_map(|(id, value)| Setting { id, value }.encode()).collect();
        SettingList::parse(octets).unwrap()
    });
    prop::collection::vec(list, 0..7)
}

fn plan() -> impl Strategy<Value = Plan> {
    (any::<bool>(), any::<bool>(), receiver_settings()).prop_map(|(is_client, accept_push, settings)| {
        let plan = if is_client { Plan::client() } else { Plan::server() };
        let plan = plan.with_limits(Limits::DEFAULT.with_accept_push(accept_push));
        settings.iter().fold(plan, Plan::with_receiver_settings)
    })
}

/// The content of each message is as long as it says, and a tunnel has no trailers.
fn assert_contents(conversation: &Conversation) {
    let (mut lengths, mut tunnels) = (BTreeMap::new(), Vec::new());
    for step in &conversation.steps {
        match &step.meaning {
            Meaning::Section { head, kind: SectionKind::Trailers, .. } => {
                assert!(!tunnels.contains(&head.stream_id), "{head:?}");
                assert!(lengths.remove(&head.stream_id).is_none_or(|left| left == 0), "{head:?}");
            }
            Meaning::Section { head, fields, .. } => {
                let length = fields.get(b"content-length").map(|value| str::from_utf8(value).unwrap());
                lengths.extend(length.map(|length| (head.stream_id, length.parse::<usize>().unwrap())));
                let is_tunnel =
                    fields.get(b":method") == Some(b"CONNECT") && fields.get(b":protocol").is_none();
                tunnels.extend(is_tunnel.then_some(head.stream_id));
            }
            Meaning::Frame(Frame::Data(data)) => {
                let Some(left) = lengths.get_mut(&data.stream_id) else { continue };
                *left = left.checked_sub(data.data.len()).unwrap();
                assert!(!data.end_stream || *left == 0, "{data:?}");
            }
            Meaning::Frame(Frame::RstStream(frame)) => _ = lengths.remove(&frame.stream_id),
            _ => {}
        }
    }
}

/// What a connection would have to refuse: identifiers, states and windows.
fn assert_states(plan: &Plan, conversation: &Conversation) {
    let (mut ended, mut opened, mut reserved, mut content) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let known = if plan.sender() == Role::Client { &[] } else { plan.requests.as_slice() };
    for step in &conversation.steps {
        match &step.meaning {
            Meaning::Section { head, kind, .. } => {
                let id = head.error_stream_id();
                if *kind == SectionKind::Request {
                    assert!(opened.last().is_none_or(|last| *last < id), "{opened:?} {id}");
                    opened.push(id);
                }
                assert!(opened.contains(&id) || known.contains(&id));
                assert!(!ended.contains(&head.stream_id), "{head:?}");
                ended.extend(head.end_stream.then_some(head.stream_id));
                reserved.retain(|id| *id != head.stream_id);
                reserved.extend(head.promised_stream_id);
            }
            // §5.1, reserved (local)
            Meaning::Frame(Frame::WindowUpdate(frame)) => assert!(!reserved.contains(&frame.stream_id)),
            Meaning::Frame(Frame::Data(data)) => {
                assert!(!ended.contains(&data.stream_id), "{data:?}");
                ended.extend(data.end_stream.then_some(data.stream_id));
                content += data.flow_controlled_len();
            }
            Meaning::Frame(Frame::RstStream(frame)) => {
                assert!(!ended.contains(&frame.stream_id), "{frame:?}");
                ended.push(frame.stream_id);
            }
            Meaning::Frame(Frame::GoAway(frame)) => {
                assert_eq!(Some(step), conversation.steps.last());
                // Each request is answered; a client makes no promises.
                let last = known.iter().max().copied().unwrap_or(StreamId::CONNECTION);
                assert_eq!(frame.last_stream_id, last);
            }
            _ => {}
        }
    }
    assert!(content <= 65_535);
    assert_contents(conversation);
    assert!(opened.iter().chain(known).all(|id| ended.contains(id)), "each message has an end");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn what_is_written_is_read(
        (plan, conversation) in plan().prop_flat_map(|plan| (Just(plan.clone()), strategy::conversation(plan))),
        cuts in prop::collection::vec(any::<usize>(), 0..10),
    ) {
        assert_read(&plan, &conversation, &cuts);
        assert_states(&plan, &conversation);
    }

    /// Whatever is written: no frame is longer than it may be, and no more is used than the budget.
    #[test]
    fn content_stays_within_its_budget(
        content in prop::collection::vec(any::<u8>(), 0..600),
        end_stream: bool,
        budget in 0..800_usize,
        size in prop_oneof![0..300_u32, Just(16_384)],
        padding in prop_oneof![
            Just(Padding::None),
            any::<u8>().prop_map(Padding::Octets),
            (1..=255_u8).prop_map(|of| Padding::Multiple(of.try_into().unwrap())),
        ],
    ) {
        let mut writer = Writer::new(Role::Server, 0);
        (writer.max_frame_size, writer.padding) = (PayloadLength::new(size).unwrap(), padding);
        let mut frames = writer.data(StreamId::new(1).unwrap(), &content, end_stream, budget);
        let (mut used, mut sent) = (0, Vec::new());
        for data in frames.by_ref() {
            used += data.flow_controlled_len();
            sent.extend_from_slice(data.data);
            prop_assert!(data.flow_controlled_len() <= writer.max_frame_size.to_usize().max(16));
            prop_assert_eq!(data.end_stream, end_stream && sent.len() == content.len());
        }
        prop_assert!(used <= budget && used + frames.budget() == budget);
        prop_assert_eq!([&sent, frames.rest()].concat(), content.as_slice());
        prop_assert!(frames.rest().is_empty() || used == budget, "the budget is used");
    }

    /// A section in frames of any size, padded or not, is a section; its frames are no longer than they may be.
    #[test]
    fn sections_are_cut_into_frames(
        size in prop_oneof![0..300_u32, Just(16_384)],
        pad_length: u8,
        values in prop::collection::vec("[!-~]{0,60}", 0..12),
    ) {
        let mut writer = Writer::new(Role::Server, 4096);
        let mut octets = Vec::new();
        writer.append_settings(&SettingList::<&[u8]>::default(), &mut octets).unwrap();
        let settings = octets.len();
        (writer.max_frame_size, writer.padding) = (PayloadLength::new(size).unwrap(), Padding::Octets(pad_length));
        let head = SectionHead::headers(StreamId::new(1).unwrap(), true);
        let fields = values.iter().map(|value| ("x-a", value.as_str()));
        writer.append_section(head, [(":status", "200")].into_iter().chain(fields), &mut octets).unwrap();
        assert_block_frames(&octets[settings..]);
        let limits = Limits::DEFAULT.with_max_continuations(1_000);
        let report = by_all(&Setup { limits, ..Setup::new(Role::Client) }, &octets, &[]);
        prop_assert_eq!(report.sections(), [Ok(SectionKind::Response)]);
        for told in report.told {
            if let Told::Frame(header, _) = told {
                prop_assert!(header.length.to_usize() <= writer.max_frame_size.to_usize().max(16), "{}", header);
            }
        }
    }
}

/// Everything that the documentation says there is, is there.
#[test]
fn conversations_have_all_kinds_of_steps() {
    let (mut seen, mut most_settings) = (std::collections::BTreeSet::new(), 0);
    let limits = Limits::DEFAULT.with_accept_push(true);
    for plan in [Plan::client().with_limits(limits), Plan::server().with_limits(limits)] {
        let side = plan.sender();
        for seed in 0..400_u64 {
            let conversation = Conversation::new(&plan, &mut Seed::new(&noise(seed, 300)));
            assert_states(&plan, &conversation);
            let is_settings = |frame: &Frame<_>| matches!(frame, Frame::Settings(Settings::List(_)));
            let settings = conversation.steps.iter().filter_map(|step| match &step.meaning {
                Meaning::Frame(frame) => is_settings(frame).then_some(()),
                _ => None,
            });
            most_settings = most_settings.max(settings.count());
            for step in conversation.steps {
                seen.insert(match &step.meaning {
                    Meaning::Frame(frame) => format!("{side:?} {}", frame.frame_type()),
                    Meaning::Section { head, kind, fields } => {
                        let is_informational = fields.get(b":status").is_some_and(|status| status[0] == b'1');
                        let is_push = head.promised_stream_id.is_some();
                        let frames = if step.octets[4] & 4 == 0 { "several frames" } else { "a frame" };
                        let kind = if is_informational { "interim".into() } else { format!("{kind:?}") };
                        format!("{side:?} {kind}{} in {frames}", if is_push { " promised" } else { "" })
                    }
                    other => format!("{side:?} {other:?}"),
                });
            }
        }
    }
    for kind in [
        "Client Preface",
        "Client Request in a frame",
        "Client Request in several frames",
        "Client Trailers in a frame",
        "Client DATA",
        "Client PRIORITY",
        "Client RST_STREAM",
        "Client SETTINGS",
        "Client PING",
        "Client GOAWAY",
        "Client WINDOW_UPDATE",
        "Client PRIORITY_UPDATE",
        "Server interim in a frame",
        "Server Response in a frame",
        "Server Response in several frames",
        "Server Trailers in a frame",
        "Server Request promised in a frame",
        "Server DATA",
        "Server RST_STREAM",
        "Server GOAWAY",
        "Server WINDOW_UPDATE",
    ] {
        assert!(seen.contains(kind), "{kind} is missing of {seen:#?}");
    }
    // As many as a receiver of their acknowledgments remembers.
    assert_eq!(most_settings, 4);
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
