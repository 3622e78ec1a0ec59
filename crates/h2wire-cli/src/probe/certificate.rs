//! The names and dates of a certificate.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use crate::render::printable;

/// The part of a certificate that helps when TLS fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    /// The names and addresses of the certificate.
    pub(crate) names: Vec<String>,
}

impl Certificate {
    /// Returns `None` if `der` is not an X.509 certificate.
    pub(crate) fn parse(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let text = |text: String| printable(text.as_bytes());
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map_or(&[][..], |extension| extension.value.general_names.as_slice());
        Some(Self {
            subject: text(certificate.subject().to_string()),
            issuer: text(certificate.issuer().to_string()),
            not_before: date(certificate.validity().not_before),
            not_after: date(certificate.validity().not_after),
            names: names.iter().map(name).map(text).collect(),
        })
    }
}

fn name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) | GeneralName::RFC822Name(name) => {
            (*name).to_owned()
        }
        GeneralName::IPAddress(octets) => match (<[u8; 4]>::try_from(*octets), <[u8; 16]>::try_from(*octets))
        {
            (Ok(octets), _) => std::net::Ipv4Addr::from(octets).to_string(),
            (_, Ok(octets)) => std::net::Ipv6Addr::from(octets).to_string(),
            _ => name.to_string(),
        },
        other => other.to_string(),
    }
}

fn date(time: ASN1Time) -> String {
    let time = time.to_datetime();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_who_and_until_when() {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names.clone()).unwrap();
        let certificate = Certificate::parse(made.cert.der()).unwrap();
        assert_eq!(certificate.names, names);
        assert_eq!(certificate.subject, "CN=rcgen self signed cert");
        assert_eq!(certificate.issuer, certificate.subject);
        assert_eq!(certificate.not_after, "4096-01-01T00:00:00Z");
        assert_eq!(Certificate::parse(b"none"), None);
    }
}
