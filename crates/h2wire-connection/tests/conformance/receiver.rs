//! A connection that a generated conversation is sent to. A fuzz target uses it too.

use h2wire::Role;
use h2wire::frame::{SettingId, SettingList};
use h2wire::generate::Plan;
use h2wire_connection::{Config, Connection};

const REQUEST: [(&str, &str); 4] =
    [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")];

/// A connection that widens no window, has sent the SETTINGS that the conversation acknowledges, and, if it is a client, the
/// requests of the plan, with or without their end.
pub(crate) fn receiver(
    receiver_settings: &[SettingList<Vec<u8>>],
    plan: &Plan,
    end_stream: bool,
) -> Connection {
    let config =
        Config::default().with_stream_window(65_535).with_connection_window(65_535).with_limits(plan.limits);
    let more = receiver_settings.get(1..).unwrap_or_default();
    let connect = more.iter().any(|list| list.get(SettingId::ENABLE_CONNECT_PROTOCOL) == Some(1));
    let config = config.with_extended_connect(connect);
    let push = more.iter().find_map(|list| list.get(SettingId::ENABLE_PUSH));
    // What a client says of it once holds.
    let push = push.map_or(plan.limits.accept_push, |push| push == 1);
    let config = config.with_limits(plan.limits.with_accept_push(push));
    let mut connection = if plan.receiver() == Role::Server {
        Connection::server(&config).unwrap()
    } else {
        let mut client = Connection::client(&config).unwrap();
        plan.requests.iter().for_each(|_| _ = client.open(REQUEST, end_stream).unwrap());
        client
    };
    for setting in more.iter().flat_map(|list| list.iter().collect::<Vec<_>>()) {
        let before = *connection.config();
        let config = match setting.id {
            SettingId::INITIAL_WINDOW_SIZE => before.with_stream_window(setting.value),
            SettingId::HEADER_TABLE_SIZE => {
                before.with_limits(before.limits.with_max_table_size(setting.value))
            }
            SettingId::ENABLE_CONNECT_PROTOCOL | SettingId::ENABLE_PUSH => before,
            other => panic!("{other:?}"),
        };
        // Each list is acknowledged, also one that says what holds already.
        let config = if config == before { before.with_max_concurrent_streams(127) } else { config };
        connection.update(&config).unwrap();
    }
    connection
}
