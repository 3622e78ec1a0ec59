//! Generated conversations have everything that is worth having, and breaches too: a fuzzer that loses some of it finds less, and nothing
//! fails.

mod noise;

use std::collections::BTreeSet;

use h2wire::frame::{
    Data, ErrorCode, Flags, Frame, FrameHeader, FrameRule, FrameType, SettingId, Settings, StreamId,
};
use h2wire::generate::{BrokenConversation, Conversation, Meaning, Plan, Seed, StreamBreach};
use h2wire::hpack::HpackError;
use h2wire::{FieldList, Limits, Rule, SectionHead, SectionKind};
use noise::noise;

type Traits = BTreeSet<String>;

fn conversations(plan: &Plan) -> impl Iterator<Item = Conversation> {
    (0..1_500).map(|seed| Conversation::new(plan, &mut Seed::new(&noise(seed, 400))))
}

/// The traits of a plan's conversations.
fn traits(plan: Plan) -> Traits {
    let plan = plan.with_limits(Limits::DEFAULT.with_accept_push(true));
    let mut traits = Traits::new();
    for step in conversations(&plan).flat_map(|conversation| conversation.steps) {
        match &step.meaning {
            Meaning::Frame(frame) => of_frame(frame, &mut traits),
            Meaning::Section { head, kind, fields } => {
                of_section(head, *kind, fields, &mut traits);
                of_octets(&step.octets, &mut traits);
            }
            _ => {}
        }
    }
    traits
}

fn of_frame(frame: &Frame<Vec<u8>>, traits: &mut Traits) {
    let name = frame.frame_type().to_string();
    let mut add = |what: &str| _ = traits.insert(format!("{name} {what}"));
    match frame {
        Frame::Data(Data { end_stream, pad_length, data, .. }) => {
            add(if *end_stream { "that ends" } else { "that goes on" });
            add(if pad_length.is_some() { "padded" } else { "not padded" });
            add(if data.is_empty() { "empty" } else { "full" });
            // What is missing at the end is made of these.
            add(if data.iter().all(|octet| *octet == b'.') { "of dots" } else { "of anything" });
        }
        Frame::Settings(Settings::List(list)) => {
            add(&format!("with {} settings", list.iter().count()));
            for setting in list.iter() {
                let value = if setting.id == SettingId::INITIAL_WINDOW_SIZE { setting.value } else { 0 };
                add(&format!("{:#x} {value}", setting.id.0));
                // Enough for any section.
                assert!(setting.id != SettingId::MAX_HEADER_LIST_SIZE || setting.value >= 0x4000);
            }
        }
        Frame::WindowUpdate(frame) if frame.stream_id == StreamId::CONNECTION => add("of the connection"),
        Frame::WindowUpdate(_) => add("of a stream"),
        Frame::Priority(frame) => {
            assert_ne!(frame.priority.stream_dependency, frame.stream_id);
            add(if frame.priority.exclusive { "exclusive" } else { "shared" });
            add(if frame.priority.stream_dependency == StreamId::MAX { "on another" } else { "on none" });
        }
        Frame::RstStream(frame) if frame.error_code == ErrorCode::INTERNAL_ERROR => add("internal error"),
        Frame::Unknown(frame) if frame.frame_type == FrameType::PRIORITY_UPDATE => {
            let value = frame.payload.get(4..).unwrap_or_default();
            add(&value.escape_ascii().to_string());
        }
        Frame::Unknown(frame) => {
            add(if frame.payload.is_empty() { "empty" } else { "full" });
            add(if frame.stream_id == StreamId::CONNECTION { "of the connection" } else { "of a stream" });
        }
        _ => add(""),
    }
}

fn of_section(head: &SectionHead, kind: SectionKind, fields: &FieldList, traits: &mut Traits) {
    let mut add = |what: &str| _ = traits.insert(format!("{kind:?} {what}"));
    add(if head.end_stream { "that ends" } else { "that goes on" });
    if head.priority.is_some() {
        add("with a priority");
    }
    for name in [":method", ":scheme", ":authority", ":path", ":protocol", ":status", "host", "te"] {
        for field in fields.iter().filter(|field| field.name == name.as_bytes()) {
            add(&format!("{name} {}", field.value.escape_ascii()));
        }
    }
    let [length, host, authority] =
        ["content-length", "host", ":authority"].map(|name| fields.get(name.as_bytes()));
    add(if length.is_some() { "with a length" } else { "without a length" });
    if host.is_some() {
        add(if authority.is_some() { "with two hosts" } else { "with a host" });
    }
    let first = fields.iter().next().map(|field| String::from_utf8_lossy(field.name).into_owned());
    add(&format!("first {}", first.unwrap_or_default()));
    // A tunnel carries nothing but content, and may end by it.
    let is_tunnel = fields.get(b":method") == Some(b"CONNECT") && fields.get(b":protocol").is_none();
    assert!(!is_tunnel || !head.end_stream && length.is_none(), "{fields:?}");
    if is_tunnel {
        add("of a tunnel");
    }
}

/// The frames of a section.
fn of_octets(mut octets: &[u8], traits: &mut Traits) {
    while let Some((header, rest)) = octets.split_first_chunk() {
        let header = FrameHeader::parse(header);
        let is_padded = header.frame_type != FrameType::CONTINUATION && header.flags.contains(Flags::PADDED);
        traits.insert(format!("{}{}", header.frame_type, if is_padded { " padded" } else { "" }));
        octets = &rest[header.length.to_usize()..];
    }
}

