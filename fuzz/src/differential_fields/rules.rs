//! What nghttp2 makes of a field list otherwise than we do: the rules it does not have, and those that are its own.
//!
//! Both together tell what nghttp2 answers to every list, so that no deviation hides another difference.

use h2wire::Malformed;

use super::Section;
use crate::deviation::Deviation;
use crate::seeds::Line;

/// Why nghttp2 does not mind that a rule is broken; `None` if it does.
pub(crate) fn lacking(malformed: Malformed, section: Section, list: &[Line]) -> Option<Deviation> {
    let is_each = |name: &[u8], is: fn(&[u8]) -> bool| values(list, name).all(is);
    let (deviation, lacks) = match malformed {
        Malformed::AuthorityForm | Malformed::AuthorityUserinfo | Malformed::HostForm => {
            (Deviation::NgAuthorityForm, true)
        }
        Malformed::ConnectAuthorityForm => (Deviation::NgTunnelPort, true),
        Malformed::HostDiffers => (Deviation::NgHostDiffers, true),
        Malformed::PathForm => (Deviation::NgPathFragment, is_path_but_for_fragment(list)),
        Malformed::ProtocolForm => (Deviation::NgProtocolForm, true),
        Malformed::StatusForm => {
            let is_low = |status: &[u8]| matches!(status, [b'0', b'0'..=b'9', b'0'..=b'9']);
            (Deviation::NgStatusBelow100, is_each(b":status", is_low))
        }
        Malformed::ConnectionSpecific => {
            let is_trailers = |te: &[u8]| te.eq_ignore_ascii_case(b"trailers");
            let lacks = !section.is_request() && !CONNECTION.iter().any(|name| has(list, name));
            (Deviation::NgTeInResponse, lacks && is_each(b"te", is_trailers))
        }
        Malformed::PromiseMethod => {
            (Deviation::NgPromiseMethod, is_each(b":method", |method| method != b"CONNECT"))
        }
        Malformed::PromiseWithoutAuthority => (Deviation::NgPromiseAuthority, true),
        Malformed::PromiseWithContent => (Deviation::NgPromiseContent, true),
        _ => return None,
    };
    lacks.then_some(deviation)
}

const CONNECTION: [&[u8]; 5] =
    [b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"];

/// Why nghttp2 refuses a list that breaks no rule of ours, or none that it has.
pub(crate) fn its_own(section: Section, end_stream: bool, list: &[Line]) -> Vec<Deviation> {
    let mut own = Vec::new();
    let mut note = |is_refused: bool, deviation| {
        if is_refused {
            own.push(deviation);
        }
    };
    let is_control = |octet: &u8| *octet < b' ' && *octet != b'\t' || *octet == 0x7f;
    note(list.iter().any(|(_, value)| value.iter().any(is_control)), Deviation::NgControlCharacters);
    let is_head = section.is_head();
    if section.is_request() {
        let hosts = || values(list, b":authority").chain(values(list, b"host"));
        note(
            hosts().any(|host| !host.iter().all(is_authority_octet)),
            if is_head { Deviation::NgAuthorityCharacters } else { Deviation::NgTrailersAsHead },
        );
        let is_empty = |name: &&[u8]| values(list, name).any(<[u8]>::is_empty);
        note(is_head && NOT_EMPTY.iter().any(is_empty), Deviation::NgEmptyValue);
        let hosts = values(list, b"host");
        note(!is_head && (is_empty(&&b"host"[..]) || hosts.count() > 1), Deviation::NgTrailersAsHead);
    }
    if section.is_request() && is_head {
        let has_authority = has(list, b":authority");
        note(!has_authority && !has(list, b"host"), Deviation::NgAuthorityMissing);
        note(has(list, b":protocol") && !has_authority, Deviation::NgProtocolAuthority);
    }
    content_length(section, end_stream, list, note);
    own
}

/// What a request must not have as an empty value.
const NOT_EMPTY: [&[u8]; 6] = [b":method", b":scheme", b":authority", b":path", b":protocol", b"host"];

fn content_length(section: Section, end_stream: bool, list: &[Line], mut note: impl FnMut(bool, Deviation)) {
    let lengths: Vec<_> = values(list, b"content-length").collect();
    let Some(length) = lengths.first() else { return };
    let number = number(length);
    if !section.is_head() {
        // There is no DATA.
        return note(lengths.len() > 1 || number != Some(0), Deviation::NgTrailersAsHead);
    }
    let status = values(list, b":status").next().filter(|_| section == Section::Response);
    let has_no_content = matches!(status, Some([b'1', ..])) || status == Some(b"204") && **length != *b"0";
    note(lengths.len() > 1, Deviation::NgContentLengthRepeated);
    note(number.is_some_and(|number| i64::try_from(number).is_err()), Deviation::NgContentLengthRange);
    note(has_no_content, Deviation::NgContentLengthOfNoContent);
    let has_content = status.is_some_and(|status| !matches!(status, [b'1', ..] | b"204" | b"304"));
    note(has_content && end_stream && number != Some(0), Deviation::NgContentLengthOfResponse);
}

/// A `:path` that is right without what follows `#`, or of a scheme whose paths nghttp2 does not look at.
fn is_path_but_for_fragment(list: &[Line]) -> bool {
    let is_http = values(list, b":scheme")
        .any(|scheme| scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https"));
    values(list, b":path").all(|path| {
        path.iter().all(|octet| *octet > b' ' && *octet != 0x7f)
            && path.contains(&b'#')
            && (path.starts_with(b"/") || !is_http)
    })
}

fn is_authority_octet(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!$%&'()*+,-.:;=[]_~".contains(octet)
}

fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

fn values<'l>(list: &'l [Line], name: &[u8]) -> impl Iterator<Item = &'l [u8]> {
    list.iter().filter(move |(other, _)| *other == name).map(|(_, value)| value.as_slice())
}

fn has(list: &[Line], name: &[u8]) -> bool {
    values(list, name).next().is_some()
}
