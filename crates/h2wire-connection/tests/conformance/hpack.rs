//! Field blocks. RFC 7541, and RFC 9113 §4.3.

use h2wire::frame::ErrorCode as Code;

use super::Expect::{Answered, Connection};
use super::*;

#[test]
fn field_blocks() {
    let with = |more: &[u8]| vec![headers(1, ENDS, &[GET, more].concat())];
    let broken = Connection(Code::COMPRESSION_ERROR);
    check(vec![
        ("an indexed field", with(b"\x90"), Answered(1)),
        ("a literal, indexed", with(b"\x40\x01a\x01b\xbe"), Answered(1)),
        ("a literal, never indexed", with(b"\x10\x01a\x01b"), Answered(1)),
        ("a literal, Huffman-coded", with(b"\0\x01a\x81\x1f"), Answered(1)),
        ("a size update", vec![headers(1, ENDS, &[b"\x3f\xe1\x1f", GET].concat())], Answered(1)),
        ("two size updates", vec![headers(1, ENDS, &[b"\x20\x3f\xe1\x1f", GET].concat())], Answered(1)),
        ("index 0", with(b"\x80"), broken),
        ("an index beyond the tables", with(b"\xc6"), broken),
        ("an index of a name beyond the tables", with(b"\x7f\x07\x01a"), broken),
        ("an integer without end", with(b"\xff\xff\xff\xff\xff\xff\x0f"), broken),
        ("a size update at the end", with(b"\x20"), broken),
        ("a size update above the limit", vec![headers(1, ENDS, &[b"\x3f\xe2\x1f", GET].concat())], broken),
        ("Huffman padding of 11 bits", with(b"\0\x01a\x82\x1f\xff"), broken),
        ("Huffman padding of zeros", with(b"\0\x01a\x81\x18"), broken),
        ("Huffman-coded EOS", with(b"\0\x01a\x84\xff\xff\xff\xff"), broken),
        ("a string that is cut off", with(b"\0\x01a\x09b"), broken),
        ("an integer that is cut off", with(b"\0\x7f"), broken),
    ]);
}

#[test]
fn the_peers_table_size_is_obeyed() {
    // With a table of 0 bytes nothing may be indexed: the second response is not shorter, and begins with no size update.
    let mut peer = Peer::after_handshake();
    peer.send_raw(&settings(&[(1, 0)]));
    let first = peer.send_raw(&get(1));
    let second = peer.send_raw(&get(3));
    let block_of = |octets: &[u8]| octets[9..9 + usize::from(octets[2])].to_vec();
    assert_eq!(block_of(&first), [0x20, 0x88], "a size update, then :status 200");
    assert_eq!(block_of(&second), [0x88]);
}
