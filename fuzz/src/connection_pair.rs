//! A client and a server, whatever both do, and a pipe between them that loses nothing and cuts anywhere: content arrives as it was
//! sent, each stream ends once, no window is exceeded (each side checks the other), and nothing waits for ever.
//!
//! Input: an octet that chooses the test. Streams with equal rights: three octets. Otherwise four windows of two octets each, then
//! actions of four octets each.

use crate::action::Action;
use crate::input::Input;
use crate::world::World;

/// More than this and a peer that does nothing wrong exceeds a budget.
const ACTIONS: usize = 400;
/// More, and a field block that is cut waits too long for its end. The limit is 10 s.
const MOST_MILLIS: u64 = 9_000;

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    if input.octet() % 32 == 31 {
        let [count, rounds, len] = input.octets().map(usize::from);
        return World::shares_are_equal(2 + count % 18, 1 + rounds % 40, 1 + len * 157);
    }
    let windows: [[u8; 2]; 4] = std::array::from_fn(|_| input.octets());
    let mut world = World::new(windows.map(|window| u32::from(u16::from_be_bytes(window)) * 3));
    let mut millis = 0;
    for _ in 0..ACTIONS {
        if input.is_empty() {
            break;
        }
        let mut action = action(input.octets());
        if let Action::Wait { millis: more } = &mut action {
            *more = (*more).min(MOST_MILLIS - millis);
            millis += *more;
        }
        world.act(&action);
    }
    world.finish();
}

fn action([kind, a, b, c]: [u8; 4]) -> Action {
    let (by, stream) = (usize::from(kind >> 7), usize::from(a % 8));
    let [wide_a, wide_b, wide_c] = [a, b, c].map(usize::from);
    match kind & 0x1f {
        0..=2 => Action::Open { has_content: a & 1 == 1 },
        3..=9 => Action::Send { by, stream, len: wide_b << (c & 7), end: c >> 5 == 0 },
        10 => Action::Send { by, stream, len: wide_b << 10, end: c >> 5 == 0 },
        11 => Action::Trailers { by, stream },
        12 => Action::Push { stream },
        13 => Action::Reset { by, stream },
        14..=16 => Action::Release { by },
        17 => Action::Prioritise { stream, urgency: b % 8, incremental: c & 1 == 1 },
        18 => Action::Window { by, size: u32::from(b) << (c % 12) },
        19 => Action::Ping { by },
        20 => Action::Wait { millis: u64::from(a) * 8 },
        21 => Action::ShutDown { by },
        22..=24 => Action::Move { to_server: wide_a, to_client: wide_b },
        _ => Action::Move { to_server: wide_a << (wide_c & 7), to_client: wide_b << (wide_c >> 5) },
    }
}
