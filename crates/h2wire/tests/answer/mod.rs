//! What the readers find in a broken conversation is the answer that the generator predicts. The fuzz targets use it too.

use h2wire::frame::Scope;
use h2wire::generate::{Answer, BrokenConversation, BrokenRule, Plan};
use h2wire::{ConnectionError, EndOfInput, FrameReader, Limit, Rule};

use crate::common::{End, OwnedItem, read_in_pieces};
use crate::readers::{Report, Setup, Told, by_all, by_reader};

/// What was broken, in the words of an answer. One thing only.
fn found(told: &[Told], end: Result<EndOfInput, ConnectionError>) -> Option<(Rule, Scope)> {
    let mut errors = told.iter().filter_map(|told| match told {
        Told::StreamError(_, error) => Some((error.rule, Scope::Stream(error.stream_id))),
        Told::SectionEnd(end) => end.kind.err().map(|error| (error.rule, Scope::Stream(error.stream_id))),
        _ => None,
    });
    let of_a_stream = errors.next();
    assert_eq!(errors.next(), None);
    let of_the_connection = end.err().map(|error| (error.rule, Scope::Connection));
    assert!(of_a_stream.is_none() || of_the_connection.is_none(), "{of_a_stream:?} {of_the_connection:?}");
    of_a_stream.or(of_the_connection)
}

/// Both readers of fields, in every split.
pub(crate) fn assert_found(plan: &Plan, broken: &BrokenConversation, cuts: &[usize]) {
    let Answer { scope, offset, .. } = broken.answer;
    let expected = match broken.answer.broken_rule {
        BrokenRule::Rule(rule) => Some((rule, scope)),
        BrokenRule::Stream(_) => None,
    };
    let octets = broken.octets();
    let lists = broken.conversation.receiver_settings.clone();
    let setup = Setup { limits: plan.limits, lists, ..Setup::new(plan.receiver()) };
    let Report { told, end, offset: at, .. } = by_all(&setup, &octets, cuts);
    assert_eq!(found(&told, end), expected, "{broken:?}");
    if expected.is_some() && scope == Scope::Connection {
        assert_eq!(at, offset, "{broken:?}");
    }
    // Nothing is wrong before it.
    let before = by_reader(&setup, [&octets[..usize::try_from(offset).unwrap()]]);
    assert_eq!(found(&before.told, before.end), None, "{broken:?}");
    assert_eq!(before.offset, offset, "a frame starts there: {broken:?}");
    by_frame_reader(plan, broken, &octets, cuts);
}

/// The reader of frames finds what is about frames and their order.
fn by_frame_reader(plan: &Plan, broken: &BrokenConversation, octets: &[u8], cuts: &[usize]) {
    let expected = match broken.answer.broken_rule {
        BrokenRule::Rule(rule @ Rule::Frame(_)) => Some(rule),
        BrokenRule::Rule(rule @ Rule::Limit(Limit::BlockLength | Limit::Continuations | Limit::Settings)) => {
            Some(rule)
        }
        _ => None,
    };
    let reader = || {
        let mut reader = FrameReader::with_limits(plan.receiver(), &plan.limits).unwrap();
        for settings in &broken.conversation.receiver_settings {
            reader.settings_sent(settings).unwrap();
        }
        reader
    };
    let whole = read_in_pieces(reader(), [octets]);
    let size = cuts.first().map_or(1, |cut| cut % 50 + 1);
    assert_eq!(read_in_pieces(reader(), octets.chunks(size)), whole);
    let mut errors = whole.items.iter().filter_map(|(offset, item)| match item {
        OwnedItem::StreamError(_, error) => Some((error.rule, Scope::Stream(error.stream_id), *offset)),
        _ => None,
    });
    let end = match whole.end {
        End::Failed(error) => Some((error.rule, Scope::Connection, broken.answer.offset)),
        End::Needed(..) => None,
    };
    let Answer { scope, offset, .. } = broken.answer;
    assert_eq!(errors.next().or(end), expected.map(|rule| (rule, scope, offset)), "{broken:?}");
}
