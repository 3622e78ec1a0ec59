//! Our own answers to a list are one: those of the reader, the validator, the writer, the conversions to `http` and back, and
//! the command.

use h2wire::frame::{SettingList, Settings};
use h2wire::http_types::{self, HttpFields, ToFieldsError, ToHttpError};
use h2wire::{
    Expected, FieldLine, FieldValidator, Malformed, MalformedSet, Role, SectionHead, SectionKind, WriteError,
    Writer,
};
use h2wire_frame::{PREFACE, StreamId};
use http::header::HOST;

use serde_json::Value;

use super::Section;
use crate::cli_decode;
use crate::seeds::Line;

/// What a sender must keep and a receiver tolerates.
const OF_SENDERS: [Malformed; 3] = [Malformed::FieldValueControl, Malformed::Te, Malformed::AuthorityMissing];

impl Section {
    fn head(self, end_stream: bool) -> SectionHead {
        let [stream_id, promised] = [1, 2].map(|id| StreamId::new(id).expect("31 bits"));
        match self {
            Self::Promise => SectionHead::push_promise(stream_id, promised),
            _ => SectionHead::headers(stream_id, end_stream),
        }
    }

    /// What the conversions to `http` are asked for.
    const fn expected(self) -> Expected {
        match self {
            Self::Request { .. } | Self::Promise => Expected::Request,
            Self::Response => Expected::Response,
            Self::RequestTrailers | Self::ResponseTrailers => Expected::Trailers,
        }
    }
}

fn validate(mut validator: FieldValidator, list: &[Line]) -> FieldValidator {
    for (name, value) in list {
        validator.field(name, value);
    }
    validator
}

fn lines(list: &[Line]) -> impl Iterator<Item = FieldLine<'_>> {
    list.iter().map(|(name, value)| FieldLine::new(name, value))
}

/// What the writer makes of the list, after SETTINGS, if it takes it; `broken` is what the reader says.
///
/// # Panics
/// If writer, validator and reader do not say the same, but for what binds only senders.
pub(super) fn written(
    section: Section,
    end_stream: bool,
    list: &[Line],
    broken: MalformedSet,
) -> Option<Vec<u8>> {
    let head = section.head(end_stream);
    let extended_connect = section == Section::Request { extended_connect: true };
    let mut validator = FieldValidator::for_section(section.receiver(), &head);
    validator.extended_connect = extended_connect;
    assert_eq!(validate(validator.clone(), list).broken(head.end_stream), broken, "the validator");

    for malformed in broken.iter() {
        let mut tolerant = validator.clone();
        tolerant.allowed = MalformedSet::EMPTY.with(malformed);
        let others = validate(tolerant, list).broken(head.end_stream);
        let differs = |other: Malformed| others.contains(other) != broken.contains(other);
        assert!(
            Malformed::ALL.iter().all(|other| differs(*other) == (*other == malformed)),
            "without {malformed:?} the rest stays checked: {others:?}"
        );
    }

    let sending = validate(validator.sending(), list);
    let more = sending.broken(head.end_stream);
    let differs = |malformed: &Malformed| broken.contains(*malformed) != more.contains(*malformed);
    assert!(Malformed::ALL.iter().copied().filter(differs).all(|malformed| OF_SENDERS.contains(&malformed)));
    assert!(broken.iter().all(|malformed| more.contains(malformed)), "a sender keeps all rules");

    let sender = if section.receiver() == Role::Server { Role::Client } else { Role::Server };
    let mut writer = Writer::new(sender, 4096);
    let mut octets = Vec::new();
    if sender == Role::Client {
        writer.append_preface(&mut octets).expect("it is first");
        octets.clear();
    }
    let settings = Settings::<Vec<u8>>::List(SettingList::default());
    writer.append_frame(&settings.into(), &mut octets).expect("it is first");
    writer.extended_connect = extended_connect;
    let written = writer.append_section(head, lines(list), &mut octets);
    let expected = sending.finish(head.end_stream).map(|_| ()).map_err(WriteError::Malformed);
    assert_eq!(written, expected, "the writer");
    written.is_ok().then_some(octets)
}

