//! Values of several options.

use clap::ValueEnum;
use clap::builder::RangedU64ValueParser;
use h2wire::Role;
use h2wire::frame::{FrameType, PayloadLength, StreamId};

use crate::bounds::MOST_TABLE;

/// Bounded, because the command allocates memory for a list of this size.
pub(super) fn list_size() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(1..=u64::from(MOST_TABLE))
}

pub(super) fn table_size() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(..=u64::from(MOST_TABLE))
}

pub(super) const EXIT_STATUS: &str = "Exit status: 0 no error; 1 a rule was broken; 2 the input cannot be read, or wrong \
    usage; 3 the input ends inside a frame, or a capture lacks bytes. If several apply: 2, then 1, then 3.";

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RoleName {
    Server,
    Client,
    Observer,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Server => Self::Server,
            RoleName::Client => Self::Client,
            RoleName::Observer => Self::Observer,
        }
    }
}

pub(super) fn payload_length(text: &str) -> Result<PayloadLength, String> {
    let octets: u32 = text.parse().map_err(|error| format!("{error}"))?;
    match PayloadLength::new(octets) {
        Some(length) if octets > 0 => Ok(length),
        _ => Err(format!(
            "the limit must be from 1 to {} bytes, the longest payload of a frame",
            PayloadLength::MAX.get()
        )),
    }
}

pub(super) fn stream_id(text: &str) -> Result<StreamId, String> {
    let number: u32 = text.parse().map_err(|error| format!("{error}"))?;
    StreamId::new(number).ok_or_else(|| format!("the highest stream is {}", StreamId::MAX.get()))
}

/// A stream with messages.
pub(super) fn message_stream(text: &str) -> Result<StreamId, String> {
    let stream_id = stream_id(text)?;
    if stream_id.is_connection() {
        return Err("stream 0 is the connection, which has no messages".to_owned());
    }
    Ok(stream_id)
}

/// A frame type by its name, in any case, or its number.
pub(super) fn frame_type(text: &str) -> Result<FrameType, String> {
    let mut types = (0..=u8::MAX).map(FrameType);
    let known =
        |frame_type: &FrameType| frame_type.name().is_some_and(|name| name.eq_ignore_ascii_case(text));
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = hexadecimal.map_or_else(|| text.parse(), |digits| u8::from_str_radix(digits, 16));
    match (number, types.find(known)) {
        (Ok(number), _) => Ok(FrameType(number)),
        (_, Some(frame_type)) => Ok(frame_type),
        _ => Err("not a name of a frame type, and no number below 256, such as 13 or 0xd".to_owned()),
    }
}
