#![no_std]
#![no_main]

use core::panic::PanicInfo;

use h2wire::frame::{Data, EncodeError, Frame, Ping, SettingBuffer, Settings, StreamId};
use h2wire::{FrameReader, Item, Progress, Role};

unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// The `core` of a target with an operating system is compiled for unwinding and names this; nothing calls it.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Writes frames and reads them back. Returns 0 when they are the same.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    match round_trip() {
        Ok(true) => 0,
        _ => 1,
    }
}

fn round_trip() -> Result<bool, EncodeError> {
    let ping = Ping { ack: false, opaque_data: *b"deadbeef" };
    let data =
        Data { end_stream: true, stream_id: StreamId::MAX, pad_length: Some(3), data: b"hello".as_slice() };
    let settings = SettingBuffer::<1>::new();

    let frames: [Frame<&[u8]>; 3] = [Settings::List(settings.list()).into(), ping.into(), data.into()];
    let mut octets = [0; 128];
    let mut free = octets.as_mut_slice();
    for frame in frames {
        let written = frame.encode(free)?;
        free = free.get_mut(written..).unwrap_or_default();
    }

    let mut reader = FrameReader::new(Role::Client);
    let mut rest = octets.as_slice();
    for frame in frames {
        let Ok(Progress::Item { item: Item::Frame { frame: found, .. }, consumed }) = reader.read(rest) else {
            return Ok(false);
        };
        if found != frame {
            return Ok(false);
        }
        rest = rest.get(consumed..).unwrap_or_default();
    }
    Ok(true)
}
