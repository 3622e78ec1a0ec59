//! Where peers answer otherwise than the table of rules, and why that is no finding.

use h2wire_frame::ErrorCode;

/// A known deviation of `h2` or nghttp2. A target returns those it met; anything else it panics about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "each variant is described by `Deviation::sentence`")]
pub enum Deviation {
    // Both
    GenericCode,
    WidenedScope,
    // h2
    H2WaitsForPayload,
    H2LengthAlone,
    H2LengthFirst,
    H2SelfDependency,
    H2EmptyPushPromise,
    H2FieldContents,
    H2ForgetsField,
    H2UpdateInContinuation,
    H2IntegerOctets,
    H2RstStreamOnConnection,
    H2PromisedStream,
    H2UnknownSetting,
    // nghttp2
    NgIgnoresPriority,
    NgSelfDependency,
    NgStreamState,
    NgWindowState,
    NgLastStreamState,
    NgPrioritizedConnection,
    NgLastCopyOfSetting,
    NgLengthFirst,
    NgPartOfInteger,
    NgSixthOctet,
    NgContinuationLength,
    NgMissingSizeUpdate,
    // nghttp2, about whole conversations
    NgForgetsStreams,
    NgPromiseCancelled,
    NgUnaskedAck,
    NgStreamFirst,
    // nghttp2, about fields
    NgAuthorityForm,
    NgAuthorityCharacters,
    NgAuthorityMissing,
    NgTunnelPort,
    NgHostDiffers,
    NgPathFragment,
    NgEmptyValue,
    NgProtocolForm,
    NgProtocolAuthority,
    NgStatusBelow100,
    NgTeInResponse,
    NgControlCharacters,
    NgContentLengthRepeated,
    NgContentLengthRange,
    NgContentLengthOfNoContent,
    NgContentLengthOfResponse,
    NgTrailersAsHead,
    NgPromiseMethod,
    NgPromiseAuthority,
    NgPromiseContent,
}

