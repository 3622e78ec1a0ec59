//! A frame of ours against one of h2, as far as h2 tells.

use h2::frame::{Frame as H2Frame, Settings as H2Settings};
use h2wire_frame::{Frame, SettingId, SettingList, Settings};

/// Panics where they differ.
pub(super) fn frame(ours: &Frame<Vec<u8>>, theirs: &H2Frame) {
    match (ours, theirs) {
        (Frame::Data(ours), H2Frame::Data(theirs)) => {
            assert_eq!(u32::from(theirs.stream_id()), ours.stream_id.get());
            assert_eq!(theirs.is_end_stream(), ours.end_stream);
            assert_eq!(theirs.payload(), &ours.data);
        }
        // h2 does not tell what is in it.
        (Frame::Priority(_), H2Frame::Priority(_)) => {}
        (Frame::RstStream(ours), H2Frame::Reset(theirs)) => {
            assert_eq!(u32::from(theirs.stream_id()), ours.stream_id.get());
            assert_eq!(u32::from(theirs.reason()), ours.error_code.0);
        }
        (Frame::Settings(Settings::Ack), H2Frame::Settings(theirs)) => assert!(theirs.is_ack()),
        (Frame::Settings(Settings::List(ours)), H2Frame::Settings(theirs)) => settings(ours, theirs),
        (Frame::Ping(ours), H2Frame::Ping(theirs)) => {
            assert_eq!((theirs.is_ack(), *theirs.payload()), (ours.ack, ours.opaque_data));
        }
        (Frame::GoAway(ours), H2Frame::GoAway(theirs)) => {
            assert_eq!(u32::from(theirs.last_stream_id()), ours.last_stream_id.get());
            assert_eq!(u32::from(theirs.reason()), ours.error_code.0);
            assert_eq!(theirs.debug_data(), &ours.additional_debug_data);
        }
        (Frame::WindowUpdate(ours), H2Frame::WindowUpdate(theirs)) => {
            assert_eq!(u32::from(theirs.stream_id()), ours.stream_id.get());
            assert_eq!(theirs.size_increment(), ours.window_size_increment.get());
        }
        _ => panic!("{ours:?} is {theirs:?} for h2"),
    }
}

/// h2 keeps the last value of each setting it knows.
fn settings(ours: &SettingList<Vec<u8>>, theirs: &H2Settings) {
    let last = |id| ours.iter().filter(|setting| setting.id == id).last().map(|setting| setting.value);
    assert!(!theirs.is_ack());
    assert_eq!(theirs.header_table_size(), last(SettingId::HEADER_TABLE_SIZE));
    assert_eq!(theirs.is_push_enabled(), last(SettingId::ENABLE_PUSH).map(|value| value == 1));
    assert_eq!(theirs.max_concurrent_streams(), last(SettingId::MAX_CONCURRENT_STREAMS));
    assert_eq!(theirs.initial_window_size(), last(SettingId::INITIAL_WINDOW_SIZE));
    assert_eq!(theirs.max_frame_size(), last(SettingId::MAX_FRAME_SIZE));
    assert_eq!(theirs.max_header_list_size(), last(SettingId::MAX_HEADER_LIST_SIZE));
    let connect = last(SettingId::ENABLE_CONNECT_PROTOCOL).map(|value| value == 1);
    assert_eq!(theirs.is_extended_connect_protocol_enabled(), connect);
}
