//! Fields to messages of the `http` crate.

use ::http::uri::{Authority, Parts, PathAndQuery, Scheme, Uri};
use ::http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Version};

use super::headers::MapBuilder;
use super::host::{self, Repeated};
use super::{NeverIndexed, Protocol, TargetScheme, ToHttpError};
use crate::{Expected, FieldLine, FieldValidator, Indexing, Malformed, SectionKind};

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
    let section = DecodedSection::read(fields, SectionKind::Request)?;
    let pseudo = &section.pseudo;
    let mut request = Request::new(());
    *request.version_mut() = Version::HTTP_2;
    let method = pseudo.method.ok_or(Malformed::MethodMissing)?;
    *request.method_mut() = Method::from_bytes(method).map_err(|_| ToHttpError::Method)?;
    let (uri, scheme) = pseudo.target(&section.headers)?;
    *request.uri_mut() = uri;
    if let Some(scheme) = scheme {
        request.extensions_mut().insert(TargetScheme(scheme));
    }
    if let Some(protocol) = pseudo.protocol {
        let protocol = Protocol::try_from(protocol).map_err(|_| ToHttpError::Protocol)?;
        request.extensions_mut().insert(protocol);
    }
    pseudo.keep_never_indexed(request.extensions_mut());
    *request.headers_mut() = section.headers;
    Ok(request)
}

/// The head of a response, interim or final, from its fields in their order. RFC 9113 §8.3.2.
///
/// # Errors
/// [`ToHttpError`], when the fields are not those of a response that HTTP/2 allows, or `http` has no place for one of them.
pub fn response<'f, F: Into<FieldLine<'f>>>(
    fields: impl IntoIterator<Item = F>,
) -> Result<Response<()>, ToHttpError> {
    let section = DecodedSection::read(fields, SectionKind::Response)?;
    let mut response = Response::new(());
    *response.version_mut() = Version::HTTP_2;
    let status = section.pseudo.status.ok_or(ToHttpError::Status)?;
    *response.status_mut() = StatusCode::from_bytes(status).map_err(|_| ToHttpError::Status)?;
    section.pseudo.keep_never_indexed(response.extensions_mut());
    *response.headers_mut() = section.headers;
    Ok(response)
}

/// Trailers, from their fields in their order. RFC 9113 §8.1.
///
/// # Errors
/// [`ToHttpError`], when there is a pseudo-header field, a field that HTTP/2 forbids, or one that `http` has no place for.
pub fn trailers<'f, F: Into<FieldLine<'f>>>(
    fields: impl IntoIterator<Item = F>,
) -> Result<HeaderMap, ToHttpError> {
    DecodedSection::read(fields, SectionKind::Trailers).map(|section| section.headers)
}

/// The fields of a section that is well-formed.
struct DecodedSection<'f> {
    pseudo: PseudoFields<'f>,
    headers: HeaderMap,
}

impl<'f> DecodedSection<'f> {
    fn read<F: Into<FieldLine<'f>>>(
        fields: impl IntoIterator<Item = F>,
        kind: SectionKind,
    ) -> Result<Self, ToHttpError> {
        let mut validator = FieldValidator::new(match kind {
            SectionKind::Request => Expected::Request,
            SectionKind::Response => Expected::Response,
            SectionKind::Trailers => Expected::Any,
        });
        let mut pseudo = PseudoFields::default();
        let mut headers = MapBuilder::default();
        for field in fields {
            let field = field.into();
            validator.field(field.name, field.value);
            validator.malformed().map_or(Ok(()), Err)?;
            if field.name.starts_with(b":") {
                pseudo.record(&field);
            } else {
                headers.push(&field)?;
            }
        }
        match super::kind::finish(&validator) {
            Ok(found) if found != kind => Err(ToHttpError::OtherKind { found }),
            Ok(_) => Ok(Self { pseudo, headers: headers.finish()? }),
            Err(malformed) => Err(malformed.into()),
        }
    }
}

/// The values of pseudo-header fields.
#[derive(Default)]
struct PseudoFields<'f> {
    method: Option<&'f [u8]>,
    scheme: Option<&'f [u8]>,
    authority: Option<&'f [u8]>,
    path: Option<&'f [u8]>,
    protocol: Option<&'f [u8]>,
    status: Option<&'f [u8]>,
    never_indexed: NeverIndexed,
}

impl<'f> PseudoFields<'f> {
    fn record(&mut self, field: &FieldLine<'f>) {
        if field.indexing == Indexing::Never {
            self.never_indexed.insert(field.name);
        }
        let place = match field.name {
            b":method" => &mut self.method,
            b":scheme" => &mut self.scheme,
            b":authority" => &mut self.authority,
            b":path" => &mut self.path,
            b":protocol" => &mut self.protocol,
            b":status" => &mut self.status,
            // The validator knows no others.
            _ => return,
        };
        *place = Some(field.value);
    }

    fn keep_never_indexed(&self, extensions: &mut Extensions) {
        if !self.never_indexed.is_empty() {
            extensions.insert(self.never_indexed);
        }
    }

    /// The URI, and the scheme if there is one that the URI cannot hold.
    fn target(&self, headers: &HeaderMap) -> Result<(Uri, Option<Scheme>), ToHttpError> {
        let scheme = self.scheme.map(scheme).transpose()?;
        let authority = self.authority(headers, scheme.as_ref())?;
        let mut parts = Parts::default();
        parts.path_and_query = self.path.map(path).transpose()?;
        let mut without_place = None;
        if authority.is_some() {
            parts.scheme = scheme;
        } else {
            without_place = scheme;
        }
        parts.authority = authority;
        let uri = Uri::from_parts(parts).map_err(|_| ToHttpError::Path)?;
        Ok((uri, without_place))
    }

    /// `:authority`, or else what `host` says. §8.3.1
    fn authority(
        &self,
        headers: &HeaderMap,
        scheme: Option<&Scheme>,
    ) -> Result<Option<Authority>, ToHttpError> {
        let host = host::host(headers).map_err(|Repeated| ToHttpError::HostRepeated)?;
        match (self.authority, host) {
            (Some(authority), Some(host)) if !host::is_same(authority, host.as_bytes(), scheme) => {
                Err(ToHttpError::HostDiffers)
            }
            (Some(authority), _) => {
                Authority::try_from(authority).map(Some).map_err(|_| ToHttpError::Authority)
            }
            (None, Some(host)) if !host.is_empty() => {
                host::authority(host).map(Some).ok_or(ToHttpError::Host)
            }
            (None, _) => Ok(None),
        }
    }
}

/// In lower case where `http` has a constant, which it does not take to be equal to another case.
fn scheme(value: &[u8]) -> Result<Scheme, ToHttpError> {
    match value {
        _ if value.eq_ignore_ascii_case(b"http") => Ok(Scheme::HTTP),
        _ if value.eq_ignore_ascii_case(b"https") => Ok(Scheme::HTTPS),
        // RFC 3986 §3.1
        [first, ..] if first.is_ascii_alphabetic() => {
            Scheme::try_from(value).map_err(|_| ToHttpError::Scheme)
        }
        _ => Err(ToHttpError::Scheme),
    }
}

fn path(value: &[u8]) -> Result<PathAndQuery, ToHttpError> {
    // `http` cuts a fragment off.
    if value.contains(&b'#') {
        return Err(ToHttpError::Path);
    }
    PathAndQuery::try_from(value).map_err(|_| ToHttpError::Path)
}
