//! Field lists that are nearly right: the fields of a message out of pools, then a few changes.

use super::Section;
use super::pools::{
    AUTHORITIES, LENGTHS, METHODS, NAMES, PATHS, PROTOCOLS, SCHEMES, SPACES, STATUSES, TE, VALUES,
};
use crate::input::Input;
use crate::seeds::Line;

/// Which section, what is announced, whether the stream ends with it, and its fields.
pub(super) fn section_and_list(input: &mut Input<'_>) -> (Section, bool, Vec<Line>) {
    let [kind, flags] = input.octets();
    let section = match kind % 8 {
        0..=2 => Section::Request { extended_connect: flags & 0x20 != 0 },
        3 | 4 => Section::Response,
        5 => Section::Promise,
        6 => Section::RequestTrailers,
        _ => Section::ResponseTrailers,
    };
    let is_trailers = matches!(section, Section::RequestTrailers | Section::ResponseTrailers);
    // Most trailers end their stream.
    let end_stream =
        section != Section::Promise && if is_trailers { flags & 0x1c != 0 } else { flags & 1 != 0 };
    let mut list = match section {
        Section::Request { .. } | Section::Promise => request(input),
        Section::Response => vec![(b":status".to_vec(), pick(STATUSES, 3, input))],
        Section::RequestTrailers | Section::ResponseTrailers => Vec::new(),
    };
    for _ in 0..input.octet() % 5 {
        let name = pick(NAMES, 6, input);
        let value = value(&name, input);
        list.push((name, value));
    }
    for _ in 0..[0, 0, 0, 0, 0, 1, 1, 2][usize::from(input.octet() & 7)] {
        change(&mut list, input);
    }
    (section, end_stream, list)
}

/// One of the first, the usual ones, most of the time.
fn pick(pool: &[&[u8]], usual: usize, input: &mut Input<'_>) -> Vec<u8> {
    let octet = usize::from(input.octet());
    let most = if octet < 216 { usual } else { pool.len() };
    pool.get(octet % most).map(|picked| picked.to_vec()).unwrap_or_default()
}

fn value(name: &[u8], input: &mut Input<'_>) -> Vec<u8> {
    let pool = match name {
        b":method" => METHODS,
        b":scheme" => SCHEMES,
        b":path" => PATHS,
        b":protocol" => PROTOCOLS,
        b":status" => STATUSES,
        b":authority" | b"host" | b"Host" => AUTHORITIES,
        b"content-length" => LENGTHS,
        b"te" | b"Te" => TE,
        _ => VALUES,
    };
    pick(pool, 3, input)
}

/// The pseudo-header fields of a request, a tunnel, or an extended CONNECT.
fn request(input: &mut Input<'_>) -> Vec<Line> {
    let [shape, left_out] = input.octets();
    let names: &[&[u8]] = match shape % 8 {
        0 => &[b":authority"],
        1 => &[b":protocol", b":scheme", b":path", b":authority"],
        2 => &[b":method", b":scheme", b":path", b"host"],
        3 => &[b":method", b":scheme", b":path", b":authority", b"host"],
        _ => &[b":method", b":scheme", b":path", b":authority"],
    };
    let connect = (shape % 8 < 2).then(|| (b":method".to_vec(), b"CONNECT".to_vec()));
    let mut list: Vec<Line> = connect.into_iter().collect();
    list.extend(names.iter().map(|name| (name.to_vec(), value(name, input))));
    if left_out >= 240 {
        list.remove(usize::from(left_out) % list.len());
    }
    list
}

/// Makes a list a little wrong.
fn change(list: &mut Vec<Line>, input: &mut Input<'_>) {
    let [what, place, other] = input.octets();
    if list.is_empty() {
        return;
    }
    let (place, other) = (usize::from(place) % list.len(), usize::from(other));
    match what % 12 {
        0 => list.push(list[place].clone()),
        1 => list.insert(0, list[place].clone()),
        2 => {
            let other = other % list.len();
            list.swap(place, other);
        }
        3 => drop(list.remove(place)),
        4 => list[place].1.extend(SPACES[other % SPACES.len()]),
        5 => drop(list[place].1.splice(..0, SPACES[other % SPACES.len()].iter().copied())),
        6 => list[place].0.make_ascii_uppercase(),
        7 => {
            let value = &mut list[place].1;
            value.insert(other % (value.len() + 1), input.octet());
        }
        8 => {
            let name = &mut list[place].0;
            name.insert(other % (name.len() + 1), input.octet());
        }
        9 => list[place].1 = input.take(other % 8).to_vec(),
        10 => list[place].0 = input.take(other % 4).to_vec(),
        _ => list[place].1 = value(&list[place].0.clone(), input),
    }
}
