//! The payload of a frame, from its keys to its bytes. Nothing is checked here: some of it may be wrong on purpose.

use anyhow::Context;
use h2wire::frame::{ErrorCode, Flags, FrameType, SettingId};
use serde_json::Value;

use crate::encode::keys::Keys;

pub(crate) struct Payload {
    pub(crate) octets: Vec<u8>,
    /// The flags that follow from the payload, and those that could.
    pub(crate) flags: Flags,
    pub(crate) shown: Flags,
}

impl Payload {
    const fn from_octets(octets: Vec<u8>) -> Self {
        Self { octets, flags: Flags(0), shown: Flags(0) }
    }

    fn with_flag(mut self, flag: Flags, is_set: bool) -> Self {
        self.shown.0 |= flag.0;
        if is_set {
            self.flags.0 |= flag.0;
        }
        self
    }
}

/// A stream identifier or an increment.
const BITS_31: u32 = u32::MAX >> 1;

/// Reads a payload. With `raw`, values may have bits that are reserved, and any payload may be `payload_hex`.
pub(crate) fn payload(frame_type: FrameType, value: Value, raw: bool) -> anyhow::Result<Payload> {
    let mut keys = Keys::from_value(value, "payload")?;
    if raw && keys.has("payload_hex") {
        return unknown(keys);
    }
    let most = if raw { u32::MAX } else { BITS_31 };
    let payload = match frame_type {
        FrameType::DATA => padded(&mut keys, |keys, octets| {
            octets.extend(keys.octets("data_hex")?);
            Ok(())
        })?,
        FrameType::HEADERS => headers(&mut keys, most)?,
        FrameType::PRIORITY => Payload::from_octets(priority(&mut keys, most)?.to_vec()),
        FrameType::RST_STREAM => Payload::from_octets(error_code(&mut keys)?.to_vec()),
        FrameType::SETTINGS => settings(&mut keys)?,
        FrameType::PUSH_PROMISE => padded(&mut keys, |keys, octets| {
            octets.extend(keys.number("promised_stream_id", most)?.to_be_bytes());
            octets.extend(keys.octets("field_block_fragment_hex")?);
            Ok(())
        })?,
        FrameType::PING => {
            let ack = keys.bool("ack")?.unwrap_or(false);
            Payload::from_octets(keys.octets("opaque_data_hex")?).with_flag(Flags::ACK, ack)
        }
        FrameType::GOAWAY => {
            let mut octets = keys.number("last_stream_id", most)?.to_be_bytes().to_vec();
            octets.extend(error_code(&mut keys)?);
            octets.extend(keys.octets("additional_debug_data_hex")?);
            Payload::from_octets(octets)
        }
        FrameType::WINDOW_UPDATE => {
            Payload::from_octets(keys.number("window_size_increment", most)?.to_be_bytes().to_vec())
        }
        FrameType::CONTINUATION => Payload::from_octets(keys.octets("field_block_fragment_hex")?),
        _ => return unknown(keys),
    };
    keys.done(&[])?;
    Ok(payload)
}

/// Pad Length, the fields in between, and padding. RFC 9113 §6.1.
fn padded(
    keys: &mut Keys,
    between: impl FnOnce(&mut Keys, &mut Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<Payload> {
    let pad_length = keys.optional("pad_length", u8::MAX.into())?;
    let pad_length = pad_length.and_then(|octets| u8::try_from(octets).ok());
    let mut octets = Vec::from_iter(pad_length);
    between(keys, &mut octets)?;
    octets.extend(std::iter::repeat_n(0, pad_length.unwrap_or(0).into()));
    Ok(Payload::from_octets(octets).with_flag(Flags::PADDED, pad_length.is_some()))
}

fn headers(keys: &mut Keys, most: u32) -> anyhow::Result<Payload> {
    let fields = match keys.take("priority") {
        None => None,
        Some(value) => {
            let mut keys = Keys::from_value(value, "priority")?;
            let fields = priority(&mut keys, most)?;
            keys.done(&[])?;
            Some(fields)
        }
    };
    let payload = padded(keys, |keys, octets| {
        octets.extend(fields.into_iter().flatten());
        octets.extend(keys.octets("field_block_fragment_hex")?);
        Ok(())
    })?;
    Ok(payload.with_flag(Flags::PRIORITY, fields.is_some()))
}

fn priority(keys: &mut Keys, most: u32) -> anyhow::Result<[u8; 5]> {
    let exclusive = if keys.bool("exclusive")?.unwrap_or(false) { 0x80 } else { 0 };
    let [s0, s1, s2, s3] = keys.number("stream_dependency", most)?.to_be_bytes();
    let weight = u8::try_from(keys.number("weight", u8::MAX.into())?)?;
    Ok([s0 | exclusive, s1, s2, s3, weight])
}

fn error_code(keys: &mut Keys) -> anyhow::Result<[u8; 4]> {
    let name_of = |code| ErrorCode(code).name();
    Ok(keys.named("error_code", "error_name", u32::MAX, name_of)?.to_be_bytes())
}

fn settings(keys: &mut Keys) -> anyhow::Result<Payload> {
    let ack = keys.bool("ack")?.unwrap_or(false);
    let mut octets = Vec::new();
    for (index, value) in keys.array("settings")?.into_iter().enumerate() {
        let setting = setting(value).with_context(|| format!("setting {}", index.saturating_add(1)))?;
        octets.extend(setting);
    }
    Ok(Payload::from_octets(octets).with_flag(Flags::ACK, ack))
}

fn setting(value: Value) -> anyhow::Result<[u8; 6]> {
    let name_of = |id| SettingId(u16::try_from(id).unwrap_or(0)).name();
    let mut keys = Keys::from_value(value, "the setting")?;
    let id = keys.named("id", "name", u16::MAX.into(), name_of)?;
    let [v0, v1, v2, v3] = keys.number("value", u32::MAX)?.to_be_bytes();
    keys.done(&[])?;
    let [i0, i1] = u16::try_from(id)?.to_be_bytes();
    Ok([i0, i1, v0, v1, v2, v3])
}

/// Bytes of any structure; the other keys of `decode` repeat them.
fn unknown(mut keys: Keys) -> anyhow::Result<Payload> {
    let octets = keys.octets("payload_hex")?;
    keys.done(&[
        "origin",
        "origin_hex",
        "alt_svc_field_value",
        "alt_svc_field_value_hex",
        "origins",
        "origins_hex",
        "prioritized_stream_id",
        "priority_field_value",
        "priority_field_value_hex",
    ])?;
    Ok(Payload::from_octets(octets))
}
