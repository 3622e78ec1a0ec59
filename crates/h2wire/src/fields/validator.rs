//! Whether a field section is one that HTTP/2 allows, field by field, in a few octets of state. RFC 9113 §8.2, §8.3.

use super::Malformed;

/// Checks the fields of one section in their order.
///
/// It keeps the first breach and takes the rest as it comes, so that HPACK can decode the block to its end. Names and
/// values are looked at once each, never stored.
///
/// ```
/// use h2wire::{Expected, FieldValidator, Malformed, SectionKind};
///
/// let mut validator = FieldValidator::new(Expected::Request);
/// validator.field(b":method", b"GET");
/// validator.field(b":scheme", b"https");
/// validator.field(b":path", b"/");
/// assert_eq!(validator.finish(true), Ok(SectionKind::Request));
///
/// let mut validator = FieldValidator::new(Expected::Request);
/// validator.field(b"Host", b"example.test");
/// assert_eq!(validator.finish(true), Err(Malformed::FieldName));
/// ```
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub struct FieldValidator {
    /// Whether `:protocol` is defined here: `SETTINGS_ENABLE_CONNECT_PROTOCOL` was sent. RFC 8441 §3. Default on, which
    /// leaves it to whoever knows the settings.
    pub extended_connect: bool,
    expected: Expected,
    kind: Option<SectionKind>,
    seen: u8,
    regular_seen: bool,
    method: Method,
    is_http_scheme: bool,
    path: Path,
    has_userinfo: bool,
    malformed: Option<Malformed>,
}

/// Whose fields come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Expected {
    /// A client's HEADERS: a request, or its trailers.
    Request,
    /// A server's HEADERS: a response, or its trailers.
    Response,
    /// A server's `PUSH_PROMISE`: a request.
    Promise,
    /// Any HEADERS: for whoever listens to either side.
    Any,
}

