//! The example server with a client, in memory.

use std::sync::Arc;

use bytes::Bytes;
use h2wire_connection::{Config, driver};
use tokio::io::duplex;
use tokio::sync::watch;

use crate::content::Site;
use crate::io::serve;

/// Statuses, interim ones too, and the content.
type Answer = (Vec<String>, Vec<u8>);

/// A request and its response, through a pipe of limited width.
async fn talk(method: &str, path: &str, expects: bool, content: Bytes, width: usize) -> Answer {
    let (here, there) = duplex(width);
    let (_stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve(there, Arc::new(Site::new("/nowhere".into())), stopped));
    let (client, driver) = driver::client(here, &Config::DEFAULT).unwrap();
    let driver = tokio::spawn(driver);
    let mut head = vec![(":method", method), (":scheme", "http"), (":authority", "a"), (":path", path)];
    if expects {
        head.push(("expect", "100-continue"));
    }
    let (outgoing, mut pending) = client.open(head).await.unwrap();
    let status = |fields: &h2wire::FieldList| {
        String::from_utf8(fields.get(b":status").unwrap_or_default().to_vec()).unwrap()
    };
    let mut statuses = Vec::new();
    if expects && let Some(fields) = pending.interim().await.unwrap() {
        statuses.push(status(&fields));
    }
    outgoing.finish(content).unwrap();
    let mut response = pending.response().await.unwrap();
    statuses.push(status(&response.fields));
    let mut answer = Vec::new();
    while let Some(data) = response.body.data().await.unwrap() {
        answer.extend_from_slice(&data);
    }
    drop((client, response));
    driver.await.unwrap().unwrap();
    server.await.unwrap().unwrap();
    (statuses, answer)
}

#[tokio::test]
async fn content_comes_back_however_it_is_cut() {
    let content: Vec<u8> = (0..600_000_u32).flat_map(u32::to_le_bytes).collect();
    let content = Bytes::from(content);
    for (len, width) in [(0, 1), (1, 1), (2_000, 1), (70_000, 7), (2_400_000, 1_000), (2_400_000, 1 << 20)] {
        let sent = content.slice(..len);
        let (statuses, answer) = talk("POST", "/echo", false, sent.clone(), width).await;
        assert_eq!(statuses, ["200"]);
        assert!(answer == sent, "{len} through {width}");
    }
}

#[tokio::test]
async fn answers_without_files() {
    for (method, path, expects, content, statuses, answer) in [
        ("POST", "/any", false, b"hello".as_slice(), vec!["200"], b"5 octets\n".as_slice()),
        ("POST", "/any", true, b"hello", vec!["100", "200"], b"5 octets\n"),
        ("DELETE", "/", false, b"", vec!["405"], b""),
        ("OPTIONS", "*", false, b"", vec!["204"], b""),
        ("GET", "/../a", false, b"", vec!["400"], b"no such path\n"),
    ] {
        let (said, came) = talk(method, path, expects, Bytes::from_static(content), 1_000).await;
        assert_eq!(
            (said, came.as_slice()),
            (statuses.iter().map(ToString::to_string).collect(), answer),
            "{method}"
        );
    }
}
