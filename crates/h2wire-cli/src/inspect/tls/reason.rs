//! Why something is not decrypted.

use std::fmt;

/// Why a direction, or a connection, is not decrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reason {
    /// There is no key log.
    NoKeyLog,
    /// The key log does not know this connection.
    NoSecret,
    Version(u16),
    Suite(u16),
    Compressed,
    /// The handshake was given up.
    Alert(u8),
    NoClientHello,
    NoServerHello,
    /// Bytes that are no records, or messages that are none.
    NotTls,
    /// A record that the secret does not open.
    Sealed,
    Renegotiated,
    /// Bytes of the hellos, or all records after some bytes.
    Lost,
    /// The handshake is complete, and nothing came after it.
    NoContent,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoKeyLog => names::NO_KEYLOG,
            Self::NoSecret => "no secret for its client random in the key log",
            Self::Version(number) => {
                return write!(formatter, "cannot decrypt {}", version_name(*number));
            }
            Self::Suite(number) => {
                return write!(
                    formatter,
                    "cannot decrypt cipher suite {}{}",
                    suite_name(*number),
                    names::NO_SUITE
                );
            }
            Self::Compressed => "cannot decrypt compressed records",
            Self::Alert(number) => {
                return write!(formatter, "the handshake ended with the alert {}", alert_name(*number));
            }
            Self::NoClientHello => "the capture lacks the ClientHello",
            Self::NoServerHello => "the capture lacks the ServerHello",
            Self::NotTls => "bytes that are no TLS records follow",
            Self::Sealed => {
                "a record does not open: its secret is another one, or a record before it is missing"
            }
            Self::Lost => "no record opens after bytes that the capture lacks",
            Self::Renegotiated => "it was negotiated again, which HTTP/2 forbids",
            Self::NoContent => "it carried no data",
        })
    }
}

/// A version as people write it.
pub(crate) fn version_name(number: u16) -> String {
    match names::version(number) {
        Some(name) => name.replace("TLSv1_", "TLS 1."),
        None => format!("TLS version {number:#06x}"),
    }
}

/// The name that IANA has for a suite; rustls has another one for those of TLS 1.3.
pub(crate) fn suite_name(number: u16) -> String {
    names::suite(number).map_or_else(|| format!("{number:#06x}"), |name| name.replace("TLS13_", "TLS_"))
}

fn alert_name(number: u8) -> String {
    names::alert(number).map_or_else(|| number.to_string(), str::to_owned)
}

/// The names that rustls has.
#[cfg(feature = "tls")]
mod names {
    use rustls::{AlertDescription, CipherSuite, ProtocolVersion};

    pub(super) const NO_KEYLOG: &str = "name a key log with --keylog to decrypt it";
    pub(super) const NO_SUITE: &str = "";

    pub(super) fn version(number: u16) -> Option<&'static str> {
        ProtocolVersion::from(number).as_str()
    }

    pub(super) fn suite(number: u16) -> Option<&'static str> {
        CipherSuite::from(number).as_str()
    }

    pub(super) fn alert(number: u8) -> Option<&'static str> {
        AlertDescription::from(number).as_str()
    }
}

/// Without it there are numbers, and the command decrypts what cannot be decrypted here.
#[cfg(not(feature = "tls"))]
mod names {
    pub(super) const NO_KEYLOG: &str = "h2wire decode --keylog decrypts it";
    pub(super) const NO_SUITE: &str = " here: h2wire decode decrypts it";

    pub(super) const fn version(_number: u16) -> Option<&'static str> {
        None
    }

    pub(super) const fn suite(_number: u16) -> Option<&'static str> {
        None
    }

    pub(super) const fn alert(_number: u8) -> Option<&'static str> {
        None
    }
}
