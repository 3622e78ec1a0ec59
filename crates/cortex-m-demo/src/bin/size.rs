//! What parts of h2wire take of flash: run.sh builds this with one of the features and without.
//!
//! Nothing is known before it runs, neither octets nor the state of a reader: otherwise what a fresh reader refuses in any
//! case is not linked.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod device {
    use core::hint::{black_box, spin_loop};
    use core::panic::PanicInfo;

    use cortex_m_rt::entry;

    fn unknown() -> &'static [u8] {
        static OCTETS: [u8; 64] = [0; 64];
        OCTETS.get(..black_box(64)).unwrap_or_default()
    }

    /// All frames, both ways.
    #[cfg(any(feature = "size-frames", feature = "size-hpack"))]
    fn frames(buf: &mut [u8]) {
        use h2wire::frame::{Frame, ParseOptions, Progress};

        let options = black_box(ParseOptions::default());
        match Frame::parse(unknown(), &options) {
            Ok(Progress::Item { item: (_, frame), .. }) => _ = black_box(black_box(frame).encode(buf)),
            Ok(needed) => _ = black_box(needed),
            Err(error) => _ = black_box(error.code()),
        }
    }

    #[cfg(feature = "size-frames")]
    fn work(buf: &mut [u8]) {
        frames(buf);
    }

    /// All frames both ways, and fields out of them.
    #[cfg(feature = "size-hpack")]
    fn work(buf: &mut [u8]) {
        use h2wire::hpack::{Decoder, DecoderLimits};

        let (memory, buf) = buf.split_at_mut_checked(12_288).unwrap_or_default();
        let Ok(mut decoder) = black_box(Decoder::new_in(&black_box(DecoderLimits::default()), memory)) else {
            return;
        };
        let mut octets = unknown();
        while !octets.is_empty() {
            if decoder.decode_block(octets, |field| _ = black_box(field)).is_err() {
                _ = black_box(decoder.set_table_limit(black_box(4_096)));
            }
            octets = black_box(octets);
            frames(buf);
        }
    }

    /// All frames both ways, and their order, roles and limits.
    #[cfg(feature = "size-frame-reader")]
    fn work(buf: &mut [u8]) {
        use h2wire::{FrameEvent, FrameReader, Progress, Role};

        let mut reader = black_box(FrameReader::new(Role::Server));
        loop {
            match black_box(&mut reader).read(unknown()) {
                Ok(Progress::Item { item: FrameEvent::Frame { frame, .. }, .. }) => {
                    let _ = black_box(black_box(frame).encode(buf));
                }
                Ok(other) => _ = black_box(other),
                Err(error) => _ = black_box(error.code()),
            }
        }
    }

    /// All frames both ways, in pieces, and fields out of them, validated.
    #[cfg(any(feature = "size-chunked", feature = "size-writer"))]
    fn work(buf: &mut [u8]) {
        use h2wire::frame::Frame;
        use h2wire::{Chunk, ChunkedReader, FieldStep, Limits, Role};
        const LIMITS: Limits = Limits::DEFAULT.with_max_section_size(4_096);

        let (memory, buf) = buf.split_at_mut_checked(12_288).unwrap_or_default();
        let Ok(mut reader) = black_box(ChunkedReader::new_in(Role::Server, &LIMITS, memory)) else { return };
        let mut octets = unknown();
        while let Ok(Some(chunk)) = black_box(&mut reader).read(&mut octets) {
            match chunk {
                Chunk::Frame { frame, .. } => _ = black_box(frame),
                Chunk::Fields(mut fields) => {
                    while let Ok(FieldStep::Field(field)) = fields.next() {
                        black_box(field);
                    }
                }
                Chunk::Payload { octets, .. } => _ = black_box(octets),
                Chunk::Start { frame, .. } => _ = black_box(frame),
                Chunk::StreamError { error, .. } => _ = black_box(error.code()),
                _ => {}
            }
            let frame: Frame<&[u8]> = black_box(h2wire::frame::Settings::Ack.into());
            let _ = black_box(frame.encode(buf));
            #[cfg(feature = "size-writer")]
            write(buf);
        }
    }

    /// Fields to frames, and DATA cut to what may be sent.
    #[cfg(feature = "size-writer")]
    fn write(buf: &mut [u8]) {
        use h2wire::frame::{Frame, StreamId};
        use h2wire::{FieldLine, Role, SectionHead, Writer};

        let (memory, buf) = buf.split_at_mut_checked(2_048).unwrap_or_default();
        let Ok(mut writer) = black_box(Writer::new_in(Role::Server, 1_024, memory)) else { return };
        let head = SectionHead::headers(StreamId::MAX, false);
        if let Ok(mut section) = black_box(&mut writer).section(black_box(head), buf) {
            let _ = section.field(&FieldLine::new(unknown(), unknown()));
            let _ = black_box(section.finish());
        }
        for data in black_box(&mut writer).data(StreamId::MAX, unknown(), true, 100) {
            let _ = black_box(writer.frame(&Frame::from(data), buf));
        }
    }

    #[cfg(not(any(
        feature = "size-frames",
        feature = "size-frame-reader",
        feature = "size-hpack",
        feature = "size-chunked",
        feature = "size-writer"
    )))]
    fn work(buf: &mut [u8]) {
        black_box((unknown(), buf));
    }

    #[entry]
    fn main() -> ! {
        let mut buf = [0; 16_384];
        work(buf.get_mut(..black_box(16_384)).unwrap_or_default());
        loop {
            spin_loop();
        }
    }

    #[panic_handler]
    fn panic(_: &PanicInfo<'_>) -> ! {
        loop {
            spin_loop();
        }
    }
}

#[cfg(not(target_os = "none"))]
fn main() {}
