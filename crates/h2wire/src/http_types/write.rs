//! Messages of the `http` crate to fields.

use alloc::borrow::Cow;

use ::http::header::{COOKIE, HOST};
use ::http::uri::Scheme;
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, request, response};

use super::cookie::Crumbs;
use super::{MalformedField, NeverIndexed, Protocol, TargetScheme, ToFieldsError};
use crate::fields::{HostDigest, SchemeKind};
use crate::{Breach, Expected, FieldLine, FieldValidator, Indexing, Malformed, MalformedSet};

/// The fields of a message, borrowed from it: the result of [`request_fields`], [`response_fields`] and [`trailer_fields`].
#[derive(Clone, Debug)]
pub struct HttpFields<'a> {
    /// In the order in which they are sent.
    pseudo: [PseudoField<'a>; 5],
    never_indexed: NeverIndexed,
    headers: &'a HeaderMap,
    host_is_authority: bool,
}

/// Only a path may have to be put together.
type PseudoField<'a> = (&'static str, Option<Cow<'a, str>>);

const ABSENT: PseudoField<'static> = ("", None);

/// The fields of a request. RFC 9113 §8.3.1, §8.5, RFC 8441 §4.
///
/// `host` becomes `:authority` if the URI has none, and is left out where it says the same. The scheme is that of the URI or
/// the extension [`TargetScheme`]; a [`Protocol`] makes a CONNECT an extended one; values that are
/// [sensitive](HeaderValue::is_sensitive) are never indexed, nor are pseudo-header fields in [`NeverIndexed`]. The version
/// is not looked at.
///
/// ```
/// use h2wire::http_types::request_fields;
///
/// let request = http::Request::get("https://example.com/a")
///     .header("cookie", "b=1; c=2")
///     .body(())?;
/// let (parts, ()) = request.into_parts();
/// let fields = request_fields(&parts)?;
/// let cookies = fields.iter().filter(|field| field.name == b"cookie");
/// assert_eq!(cookies.count(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ToFieldsError`], when HTTP/2 forbids a field, `host` is not the host of the URI, the URI does not go with the method, or
/// there is no scheme.
pub fn request_fields(parts: &request::Parts) -> Result<HttpFields<'_>, ToFieldsError> {
    ToFields::DEFAULT.request(parts)
}

/// The fields of a response, interim or final. RFC 9113 §8.3.2.
///
/// # Errors
/// [`ToFieldsError`], when HTTP/2 forbids a field.
pub fn response_fields(parts: &response::Parts) -> Result<HttpFields<'_>, ToFieldsError> {
    ToFields::DEFAULT.response(parts)
}

/// The fields of trailers. RFC 9113 §8.1.
///
/// # Errors
/// [`ToFieldsError`], when HTTP/2 forbids a field.
pub fn trailer_fields(trailers: &HeaderMap) -> Result<HttpFields<'_>, ToFieldsError> {
    ToFields::DEFAULT.trailers(trailers)
}

/// How messages become fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct ToFields {
    /// Rules about fields that are not checked while all others are. Default none. Peers may refuse what is sent then.
    pub allowed: MalformedSet,
}

impl ToFields {
    /// The default: every rule is checked.
    pub const DEFAULT: Self = Self { allowed: MalformedSet::EMPTY };

    /// The same with one more rule that is not checked.
    #[must_use]
    pub const fn allow(self, malformed: Malformed) -> Self {
        Self { allowed: self.allowed.with(malformed) }
    }