/// What a field section is. Which one may come when is for whoever keeps the state of the stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SectionKind {
    /// The head of a request.
    Request,
    /// The head of a response, interim or final.
    Response,
    /// Fields behind the content; no pseudo-header fields.
    Trailers,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Method {
    Connect,
    Options,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Path {
    Empty,
    Absolute,
    Asterisk,
    Other,
}

/// Bits of `seen`.
const METHOD: u8 = 1;
const SCHEME: u8 = 2;
const PATH: u8 = 4;
const AUTHORITY: u8 = 8;
const PROTOCOL: u8 = 16;
const STATUS: u8 = 32;

impl FieldValidator {
    /// A validator for one section.
    #[must_use]
    pub const fn new(expected: Expected) -> Self {
        Self {
            extended_connect: true,
            expected,
            kind: None,
            seen: 0,
            regular_seen: false,
            method: Method::Other,
            is_http_scheme: false,
            path: Path::Other,
            has_userinfo: false,
            malformed: None,
        }
    }

    /// Takes the next field.
    pub fn field(&mut self, name: &[u8], value: &[u8]) {
        if self.malformed.is_none() {
            self.malformed = self.check(name, value).err();
        }
    }

    /// Ends the section. `end_stream` is the flag of its HEADERS frame.
    ///
    /// # Errors
    /// The first breach of RFC 9113 §8.2 or §8.3 in the order of the fields, then what is missing.
    pub fn finish(&self, end_stream: bool) -> Result<SectionKind, Malformed> {
        if let Some(malformed) = self.malformed {
            return Err(malformed);
        }
        let kind = match self.kind {
            Some(kind) => kind,
            None if self.expected == Expected::Promise => SectionKind::Request,
            None => SectionKind::Trailers,
        };
        match kind {
            SectionKind::Request => self.check_request()?,
            // §8.3.2
            SectionKind::Response if !self.has(STATUS) => return Err(Malformed::StatusMissing),
            // §8.1
            SectionKind::Trailers if !end_stream => return Err(Malformed::TrailersWithoutEndStream),
            SectionKind::Response | SectionKind::Trailers => {}
        }
        Ok(kind)
    }

    const fn has(&self, fields: u8) -> bool {
        self.seen & fields == fields
    }

    fn check(&mut self, name: &[u8], value: &[u8]) -> Result<(), Malformed> {
        check_value(value)?;
        if name.first() == Some(&b':') {
            return self.pseudo(name, value);
        }
        // §8.2.1
        if name.is_empty() || !name.iter().all(|octet| is_lower_token(*octet)) {
            return Err(Malformed::FieldName);
        }
        self.regular_seen = true;
        match name {
            // §8.2.2
            b"connection" | b"proxy-connection" | b"keep-alive" | b"transfer-encoding" | b"upgrade" => {
                Err(Malformed::ConnectionSpecific)
            }
            // §8.2.2
            b"te" if !value.eq_ignore_ascii_case(b"trailers") => Err(Malformed::Te),
            _ => Ok(()),
        }
    }

    fn pseudo(&mut self, name: &[u8], value: &[u8]) -> Result<(), Malformed> {
        // §8.3
        if self.regular_seen {
            return Err(Malformed::PseudoFieldLate);
        }
        let (field, kind) = match name {
            b":method" => (METHOD, SectionKind::Request),
            b":scheme" => (SCHEME, SectionKind::Request),
            b":path" => (PATH, SectionKind::Request),
            b":authority" => (AUTHORITY, SectionKind::Request),
            b":protocol" if self.extended_connect => (PROTOCOL, SectionKind::Request),
            b":status" => (STATUS, SectionKind::Response),
            // §8.3
            _ => return Err(Malformed::PseudoFieldUnknown),
        };
        let expected = match self.expected {
            Expected::Request | Expected::Promise => SectionKind::Request,
            Expected::Response => SectionKind::Response,
            Expected::Any => self.kind.unwrap_or(kind),
        };
        // §8.3
        if kind != expected {
            return Err(Malformed::PseudoFieldOfOtherSide);
        }
        // §8.3
        if self.has(field) {
            return Err(Malformed::PseudoFieldRepeated);
        }
        self.kind = Some(kind);
        self.seen |= field;
        self.take_note(field, value)
    }

    fn take_note(&mut self, field: u8, value: &[u8]) -> Result<(), Malformed> {
        match field {
            METHOD => {
                self.method = match value {
                    b"CONNECT" => Method::Connect,
                    b"OPTIONS" => Method::Options,
                    _ => Method::Other,
                }
            }
            SCHEME => {
                self.is_http_scheme =
                    value.eq_ignore_ascii_case(b"http") || value.eq_ignore_ascii_case(b"https");
            }
            PATH => {
                self.path = match value {
                    [] => Path::Empty,
                    [b'/', ..] => Path::Absolute,
                    [b'*'] => Path::Asterisk,
                    _ => Path::Other,
                }
            }
            AUTHORITY => self.has_userinfo = value.contains(&b'@'),
            // §8.3.2
            STATUS if !matches!(value, [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9']) => {
                return Err(Malformed::StatusForm);
            }
            _ => {}
        }
        Ok(())
    }

    fn check_request(&self) -> Result<(), Malformed> {
        let is_connect = self.method == Method::Connect;
        let malformed = match () {
            // §8.3.1
            () if !self.has(METHOD) => Malformed::MethodMissing,
            // RFC 8441 §4
            () if self.has(PROTOCOL) && !is_connect => Malformed::ProtocolWithoutConnect,
            // §8.5
            () if is_connect && !self.has(AUTHORITY) => Malformed::ConnectWithoutAuthority,
            () if is_connect && !self.has(PROTOCOL) => {
                // §8.5
                return if self.seen & (SCHEME | PATH) == 0 {
                    Ok(())
                } else {
                    Err(Malformed::ConnectWithPath)
                };
            }
            // §8.3.1
            () if !self.has(SCHEME) => Malformed::SchemeMissing,
            // §8.3.1
            () if !self.has(PATH) => Malformed::PathMissing,
            () if !self.is_http_scheme => return Ok(()),
            // §8.3.1
            () if self.has_userinfo => Malformed::AuthorityUserinfo,
            () => match self.path {
                Path::Absolute => return Ok(()),
                Path::Asterisk if self.method == Method::Options => return Ok(()),
                // §8.3.1
                Path::Empty => Malformed::PathEmpty,
                // §8.3.1
                Path::Asterisk | Path::Other => Malformed::PathForm,
            },
        };
        Err(malformed)
    }
}

/// §8.2.1
fn check_value(value: &[u8]) -> Result<(), Malformed> {
    let is_space = |octet: Option<&u8>| matches!(octet, Some(b' ' | b'\t'));
    let is_forbidden = |octet: &u8| matches!(octet, 0 | b'\r' | b'\n');
    if is_space(value.first()) || is_space(value.last()) || value.iter().any(is_forbidden) {
        return Err(Malformed::FieldValue);
    }
    Ok(())
}

/// An octet of a token (RFC 9110 §5.6.2) that is no upper-case letter.
const fn is_lower_token(octet: u8) -> bool {
    matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'^' | b'_' | b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fields<'a> = &'a [(&'a str, &'a str)];

    fn finish(expected: Expected, fields: Fields<'_>, end_stream: bool) -> Result<SectionKind, Malformed> {
        let mut validator = FieldValidator::new(expected);
        for (name, value) in fields {
            validator.field(name.as_bytes(), value.as_bytes());
        }
        validator.finish(end_stream)
    }

    const GET: [(&str, &str); 3] = [(":method", "GET"), (":scheme", "https"), (":path", "/")];

    /// A GET request with one more field behind it.
    fn get_with(name: &str, value: &str) -> Result<SectionKind, Malformed> {
        let [method, scheme, path] = GET;
        finish(Expected::Request, &[method, scheme, path, (name, value)], true)
    }

    /// A request of these pseudo-header fields.
    fn request(fields: Fields<'_>) -> Result<SectionKind, Malformed> {
        finish(Expected::Request, fields, true)
    }

    #[test]
    fn well_formed_sections_are_told_apart() {
        assert_eq!(request(&GET), Ok(SectionKind::Request));
        assert_eq!(finish(Expected::Promise, &GET, false), Ok(SectionKind::Request));
        assert_eq!(finish(Expected::Any, &GET, false), Ok(SectionKind::Request));
        let response = [(":status", "200"), ("content-type", "text/plain")];
        assert_eq!(finish(Expected::Response, &response, false), Ok(SectionKind::Response));
        assert_eq!(finish(Expected::Any, &response, false), Ok(SectionKind::Response));
        for expected in [Expected::Request, Expected::Response, Expected::Any] {
            assert_eq!(finish(expected, &[("grpc-status", "0")], true), Ok(SectionKind::Trailers));
            assert_eq!(finish(expected, &[], true), Ok(SectionKind::Trailers));
        }
    }

    #[test]
    fn names_are_lower_case_tokens() {
        for octet in 0..=255_u8 {
            let name = [b'x', octet];
            let mut validator = FieldValidator::new(Expected::Any);
            validator.field(&name, b"");
            let is_token = octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
            let allowed = is_token && !octet.is_ascii_uppercase();
            assert_eq!(validator.finish(true).is_ok(), allowed, "{octet:#04x}");
        }
        assert_eq!(get_with("", "x"), Err(Malformed::FieldName));
        assert_eq!(get_with("a:b", "x"), Err(Malformed::FieldName));
    }

    #[test]
    fn values_have_no_line_ends_and_no_white_space_around() {
        for value in ["a\0b", "a\rb", "a\nb", " a", "a ", "\ta", "a\t", " "] {
            assert_eq!(get_with("x", value), Err(Malformed::FieldValue), "{value:?}");
        }
        for value in ["", "a b\tc", "\u{e9}", "\x01"] {
            assert_eq!(get_with("x", value), Ok(SectionKind::Request), "{value:?}");
        }
        assert_eq!(request(&[(":method", "GET\n"), GET[1], GET[2]]), Err(Malformed::FieldValue));
    }

    #[test]
    fn fields_of_an_http1_connection_are_malformed() {
        for name in ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"] {
            assert_eq!(get_with(name, "x"), Err(Malformed::ConnectionSpecific));
        }
        assert_eq!(get_with("te", "trailers"), Ok(SectionKind::Request));
        assert_eq!(get_with("te", "Trailers"), Ok(SectionKind::Request));
        assert_eq!(get_with("te", "gzip"), Err(Malformed::Te));
        assert_eq!(get_with("te", "trailers, gzip"), Err(Malformed::Te));
    }

    #[test]
    fn pseudo_fields_are_known_first_unique_and_of_one_side() {
        assert_eq!(get_with(":unknown", "x"), Err(Malformed::PseudoFieldUnknown));
        assert_eq!(get_with(":", "x"), Err(Malformed::PseudoFieldUnknown));
        for field in GET {
            assert_eq!(get_with(field.0, field.1), Err(Malformed::PseudoFieldRepeated));
        }
        assert_eq!(get_with(":status", "200"), Err(Malformed::PseudoFieldOfOtherSide));
        let response = |name| finish(Expected::Response, &[(":status", "200"), (name, "x")], true);
        assert_eq!(response(":path"), Err(Malformed::PseudoFieldOfOtherSide));
        assert_eq!(response(":status"), Err(Malformed::PseudoFieldRepeated));
        let mixed = [(":status", "200"), (":path", "/")];
        assert_eq!(finish(Expected::Any, &mixed, true), Err(Malformed::PseudoFieldOfOtherSide));
        let late = [("a", "b"), (":method", "GET")];
        assert_eq!(finish(Expected::Any, &late, true), Err(Malformed::PseudoFieldLate));
    }

    #[test]
    fn requests_are_complete() {
        assert_eq!(request(&[GET[1], GET[2]]), Err(Malformed::MethodMissing));
        assert_eq!(request(&[GET[0], GET[2]]), Err(Malformed::SchemeMissing));
        assert_eq!(request(&[GET[0], GET[1]]), Err(Malformed::PathMissing));
        assert_eq!(finish(Expected::Promise, &[], true), Err(Malformed::MethodMissing));
    }

    #[test]
    fn paths_have_a_form() {
        let path =
            |method, scheme, path| request(&[(":method", method), (":scheme", scheme), (":path", path)]);
        assert_eq!(path("GET", "https", ""), Err(Malformed::PathEmpty));
        assert_eq!(path("GET", "HTTP", ""), Err(Malformed::PathEmpty));
        assert_eq!(path("GET", "https", "index.html"), Err(Malformed::PathForm));
        assert_eq!(path("GET", "https", "*"), Err(Malformed::PathForm));
        assert_eq!(path("OPTIONS", "https", "*"), Ok(SectionKind::Request));
        assert_eq!(path("OPTIONS", "https", "*x"), Err(Malformed::PathForm));
        assert_eq!(path("GET", "coap", ""), Ok(SectionKind::Request));
        let authority = |value| request(&[GET[0], GET[1], GET[2], (":authority", value)]);
        assert_eq!(authority("example.test:8443"), Ok(SectionKind::Request));
        assert_eq!(authority("user@example.test"), Err(Malformed::AuthorityUserinfo));
    }

    #[test]
    fn connect_has_an_authority_and_nothing_else() {
        let connect = (":method", "CONNECT");
        let authority = (":authority", "example.test:443");
        assert_eq!(request(&[connect, authority]), Ok(SectionKind::Request));
        assert_eq!(request(&[connect]), Err(Malformed::ConnectWithoutAuthority));
        assert_eq!(request(&[connect, authority, GET[1]]), Err(Malformed::ConnectWithPath));
        assert_eq!(request(&[connect, authority, GET[2]]), Err(Malformed::ConnectWithPath));
    }

    #[test]
    fn extended_connect_has_all() {
        let connect = [(":method", "CONNECT"), (":protocol", "websocket"), (":authority", "example.test")];
        let [method, protocol, authority] = connect;
        assert_eq!(request(&[method, protocol, authority, GET[1], GET[2]]), Ok(SectionKind::Request));
        assert_eq!(request(&[method, protocol, authority, GET[2]]), Err(Malformed::SchemeMissing));
        assert_eq!(request(&[method, protocol, authority, GET[1]]), Err(Malformed::PathMissing));
        assert_eq!(request(&[method, protocol, GET[1], GET[2]]), Err(Malformed::ConnectWithoutAuthority));
        assert_eq!(request(&[GET[0], protocol, GET[1], GET[2]]), Err(Malformed::ProtocolWithoutConnect));
        let mut validator =
            FieldValidator { extended_connect: false, ..FieldValidator::new(Expected::Request) };
        validator.field(b":protocol", b"websocket");
        assert_eq!(validator.finish(true), Err(Malformed::PseudoFieldUnknown));
    }

    #[test]
    fn responses_have_a_status_of_three_digits() {
        for (value, allowed) in [
            ("200", true),
            ("100", true),
            ("999", true),
            ("099", false),
            ("20", false),
            ("2000", false),
            ("2xx", false),
            ("", false),
        ] {
            let kind = finish(Expected::Response, &[(":status", value)], true);
            assert_eq!(
                kind,
                if allowed { Ok(SectionKind::Response) } else { Err(Malformed::StatusForm) },
                "{value}"
            );
        }
    }

    #[test]
    fn trailers_end_their_stream() {
        assert_eq!(finish(Expected::Any, &[("a", "b")], false), Err(Malformed::TrailersWithoutEndStream));
        assert_eq!(
            finish(Expected::Response, &[("a", "b")], false),
            Err(Malformed::TrailersWithoutEndStream)
        );
    }

    #[test]
    fn the_first_breach_is_kept() {
        let fields = [("A", "b"), ("te", "gzip"), (":path", "")];
        assert_eq!(finish(Expected::Any, &fields, true), Err(Malformed::FieldName));
    }
}
