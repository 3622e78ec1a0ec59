//! However the octets come, the same answers go out.

use cortex_m_demo::{Memory, Outside, PIECE, RECORDINGS, serve};

#[derive(Default, PartialEq, Eq, Debug)]
struct Kept {
    answers: Vec<u8>,
    lines: Vec<String>,
}

impl Outside for Kept {
    fn send(&mut self, octets: &[u8]) {
        self.answers.extend_from_slice(octets);
    }

    fn say(&mut self, line: &[u8]) {
        self.lines.push(String::from_utf8_lossy(line).into());
    }
}

fn kept(octets: &[u8], piece: usize) -> (Kept, bool) {
    let mut kept = Kept::default();
    let well = serve(octets, piece, &mut Memory::new(), &mut kept);
    (kept, well)
}

#[test]
fn pieces_of_any_length_give_the_same_answers() {
    for (name, octets) in RECORDINGS {
        let expected = kept(octets, PIECE);
        assert!(expected.1, "{name}: {:?}", expected.0.lines);
        for piece in [1, 2, 9, 64, 1000, usize::MAX] {
            assert_eq!(kept(octets, piece), expected, "{name} in pieces of {piece}");
        }
    }
}

#[test]
fn a_broken_rule_is_answered_by_goaway() {
    let (_, octets) = RECORDINGS[0];
    // The first HEADERS frame has stream 0 now.
    let mut octets = octets.to_vec();
    let at = octets.windows(5).position(|octets| octets == b"\x01\x05\0\0\0").expect("there is a request");
    octets[at + 5] = 0;
    let (kept, well) = kept(&octets, PIECE);
    assert!(!well);
    assert_eq!(kept.lines.last().map(String::as_str), Some("connection error headers_stream_id"));
    assert!(kept.answers.ends_with(b"\0\0\0\x01headers_stream_id"), "PROTOCOL_ERROR in GOAWAY");
}

#[test]
fn the_memory_is_less_than_a_frame() {
    assert!(size_of::<Memory>() < 16_384);
}