impl Deviation {
    /// All deviations.
    pub const ALL: &'static [Self] = &[
        Self::GenericCode,
        Self::WidenedScope,
        Self::H2WaitsForPayload,
        Self::H2LengthAlone,
        Self::H2LengthFirst,
        Self::H2SelfDependency,
        Self::H2EmptyPushPromise,
        Self::H2FieldContents,
        Self::H2ForgetsField,
        Self::H2UpdateInContinuation,
        Self::H2IntegerOctets,
        Self::H2RstStreamOnConnection,
        Self::H2PromisedStream,
        Self::H2UnknownSetting,
        Self::NgIgnoresPriority,
        Self::NgSelfDependency,
        Self::NgStreamState,
        Self::NgWindowState,
        Self::NgLastStreamState,
        Self::NgPrioritizedConnection,
        Self::NgLastCopyOfSetting,
        Self::NgLengthFirst,
        Self::NgPartOfInteger,
        Self::NgSixthOctet,
        Self::NgContinuationLength,
        Self::NgMissingSizeUpdate,
        Self::NgForgetsStreams,
        Self::NgPromiseCancelled,
        Self::NgUnaskedAck,
        Self::NgStreamFirst,
        Self::NgAuthorityForm,
        Self::NgAuthorityCharacters,
        Self::NgAuthorityMissing,
        Self::NgTunnelPort,
        Self::NgHostDiffers,
        Self::NgPathFragment,
        Self::NgEmptyValue,
        Self::NgProtocolForm,
        Self::NgProtocolAuthority,
        Self::NgStatusBelow100,
        Self::NgTeInResponse,
        Self::NgControlCharacters,
        Self::NgContentLengthRepeated,
        Self::NgContentLengthRange,
        Self::NgContentLengthOfNoContent,
        Self::NgContentLengthOfResponse,
        Self::NgTrailersAsHead,
        Self::NgPromiseMethod,
        Self::NgPromiseAuthority,
        Self::NgPromiseContent,
    ];

    /// What the peer does, in one sentence without a full stop.
    #[must_use]
    #[allow(clippy::too_many_lines, reason = "a sentence for each, and the compiler says if one is missing")]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::GenericCode => {
                "a peer may answer with PROTOCOL_ERROR where a code is more exact (RFC 9113 §5.4)"
            }
            Self::WidenedScope => "a peer may end the connection for an error of a stream (RFC 9113 §5.4.1)",
            Self::H2WaitsForPayload => "h2 looks at a frame when all of it is there, not at its ninth octet",
            Self::H2LengthAlone => {
                "h2 refuses a length that is too large at its third octet, not at the end of the header"
            }
            Self::H2LengthFirst => "h2 looks at the length before it asks whether the frame may come now",
            Self::H2SelfDependency => {
                "h2 keeps the rule of RFC 7540 that a stream must not depend on itself, and does not decode the block"
            }
            Self::H2EmptyPushPromise => "h2 refuses a PUSH_PROMISE whose fragment is empty",
            Self::H2FieldContents => {
                "h2 judges names and values inside HPACK, before the block is decoded to its end"
            }
            Self::H2UpdateInContinuation => {
                "h2 takes a size update behind fields when a CONTINUATION starts with it"
            }
            Self::H2IntegerOctets => "h2 refuses integers of more than 5 octets, 2^28 and a little",
            Self::H2RstStreamOnConnection => "h2's codec leaves RST_STREAM on stream 0 to its connection",
            Self::H2PromisedStream => {
                "h2's codec leaves it to its connection on which stream a promise comes, and which one it promises"
            }
            Self::H2UnknownSetting => "h2 does not know SETTINGS_NO_RFC7540_PRIORITIES and takes any value",
            Self::NgIgnoresPriority => {
                "nghttp2 looks at the length of a PRIORITY frame only, as RFC 9113 deprecates it"
            }
            Self::NgStreamState => {
                "nghttp2 knows which streams are idle or closed, and refuses frames on them"
            }
            Self::NgWindowState => {
                "nghttp2 knows the windows, and refuses an increment that makes one too large"
            }
            Self::NgLastStreamState => "nghttp2 knows its streams, and refuses a GOAWAY that names another",
            Self::NgLastCopyOfSetting => {
                "nghttp2 looks at the last copy of a setting in a frame, not at each"
            }
            Self::NgLengthFirst => "nghttp2 looks at the length of a frame before its stream",
            Self::NgPartOfInteger => {
                "nghttp2 refuses an integer when the octets that are there make it too large, not at its end"
            }
            Self::NgSixthOctet => {
                "nghttp2 refuses a long integer at its sixth octet behind the prefix, not at the fifth that says there is one"
            }
            Self::NgContinuationLength => "nghttp2 does not limit the length of CONTINUATION frames",
            Self::NgMissingSizeUpdate => {
                "nghttp2 wants a block after a lowered limit to start with an update to it, also if the table holds less (RFC 9113 §4.3.1)"
            }
            Self::NgForgetsStreams => {
                "nghttp2 does not remember streams that are closed, and ignores DATA, HEADERS and a WINDOW_UPDATE of 0 on them, also below the last one (RFC 9113 §5.1)"
            }
            Self::NgPromiseCancelled => {
                "nghttp2 cancels a promise that it has forbidden, acknowledged or not, or whose stream is closed, before it looks at anything else"
            }
            Self::NgUnaskedAck => "nghttp2 refuses an acknowledgment of SETTINGS that it did not send",
            Self::NgStreamFirst => "nghttp2 looks at the state of a stream before it decodes the field block",
            Self::NgSelfDependency => {
                "nghttp2 keeps the rule of RFC 7540 that a stream must not depend on itself, in HEADERS"
            }
            Self::H2ForgetsField => {
                "h2 forgets that a field is malformed when its fragment ends inside a later field"
            }
            Self::NgPrioritizedConnection => {
                "nghttp2 ignores a PRIORITY_UPDATE for stream 0; RFC 9218 §7.1 has an error of the connection"
            }
            Self::NgAuthorityForm => {
                "nghttp2 looks at the characters of an authority and of host, not whether they are a host and a port (RFC 3986 §3.2)"
            }
            Self::NgAuthorityCharacters => {
                "nghttp2 refuses userinfo and characters that no host has for any scheme; RFC 9113 §8.3.1 speaks of http and https"
            }
            Self::NgAuthorityMissing => {
                "nghttp2 wants :authority or host as it is received, for any scheme; RFC 9110 §7.2 binds the sender"
            }
            Self::NgTunnelPort => "nghttp2 does not ask whether a tunnel has a port (RFC 9113 §8.5)",
            Self::NgHostDiffers => "nghttp2 does not compare host with :authority (RFC 9113 §8.3.1)",
            Self::NgPathFragment => {
                "nghttp2 takes a :path with a fragment, which no path and query has (RFC 9113 §8.3.1)"
            }
            Self::NgEmptyValue => {
                "nghttp2 refuses pseudo-header fields and host without a value for any scheme; RFC 9113 §8.3.1 speaks of http and https"
            }
            Self::NgProtocolForm => "nghttp2 does not ask whether :protocol is a token (RFC 8441 §4)",
            Self::NgProtocolAuthority => {
                "nghttp2 wants :authority beside :protocol; host does as well (RFC 9113 §8.3.1)"
            }
            Self::NgStatusBelow100 => {
                "nghttp2 takes any three digits as :status; the first is 1 to 9 (RFC 9110 §15)"
            }
            Self::NgTeInResponse => {
                "nghttp2 takes `te: trailers` in a response; RFC 9113 §8.2.2 has it in requests alone"
            }
            Self::NgControlCharacters => {
                "nghttp2 refuses any control character in a value; RFC 9113 §8.2.1 makes NUL, CR and LF malformed"
            }
            Self::NgContentLengthRepeated => {
                "nghttp2 refuses two content-length fields that are equal, as RFC 9110 §8.6 allows"
            }
            Self::NgContentLengthRange => {
                "nghttp2 counts to 2^63-1; RFC 9110 §8.6 has no largest content-length"
            }
            Self::NgContentLengthOfNoContent => {
                "nghttp2 refuses content-length in 1xx and 204; RFC 9110 §8.6 binds the sender, RFC 9113 §8.1.1 lets it be received"
            }
            Self::NgContentLengthOfResponse => {
                "nghttp2 knows the request, so that it counts the content of a response"
            }
            Self::NgTrailersAsHead => {
                "nghttp2 judges host and content-length in trailers as if they were in the head"
            }
            Self::NgPromiseMethod => {
                "nghttp2 takes a promise of any method but CONNECT; RFC 9113 §8.4 has safe and cacheable ones"
            }
            Self::NgPromiseAuthority => {
                "nghttp2 takes host in place of the :authority of a promise (RFC 9113 §8.4)"
            }
            Self::NgPromiseContent => "nghttp2 takes a promise with content-length (RFC 9113 §8.4)",
        }
    }
}

/// Codes are compared after that both refuse: the same, or the generic one.
///
/// # Panics
/// For another code.
pub(crate) fn code(ours: ErrorCode, theirs: u32) -> Option<Deviation> {
    if ours.0 == theirs {
        return None;
    }
    assert_eq!(ErrorCode(theirs), ErrorCode::PROTOCOL_ERROR, "we say {ours}");
    Some(Deviation::GenericCode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_sentences() {
        for (index, deviation) in Deviation::ALL.iter().enumerate() {
            assert_eq!(*deviation as usize, index, "{deviation:?} is out of order or missing before it");
            assert!(deviation.sentence().len() > 20 && !deviation.sentence().ends_with('.'));
        }
        assert_eq!(
            Deviation::ALL.last(),
            Some(&Deviation::NgPromiseContent),
            "the last variant ends the list"
        );
    }
}
