//! Frames through `tokio_util::codec::Framed`, both ways.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use h2wire::frame::{Frame, PREFACE, Ping, SettingList, Settings};
use h2wire::{FrameCodec, FrameCodecError, FrameReader, Item, Role};
use tokio::io::{AsyncWriteExt, duplex};
use tokio_util::codec::Framed;

fn settings() -> Frame<Bytes> {
    Settings::List(SettingList::default()).into()
}

#[tokio::test]
async fn frames_go_both_ways() {
    // Wide enough for the first frame of the server, too narrow for what the client sends at once.
    let (mut client, server) = duplex(20);
    let server = tokio::spawn(async move {
        let mut framed = Framed::new(server, FrameCodec { reader: FrameReader::new(Role::Server) });
        framed.send(settings()).await.unwrap();
        while let Some(item) = framed.next().await {
            if let Item::Frame { frame: Frame::Ping(ping), .. } = item.unwrap() {
                framed.send(Frame::<Bytes>::Ping(ping.answer())).await.unwrap();
            }
        }
    });
    client.write_all(PREFACE).await.unwrap();
    let mut framed = Framed::new(client, FrameCodec { reader: FrameReader::new(Role::Client) });
    let ping = Ping { ack: false, opaque_data: *b"deadbeef" };
    framed.send(settings()).await.unwrap();
    framed.send(Frame::<Bytes>::Ping(ping)).await.unwrap();
    let mut frames = Vec::new();
    while frames.len() < 2 {
        let Item::Frame { frame, .. } = framed.next().await.unwrap().unwrap() else { panic!("no frame") };
        frames.push(frame);
    }
    assert_eq!(frames, [settings(), Frame::Ping(ping.answer())]);
    drop(framed);
    server.await.unwrap();
}

#[tokio::test]
async fn a_broken_rule_is_told_as_such() {
    let (mut client, server) = duplex(64);
    let mut framed = Framed::new(server, FrameCodec { reader: FrameReader::new(Role::Server) });
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    match framed.next().await {
        Some(Err(FrameCodecError::Connection(error))) => assert_eq!(error.rule.name(), "http1_request"),
        other => panic!("{other:?}"),
    }
}
