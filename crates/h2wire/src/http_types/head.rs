//! The head of a message while its fields come.

use alloc::vec::Vec;

use ::http::uri::{Authority, Parts, PathAndQuery, Scheme, Uri};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version, header};

use super::headers::MapBuilder;
use super::made::{self, Made, NoPlace};
use super::pseudo::Pseudo;
use super::{Lossy, NeverIndexed, Protocol, TargetScheme, ToHttpError, UnplacedField};
use crate::{FieldLine, Indexing};

/// What was made of the fields so far. Of a pseudo-header field that is repeated the first one counts.
#[derive(Debug, Default)]
pub(super) struct Head {
    method: Option<Method>,
    scheme: Option<Scheme>,
    authority: Option<Authority>,
    authority_index: u32,
    path: Option<PathAndQuery>,
    protocol: Option<Protocol>,
    status: Option<StatusCode>,
    /// Bits of [`Pseudo`].
    seen: u8,
    never_indexed: NeverIndexed,
    pub(super) headers: MapBuilder,
    pub(super) unplaced: Vec<UnplacedField>,
}

impl Head {
    /// A head that makes room for this many regular fields when the first one comes.
    pub(super) fn with_capacity(fields: usize) -> Self {
        Self { headers: MapBuilder::with_capacity(fields), ..Self::default() }
    }

    /// Adds a regular field.
    #[inline]
    pub(super) fn place_regular(
        &mut self,
        index: u32,
        field: &FieldLine<'_>,
        name: HeaderName,
        value: HeaderValue,
    ) {
        if self.headers.push(name, value, field.indexing == Indexing::Never).is_err() {
            self.unplaced.push(UnplacedField::new(index, field));
        }
    }

    /// Adds a field, and what was made of it.
    #[inline]
    pub(super) fn place(&mut self, index: u32, field: &FieldLine<'_>, made: Result<Made, NoPlace>) {
        match made {
            Ok(Made::Regular(name, value)) => self.place_regular(index, field, name, value),
            Ok(made) => self.place_kept(index, field, &made),
            Err(NoPlace) => self.displace(index, field),
        }
    }

    /// Adds a field that has no place.
    #[cold]
    pub(super) fn displace(&mut self, index: u32, field: &FieldLine<'_>) {
        // If it is repeated, the first one counts.
        if Pseudo::from_name(field.name).is_none_or(|pseudo| self.is_first(pseudo, field)) {
            self.unplaced.push(UnplacedField::new(index, field));
        }
    }

    /// Adds a pseudo-header field. What becomes of it is made in its place, each case by itself: what is handed on goes through memory.
    #[inline(always)]
    pub(super) fn place_pseudo(
        &mut self,
        index: u32,
        field: &FieldLine<'_>,
        pseudo: Pseudo,
        value: impl made::Value,
    ) {
        if !self.is_first(pseudo, field) {
            return;
        }
        match (pseudo, field.value) {
            (Pseudo::Method, b"GET") => self.method = Some(Method::GET),
            (Pseudo::Method, b"POST") => self.method = Some(Method::POST),
            (Pseudo::Scheme, b"https") => self.scheme = Some(Scheme::HTTPS),
            (Pseudo::Scheme, b"http") => self.scheme = Some(Scheme::HTTP),
            (Pseudo::Path, _) => match made::path(value) {
                Some(path) => self.path = Some(path),
                None => self.unplaced.push(UnplacedField::new(index, field)),
            },
            (Pseudo::Authority, _) => match value.authority() {
                Some(authority) => (self.authority, self.authority_index) = (Some(authority), index),
                None => self.unplaced.push(UnplacedField::new(index, field)),
            },
            _ => self.place_other(index, field, pseudo),
        }
    }

    fn place_other(&mut self, index: u32, field: &FieldLine<'_>, pseudo: Pseudo) {
        let is_placed = match pseudo {
            Pseudo::Method => replace(&mut self.method, made::method(field.value)),
            Pseudo::Scheme => replace(&mut self.scheme, made::scheme(field.value)),
            Pseudo::Protocol => replace(&mut self.protocol, made::protocol(field.value)),
            Pseudo::Status => replace(&mut self.status, made::status(field.value)),
            Pseudo::Path | Pseudo::Authority => true,
        };
        if !is_placed {
            self.unplaced.push(UnplacedField::new(index, field));
        }
    }

    /// Adds a pseudo-header field of which a copy is kept.
    #[inline]
    pub(super) fn place_kept(&mut self, index: u32, field: &FieldLine<'_>, made: &Made) {
        let Some(pseudo) = made.pseudo() else { return };
        if !self.is_first(pseudo, field) {
            return;
        }
        match made {
            Made::Method(method) => self.method = Some(method.clone()),
            Made::Scheme(scheme) => self.scheme = Some(scheme.clone()),
            Made::Authority(authority) => {
                (self.authority, self.authority_index) = (Some(authority.clone()), index);
            }
            Made::Path(path) => self.path = Some(path.clone()),
            Made::Protocol(protocol) => self.protocol = Some(protocol.clone()),
            Made::Status(status) => self.status = Some(*status),
            Made::Regular(..) => {}
        }
    }

