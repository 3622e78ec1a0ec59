//! SOCKS 5 and 4: where the tunnel starts.

use crate::inspect::capture::http1::find;

/// Whether both sides speak SOCKS so far.
pub(super) fn is_socks(client: &[u8], server: &[u8]) -> bool {
    matches!((client, server), ([5, 1..=255, ..], [] | [5, ..]) | ([4, 1, ..], [] | [0] | [0, 90, ..]))
}

/// The lengths of a complete exchange of SOCKS 5. RFC 1928, RFC 1929.
pub(super) fn socks5(client: &[u8], server: &[u8]) -> Option<(usize, usize)> {
    const PASSWORD: u8 = 2;
    let [5, methods, ..] = *client else { return None };
    let [5, method, ref answers @ ..] = *server else { return None };
    let mut of_client = usize::from(methods).saturating_add(2);
    let (mut of_server, mut answers) = (2_usize, answers);
    if method == PASSWORD {
        let [1, name, ..] = *client.get(of_client..)? else { return None };
        let password = of_client.saturating_add(name.into()).saturating_add(2);
        of_client = password.saturating_add(usize::from(*client.get(password)?)).saturating_add(1);
        let [1, 0, ref rest @ ..] = *answers else { return None };
        (of_server, answers) = (4, rest);
    }
    let [5, 1, 0, ref asked @ ..] = *client.get(of_client..)? else { return None };
    let [5, 0, 0, ref bound @ ..] = *answers else { return None };
    of_client = of_client.saturating_add(3).saturating_add(socks_address(asked)?);
    of_server = of_server.saturating_add(3).saturating_add(socks_address(bound)?);
    (client.len() >= of_client && server.len() >= of_server).then_some((of_client, of_server))
}

/// The length of an address and a port.
fn socks_address(octets: &[u8]) -> Option<usize> {
    match *octets {
        [1, ..] => Some(7),
        [3, len, ..] => Some(usize::from(len).saturating_add(4)),
        [4, ..] => Some(19),
        _ => None,
    }
}

/// The same of SOCKS 4 and 4a.
pub(super) fn socks4(client: &[u8], server: &[u8]) -> Option<(usize, usize)> {
    const FIXED: usize = 8;
    let [4, 1, _, _, ref address @ ..] = *client else { return None };
    let [0, 90, ..] = *server else { return None };
    let text = |from: usize| Some(from.saturating_add(find(client.get(from..)?, b"\0")?).saturating_add(1));
    let mut of_client = text(FIXED)?;
    // The name of the host follows.
    if matches!(address, [0, 0, 0, 1..=255, ..]) {
        of_client = text(of_client)?;
    }
    (server.len() >= FIXED).then_some((of_client, FIXED))
}

/// The length of what a server of SOCKS sends first, if that is all that is known. `goes_on` if more was seen of it before.
pub(super) fn of_server(server: &[u8], goes_on: bool) -> Option<usize> {
    const METHOD: usize = 2;
    const FIXED: usize = 8;
    let len = match *server {
        [5, 0, 0, ref bound @ ..] if matches!(bound, [1 | 3 | 4, ..]) => {
            socks_address(bound)?.saturating_add(3)
        }
        [5, 0 | 2] | [5, 0 | 2, 5 | 1, ..] => METHOD,
        [1, 0] | [1, 0, 5, ..] if goes_on => METHOD,
        [0, 90, ..] => FIXED,
        _ => return None,
    };
    (len <= server.len()).then_some(len)
}
