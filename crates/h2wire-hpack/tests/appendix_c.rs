//! The examples of RFC 7541 Appendix C, octet for octet: decoded, and encoded where the choice is the RFC's.

mod common;

use common::{Owned, decoder, hex, whole};
use h2wire_hpack::{Decoder, DecoderLimits, Encoder, HuffmanPolicy, Indexing, Representation};

type Line = (&'static str, &'static str);

/// A block of an example: its octets, fields, and the table after it.
struct Example {
    wire: &'static str,
    fields: &'static [Line],
    table_size: u32,
    entries: u32,
}

fn decode(decoder: &mut Decoder<Vec<u8>>, example: &Example) {
    let (fields, end) = whole(decoder, &hex(example.wire));
    assert!(end.unwrap().exceeded.is_none());
    let lines: Vec<_> = fields.iter().map(Owned::line).collect();
    let expected: Vec<_> =
        example.fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    assert_eq!(lines, expected);
    assert_eq!((decoder.table_size(), decoder.table_entries()), (example.table_size, example.entries));
}

fn encode(encoder: &mut Encoder<Vec<u8>>, example: &Example, updates: usize) {
    let mut buf = [0; 256];
    let mut block = encoder.block(&mut buf).unwrap();
    assert_eq!(block.written(), updates);
    for (name, value) in example.fields {
        block.encode(name.as_bytes(), value.as_bytes(), Indexing::Incremental).unwrap();
    }
    let written = block.finish();
    assert_eq!(buf[updates..written], hex(example.wire));
    assert_eq!((encoder.table_size(), encoder.table_entries()), (example.table_size, example.entries));
}

fn connection(examples: &[Example], huffman: HuffmanPolicy, table_size: u32) {
    let limits = DecoderLimits::DEFAULT.with_max_table_size(table_size);
    let mut decoder = decoder(limits);
    for example in examples {
        decode(&mut decoder, example);
    }

    let mut encoder = Encoder::new_in(table_size, vec![0; Encoder::memory_len(table_size)]).unwrap();
    encoder.huffman = huffman;
    // The examples with a small table suppose that both ends agreed on it before.
    let mut updates = if table_size < 4096 { 3 } else { 0 };
    for example in examples {
        encode(&mut encoder, example, updates);
        updates = 0;
    }
}

const REQUESTS: [&[Line]; 3] = [
    &[(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")],
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "www.example.com"),
        ("cache-control", "no-cache"),
    ],
    &[
        (":method", "GET"),
        (":scheme", "https"),
        (":path", "/index.html"),
        (":authority", "www.example.com"),
        ("custom-key", "custom-value"),
    ],
];

const DATE: &str = "Mon, 21 Oct 2013 20:13:21 GMT";
const LOCATION: Line = ("location", "https://www.example.com");

const RESPONSES: [&[Line]; 3] = [
    &[(":status", "302"), ("cache-control", "private"), ("date", DATE), LOCATION],
    &[(":status", "307"), ("cache-control", "private"), ("date", DATE), LOCATION],
    &[
        (":status", "200"),
        ("cache-control", "private"),
        ("date", "Mon, 21 Oct 2013 20:13:22 GMT"),
        LOCATION,
        ("content-encoding", "gzip"),
        ("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
    ],
];

fn examples(wires: [&'static str; 3], fields: [&'static [Line]; 3], tables: [(u32, u32); 3]) -> Vec<Example> {
    (0..3)
        .map(|at| Example {
            wire: wires[at],
            fields: fields[at],
            table_size: tables[at].0,
            entries: tables[at].1,
        })
        .collect()
}

const REQUEST_TABLES: [(u32, u32); 3] = [(57, 1), (110, 2), (164, 3)];
const RESPONSE_TABLES: [(u32, u32); 3] = [(222, 4), (222, 4), (215, 3)];

/// §C.2.1 to §C.2.4.
#[test]
fn representations() {
    let check = |wire, line: Line, representation, size| {
        let mut decoder = decoder(DecoderLimits::DEFAULT);
        let (fields, end) = whole(&mut decoder, &hex(wire));
        assert!(end.is_ok());
        assert_eq!(fields.len(), 1);
        assert_eq!(fields[0].line(), (line.0.into(), line.1.into()));
        assert_eq!(fields[0].representation, representation);
        assert_eq!(fields[0].never_indexed, matches!(representation, Representation::NeverIndexed { .. }));
        assert_eq!(decoder.table_size(), size);
    };
    check(
        "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
        ("custom-key", "custom-header"),
        Representation::IncrementalIndexing { name_index: 0 },
        55,
    );
    check(
        "040c 2f73 616d 706c 652f 7061 7468",
        (":path", "/sample/path"),
        Representation::WithoutIndexing { name_index: 4 },
        0,
    );
    check(
        "1008 7061 7373 776f 7264 0673 6563 7265 74",
        ("password", "secret"),
        Representation::NeverIndexed { name_index: 0 },
        0,
    );
    check("82", (":method", "GET"), Representation::Indexed { index: 2 }, 0);

    let encode = |line: Line, indexing| {
        let mut encoder = Encoder::new_in(4096, vec![0; Encoder::memory_len(4096)]).unwrap();
        encoder.huffman = HuffmanPolicy::Never;
        let mut buf = [0; 64];
        let mut block = encoder.block(&mut buf).unwrap();
        block.encode(line.0.as_bytes(), line.1.as_bytes(), indexing).unwrap();
        let written = block.finish();
        buf[..written].to_vec()
    };
    assert_eq!(
        encode(("custom-key", "custom-header"), Indexing::Incremental),
        hex("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572")
    );
    assert_eq!(
        encode((":path", "/sample/path"), Indexing::Without),
        hex("040c 2f73 616d 706c 652f 7061 7468")
    );
    assert_eq!(
        encode(("password", "secret"), Indexing::Never),
        hex("1008 7061 7373 776f 7264 0673 6563 7265 74")
    );
    assert_eq!(encode((":method", "GET"), Indexing::Auto), hex("82"));
    assert_eq!(encode((":method", "GET"), Indexing::Never), hex("1203 474554"), "a secret is a literal");
}

/// §C.3.
#[test]
fn requests() {
    let wires = [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ];
    connection(&examples(wires, REQUESTS, REQUEST_TABLES), HuffmanPolicy::Never, 4096);
}

/// §C.4.
#[test]
fn requests_with_huffman() {
    let wires = [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ];
    connection(&examples(wires, REQUESTS, REQUEST_TABLES), HuffmanPolicy::Always, 4096);
}

/// §C.5.
#[test]
fn responses() {
    let wires = [
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
         3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
         7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61
         6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
    ];
    connection(&examples(wires, RESPONSES, RESPONSE_TABLES), HuffmanPolicy::Never, 256);
}

/// §C.6.
#[test]
fn responses_with_huffman() {
    let wires = [
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
         1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
         e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
    ];
    connection(&examples(wires, RESPONSES, RESPONSE_TABLES), HuffmanPolicy::Always, 256);
}
