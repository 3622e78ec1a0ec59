//! Fields to messages of the `http` crate.

use alloc::vec::Vec;

use ::http::{HeaderMap, Request, Response};
use bytes::Bytes;

use super::head::Head;
use super::made::{Name, NoPlace, Part};
use super::{Lossy, MalformedField, ToHttpError};
use crate::fields::{FieldListIter, trim};
use crate::hpack::Known;
use crate::{Expected, FieldLine, FieldValidator, Malformed, MalformedSet, SectionKind};

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
        self.read(fields, SectionKind::Request)?.request()
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
        Ok(self.read(fields, SectionKind::Request)?.request_lossy())
    }

    /// The head of a response, and the fields that have no place in it.
    ///
    /// # Errors
    /// [`ToHttpError::Malformed`], [`ToHttpError::OtherKind`] or [`ToHttpError::UnknownField`].
    pub fn response_lossy<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Lossy<Response<()>>, ToHttpError> {
        Ok(self.read(fields, SectionKind::Response)?.response_lossy())
    }

    /// Trailers, and the fields that have no place in the map.
    ///
    /// # Errors
    /// [`ToHttpError::Malformed`] or [`ToHttpError::UnknownField`].
    pub fn trailers_lossy<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
    ) -> Result<Lossy<HeaderMap>, ToHttpError> {
        Ok(self.read(fields, SectionKind::Trailers)?.trailers_lossy())
    }

    fn read<'f, F: Into<FieldLine<'f>>>(
        self,
        fields: impl IntoIterator<Item = F>,
        kind: SectionKind,
    ) -> Result<Head, ToHttpError> {
        let fields = fields.into_iter();
        let mut validator = FieldValidator::new(match kind {
            SectionKind::Request => Expected::Request,
            SectionKind::Response => Expected::Response,
            SectionKind::Trailers => Expected::Trailers,
        });
        validator.allowed = self.allowed;
        let mut head = Head::with_capacity(fields.size_hint().0);
        // With their indexes, in their order. Few: each is there once.
        let mut pseudo = Vec::with_capacity(5);
        for (index, field) in (0..).zip(fields) {
            let field = field.into();
            if field.known != Known::Both {
                return Err(ToHttpError::UnknownField { index });
            }
            validator.field(field.name, field.value);
            if let Some(breach) = validator.breach() {
                return Err(MalformedField::new(breach, Some(&field)).into());
            }
            if field.name.starts_with(b":") {
                pseudo.push((index, field));
            }
            place(&mut head, index, field);
        }
        match validator.end(None, &mut MalformedSet::default()) {
            Ok(found) if found != kind => Err(ToHttpError::OtherKind { found }),
            Ok(_) => Ok(head),
            // It is about a pseudo-header field, or one that is missing.
            Err(breach) => {
                let field = pseudo.iter().find(|(index, _)| Some(*index) == breach.field());
                Err(MalformedField::new(breach, field.map(|(_, field)| field)).into())
            }
        }
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

/// Fields that a reader has found to be those of a section of this kind, and the memory that they are in if it can be shared.
#[inline]
pub(super) fn read_checked(fields: FieldListIter<'_>, memory: Option<&Bytes>, head: &mut Head) {
    head.reset(fields.len());
    for (index, field) in (0..).zip(fields) {
        let value = Part { memory, value: field.value };
        match Name::new(field.name) {
            Ok(Name::Regular(name)) => match value.header() {
                Ok(value) => head.place_regular(index, &field, name, value),
                Err(_) => head.displace(index, &field),
            },
            Ok(Name::Pseudo(pseudo)) => {
                head.headers.expect_less();
                head.place_pseudo(index, &field, pseudo, value);
            }
            Err(NoPlace) => head.displace(index, &field),
        }
    }
}

#[inline]
fn place(head: &mut Head, index: u32, field: FieldLine<'_>) {
    // White space around it may be allowed; it is no part of the value. RFC 9110 §5.5
    let field = FieldLine { value: trim(field.value), ..field };
    let made = Name::new(field.name).and_then(|name| name.with_value(field.value));
    head.place(index, &field, made);
}
