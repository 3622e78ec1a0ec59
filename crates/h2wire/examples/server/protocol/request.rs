//! The state of a request.

use h2wire::FieldList;

/// A request, without its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    pub fields: FieldList,
}

impl Request {
    pub fn method(&self) -> &[u8] {
        self.fields.get(b":method").unwrap_or_default()
    }

    pub fn path(&self) -> &[u8] {
        self.fields.get(b":path").unwrap_or_default()
    }

    /// Whether the client waits for 100 (Continue) before it sends content. RFC 9110 §10.1.1
    pub fn expects_continue(&self) -> bool {
        self.fields.get(b"expect").is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"))
    }

    /// Whether Host names another authority than `:authority`, by which requests are smuggled. RFC 9113 §8.3.1
    pub fn host_differs(&self) -> bool {
        let Some(authority) = self.fields.get(b":authority") else { return false };
        self.fields.get(b"host").is_some_and(|host| !host.eq_ignore_ascii_case(authority))
    }

    /// The value of content-length: `Err` if it is no number, or if there are several that differ. RFC 9110 §8.6
    pub fn content_length(&self) -> Result<Option<u64>, &'static str> {
        let mut length = None;
        for field in self.fields.iter().filter(|field| field.name == b"content-length") {
            let octets = parse(field.value).ok_or("content-length is no number")?;
            if length.is_some_and(|earlier| earlier != octets) {
                return Err("content-length comes twice");
            }
            length = Some(octets);
        }
        Ok(length)
    }
}

/// Digits alone: the parser of the standard library takes a sign too.
fn parse(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(value).ok()?.parse().ok()
}
