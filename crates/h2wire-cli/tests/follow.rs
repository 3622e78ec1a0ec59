//! The messages of one stream, without their codings.
#![cfg(feature = "command")]

mod support;

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;
use support::{Run, decode};

const BROTLI: &str = "1b1f00f81d09364e746f2486576568ad00c2c226d9d2ded2124de4a90354da6dc9174d00";
const TEXT: &str = "hello hello hello hello, coding\n";

/// What refers to fields sent before is not known, and is not empty either.
#[test]
fn unknown_fields_are_shown_as_such() {
    let path = h2wire_testdata::folder().join("captures/damaged/late.pcap");
    let run = decode(&["--follow=3", path.to_str().unwrap()], &[]);
    assert!(run.stdout.contains("> <unknown>\n") && !run.stdout.contains("> : "), "{}", run.stdout);
}

#[test]
fn a_stream_or_a_connection_that_is_not_there_is_named() {
    let path = h2wire_testdata::folder().join("captures/curl-nginx.pcap");
    let path = path.to_str().unwrap();
    for (options, missing) in [
        (&["--follow=99"][..], "no frame of stream 99"),
        (&["--stream=99"], "no frame of stream 99"),
        (&["--stream=99", "--json"], "no frame of stream 99"),
        (&["--stream=99", "--summary"], "no frame of stream 99"),
        (&["--stream=7", "--connection=2"], "no frame of stream 7 on connection 2"),
        (&["--connection=99"], "no connection 99 that speaks HTTP/2"),
        (&["--follow=1", "--connection=99"], "no connection 99 that speaks HTTP/2"),
    ] {
        let run = decode(&[options, &[path]].concat(), &[]);
        assert_eq!((run.status, run.stderr), (0, format!("h2wire: {missing}\n")), "{options:?}");
    }
    for options in [&["--follow=1"][..], &["--stream=7"], &["--connection=2"], &["--stream=7", "--type=PING"]]
    {
        let run = decode(&[options, &[path]].concat(), &[]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{options:?}");
    }
    // The bytes of one direction have no number.
    let ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let run = decode(&["--stateless", "--connection=4", "--stream=1"], &ping);
    assert_eq!((run.status, run.stderr.as_str()), (0, "h2wire: no frame of stream 1 on connection 4\n"));
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn deflate(octets: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn zstd(octets: &[u8]) -> Vec<u8> {
    compress_to_vec(octets, CompressionLevel::Fastest)
}

fn frame(frame_type: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&len[1..], &[frame_type, flags, 0, 0, 0, 1], payload].concat()
}

/// What a server sends: these fields, and the content in DATA frames of so many bytes.
fn response(fields: &[(&str, &str)], content: &[u8], size: usize) -> Vec<u8> {
    let mut block = vec![0x88];
    for (name, value) in fields {
        for text in [name, value] {
            block.extend(text.len().to_be_bytes().last());
            block.extend(text.as_bytes());
        }
        let at = block.len() - name.len() - value.len() - 2;
        block.insert(at, 0);
    }
    let mut octets = [frame(4, 0, &[]), frame(1, 4, &block)].concat();
    octets[5..9].fill(0);
    let count = content.chunks(size).count();
    for (index, part) in content.chunks(size).enumerate() {
        octets.extend(frame(0, u8::from(index + 1 == count), part));
    }
    octets
}

/// The content that is printed.
fn content(run: &Run) -> String {
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let objects = run.objects();
    assert!(objects.iter().all(|object| object.get("remark").is_none()), "{}", run.stdout);
    objects.iter().filter_map(|object| object["content"]["text"].as_str()).collect()
}

#[test]
fn codings_are_undone_however_they_are_cut() {
    let long = TEXT.repeat(20_000);
    for text in [TEXT, &long] {
        let octets = text.as_bytes();
        for (name, coded) in [
            ("identity", octets.to_vec()),
            ("gzip", gzip(octets)),
            ("deflate", deflate(octets)),
            ("zstd", zstd(octets)),
            ("deflate, gzip", gzip(&deflate(octets))),
            ("gzip, zstd", zstd(&gzip(octets))),
        ] {
            for size in [1, 7, 16_384] {
                if size == 1 && coded.len() > 5_000 {
                    continue;
                }
                let sent = response(&[("content-encoding", name)], &coded, size);
                let told = content(&decode(&["--follow", "1", "--json"], &sent));
                assert!(told == text, "{name} in {size}: {} of {}", told.len(), text.len());
            }
        }
    }
}

/// Its bytes were made by an independent encoder.
#[test]
fn brotli_is_undone() {
    let coded = hex::decode(BROTLI).unwrap();
    for size in [1, 100] {
        let sent = response(&[("content-encoding", "br")], &coded, size);
        assert_eq!(
            content(&decode(&["--follow", "1", "--json"], &sent)),
            "hello hello hello hello, brotli\n"
        );
    }
}

#[test]
fn messages_of_grpc_have_their_lengths() {
    let coded = gzip(TEXT.as_bytes());
    let message = |flag: u8, octets: &[u8]| {
        [&[flag], u32::try_from(octets.len()).unwrap().to_be_bytes().as_slice(), octets].concat()
    };
    let sent = [message(0, b"plain"), message(0, b""), message(1, &coded)].concat();
    let fields = [("content-type", "application/grpc"), ("grpc-encoding", "gzip")];
    for size in [1, 100] {
        let run = decode(&["--follow", "1", "--json"], &response(&fields, &sent, size));
        let messages: Vec<Value> = run
            .objects()
            .into_iter()
            .filter_map(|mut object| object.get_mut("message").map(Value::take))
            .collect();
        let expected = [(5, false), (0, false), (coded.len(), true)];
        assert_eq!(messages.len(), 3);
        for (index, ((len, compressed), told)) in expected.into_iter().zip(&messages).enumerate() {
            assert_eq!(
                *told,
                serde_json::json!({"number": index + 1, "length": len, "compressed": compressed})
            );
        }
        assert_eq!(content(&run), format!("plain{TEXT}"));
    }
    let text = decode(&["--follow", "1"], &response(&fields, &sent, 100)).stdout;
    for line in [
        "| message 1, 5 bytes\n| plain\n",
        "| message 2, 0 bytes\n",
        ", compressed\n| hello hello hello hello, coding\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn what_does_not_follow_its_coding_is_shown_as_it_is() {
    for (name, part) in [
        ("gzip", "does not follow its coding"),
        ("br", "does not follow its coding"),
        ("compress", "compress is not known"),
    ] {
        let run = decode(
            &["--follow", "1"],
            &response(&[("content-encoding", name)], b"\xff\xffnot at all coded", 100),
        );
        assert_eq!(run.status, 0);
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    // 100 MB of zeros in little memory and time.
    let bomb = gzip(&vec![b'0'; 100_000_000]);
    let run = decode(
        &["--follow", "1", "--json", "-o", if cfg!(windows) { "NUL" } else { "/dev/null" }],
        &response(&[("content-encoding", "gzip")], &bomb, 16_384),
    );
    assert_eq!(run.status, 0);
}

/// Nothing of the content is lost, and what is missing of it is remarked.
#[test]
fn content_that_is_cut_or_not_coded_is_shown() {
    let brotli = hex::decode(BROTLI).unwrap();
    let shown = |name: &str, content: &[u8], size: usize| {
        decode(&["--follow", "1"], &response(&[("content-encoding", name)], content, size)).stdout
    };
    for name in ["gzip", "deflate", "br", "zstd"] {
        for size in [1, 100] {
            let text = shown(name, b"plain!\n", size);
            assert!(text.contains("content does not follow its coding"), "{name}: {text}");
            let lines: String = text.lines().filter_map(|line| line.strip_prefix("| ")).collect();
            assert!(lines.contains("plain!"), "{name} in {size}: {text}");
            assert!(!text.contains("Error"), "{text}");
        }
    }
    let octets = TEXT.repeat(9).into_bytes();
    let mut other_sum = gzip(&octets);
    let at = other_sum.len() - 8;
    other_sum[at] ^= 1;
    for (name, whole, is_remarked) in [
        ("gzip", gzip(&octets), false),
        ("gzip", other_sum, true),
        ("deflate", deflate(&octets), false),
        ("zstd", zstd(&octets), false),
        ("br", brotli, false),
    ] {
        for (cut, is_remarked) in [(0, is_remarked), (1, true)] {
            let text = shown(name, &whole[..whole.len() - cut], 100);
            assert!(text.contains("hello") || name == "zstd" && cut > 0, "{text}");
            assert_eq!(
                text.contains("does not follow its coding"),
                is_remarked,
                "{name} without {cut}: {text}"
            );
        }
    }
    // Nothing was sent.
    let mut empty = response(&[("content-encoding", "gzip")], b"", 100);
    empty.extend(frame(0, 1, b""));
    assert!(!decode(&["--follow", "1"], &empty).stdout.contains("coding,"));
}

/// Content that ends with trailers, with a reset, or with the capture.
#[test]
fn what_is_left_of_content_is_shown_at_its_end() {
    let trailers = frame(1, 5, b"\0\x01t\x01x");
    let reset = frame(3, 0, &[0, 0, 0, 8]);
    let octets = TEXT.repeat(9).into_bytes();
    for name in ["gzip", "deflate", "br", "zstd"] {
        for end in [&trailers, &reset, &Vec::new()] {
            let mut sent = response(&[("content-encoding", name)], b"", 100);
            // A few bytes that are no more than a start.
            sent.extend(frame(0, 0, b"\x1f"));
            sent.extend(end.as_slice());
            let text = decode(&["--follow", "1"], &sent).stdout;
            assert!(text.contains("| (content does not follow its coding"), "{name}: {text}");
            assert!(text.contains("\n| 1f"), "{name}: {text}");
        }
    }
    for (cut, is_remarked) in [(0, false), (4, true)] {
        let coded = gzip(&octets);
        let mut sent = response(&[("content-encoding", "gzip")], b"", 100);
        sent.extend(frame(0, 0, &coded[..coded.len() - cut]));
        sent.extend(trailers.as_slice());
        let text = decode(&["--follow", "1"], &sent).stdout;
        let (content, rest) = text.split_once("| t: x\n").expect(&text);
        assert!(content.contains("hello") && !rest.contains("coding"), "{text}");
        assert_eq!(content.contains("does not follow its coding"), is_remarked, "{text}");
    }
}

#[test]
fn both_directions_of_a_capture_are_shown() {
    let path = h2wire_testdata::folder().join("captures/curl-nginx.pcap");
    let path = path.to_str().unwrap();
    let text = decode(&["--follow", "1", "--connection", "1", path], &[]).stdout;
    assert!(text.contains("> :method: POST\n") && text.contains("< :status: 201\n"), "{text}");
    let own = decode(&["--follow", "1", path], &[]).stdout;
    assert!(own.contains("> :method: GET\n") && own.contains("< :status: 200\n"), "{own}");
    let received: usize = decode(&["--follow", "1", "--json", path], &[])
        .objects()
        .iter()
        .filter_map(|object| object["content"]["length"].as_u64())
        .map(|len| usize::try_from(len).unwrap())
        .sum();
    // As `--summary` and tshark have it.
    assert_eq!(received, 346);
    assert_eq!(decode(&["--follow", "99", path], &[]).stdout, "");
}
