//! A table of rules: one row per rule, from which everything that is known of it is made.

/// Defines an enum of rules. Each row has the variant, its name, the section of the RFC, the error code to send, a sentence
/// that says what the peer did, and a remedy that would mend it.
///
/// This is the one macro of the project: without it, every rule would be written three times. Each column
/// is a function of its own, so that a device links only those that it asks for.
#[doc(hidden)]
#[macro_export]
macro_rules! rule_table {
    (
        $(#[$attribute:meta])*
        pub enum $Table:ident {
            $( $variant:ident: $name:literal, RFC $rfc:literal $section:literal, $code:ident, $sentence:literal, $remedy:literal; )+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum $Table {
            $( #[doc = concat!("`", $name, "`, RFC ", $rfc, " §", $section, ": ", $sentence, ".")] $variant, )+
        }

        impl $Table {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The name in snake case. It is stable: scripts may depend on it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// The section of the RFC that states the rule.
            #[must_use]
            pub const fn section(self) -> $crate::RfcSection {
                match self { $( Self::$variant => $crate::RfcSection { rfc: $rfc, number: $section }, )+ }
            }

            /// The error code to send to a peer that breaks the rule.
            #[must_use]
            pub const fn code(self) -> $crate::ErrorCode {
                match self { $( Self::$variant => $crate::ErrorCode::$code, )+ }
            }

            /// What the peer did, in one sentence without a full stop.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $( Self::$variant => $sentence, )+ }
            }

            /// The usual cause and how to mend it, without a full stop.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $( Self::$variant => $remedy, )+ }
            }
        }

        impl ::core::fmt::Display for $Table {
            /// The sentence and the section.
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                write!(f, "{} ({})", self.sentence(), self.section())
            }
        }

        impl ::core::error::Error for $Table {}
    };
}