/// Converts the list to `http` and back.
///
/// # Panics
/// If the conversion finds another breach than the validator, or what it makes comes back as something else.
pub(super) fn convert(section: Section, list: &[Line]) {
    // Whether the stream ends is not known here: the flag with which none of its rules is broken.
    let ends = !list.iter().any(|(name, _)| name.starts_with(b":"));
    let expected = match validate(FieldValidator::new(section.expected()), list).finish(ends) {
        Ok(kind) => Ok(kind == section_kind(section)),
        Err(breach) => Err(breach),
    };
    let error = match section.expected() {
        Expected::Request => {
            http_types::request(lines(list)).map(|request| check_request(request, list)).err()
        }
        Expected::Response => http_types::response(lines(list))
            .map(|response| {
                let (parts, ()) = response.into_parts();
                let Some(fields) = taken(http_types::response_fields(&parts)) else { return };
                let (again, ()) = http_types::response(fields.iter()).expect("it is the same").into_parts();
                assert_eq!((again.status, &again.headers), (parts.status, &parts.headers));
            })
            .err(),
        _ => http_types::trailers(lines(list))
            .map(|trailers| {
                let Some(fields) = taken(http_types::trailer_fields(&trailers)) else { return };
                assert_eq!(http_types::trailers(fields.iter()).expect("it is the same"), trailers);
            })
            .err(),
    };
    match (expected, error) {
        (Ok(true), None | Some(ToHttpError::Unplaced(_)))
        | (Ok(false), Some(ToHttpError::OtherKind { .. })) => {}
        (Err(breach), Some(ToHttpError::Malformed(field))) => assert_eq!(field.breach, breach),
        (expected, error) => panic!("{expected:?}, but {error:?}"),
    }
}

fn section_kind(section: Section) -> SectionKind {
    match section.expected() {
        Expected::Request => SectionKind::Request,
        Expected::Response => SectionKind::Response,
        _ => SectionKind::Trailers,
    }
}

fn check_request(request: http::Request<()>, list: &[Line]) {
    let (parts, ()) = request.into_parts();
    let Some(fields) = taken(http_types::request_fields(&parts)) else { return };
    // As it was, but for the case of a scheme.
    let sent = |name: &[u8]| fields.iter().find(|field| field.name == name).map(|field| field.value.to_vec());
    for (name, value) in list.iter().filter(|(name, _)| name.starts_with(b":")) {
        let sent = sent(name).unwrap_or_default();
        assert!(sent == *value || name == b":scheme" && sent.eq_ignore_ascii_case(value), "{fields:?}");
    }
    let (again, ()) = match http_types::request(fields.iter()) {
        Ok(again) => again.into_parts(),
        // A `host` that is no authority of a URI stays in the map; as `:authority` it has no place.
        Err(ToHttpError::Unplaced(field))
            if field.name == b":authority" && parts.uri.authority().is_none() =>
        {
            return;
        }
        Err(error) => panic!("{error}"),
    };
    assert_eq!((&again.method, &again.uri), (&parts.method, &parts.uri));
    let mut headers = parts.headers.clone();
    if parts.uri.authority().is_some() || headers.get(HOST).is_some_and(|host| is_text(host.as_bytes())) {
        // It becomes `:authority`, or says the same.
        headers.remove(HOST);
    }
    assert_eq!(again.headers, headers);
    let protocol = |parts: &http::request::Parts| parts.extensions.get::<http_types::Protocol>().cloned();
    assert_eq!(protocol(&again), protocol(&parts));
}

fn is_text(value: &[u8]) -> bool {
    !value.is_empty() && value.is_ascii()
}

/// Fields to send, unless they break what binds only senders.
fn taken(fields: Result<HttpFields<'_>, ToFieldsError>) -> Option<HttpFields<'_>> {
    match fields {
        Ok(fields) => Some(fields),
        Err(ToFieldsError::Malformed(field)) => {
            assert!(OF_SENDERS.contains(&field.breach.malformed), "{field}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Decodes the list as the command does for an endpoint.
///
/// # Panics
/// If it reports other breaches than the reader.
pub(super) fn decode(section: Section, octets: &[u8], broken: MalformedSet) {
    let (role, preface): (_, &[u8]) =
        if section.receiver() == Role::Server { ("--role=server", PREFACE) } else { ("--role=client", b"") };
    let told = cli_decode::decode(&[role], "--json", &[preface, octets].concat());
    let mut rules: Vec<String> = Vec::new();
    for line in told.text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is an object");
        let breaches = line["error"]["breaches"].as_array().into_iter().flatten();
        rules.extend(breaches.map(|breach| breach["rule"].as_str().expect("a name").to_owned()));
    }
    rules.sort_unstable();
    rules.dedup();
    let mut expected: Vec<_> = broken.iter().map(Malformed::name).collect();
    expected.sort_unstable();
    assert_eq!(
        (rules, told.status),
        (expected.iter().map(|name| (*name).to_owned()).collect(), Some(u8::from(!broken.is_empty())))
    );
}
