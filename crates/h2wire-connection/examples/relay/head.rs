//! Fields that are changed on their way. RFC 9110 §7.6.

use h2wire::{FieldLine, FieldList};

/// Who passes messages on, and by which protocol it got them. RFC 9110 §7.6.3
const VIA: FieldLine<'_> = FieldLine::new(b"via", b"2 h2wire");

/// Fields for the next hop alone. The connection-specific ones are not among them: the codec refuses messages that have them (RFC 9113
/// §8.2.2), and it lets `te` say nothing but `trailers`, which is true of this relay too.
const HOP_BY_HOP: [&[u8]; 2] = [b"proxy-authenticate", b"proxy-authorization"];

/// The head of a request for the server of this authority.
pub fn request(fields: &FieldList, authority: &str) -> FieldList {
    let is_pseudo = |field: &FieldLine<'_>| field.name.starts_with(b":");
    let mut head = FieldList::new();
    for field in fields.iter().filter(|field| is_pseudo(field) && field.name != b":authority") {
        head.push(&field);
    }
    head.push(&FieldLine::new(b":authority", authority.as_bytes()));
    for field in fields.iter().filter(|field| !is_pseudo(field) && field.name != b"host") {
        pass_on(&mut head, &field);
    }
    head.push(&VIA);
    head
}

/// The head of a response.
pub fn response(fields: &FieldList) -> FieldList {
    let mut head = trailers(fields);
    head.push(&VIA);
    head
}

/// Trailers of either side.
pub fn trailers(fields: &FieldList) -> FieldList {
    let mut kept = FieldList::new();
    fields.iter().for_each(|field| pass_on(&mut kept, &field));
    kept
}

/// A field that must not be put into a table stays one, as it comes with that mark and goes with it.
fn pass_on(to: &mut FieldList, field: &FieldLine<'_>) {
    if !HOP_BY_HOP.contains(&field.name) {
        to.push(field);
    }
}
