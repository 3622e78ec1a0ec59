//! The table of frames.

use crate::FrameType;
use crate::frame::{
    continuation, data, goaway, headers, ping, priority, priority_update, push_promise, rst_stream, settings,
    window_update,
};
use crate::shape::Shape;

/// The shape of a frame type; `None` for an unknown one.
#[inline]
pub(crate) const fn shape_of(frame_type: FrameType) -> Option<&'static Shape> {
    Some(match frame_type {
        FrameType::DATA => &data::SHAPE,
        FrameType::HEADERS => &headers::SHAPE,
        FrameType::PRIORITY => &priority::SHAPE,
        FrameType::RST_STREAM => &rst_stream::SHAPE,
        FrameType::SETTINGS => &settings::SHAPE,
        FrameType::PUSH_PROMISE => &push_promise::SHAPE,
        FrameType::PING => &ping::SHAPE,
        FrameType::GOAWAY => &goaway::SHAPE,
        FrameType::WINDOW_UPDATE => &window_update::SHAPE,
        FrameType::CONTINUATION => &continuation::SHAPE,
        FrameType::PRIORITY_UPDATE => &priority_update::SHAPE,
        _ => return None,
    })
}
