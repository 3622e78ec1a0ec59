//! Fields to messages of the `http` crate.

use alloc::vec::Vec;

use ::http::uri::{Authority, Parts, PathAndQuery, Scheme, Uri};
use ::http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Version};

use super::headers::MapBuilder;
use super::{MalformedField, NeverIndexed, Protocol, TargetScheme, ToHttpError, UnplacedField};
use crate::fields::{SchemeKind, trim};
use crate::hpack::Known;
use crate::{Breach, Expected, FieldLine, FieldValidator, Indexing, Malformed, MalformedSet, SectionKind};

/// How fields become messages.
///
/// ```
/// use h2wire::Malformed;
/// use h2wire::http_types::ToHttp;
///
/// const TO_HTTP: ToHttp = ToHttp::DEFAULT.allow(Malformed::AuthorityForm);
/// let fields = [
///     (":method", "GET"),
///     (":scheme", "http"),
///     (":authority", "/run/app.sock"),
///     (":path", "/"),
/// ];
/// let lossy = TO_HTTP.request_lossy(fields)?;
/// assert_eq!(lossy.message.uri().path(), "/");
/// assert_eq!(lossy.unplaced[0].value, b"/run/app.sock");
/// # Ok::<(), h2wire::http_types::ToHttpError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct ToHttp {
    /// Rules about fields that are not checked while all others are. Default none.
    pub allowed: MalformedSet,
}

/// A message, and the fields that `http` has no place for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Lossy<T> {
    /// The message without those fields.
    pub message: T,
    /// The fields without a place, in their order.
    pub unplaced: Vec<UnplacedField>,
}

impl<T> Lossy<T> {
    fn strict(self) -> Result<T, ToHttpError> {
        match self.unplaced.into_iter().next() {
            Some(field) => Err(field.into()),
            None => Ok(self.message),
        }
    }
}

impl ToHttp {
    /// The default: every rule is checked.
    pub const DEFAULT: Self = Self { allowed: MalformedSet::EMPTY };

    /// The same with one more rule that is not checked.
    #[must_use]
    pub const fn allow(self, malformed: Malformed) -> Self {
        Self { allowed: self.allowed.with(malformed) }
    }

    /// As the function [`request()`].
    ///
    /// # Errors
    /// [`ToHttpError`].
    pub fn request<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Request<()>, ToHttpError> {
        self.request_lossy(fields)?.strict()
    }

    /// As the function [`response()`].
    ///
    /// # Errors
    /// [`ToHttpError`].
    pub fn response<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Response<()>, ToHttpError> {
        self.response_lossy(fields)?.strict()
    }

    /// As the function [`trailers()`].
    ///
    /// # Errors
    /// [`ToHttpError`].
    pub fn trailers<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<HeaderMap, ToHttpError> {
        self.trailers_lossy(fields)?.strict()
    }

    /// The head of a request, and the fields that have no place in it.
    ///
    /// # Errors
    /// [`ToHttpError::Malformed`], [`ToHttpError::OtherKind`] or [`ToHttpError::UnknownField`].
    pub fn request_lossy<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Lossy<Request<()>>, ToHttpError> {
        let mut section = DecodedSection::read(self, fields, SectionKind::Request)?;
        let mut request = Request::new(());
        *request.version_mut() = Version::HTTP_2;
        if let Some(method) = section.place(b":method", |value| Method::from_bytes(value).ok()) {
            *request.method_mut() = method;
        }
        let (uri, scheme) = section.target();
        *request.uri_mut() = uri;
        if let Some(scheme) = scheme {
            request.extensions_mut().insert(TargetScheme(scheme));
        }
        if let Some(protocol) = section.place(b":protocol", |value| Protocol::try_from(value).ok()) {
            request.extensions_mut().insert(protocol);
        }
        section.keep_never_indexed(request.extensions_mut());
        *request.headers_mut() = section.headers;
        Ok(Lossy { message: request, unplaced: section.unplaced })
    }