    /// As the function [`request_fields`].
    ///
    /// # Errors
    /// [`ToFieldsError`].
    pub fn request(self, parts: &request::Parts) -> Result<HttpFields<'_>, ToFieldsError> {
        let request::Parts { method, uri, headers, extensions, .. } = parts;
        let protocol = extensions.get::<Protocol>();
        let mut never_indexed: NeverIndexed = extensions.get().copied().unwrap_or_default();
        let scheme = match extensions.get::<TargetScheme>() {
            // §8.5
            _ if *method == Method::CONNECT && protocol.is_none() => uri.scheme(),
            without_place => uri.scheme().or(without_place.map(|scheme| &scheme.0)),
        };
        let host = headers.get(HOST).filter(|host| !host.is_empty() || uri.authority().is_some());
        let authority = self.authority(uri, host, scheme)?;
        let host_is_authority = host.is_some() && authority.is_some();
        if host.is_some_and(|host| host_is_authority && host.is_sensitive()) {
            never_indexed.insert(":authority");
        }
        if host_is_authority && headers.get_all(HOST).iter().nth(1).is_some() {
            self.refuse(Malformed::HostRepeated, host)?;
        }
        let pseudo = [
            (":method", Some(method.as_str().into())),
            (":scheme", scheme.map(|scheme| scheme.as_str().into())),
            (":authority", authority.map(Into::into)),
            (":path", path(uri, scheme)),
            (":protocol", protocol.map(|protocol| protocol.as_str().into())),
        ];
        self.checked(HttpFields { pseudo, never_indexed, headers, host_is_authority }, Expected::Request)
    }

    /// As the function [`response_fields`].
    ///
    /// # Errors
    /// [`ToFieldsError`].
    pub fn response(self, parts: &response::Parts) -> Result<HttpFields<'_>, ToFieldsError> {
        let never_indexed = parts.extensions.get().copied().unwrap_or_default();
        let pseudo = [(":status", Some(parts.status.as_str().into())), ABSENT, ABSENT, ABSENT, ABSENT];
        let fields = HttpFields { pseudo, never_indexed, headers: &parts.headers, host_is_authority: false };
        self.checked(fields, Expected::Response)
    }

    /// As the function [`trailer_fields`].
    ///
    /// # Errors
    /// [`ToFieldsError`].
    pub fn trailers(self, trailers: &HeaderMap) -> Result<HttpFields<'_>, ToFieldsError> {
        let never_indexed = NeverIndexed::default();
        let fields =
            HttpFields { pseudo: [ABSENT; 5], never_indexed, headers: trailers, host_is_authority: false };
        self.checked(fields, Expected::Trailers)
    }

    fn checked(self, fields: HttpFields<'_>, expected: Expected) -> Result<HttpFields<'_>, ToFieldsError> {
        let mut validator = FieldValidator::new(expected).sending();
        validator.allowed = self.allowed;
        for field in fields.iter() {
            validator.field(field.name, field.value);
        }
        match validator.end(None, &mut MalformedSet::default()) {
            Ok(_) => Ok(fields),
            Err(breach) => {
                let index = breach.field().and_then(|index| usize::try_from(index).ok());
                let field = index.and_then(|index| fields.iter().nth(index));
                Err(MalformedField::new(breach, field.as_ref()).into())
            }
        }
    }

    /// That of the URI, or else what `host` says. §8.3.1
    fn authority<'a>(
        self,
        uri: &'a Uri,
        host: Option<&'a HeaderValue>,
        scheme: Option<&Scheme>,
    ) -> Result<Option<&'a str>, ToFieldsError> {
        match (uri.authority(), host) {
            (Some(authority), Some(host)) => {
                let kind = scheme
                    .map_or(SchemeKind::Other, |scheme| SchemeKind::from_value(scheme.as_str().as_bytes()));
                let [authority_digest, host_digest] =
                    [authority.as_str().as_bytes(), host.as_bytes()].map(HostDigest::new);
                if !authority_digest.is_same(&host_digest, kind, scheme.is_none()) {
                    self.refuse(Malformed::HostDiffers, Some(host))?;
                }
                Ok(Some(authority.as_str()))
            }
            (Some(authority), None) => Ok(Some(authority.as_str())),
            // One that is not ASCII stays where it is: some schemes allow it.
            (None, Some(host)) => Ok(host.to_str().ok()),
            (None, None) => Ok(None),
        }
    }

    /// An error about `host`, which is not among the fields, unless the rule is allowed.
    fn refuse(self, malformed: Malformed, host: Option<&HeaderValue>) -> Result<(), ToFieldsError> {
        if self.allowed.contains(malformed) {
            return Ok(());
        }
        let line = host.map(|host| {
            FieldLine::new(b"host", host.as_bytes()).with_indexing(indexing(host.is_sensitive()))
        });
        Err(MalformedField::new(Breach::new(malformed, None), line.as_ref()).into())
    }
}

impl HttpFields<'_> {
    /// The fields in the order in which to send them: pseudo-header fields first, then those of the map in its
    /// order, a line for each cookie. RFC 9113 §8.3, §8.2.3. Nothing is copied.
    ///
    /// A cookie that stays the same is found again in the table while others change. Those shorter than 20 bytes are not:
    /// an encoder that decides by itself never indexes them, as they could be guessed. RFC 7541 §7.1.3.
    pub fn iter(&self) -> impl Iterator<Item = FieldLine<'_>> {
        let pseudo = self.pseudo.iter().filter_map(|(name, value)| {
            let indexing = indexing(self.never_indexed.contains(name));
            Some(FieldLine::new(name.as_bytes(), value.as_ref()?.as_bytes()).with_indexing(indexing))
        });
        let headers = self.headers.iter().filter(|(name, _)| !(self.host_is_authority && *name == HOST));
        pseudo.chain(headers.flat_map(|(name, value)| lines(name, value)))
    }
}

fn lines<'a>(name: &'a HeaderName, value: &'a HeaderValue) -> impl Iterator<Item = FieldLine<'a>> {
    let indexing = indexing(value.is_sensitive());
    let values =
        if *name == COOKIE { Crumbs::cookie(value.as_bytes()) } else { Crumbs::whole(value.as_bytes()) };
    values.map(move |value| FieldLine::new(name.as_str().as_bytes(), value).with_indexing(indexing))
}

const fn indexing(is_sensitive: bool) -> Indexing {
    if is_sensitive { Indexing::Never } else { Indexing::Auto }
}

fn path<'a>(uri: &'a Uri, scheme: Option<&Scheme>) -> Option<Cow<'a, str>> {
    let path = uri.path_and_query()?.as_str();
    let is_http = scheme.is_some_and(|scheme| *scheme == *"http" || *scheme == *"https");
    // §8.3.1
    if is_http && path.starts_with('?') {
        return Some(["/", path].concat().into());
    }
    Some(path.into())
}
