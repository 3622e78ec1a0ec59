//! What `Writer` writes is read by every reader, in every split, as it was meant.
//!
//! Input: two octets that describe the plan, settings of the receiver by three octets each, five cuts, and the seed of a
//! conversation.

use h2wire::Limits;
use h2wire::frame::{PayloadLength, Setting, SettingId, SettingList};
use h2wire::generate::{Conversation, Plan, Seed};

use crate::input::Input;
use crate::meaning::assert_read;

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (plan, cuts) = (plan(&mut input), cuts(&mut input));
    let conversation = Conversation::new(&plan, &mut Seed::new(input.0));
    assert_read(&plan, &conversation, &cuts);
}

/// A plan for either side, for a receiver with the usual limits or others, whose settings change.
pub(crate) fn plan(input: &mut Input<'_>) -> Plan {
    let [octet, settings] = input.octets();
    let is = |bit: u8| octet & bit != 0;
    let mut limits = Limits::DEFAULT.with_accept_push(is(2));
    if is(4) {
        limits = limits.with_max_section_size(8_000).with_max_fields(100).with_max_block_len(20_000);
    }
    if is(8) {
        limits = limits.with_max_continuations(5).with_max_settings(8).with_max_table_size(512);
    }
    if is(16) {
        limits = limits.with_max_frame_size(PayloadLength::new(20_000).expect("24 bits"));
    }
    let plan = if is(1) { Plan::server() } else { Plan::client() };
    (0..settings % 4).fold(plan.with_limits(limits), |plan, _| {
        let [id, high, low] = input.octets();
        let value = u32::from(u16::from_be_bytes([high, low]));
        let (id, value) = match id % 5 {
            0 => (SettingId::HEADER_TABLE_SIZE, value % (limits.max_table_size + 1)),
            1 => (SettingId::ENABLE_PUSH, value % 2),
            2 => (SettingId::INITIAL_WINDOW_SIZE, value),
            3 => (SettingId::MAX_FRAME_SIZE, 0x4000 + value),
            _ => (SettingId::ENABLE_CONNECT_PROTOCOL, 1),
        };
        let octets = Setting { id, value }.encode();
        plan.with_receiver_settings(&SettingList::parse(octets).expect("values that are allowed"))
    })
}

pub(crate) fn cuts(input: &mut Input<'_>) -> [usize; 5] {
    input.octets().map(|octet| usize::from(octet) * 3)
}
