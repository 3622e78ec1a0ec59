//! What h2 makes of names and values: it judges them while it decodes.

use std::collections::HashSet;

use h2::frame::Pseudo;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::hpack::Owned;

/// Whether h2 refuses a block with these fields, at one of them or after it.
pub(super) fn refused_by_h2(fields: &[Owned]) -> bool {
    let mut seen = HashSet::new();
    let mut regular = false;
    fields.iter().any(|Owned { name, value, .. }| {
        if name.first() == Some(&b':') {
            return regular || !seen.insert(name) || !is_pseudo(name, value);
        }
        regular = true;
        HeaderName::from_lowercase(name).is_err()
            || HeaderValue::from_bytes(value).is_err()
            || is_connection_specific(name)
            || (name == b"te" && value != b"trailers")
    })
}

fn is_pseudo(name: &[u8], value: &[u8]) -> bool {
    match name {
        b":authority" | b":scheme" | b":path" | b":protocol" => str::from_utf8(value).is_ok(),
        b":method" => Method::from_bytes(value).is_ok(),
        b":status" => StatusCode::from_bytes(value).is_ok(),
        _ => false,
    }
}

fn is_connection_specific(name: &[u8]) -> bool {
    [&b"connection"[..], b"transfer-encoding", b"upgrade", b"keep-alive", b"proxy-connection"].contains(&name)
}

/// Names and values in an order that h2 has too.
pub(super) fn ours(fields: Vec<Owned>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut fields: Vec<_> = fields.into_iter().map(|field| (field.name, field.value)).collect();
    fields.sort_by(|one, other| one.0.cmp(&other.0));
    fields
}

/// The same of h2.
pub(super) fn theirs(pseudo: &Pseudo, fields: &HeaderMap) -> Vec<(Vec<u8>, Vec<u8>)> {
    let text = |value: &Option<_>| value.as_ref().map(|value: &h2::frame::BytesStr| (**value).to_owned());
    let pseudo = [
        (":authority", text(&pseudo.authority)),
        (":method", pseudo.method.as_ref().map(ToString::to_string)),
        (":path", text(&pseudo.path)),
        (":protocol", pseudo.protocol.as_ref().map(|value| value.as_str().to_owned())),
        (":scheme", text(&pseudo.scheme)),
        (":status", pseudo.status.map(|value| value.as_str().to_owned())),
    ];
    let pseudo = pseudo.into_iter().filter_map(|(name, value)| Some((name.into(), value?.into())));
    let fields = fields.iter().map(|(name, value)| (name.as_str().into(), value.as_bytes().to_vec()));
    let mut all: Vec<(Vec<u8>, Vec<u8>)> = pseudo.chain(fields).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}
