//! The HTTP/1.1 request whose answer comes on stream 1, after an upgrade. RFC 7540 §3.2.

/// What is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct UpgradedRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) host: Option<String>,
}

impl UpgradedRequest {
    /// Finds it in the bytes that came before the preface; `None` if something else came there.
    pub(crate) fn find(octets: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(octets);
        let head = text.split("\r\n\r\n").filter(|head| value(head, "upgrade").is_some()).last()?;
        let mut words = head.lines().find(|line| line.ends_with(" HTTP/1.1"))?.split(' ');
        Some(Self {
            method: words.next()?.to_owned(),
            target: words.next()?.to_owned(),
            host: value(head, "host").map(str::to_owned),
        })
    }
}

/// The value of a field.
fn value<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_that_asks_for_it_is_upgraded() {
        let first = "GET /first HTTP/1.1\r\nHost: a.test\r\n\r\n";
        let second = "HEAD /second HTTP/1.1\r\nhost: a.test\r\nUPGRADE: h2c\r\n\r\n";
        let found = UpgradedRequest::find([first, second].concat().as_bytes()).unwrap();
        assert_eq!((found.method.as_str(), found.target.as_str()), ("HEAD", "/second"));
        assert_eq!(found.host.as_deref(), Some("a.test"));
        for other in [first, "CONNECT a.test:80 HTTP/1.1\r\n\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"] {
            assert_eq!(UpgradedRequest::find(other.as_bytes()), None);
        }
    }
}