    /// The head of a response, and the fields that have no place in it.
    ///
    /// # Errors
    /// [`ToHttpError::Malformed`], [`ToHttpError::OtherKind`] or [`ToHttpError::UnknownField`].
    pub fn response_lossy<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Lossy<Response<()>>, ToHttpError> {
        let mut section = DecodedSection::read(self, fields, SectionKind::Response)?;
        let mut response = Response::new(());
        *response.version_mut() = Version::HTTP_2;
        if let Some(status) = section.place(b":status", |value| StatusCode::from_bytes(value).ok()) {
            *response.status_mut() = status;
        }
        section.keep_never_indexed(response.extensions_mut());
        *response.headers_mut() = section.headers;
        Ok(Lossy { message: response, unplaced: section.unplaced })
    }

    /// Trailers, and the fields that have no place in the map.
    ///
    /// # Errors
    /// [`ToHttpError::Malformed`] or [`ToHttpError::UnknownField`].
    pub fn trailers_lossy<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Lossy<HeaderMap>, ToHttpError> {
        let section = DecodedSection::read(self, fields, SectionKind::Trailers)?;
        Ok(Lossy { message: section.headers, unplaced: section.unplaced })
    }
}

/// The head of a request, from its fields in their order. RFC 9113 §8.3.1, §8.5, RFC 8441 §4.
///
/// Which field becomes what is in the table of the [module](super).
///
/// ```
/// use h2wire::http_types::request;
///
/// let fields = [
///     (":method", "GET"),
///     (":scheme", "https"),
///     (":path", "/a"),
///     ("host", "example.com"),
/// ];
/// let request = request(fields)?;
/// assert_eq!(*request.uri(), "https://example.com/a");
/// assert_eq!(request.version(), http::Version::HTTP_2);
/// # Ok::<(), h2wire::http_types::ToHttpError>(())
/// ```
///
/// # Errors
/// [`ToHttpError`], when the fields are not those of a request that HTTP/2 allows, or `http` has no place for one of them.
pub fn request<'f, F: Into<FieldLine<'f>>>(
    fields: impl IntoIterator<Item = F>,
) -> Result<Request<()>, ToHttpError> {
    ToHttp::DEFAULT.request(fields)
}

/// The head of a response, interim or final, from its fields in their order. RFC 9113 §8.3.2.
///
/// # Errors
/// [`ToHttpError`], when the fields are not those of a response that HTTP/2 allows, or `http` has no place for one of them.
pub fn response<'f, F: Into<FieldLine<'f>>>(
    fields: impl IntoIterator<Item = F>,
) -> Result<Response<()>, ToHttpError> {
    ToHttp::DEFAULT.response(fields)
}

/// Trailers, from their fields in their order. RFC 9113 §8.1.
///
/// # Errors
/// [`ToHttpError`], when there is a pseudo-header field, a field that HTTP/2 forbids, or one that `http` has no place for.
pub fn trailers<'f, F: Into<FieldLine<'f>>>(
    fields: impl IntoIterator<Item = F>,
) -> Result<HeaderMap, ToHttpError> {
    ToHttp::DEFAULT.trailers(fields)
}

