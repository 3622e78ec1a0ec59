//! Which rules can be broken, and by whom.

use h2wire_frame::FrameRule;
use h2wire_hpack::HpackError;

use crate::{Limit, Malformed, Role, Rule};

/// Rules that nobody can break for a reader:
///
/// - [`ContinuationStreamId`](FrameRule::ContinuationStreamId): a reader that knows the order of frames finds a CONTINUATION frame
///   on stream 0 out of order; only [`FrameReader::stateless`](crate::FrameReader::stateless) finds it on the wrong stream.
/// - [`AbandonedBlock`](HpackError::AbandonedBlock): the caller of a decoder abandons a block.
/// - [`FieldValueControl`](Malformed::FieldValueControl) and [`AuthorityMissing`](Malformed::AuthorityMissing): only a sender is
///   held to them.
/// - [`PseudoFieldInTrailers`](Malformed::PseudoFieldInTrailers): only who knows the stream knows that trailers come. It is a
///   [`StreamBreach`](super::StreamBreach).
pub const UNBREAKABLE: &[Rule] = &[
    Rule::Frame(FrameRule::ContinuationStreamId),
    Rule::Hpack(HpackError::AbandonedBlock),
    Rule::Malformed(Malformed::FieldValueControl),
    Rule::Malformed(Malformed::AuthorityMissing),
    Rule::Malformed(Malformed::PseudoFieldInTrailers),
];

/// The rules that `sender` can break: all but those of [`UNBREAKABLE`], and those that only the other side can break.
///
/// Only a client breaks the rules about a preface, about requests, [`HeadersServerStream`](FrameRule::HeadersServerStream) and
/// [`PushPromiseToServer`](FrameRule::PushPromiseToServer). Only a server breaks the rules about responses and promises (a client that
/// sends `PUSH_PROMISE` is refused before its payload is looked at),
/// [`SettingsEnablePushByServer`](FrameRule::SettingsEnablePushByServer) and
/// [`PriorityUpdateToClient`](FrameRule::PriorityUpdateToClient). [`Role::Observer`] sends nothing, so it breaks none.
pub fn breakable(sender: Role) -> impl Iterator<Item = Rule> {
    all().filter(move |rule| is_breakable(*rule, sender))
}

fn all() -> impl Iterator<Item = Rule> {
    let frames = FrameRule::ALL.iter().map(|rule| Rule::Frame(*rule));
    let hpack = HpackError::ALL.iter().map(|error| Rule::Hpack(*error));
    let malformed = Malformed::ALL.iter().map(|malformed| Rule::Malformed(*malformed));
    let limits = Limit::ALL.iter().map(|limit| Rule::Limit(*limit));
    frames.chain(hpack).chain(malformed).chain(limits)
}

pub(super) fn is_breakable(rule: Rule, sender: Role) -> bool {
    let by_either = !UNBREAKABLE.contains(&rule);
    match sender {
        Role::Client => by_either && !is_only_of_server(rule),
        Role::Server => by_either && !is_only_of_client(rule),
        Role::Observer => false,
    }
}

fn is_only_of_client(rule: Rule) -> bool {
    match rule {
        Rule::Frame(rule) => matches!(
            rule,
            FrameRule::Preface
                | FrameRule::HeadersServerStream
                | FrameRule::PushPromiseToServer
                // Of a server all are refused before the payload.
                | FrameRule::PriorityUpdatePrioritizedStreamId
        ),
        Rule::Malformed(malformed) => matches!(
            malformed,
            Malformed::Te
                | Malformed::MethodMissing
                | Malformed::MethodForm
                | Malformed::SchemeMissing
                | Malformed::SchemeForm
                | Malformed::PathMissing
                | Malformed::PathEmpty
                | Malformed::PathForm
                | Malformed::AuthorityForm
                | Malformed::AuthorityUserinfo
                | Malformed::HostForm
                | Malformed::HostRepeated
                | Malformed::HostDiffers
                | Malformed::ConnectWithPath
                | Malformed::ConnectAuthorityForm
                | Malformed::ConnectWithoutAuthority
                | Malformed::ProtocolWithoutConnect
                | Malformed::ProtocolForm
                | Malformed::ContentLengthEndStream
        ),
        Rule::Hpack(_) | Rule::Limit(_) => false,
    }
}

fn is_only_of_server(rule: Rule) -> bool {
    match rule {
        Rule::Frame(rule) => matches!(
            rule,
            FrameRule::SettingsEnablePushByServer
                | FrameRule::PushPromisePadding
                | FrameRule::PushPromisePromisedStreamId
                | FrameRule::PushPromiseDisabled
                | FrameRule::PriorityUpdateToClient
        ),
        Rule::Malformed(malformed) => matches!(
            malformed,
            Malformed::StatusForm
                | Malformed::StatusSwitchingProtocols
                | Malformed::InformationalEndStream
                | Malformed::PromiseMethod
                | Malformed::PromiseWithoutAuthority
                | Malformed::PromiseWithContent
        ),
        Rule::Hpack(_) | Rule::Limit(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_breakable_by_a_side_or_listed() {
        for rule in all() {
            let by_a_side = [Role::Client, Role::Server].map(|sender| is_breakable(rule, sender));
            assert_eq!(by_a_side.contains(&true), !UNBREAKABLE.contains(&rule), "{rule:?}");
        }
        assert_eq!(breakable(Role::Observer).count(), 0);
    }
}
