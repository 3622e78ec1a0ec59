//! What is kept of the entries of a table changes nothing: fields that are checked by their entries break what a validator finds
//! in names and values alone, and `Heads` makes of them what lists of fields become.
//!
//! Input: as for `sections`.

use h2wire::http_types::{Heads, ToHttpError};
use h2wire::{
    Event, FieldStep, FieldValidator, Message, Progress, Reader, Role, SectionEnd, SectionHead, SectionKind,
};

use crate::input::Input;
use crate::readers::Setup;
use crate::sections::setup;

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (setup, _cuts) = (setup(&mut input), input.octets::<4>());
    let octets = input.0;
    validated(&setup, octets);
    // What a reader has not checked, the conversion of a list checks, and `Heads` does not.
    if setup.options.validate_fields {
        assert_eq!(by_heads(&setup, octets), by_lists(&setup, octets));
    }
}

fn reader(setup: &Setup) -> Reader<Vec<u8>> {
    let mut reader = Reader::new(setup.role, &setup.limits).expect("valid limits");
    reader.options = setup.options;
    reader
}

/// Each field and section is judged as by a validator that sees it for the first time.
fn validated(setup: &Setup, octets: &[u8]) {
    let (mut reader, mut rest) = (reader(setup), octets);
    let mut fresh = None;
    while let Ok(Progress::Item { item, consumed }) = reader.read(rest) {
        rest = &rest[consumed..];
        let Event::Fields { frame, mut fields, .. } = item else { continue };
        if let Some(head) = SectionHead::from_frame(&frame) {
            fresh = Some(validator(setup, &head));
        }
        let Some(fresh) = &mut fresh else { return };
        loop {
            match fields.next() {
                Ok(FieldStep::Field(field)) => {
                    let found = fresh.field(field.name, field.value);
                    if setup.options.validate_fields {
                        assert_eq!(fields.broken(), found);
                    }
                }
                Ok(FieldStep::SectionEnd(end)) => {
                    same_end(setup, end, fresh);
                    break;
                }
                Ok(FieldStep::FragmentEnd) => break,
                Err(_) => return,
            }
        }
    }
}

fn validator(setup: &Setup, head: &SectionHead) -> FieldValidator {
    let mut validator = FieldValidator::for_section(setup.role, head);
    validator.extended_connect = setup.options.extended_connect || setup.role == Role::Observer;
    validator.allowed = setup.options.allowed;
    validator
}

fn same_end(setup: &Setup, end: &SectionEnd, fresh: &FieldValidator) {
    let is_within_limits =
        end.kind.map_or_else(|error| error.field().is_some() || !is_limit(error), |_| true);
    if !setup.options.validate_fields || !is_within_limits || fresh.fields() != end.fields {
        return;
    }
    assert_eq!(end.broken, fresh.broken(end.head.end_stream));
    assert_eq!(end.content_length, fresh.content_length());
    assert_eq!(
        end.kind.map_err(|error| (error.rule.name(), error.field())),
        fresh.finish(end.head.end_stream).map_err(|breach| (breach.malformed.name(), breach.field())),
    );
}

fn is_limit(error: h2wire::StreamError) -> bool {
    matches!(error.rule, h2wire::Rule::Limit(_))
}

/// What becomes of a section. Only its kind and stream, if it is not a good one.
type Made = Result<String, String>;

fn text<T: std::fmt::Debug>(made: Result<T, ToHttpError>) -> Made {
    made.map(|made| format!("{made:?}")).map_err(|error| error.to_string())
}

fn by_heads(setup: &Setup, octets: &[u8]) -> Vec<Made> {
    let (mut reader, mut rest, mut heads, mut made) = (reader(setup), octets, Heads::new(), Vec::new());
    while let Ok(Progress::Item { item, consumed }) = reader.read_with(rest, |fields| heads.read(fields)) {
        rest = &rest[consumed..];
        let Event::Fields { fields: Some(kind), .. } = item else { continue };
        made.push(match kind {
            Ok(SectionKind::Request) => text(heads.take_request()),
            Ok(SectionKind::Response) => text(heads.take_response()),
            Ok(SectionKind::Trailers) => text(heads.take_trailers()),
            Err(error) => Err(format!("{error:?}")),
        });
    }
    made
}

fn by_lists(setup: &Setup, octets: &[u8]) -> Vec<Made> {
    let (mut reader, mut rest, mut made) = (reader(setup), octets, Vec::new());
    while let Ok(Progress::Item { item, .. }) = reader.read_message(&mut rest) {
        made.push(match item {
            Message::Section { kind: SectionKind::Request, fields, .. } => text(fields.to_request()),
            Message::Section { kind: SectionKind::Response, fields, .. } => text(fields.to_response()),
            Message::Section { kind: SectionKind::Trailers, fields, .. } => text(fields.to_trailers()),
            Message::RefusedSection { error, .. } => Err(format!("{error:?}")),
            _ => continue,
        });
    }
    made
}