/// The fields of a section that is well-formed.
struct DecodedSection<'f> {
    /// With their indexes, in their order. Few: each is there once.
    pseudo: Vec<(u32, FieldLine<'f>)>,
    host: Option<(u32, FieldLine<'f>)>,
    headers: HeaderMap,
    unplaced: Vec<UnplacedField>,
}

impl<'f> DecodedSection<'f> {
    fn read<F: Into<FieldLine<'f>>>(
        to_http: ToHttp,
        fields: impl IntoIterator<Item = F>,
        kind: SectionKind,
    ) -> Result<Self, ToHttpError> {
        let mut validator = FieldValidator::new(match kind {
            SectionKind::Request => Expected::Request,
            SectionKind::Response => Expected::Response,
            SectionKind::Trailers => Expected::Trailers,
        });
        validator.allowed = to_http.allowed;
        let mut headers = MapBuilder::default();
        let mut section = Self {
            pseudo: Vec::with_capacity(5),
            host: None,
            headers: HeaderMap::new(),
            unplaced: Vec::new(),
        };
        for (index, field) in (0..).zip(fields) {
            let field = field.into();
            if field.known != Known::Both {
                return Err(ToHttpError::UnknownField { index });
            }
            validator.field(field.name, field.value);
            if let Some(breach) = validator.breach() {
                return Err(MalformedField::new(breach, Some(&field)).into());
            }
            // White space around it may be allowed; it is no part of the value. RFC 9110 §5.5
            let field = FieldLine { value: trim(field.value), ..field };
            if field.name.starts_with(b":") {
                section.pseudo.push((index, field));
                continue;
            }
            if field.name == b"host" && section.host.is_none() {
                section.host = Some((index, field));
            }
            if headers.push(&field).is_err() {
                section.unplaced.push(UnplacedField::new(index, &field));
            }
        }
        match validator.end(None).0 {
            Ok(found) if found != kind => return Err(ToHttpError::OtherKind { found }),
            Ok(_) => {}
            Err(breach) => return Err(section.malformed(breach).into()),
        }
        section.headers = headers.finish();
        Ok(section)
    }

    /// A breach that was found at the end: about a pseudo-header field, or one that is missing.
    fn malformed(&self, breach: Breach) -> MalformedField {
        let field = self.pseudo.iter().find(|(index, _)| Some(*index) == breach.field());
        MalformedField::new(breach, field.map(|(_, field)| field))
    }

    fn find(&self, name: &[u8]) -> Option<(u32, FieldLine<'f>)> {
        self.pseudo.iter().copied().find(|(_, field)| field.name == name)
    }

    /// Converts the value of a pseudo-header field. What `http` refuses is kept as unplaced.
    fn place<T>(&mut self, name: &[u8], convert: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let (index, field) = self.find(name)?;
        self.convert(index, &field, convert)
    }

    fn convert<T>(
        &mut self,
        index: u32,
        field: &FieldLine<'_>,
        convert: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let converted = convert(field.value);
        if converted.is_none() {
            // In the order of the fields, which is not that of the conversion.
            let at = self.unplaced.partition_point(|unplaced| unplaced.index < index);
            self.unplaced.insert(at, UnplacedField::new(index, field));
        }
        converted
    }

    fn keep_never_indexed(&self, extensions: &mut Extensions) {
        let mut names = NeverIndexed::default();
        for (_, field) in self.pseudo.iter().filter(|(_, field)| field.indexing == Indexing::Never) {
            names.insert(field.name);
        }
        if !names.is_empty() {
            extensions.insert(names);
        }
    }

    /// The URI, and the scheme if there is one that the URI cannot hold.
    fn target(&mut self) -> (Uri, Option<Scheme>) {
        let mut parts = Parts::default();
        parts.scheme = self.place(b":scheme", scheme);
        parts.authority = self.authority();
        parts.path_and_query = self.place(b":path", path);
        // What is without a place leaves the others without one: a URI has all three, or a path, or an authority.
        if parts.scheme.is_none() && parts.path_and_query.is_some() && parts.authority.take().is_some() {
            let _: Option<()> = self.place(b":authority", |_| None);
        }
        let scheme = if parts.authority.is_none() { parts.scheme.take() } else { None };
        if parts.scheme.is_some() && parts.path_and_query.is_none() {
            parts.path_and_query = Some(PathAndQuery::from_static("/"));
        }
        (Uri::from_parts(parts).unwrap_or_default(), scheme)
    }

    /// `:authority`, or else what `host` says. §8.3.1
    fn authority(&mut self) -> Option<Authority> {
        let convert = |value: &[u8]| Authority::try_from(value).ok();
        if let Some((index, field)) = self.find(b":authority") {
            return self.convert(index, &field, convert);
        }
        // It stays in the map in any case.
        let (_, host) = self.host?;
        convert(host.value)
    }
}

/// In lower case where `http` has a constant, which it does not take to be equal to another case.
fn scheme(value: &[u8]) -> Option<Scheme> {
    match SchemeKind::from_value(value) {
        SchemeKind::Http => Some(Scheme::HTTP),
        SchemeKind::Https => Some(Scheme::HTTPS),
        // RFC 3986 §3.1
        SchemeKind::Other if value.first().is_some_and(u8::is_ascii_alphabetic) => {
            Scheme::try_from(value).ok()
        }
        SchemeKind::Other => None,
    }
}

fn path(value: &[u8]) -> Option<PathAndQuery> {
    // `http` cuts a fragment off.
    if value.contains(&b'#') {
        return None;
    }
    PathAndQuery::try_from(value).ok()
}
