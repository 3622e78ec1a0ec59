//! What is not written because its receiver would have to refuse it: frames of streams on stream 0.

use h2wire_frame::{
    Continuation, Data, EncodeError, ErrorCode, Frame, Headers, Priority, PriorityFields, PushPromise,
    RstStream, StreamId,
};

/// A frame of each type that belongs to a stream, on this one.
fn frames(stream_id: StreamId) -> [Frame<&'static [u8]>; 6] {
    let fragment = b"\x82".as_slice();
    let promised_stream_id = StreamId::FIRST_SERVER;
    [
        Data { end_stream: true, stream_id, pad_length: None, data: fragment }.into(),
        Headers {
            end_stream: true,
            end_headers: true,
            stream_id,
            pad_length: None,
            priority: None,
            field_block_fragment: fragment,
        }
        .into(),
        Frame::Priority(Priority {
            stream_id,
            priority: PriorityFields {
                exclusive: false,
                stream_dependency: StreamId::CONNECTION,
                weight: 15,
            },
        }),
        Frame::RstStream(RstStream { stream_id, error_code: ErrorCode::CANCEL }),
        PushPromise {
            end_headers: true,
            stream_id,
            pad_length: None,
            promised_stream_id,
            field_block_fragment: fragment,
        }
        .into(),
        Continuation { end_headers: true, stream_id, field_block_fragment: fragment }.into(),
    ]
}

#[test]
fn frames_of_streams_are_not_written_on_stream_0() {
    let mut buf = [0; 64];
    for frame in frames(StreamId::CONNECTION) {
        let refused = Err(EncodeError::StreamId(StreamId::CONNECTION));
        assert_eq!(frame.encode(&mut buf), refused, "{:?}", frame.frame_type());
        assert_eq!(frame.encode_head(&mut buf), refused, "{:?}", frame.frame_type());
    }
    for frame in frames(StreamId::FIRST_CLIENT) {
        assert_eq!(frame.encode(&mut buf), Ok(frame.encoded_len()), "{:?}", frame.frame_type());
    }
}
