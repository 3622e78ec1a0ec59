//! What parts of h2wire take of flash: run.sh builds this with one of the features and without.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod device {
    use core::hint::{black_box, spin_loop};
    use core::panic::PanicInfo;

    use cortex_m_rt::entry;

    /// Octets that nobody knows before the program runs.
    fn unknown() -> &'static [u8] {
        static OCTETS: [u8; 64] = [0; 64];
        OCTETS.get(..black_box(64)).unwrap_or_default()
    }

    /// All frames, both ways.
    #[cfg(feature = "size-frames")]
    fn work(buf: &mut [u8]) {
        use h2wire::{FrameReader, Item, Progress, Role};

        let mut reader = FrameReader::new(black_box(Role::Server));
        match reader.read(unknown()) {
            Ok(Progress::Item { item: Item::Frame { frame, .. }, .. }) => {
                let _ = black_box(black_box(frame).encode(buf));
            }
            Ok(other) => _ = black_box(other),
            Err(error) => _ = black_box(error.code()),
        }
    }

    /// All frames both ways, in pieces, and fields out of them.
    #[cfg(any(feature = "size-hpack", feature = "size-writer"))]
    fn work(buf: &mut [u8]) {
        use h2wire::frame::Frame;
        use h2wire::{Chunk, ChunkedReader, FieldStep, Limits, Role};
        const LIMITS: Limits = Limits::DEFAULT.with_section_size(4_096);

        #[cfg(feature = "size-writer")]
        write(buf);
        let (memory, buf) = buf.split_at_mut_checked(12_288).unwrap_or_default();
        let Ok(mut reader) = ChunkedReader::new(black_box(Role::Server), &LIMITS, memory) else {
            return;
        };
        let mut octets = unknown();
        while let Ok(Some(chunk)) = reader.read(&mut octets) {
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
                Chunk::Preface => {}
            }
        }
        let frame: Frame<&[u8]> = black_box(h2wire::frame::Settings::Ack.into());
        let _ = black_box(frame.encode(buf));
    }

    /// The same, and fields to frames.
    #[cfg(feature = "size-writer")]
    fn write(buf: &mut [u8]) {
        use h2wire::frame::{Frame, StreamId};
        use h2wire::{FieldLine, Role, SectionHead, Writer};

        let (memory, buf) = buf.split_at_mut_checked(4_096).unwrap_or_default();
        let Ok(mut writer) = Writer::new(black_box(Role::Server), 1_024, memory) else { return };
        let head = SectionHead::headers(StreamId::MAX, false);
        if let Ok(mut section) = writer.section(black_box(head), buf) {
            let _ = section.field(&FieldLine::new(unknown(), unknown()));
            let _ = black_box(section.finish());
        }
        for data in writer.data(StreamId::MAX, unknown(), true, 100) {
            let _ = black_box(writer.frame(&Frame::from(data), buf));
        }
    }

    #[cfg(not(any(feature = "size-frames", feature = "size-hpack", feature = "size-writer")))]
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