    fn is_first(&mut self, pseudo: Pseudo, field: &FieldLine<'_>) -> bool {
        let is_first = self.seen & pseudo.bit() == 0;
        self.seen |= pseudo.bit();
        if field.indexing == Indexing::Never {
            self.never_indexed.insert_pseudo(pseudo);
        }
        is_first
    }

    /// Forgets all, and makes room for this many regular fields when the first one comes. Each by itself: a head that is made
    /// elsewhere is copied.
    pub(super) fn reset(&mut self, fields: usize) {
        (self.method, self.scheme, self.path) = (None, None, None);
        (self.authority, self.protocol, self.status) = (None, None, None);
        self.seen = 0;
        if !self.never_indexed.is_empty() {
            self.never_indexed = NeverIndexed::default();
        }
        self.headers.reset(fields);
        self.unplaced.clear();
    }

    /// Takes the head of a request.
    #[inline]
    pub(super) fn request(&mut self) -> Result<Request<()>, ToHttpError> {
        let mut request = Request::new(());
        self.fill_request(&mut request);
        if self.unplaced.is_empty() {
            return Ok(request);
        }
        Lossy { message: request, unplaced: core::mem::take(&mut self.unplaced) }.strict()
    }

    /// Takes the head of a request, and what has no place in it.
    pub(super) fn request_lossy(&mut self) -> Lossy<Request<()>> {
        let mut message = Request::new(());
        self.fill_request(&mut message);
        Lossy { message, unplaced: core::mem::take(&mut self.unplaced) }
    }

    #[inline(always)]
    fn fill_request(&mut self, request: &mut Request<()>) {
        *request.version_mut() = Version::HTTP_2;
        if let Some(method) = self.method.take() {
            *request.method_mut() = method;
        }
        *request.headers_mut() = self.headers.finish();
        self.target(request);
        if let Some(protocol) = self.protocol.take() {
            request.extensions_mut().insert(protocol);
        }
        if !self.never_indexed.is_empty() {
            request.extensions_mut().insert(core::mem::take(&mut self.never_indexed));
        }
    }

    /// Takes the head of a response, and what has no place in it.
    pub(super) fn response_lossy(&mut self) -> Lossy<Response<()>> {
        let mut response = Response::new(());
        *response.version_mut() = Version::HTTP_2;
        if let Some(status) = self.status {
            *response.status_mut() = status;
        }
        if !self.never_indexed.is_empty() {
            response.extensions_mut().insert(core::mem::take(&mut self.never_indexed));
        }
        *response.headers_mut() = self.headers.finish();
        Lossy { message: response, unplaced: core::mem::take(&mut self.unplaced) }
    }

    /// Takes trailers, and what has no place in them.
    pub(super) fn trailers_lossy(&mut self) -> Lossy<HeaderMap> {
        Lossy { message: self.headers.finish(), unplaced: core::mem::take(&mut self.unplaced) }
    }

    /// The URI, and the scheme if there is one that the URI cannot hold.
    #[inline(always)]
    fn target(&mut self, request: &mut Request<()>) {
        let mut parts = Parts::default();
        parts.path_and_query = self.path.take();
        parts.authority = self.authority.take();
        parts.scheme = self.scheme.take();
        if parts.scheme.is_none() || parts.authority.is_none() || parts.path_and_query.is_none() {
            self.complete(&mut parts, request);
        }
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }

    /// A URI has all three parts, or a path, or an authority.
    fn complete(&mut self, parts: &mut Parts, request: &mut Request<()>) {
        if let Some(authority) = &parts.authority {
            if parts.scheme.is_none() && parts.path_and_query.is_some() {
                // What is without a place leaves the others without one.
                self.displace_authority(authority);
                parts.authority = None;
            }
        } else if self.seen & Pseudo::Authority.bit() == 0
            && (parts.scheme.is_some() || parts.path_and_query.is_none())
        {
            // §8.3.1: it stays in the map in any case.
            let host = request.headers().get(header::HOST);
            parts.authority = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
        }
        if parts.authority.is_none()
            && let Some(scheme) = parts.scheme.take()
        {
            request.extensions_mut().insert(TargetScheme(scheme));
        }
        if parts.scheme.is_some() && parts.path_and_query.is_none() {
            parts.path_and_query = Some(PathAndQuery::from_static("/"));
        }
    }

    fn displace_authority(&mut self, authority: &Authority) {
        let index = self.authority_index;
        let field = FieldLine::new(Pseudo::Authority.name(), authority.as_str().as_bytes());
        let never = self.never_indexed.contains(field.name);
        let field = field.with_indexing(if never { Indexing::Never } else { Indexing::Auto });
        // In the order of the fields, which is not that of the conversion.
        let at = self.unplaced.partition_point(|unplaced| unplaced.index < index);
        self.unplaced.insert(at, UnplacedField::new(index, &field));
    }
}

/// Puts it there, and says whether there is any.
#[inline]
fn replace<T>(place: &mut Option<T>, made: Option<T>) -> bool {
    *place = made;
    place.is_some()
}
