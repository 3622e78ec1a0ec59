//! A client over TLS: ALPN offers `h2` and `http/1.1`, and the client speaks the chosen one. RFC 9113 §3.2.
//!
//! ```text
//! cargo run -p h2wire-connection --example client --features tokio -- https://example.com/ [--method METHOD]
//!     [--data FILE] [--cacert FILE | --insecure] [--http1.1]
//! ```

#![allow(unreachable_pub, reason = "a program: nothing of it is reached from outside")]

#[path = "common/fetch.rs"]
mod fetch; // the request and the printed output
#[path = "common/http1.rs"]
mod http1; // the alternative protocol
#[path = "common/trust.rs"]
mod trust; // whose certificates are good

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use fetch::{Failure, Target, fetch};
use trust::{Trust, client_config};

const USAGE: &str = "\
usage: client https://HOST[:PORT][/PATH] [--method METHOD] [--data FILE] [--cacert FILE | --insecure] [--http1.1]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    fetch::report(run().await)
}

async fn run() -> Result<(), Failure> {
    let (mut trust, mut offers_h2) = (Trust::System, true);
    let target = Target::from_arguments("https", USAGE, |name, parser| {
        match name {
            "cacert" => trust = Trust::File(PathBuf::from(parser.value()?)),
            "insecure" => trust = Trust::Everyone,
            "http1.1" => offers_h2 = false,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let offered: &[&[u8]] = if offers_h2 { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
    let socket = target.connect().await?;
    let name = ServerName::try_from(target.host.clone())?;
    let tls = TlsConnector::from(Arc::new(client_config(&trust, offered)?));
    let socket = tls.connect(name, socket).await?;

    let chosen = socket.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
    let text = |protocol: &[u8]| protocol.escape_ascii().to_string();
    let names: Vec<String> = offered.iter().map(|protocol| text(protocol)).collect();
    eprintln!("* {} by TLS, ALPN offers {}", target.authority(), names.join(", "));
    match chosen.as_deref() {
        // RFC 9113 §3.2
        Some(b"h2") => {
            eprintln!("* the server chose h2: HTTP/2");
            fetch(socket, &target).await
        }
        // RFC 7301 §3.2: without a choice, the protocol is the same as without ALPN.
        other => {
            eprintln!("* the server chose {}: HTTP/1.1", other.map_or("nothing".to_owned(), text));
            http1::fetch(socket, &target).await
        }
    }
}
