use std::fmt::Write;

use super::*;

fn segment(sequence_number: u32, syn: bool, payload: &[u8]) -> Segment<'_> {
    let address = "192.0.2.1:1".parse().unwrap();
    Segment {
        from: address,
        to: address,
        sequence_number,
        syn,
        ack: false,
        fin: false,
        rst: false,
        acknowledgment_number: 0,
        window: 0,
        window_scale: None,
        moment: None,
        cut: 0,
        payload,
    }
}

/// The reassembled bytes of segments `(sequence number, SYN, payload)`. Of lost bytes there is a number, in brackets.
fn reassemble(segments: &[(u32, bool, &str)]) -> String {
    let mut stream = Reassembly::default();
    let mut text = String::new();
    for (sequence_number, syn, payload) in segments {
        let segment = segment(*sequence_number, *syn, payload.as_bytes());
        stream.take(&segment, |piece| add(&mut text, piece)).unwrap();
    }
    stream.finish(|piece| add(&mut text, piece)).unwrap();
    text
}

fn add(text: &mut String, piece: Piece<'_>) -> anyhow::Result<()> {
    match piece {
        Piece::Octets(octets) => text.push_str(str::from_utf8(octets)?),
        Piece::Lost(octets) => write!(text, "[{octets}]")?,
        Piece::Since(_) => {}
    }
    Ok(())
}

#[test]
fn segments_in_order() {
    assert_eq!(reassemble(&[(9, true, ""), (10, false, "ab"), (12, false, "c")]), "abc");
}

#[test]
fn a_capture_may_start_in_the_middle() {
    assert_eq!(reassemble(&[(10, false, "ab"), (12, false, "c")]), "abc");
}

#[test]
fn early_segments_wait() {
    let segments = [(9, true, ""), (14, false, "e"), (12, false, "cd"), (10, false, "ab"), (15, false, "f")];
    assert_eq!(reassemble(&segments), "abcdef");
}

#[test]
fn repeats_and_overlaps_count_once() {
    let segments =
        [(9, true, ""), (10, false, "ab"), (10, false, "ab"), (11, false, "bcd"), (13, false, "defg")];
    assert_eq!(reassemble(&segments), "abcdefg");
    let segments =
        [(9, true, ""), (12, false, "c"), (12, false, "cde"), (13, false, "d"), (10, false, "abc")];
    assert_eq!(reassemble(&segments), "abcde");
}

#[test]
fn sequence_numbers_wrap() {
    let segments = [(u32::MAX - 2, true, ""), (0, false, "cd"), (u32::MAX - 1, false, "ab"), (2, false, "e")];
    assert_eq!(reassemble(&segments), "abcde");
}

#[test]
fn a_keep_alive_gives_nothing() {
    assert_eq!(reassemble(&[(9, true, ""), (10, false, "ab"), (11, false, "x"), (12, false, "c")]), "abc");
}

#[test]
fn a_hole_is_told() {
    let segments = [(9, true, ""), (10, false, "ab"), (15, false, "f"), (18, false, "i")];
    assert_eq!(reassemble(&segments), "ab[3]f[2]i");
}

#[test]
fn a_hole_is_told_soon_after_the_other_side_has_its_bytes() {
    let mut stream = Reassembly::default();
    let mut text = String::new();
    for segment in [segment(9, true, b""), segment(10, false, b"ab"), segment(15, false, b"f")] {
        stream.take(&segment, |piece| add(&mut text, piece)).unwrap();
    }
    let mut wait = |stream: &mut Reassembly, times| {
        for _ in 0..times {
            stream.wait(|piece| add(&mut text, piece)).unwrap();
        }
        text.clone()
    };
    // The bytes before the hole only.
    stream.acknowledge(14);
    assert_eq!(wait(&mut stream, 20), "ab");
    stream.acknowledge(16);
    assert_eq!(wait(&mut stream, PATIENCE), "ab");
    assert_eq!(wait(&mut stream, 1), "ab[3]f");
    // They come later after all.
    stream.take(&segment(12, false, b"cde"), |_| panic!("it is past")).unwrap();
}

#[test]
fn what_is_cut_off_is_lost_and_its_repetition_too() {
    let mut stream = Reassembly::default();
    let mut text = String::new();
    let cut = |number, payload, cut| Segment { cut, ..segment(number, false, payload) };
    for segment in [cut(10, b"ab".as_slice(), 3), cut(10, b"ab", 3), cut(18, b"i", 1), cut(15, b"f", 2)] {
        stream.take(&segment, |piece| add(&mut text, piece)).unwrap();
    }
    assert_eq!(text, "ab[3]f[2]i[1]");
}

#[test]
fn what_is_missing_at_the_end_is_told() {
    for (fin, acknowledged, expected) in
        [(None, 15, "ab[3]"), (Some(15), 12, "ab[3]"), (None, 13, "ab"), (Some(12), 13, "ab")]
    {
        let mut stream = Reassembly::default();
        let mut text = String::new();
        stream.take(&segment(10, false, b"ab"), |piece| add(&mut text, piece)).unwrap();
        stream.acknowledge(acknowledged);
        if let Some(number) = fin {
            let fin = Segment { fin: true, ..segment(number, false, b"") };
            stream.take(&fin, |_| panic!("nothing new")).unwrap();
        }
        stream.finish(|piece| add(&mut text, piece)).unwrap();
        assert_eq!(text, expected);
    }
}

#[test]
fn a_segment_beyond_every_window_is_of_another_stream() {
    assert_eq!(reassemble(&[(10, false, "ab"), (12 + FURTHEST + 1, false, "x"), (12, false, "c")]), "abc");
}

#[test]
fn memory_for_what_came_early_has_a_bound() {
    let mut stream = Reassembly::default();
    let (mut given, mut lost) = (0, 0);
    let mut take = |piece: Piece<'_>| {
        match piece {
            Piece::Octets(octets) => given += octets.len(),
            Piece::Lost(octets) => lost += octets,
            Piece::Since(_) => {}
        }
        Ok(())
    };
    stream.take(&segment(9, true, b""), &mut take).unwrap();
    let payload = vec![0; 1 << 20];
    for index in 0..40_u32 {
        stream.take(&segment(20 + (index << 20), false, &payload), &mut take).unwrap();
        assert!(stream.early_octets <= MOST_EARLY);
    }
    assert_eq!((given, lost), (40 << 20, 10));
}

#[test]
fn the_end_is_known_when_all_before_it_has_come() {
    let mut stream = Reassembly::default();
    let take = |stream: &mut Reassembly, segment| {
        stream.take(&segment, |_| Ok(())).unwrap();
        stream.is_over()
    };
    assert!(!take(&mut stream, segment(9, true, b"")));
    assert!(!take(&mut stream, Segment { fin: true, ..segment(12, false, b"cd") }));
    assert!(take(&mut stream, segment(10, false, b"ab")));
}
