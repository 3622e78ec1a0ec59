//! M7: what a relay of DATA in frames of 16 KiB moves and allocates. Run with `--nocapture` for the figures.

use allocation_counter::measure;
use bytes::BytesMut;
use h2wire::frame::{Frame, MAX_HEAD_LEN};
use h2wire::{Chunk, ChunkedReader, FrameEvent, FrameReader, Limits, Progress, Role, Writer};
use h2wire_bench::frames::{data_16k, encode};

/// SETTINGS, then DATA.
const FRAMES: u32 = 1_000;

/// Octets that a socket yields at once. Frames end anywhere in them.
const READS: [usize; 4] = [10_000, 16 * 1024, 64 * 1024, 256 * 1024];

/// The other side, which must get the same octets. A vectored write would take the slices as they are.
struct Sent<'a>(&'a [u8]);

impl Sent<'_> {
    fn write(&mut self, octets: &[u8]) {
        let Some((expected, later)) = self.0.split_at_checked(octets.len()) else { panic!("too much") };
        assert!(octets == expected, "relayed otherwise");
        self.0 = later;
    }
}

/// How many octets were moved and how often memory was allocated. The heads of frames, which a reader in pieces gathers if they are
/// cut, are not counted as moved.
#[derive(Debug)]
struct Cost {
    moved_per_octet: f64,
    allocations_per_frame: f64,
}

impl Cost {
    /// Runs `relay`, which returns how many octets it has moved.
    fn measure(octets: &[u8], relay: impl FnOnce(&mut Sent<'_>) -> usize) -> Self {
        let (mut sent, mut moved) = (Sent(octets), 0);
        let allocations = measure(|| moved = relay(&mut sent)).count_total;
        assert!(sent.0.is_empty(), "{} octets are missing", sent.0.len());
        #[allow(clippy::cast_precision_loss, reason = "to print it")]
        let (moved, all, allocations) = (moved as f64, octets.len() as f64, allocations as f64);
        Self { moved_per_octet: moved / all, allocations_per_frame: allocations / f64::from(FRAMES) }
    }
}

/// `ChunkedReader` over a buffer that is read into again and again.
fn in_pieces(octets: &[u8], read: usize) -> Cost {
    let memory = vec![0; Limits::DEFAULT.memory_len()];
    let mut reader = ChunkedReader::new_in(Role::Observer, &Limits::DEFAULT, memory).unwrap();
    let mut buf = vec![0; read];
    Cost::measure(octets, |sent| {
        let mut moved = 0;
        for received in octets.chunks(read) {
            buf[..received.len()].copy_from_slice(received);
            let input = &buf[..received.len()];
            let mut rest = input;
            while let Some(chunk) = reader.read(&mut rest).unwrap() {
                match chunk {
                    Chunk::Start { header, .. } => sent.write(&header.encode()),
                    Chunk::Payload { octets, .. } => {
                        if !input.as_ptr_range().contains(&octets.as_ptr()) {
                            moved += octets.len();
                        }
                        sent.write(octets);
                    }
                    Chunk::Frame { frame, .. } => {
                        let mut whole = [0; 64];
                        let len = frame.encode(&mut whole).unwrap();
                        sent.write(&whole[..len]);
                    }
                    other => panic!("not in the input: {other:?}"),
                }
            }
        }
        moved
    })
}

/// `FrameReader::read_bytes`: whole frames, whose payload shares the memory of the buffer.
fn whole_frames(octets: &[u8], read: usize) -> Cost {
    let mut reader = FrameReader::new(Role::Observer);
    let mut writer = Writer::new(Role::Observer, 4096);
    let mut buf = BytesMut::with_capacity(read);
    Cost::measure(octets, |sent| {
        let mut moved = 0;
        for received in octets.chunks(read) {
            let (place, len) = (buf.as_ptr(), buf.len());
            buf.reserve(received.len());
            if buf.as_ptr() != place {
                moved += len;
            }
            buf.extend_from_slice(received);
            while let Progress::Item { item, .. } = reader.read_bytes(&mut buf).unwrap() {
                let FrameEvent::Frame { frame, .. } = item else { panic!("not in the input: {item:?}") };
                let mut head = [0; MAX_HEAD_LEN];
                let len = writer.frame_head(&frame, &mut head).unwrap();
                sent.write(&head[..len]);
                sent.write(frame.payload());
            }
        }
        moved
    })
}

fn input() -> Vec<u8> {
    let frames: Vec<Frame<Vec<u8>>> = data_16k(FRAMES);
    encode(&frames)
}

#[test]
fn pieces_are_never_moved() {
    let octets = input();
    for read in READS {
        let cost = in_pieces(&octets, read);
        eprintln!("pieces, {read} octets at once: {cost:?}");
        assert!(cost.moved_per_octet == 0.0, "{cost:?}");
        assert!(cost.allocations_per_frame <= 0.1, "{cost:?}");
    }
}

#[test]
fn whole_frames_are_moved_once_at_most() {
    let octets = input();
    for read in READS {
        let cost = whole_frames(&octets, read);
        eprintln!("whole frames, {read} octets at once: {cost:?}");
        assert!(cost.moved_per_octet < 1.0, "{cost:?}");
        assert!(cost.allocations_per_frame <= 0.1, "{cost:?}");
    }
}
