//! What the readers tell of a generated conversation is what its steps mean. The fuzz targets use it too.

use h2wire::frame::{Flags, FrameHeader, FrameType};
use h2wire::generate::{Conversation, Meaning, Plan, Step};
use h2wire::{EndOfInput, FieldLine, Indexing, Role};

use crate::readers::{EndOfSection, Report, Setup, Told, by_all};

/// What is to be read of a step.
fn expect(step: &Step, expected: &mut Vec<Told>) {
    match &step.meaning {
        Meaning::Preface => expected.push(Told::Preface),
        Meaning::Frame(frame) => {
            let header = FrameHeader::parse(step.octets.first_chunk().unwrap());
            expected.push(Told::Frame(header, frame.clone()));
        }
        Meaning::Section { head, kind, fields } => {
            assert_block_frames(&step.octets);
            let list_size = fields.iter().map(|line| line.name.len() + line.value.len() + 32).sum::<usize>();
            expected.push(Told::SectionEnd(EndOfSection {
                head: *head,
                kind: Ok(*kind),
                fields: u32::try_from(fields.len()).unwrap(),
                list_size: u32::try_from(list_size).unwrap(),
            }));
            let field = |line: FieldLine<'_>| {
                Told::Field(line.name.to_vec(), line.value.to_vec(), line.indexing == Indexing::Never)
            };
            expected.extend(fields.iter().map(field));
        }
        other => panic!("{other:?}"),
    }
}

/// What a section is in frames is for the writer to say, within the rules: HEADERS or `PUSH_PROMISE`, then CONTINUATION.
pub(crate) fn assert_block_frames(octets: &[u8]) {
    let mut rest = octets;
    while let Some(header) = rest.first_chunk().map(FrameHeader::parse) {
        let is_first = rest.len() == octets.len();
        assert_eq!(header.frame_type == FrameType::CONTINUATION, !is_first);
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

/// By all readers, in every split, as the receiver and as an observer.
pub(crate) fn assert_read(plan: &Plan, conversation: &Conversation, cuts: &[usize]) {
    let octets = conversation.octets();
    let mut expected = Vec::new();
    conversation.steps.iter().for_each(|step| expect(step, &mut expected));
    for role in [plan.receiver(), Role::Observer] {
        let lists = conversation.receiver_settings.clone();
        // Until it has acknowledged less, the sender may use a table of the first size.
        let limits = plan.limits.with_max_table_size(plan.limits.max_table_size.max(4_096));
        let setup = Setup { limits, lists, ..Setup::new(role) };
        let Report { told, end, offset, .. } = by_all(&setup, &octets, cuts);
        assert_eq!(end, Ok(EndOfInput::Clean));
        assert_eq!(offset, octets.len() as u64);
        assert_eq!(without_block_frames(told), expected);
    }
}
