//! How a reader judges.

use h2wire_frame::{ParseOptions, PayloadLength};

use crate::{Malformed, MalformedSet};

/// What a reader accepts and how it judges. It may be changed between two reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "switches that are independent of each other")]
pub struct Options {
    /// Whether `PRIORITY_UPDATE` (RFC 9218) is checked. If not it is an unknown frame. Default on.
    pub extensions: bool,
    /// Whether field sections are checked as [`FieldValidator`](crate::FieldValidator) does. Default on. Turn it off
    /// in tools that show everything; an endpoint must check the fields itself then (RFC 9113 §8.1.1, §10.3).
    pub validate_fields: bool,
    /// Rules about fields that are not checked while all others are. Default none. White space around values
    /// ([`Malformed::FieldValueWhiteSpace`]) is the one that real peers break most: other rules then judge the value of a regular
    /// field without that white space, and it is yielded with it. A pseudo-header field has none in any of its forms.
    pub allowed: MalformedSet,
    /// Whether `:protocol` is allowed though no `SETTINGS_ENABLE_CONNECT_PROTOCOL` 1 was passed to `settings_sent`. RFC 8441 §3.
    /// Default off. An observer always allows it, as it may not have seen the setting.
    pub extended_connect: bool,
    /// Whether a stream error ends the connection, which an endpoint may choose. RFC 9113 §5.4.1. Default off.
    pub escalate_stream_errors: bool,
}

impl Options {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        extensions: true,
        validate_fields: true,
        allowed: MalformedSet::EMPTY,
        extended_connect: false,
        escalate_stream_errors: false,
    };

    /// The same options with [`extensions`](Self::extensions) on or off.
    #[must_use]
    pub const fn with_extensions(self, extensions: bool) -> Self {
        Self { extensions, ..self }
    }

    /// The same options with [`validate_fields`](Self::validate_fields) on or off.
    #[must_use]
    pub const fn with_validate_fields(self, validate_fields: bool) -> Self {
        Self { validate_fields, ..self }
    }

    /// The same options with one more rule about fields that is not checked.
    ///
    /// ```
    /// use h2wire::{Malformed, Options};
    ///
    /// const OPTIONS: Options = Options::DEFAULT
    ///     .allow(Malformed::FieldValueWhiteSpace)
    ///     .allow(Malformed::AuthorityForm); // the path of a Unix socket
    /// ```
    #[must_use]
    pub const fn allow(self, malformed: Malformed) -> Self {
        Self { allowed: self.allowed.with(malformed), ..self }
    }

    /// The same options with [`extended_connect`](Self::extended_connect) on or off.
    #[must_use]
    pub const fn with_extended_connect(self, extended_connect: bool) -> Self {
        Self { extended_connect, ..self }
    }

    /// The same options with [`escalate_stream_errors`](Self::escalate_stream_errors) on or off.
    #[must_use]
    pub const fn with_escalate_stream_errors(self, escalate_stream_errors: bool) -> Self {
        Self { escalate_stream_errors, ..self }
    }

    pub(crate) const fn parse(&self, max_frame_size: PayloadLength) -> ParseOptions {
        ParseOptions::DEFAULT.with_max_frame_size(max_frame_size).with_extensions(self.extensions)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An option that is added has to be added here.
    #[test]
    fn each_setter_sets_its_option() {
        let default = Options::DEFAULT;
        let set = default
            .with_extensions(!default.extensions)
            .with_validate_fields(!default.validate_fields)
            .allow(Malformed::AuthorityForm)
            .with_extended_connect(!default.extended_connect)
            .with_escalate_stream_errors(!default.escalate_stream_errors);
        let expected = Options {
            extensions: !default.extensions,
            validate_fields: !default.validate_fields,
            allowed: MalformedSet::EMPTY.with(Malformed::AuthorityForm),
            extended_connect: !default.extended_connect,
            escalate_stream_errors: !default.escalate_stream_errors,
        };
        assert_eq!(set, expected);
    }
}