fn assert_has(traits: &Traits, wanted: &[&str]) {
    let missing: Vec<_> = wanted.iter().filter(|wanted| !traits.contains(**wanted)).collect();
    assert!(missing.is_empty(), "{missing:#?} of {traits:#?}");
}

const BOTH: &[&str] = &[
    "DATA that ends",
    "DATA that goes on",
    "DATA padded",
    "DATA not padded",
    "DATA empty",
    "DATA full",
    "DATA of dots",
    "DATA of anything",
    "SETTINGS with 0 settings",
    "SETTINGS with 4 settings",
    "SETTINGS 0x1 0",
    "SETTINGS 0x2 0",
    "SETTINGS 0x3 0",
    "SETTINGS 0x4 0",
    "SETTINGS 0x4 200",
    "SETTINGS 0x4 65535",
    "SETTINGS 0x4 1048576",
    "SETTINGS 0x5 0",
    "SETTINGS 0x6 0",
    "SETTINGS 0x9 0",
    "SETTINGS 0xf0f0 0",
    "WINDOW_UPDATE of the connection",
    "WINDOW_UPDATE of a stream",
    "PRIORITY exclusive",
    "PRIORITY shared",
    "PRIORITY on another",
    "PRIORITY on none",
    "RST_STREAM ",
    "RST_STREAM internal error",
    "PING ",
    "GOAWAY ",
    "0x0b full",
    "0x42 empty",
    "0xff of a stream",
    "Trailers that ends",
    "HEADERS",
    "HEADERS padded",
    "CONTINUATION",
];

#[test]
fn of_a_client() {
    let traits = traits(Plan::client());
    assert_has(&traits, BOTH);
    assert_has(
        &traits,
        &[
            "0xf0 of the connection",
            "PRIORITY_UPDATE u=1",
            "PRIORITY_UPDATE u=5, i",
            "PRIORITY_UPDATE ",
            "Request that ends",
            "Request that goes on",
            "Request with a priority",
            "Request with a length",
            "Request without a length",
            "Request with a host",
            "Request with two hosts",
            "Request of a tunnel",
            "Request first :method",
            "Request first :authority",
            "Request :method GET",
            "Request :method DELETE",
            "Request :method OPTIONS",
            "Request :path *",
            "Request :path /%20",
            "Request :scheme http",
            "Request :scheme https",
            "Request :authority [::1]:443",
            "Request te trailers",
        ],
    );
}

#[test]
fn of_a_server() {
    let traits = traits(Plan::server());
    assert_has(&traits, BOTH);
    assert_has(
        &traits,
        &[
            "SETTINGS 0x8 0",
            "Response that ends",
            "Response that goes on",
            "Response with a length",
            "Response without a length",
            "Response :status 103",
            "Response :status 204",
            "Response :status 999",
            "Request :method GET",
            "PUSH_PROMISE",
            "PUSH_PROMISE padded",
        ],
    );
}

/// The last frames of conversations that break a rule, and how their last octets end.
fn breaches(rule: Rule) -> (BTreeSet<(FrameType, bool)>, Vec<Vec<u8>>) {
    let (mut types, mut ends) = (BTreeSet::new(), Vec::new());
    for seed in 0..200 {
        let broken = BrokenConversation::breaking(rule, &Plan::client(), &mut Seed::new(&noise(seed, 100)));
        let octets = broken.unwrap().conversation.steps.pop().unwrap().octets;
        let (mut rest, mut last) = (octets.as_slice(), None);
        while let Some((header, payload)) = rest.split_first_chunk() {
            let header = FrameHeader::parse(header);
            last = Some((header.frame_type, header.flags.contains(Flags::ACK)));
            rest = payload.get(header.length.to_usize()..).unwrap_or_default();
        }
        types.extend(last);
        ends.push(octets);
    }
    (types, ends)
}

#[test]
fn of_breaches() {
    let (inside, _) = breaches(Rule::Frame(FrameRule::FrameInsideFieldBlock));
    let types: Vec<_> = inside.iter().map(|(frame_type, _)| frame_type.0).collect();
    assert_eq!(types, [0, 1, 3, 4, 6, 0xf0]);
    let (first, _) = breaches(Rule::Frame(FrameRule::FirstFrame));
    let types: Vec<_> = first.iter().map(|(frame_type, ack)| (frame_type.0, *ack)).collect();
    assert_eq!(types, [(4, true), (6, false), (8, false), (0xf0, false)]);
    let (_, blocks) = breaches(Rule::Hpack(HpackError::HuffmanPaddingTooLong));
    for end in [b"\x82\x1f\xff\x01a".as_slice(), b"\x81\xff"] {
        assert!(blocks.iter().any(|block| block.ends_with(end)), "{end:?}");
    }
}

#[test]
fn breaches_of_streams_have_their_sections() {
    let of =
        |number| StreamBreach::ALL.iter().filter(move |breach| breach.section().number == number).count();
    let numbers = ["5.1", "5.1.1", "6.4", "8.1", "8.1.1", "6.9.1"];
    let counts = numbers.map(of);
    assert_eq!(
        (counts[1..].to_vec(), counts.iter().sum::<usize>()),
        (vec![2, 1, 2, 1, 4], StreamBreach::ALL.len())
    );
}
