//! HPACK per corpus: P5 decode, P6 encode, with rivals in the same run; then Huffman, integers, and copying alone.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use h2wire_bench::corpus::{Block, Corpus};
use h2wire_bench::engines::{DECODERS, ENCODERS, LIMITS, decodes, encoded};
use h2wire_hpack::{Decoder, Encoder, Indexing, huffman};
use h2wire_nghttp2::{Deflater, Fields, Inflater};

/// Engines that take microseconds a field are only timed on corpora with fewer fields.
const SLOW_ENGINES_BELOW: usize = 500;

fn group<'c>(criterion: &'c mut Criterion, name: &str, corpus: &Corpus) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(format!("{name}/{}", corpus.name));
    group.throughput(Throughput::Elements(corpus.fields() as u64));
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group
}

fn decode(criterion: &mut Criterion) {
    for corpus in Corpus::all() {
        let right: Vec<bool> = DECODERS.iter().map(|(_, decode)| decodes(*decode, &corpus)).collect();
        assert!(right[0] && right[1], "{}: decoded to other fields", corpus.name);
        let mut group = group(criterion, "decode", &corpus);
        let mut memory = vec![0; LIMITS.memory_len()];
        group.bench_function("h2wire", |bencher| {
            bencher.iter(|| {
                for story in &corpus.stories {
                    let mut decoder = Decoder::new_in(&LIMITS, &mut memory[..]).unwrap();
                    for block in story {
                        decoder
                            .decode_block(&block.wire, |field| {
                                black_box((field.name, field.value));
                            })
                            .unwrap();
                    }
                }
            });
        });
        group.bench_function("nghttp2", |bencher| {
            bencher.iter(|| {
                for story in &corpus.stories {
                    let mut inflater = Inflater::new();
                    for block in story {
                        inflater
                            .decode(&block.wire, |name, value, _| {
                                black_box((name, value));
                            })
                            .unwrap();
                    }
                }
            });
        });
        for ((name, decode), right) in DECODERS.iter().zip(right).skip(2) {
            if right && corpus.fields() < SLOW_ENGINES_BELOW {
                group.bench_function(*name, |bencher| {
                    bencher.iter(|| {
                        for story in &corpus.stories {
                            black_box(decode(story));
                        }
                    });
                });
            } else if !right {
                eprintln!("{name} decodes {} to other fields", corpus.name);
            }
        }
        copy(&mut group, &corpus);
        group.finish();
    }
}

/// The floor: the decoded octets, copied.
fn copy(group: &mut BenchmarkGroup<'_, WallTime>, corpus: &Corpus) {
    let mut buf = vec![0; 1 << 16];
    group.bench_function("memcpy", |bencher| {
        bencher.iter(|| {
            for (name, value) in corpus.blocks().flat_map(|block| &block.lines) {
                buf[..name.len()].copy_from_slice(name);
                buf[name.len()..name.len() + value.len()].copy_from_slice(value);
                black_box(&mut buf);
            }
        });
    });
}

fn encode(criterion: &mut Criterion) {
    eprintln!("{:>10} {:>10} {:>10} {:>7}   octets", "corpus", "h2wire", "nghttp2", "ratio");
    for corpus in Corpus::all() {
        let octets: Vec<Option<usize>> =
            ENCODERS.iter().map(|(_, encode)| encoded(*encode, &corpus)).collect();
        let (ours, theirs) = (octets[0].expect("decodes"), octets[1].expect("decodes"));
        #[allow(clippy::cast_precision_loss, reason = "to print it")]
        let ratio = ours as f64 / theirs as f64;
        eprintln!("{:>10} {ours:>10} {theirs:>10} {ratio:>7.4}", corpus.name);
        let mut group = group(criterion, "encode", &corpus);
        let mut memory = vec![0; Encoder::memory_len(4096)];
        let mut buf = vec![0; 1 << 16];
        group.bench_function("h2wire", |bencher| {
            bencher.iter(|| {
                for story in &corpus.stories {
                    let mut encoder = Encoder::new_in(4096, &mut memory[..]).unwrap();
                    for Block { lines, .. } in story {
                        let mut block = encoder.block(&mut buf).unwrap();
                        for (name, value) in lines {
                            block.encode(name, value, Indexing::Auto).unwrap();
                        }
                        black_box(block.finish());
                    }
                }
            });
        });
        let fields: Vec<Vec<Fields<'_>>> = corpus
            .stories
            .iter()
            .map(|story| story.iter().map(|block| Fields::new(&block.lines)).collect())
            .collect();
        group.bench_function("nghttp2", |bencher| {
            bencher.iter(|| {
                for story in &fields {
                    let mut deflater = Deflater::new();
                    for fields in story {
                        black_box(deflater.encode_fields(fields, &mut buf));
                    }
                }
            });
        });
        for ((name, encode), octets) in ENCODERS.iter().zip(octets).skip(2) {
            if octets.is_some() && corpus.fields() < SLOW_ENGINES_BELOW {
                group.bench_function(*name, |bencher| {
                    bencher.iter(|| {
                        for story in &corpus.stories {
                            black_box(encode(story));
                        }
                    });
                });
            } else if octets.is_none() {
                eprintln!("{name} encodes {} to something else", corpus.name);
            }
        }
        group.finish();
    }
}

fn parts(criterion: &mut Criterion) {
    let corpora = Corpus::all();
    let strings: Vec<&[u8]> = corpora
        .iter()
        .flat_map(Corpus::blocks)
        .flat_map(|block| &block.lines)
        .map(|(_, value)| value.as_slice())
        .filter(|value| value.len() > 4)
        .take(4000)
        .collect();
    let coded: Vec<Vec<u8>> = strings
        .iter()
        .map(|string| {
            let mut buf = vec![0; huffman::encoded_len(string)];
            huffman::encode(string, &mut buf).unwrap();
            buf
        })
        .collect();
    let octets: usize = strings.iter().map(|string| string.len()).sum();
    let mut buf = vec![0; 1 << 16];
    let mut group = criterion.benchmark_group("huffman");
    group.throughput(Throughput::Bytes(octets as u64));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            for string in &coded {
                black_box(huffman::decode(string, &mut buf).unwrap());
            }
        });
    });
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            for string in &strings {
                black_box(huffman::encode(string, &mut buf).unwrap());
            }
        });
    });
    group.bench_function("encoded_len", |bencher| {
        bencher.iter(|| {
            for string in &strings {
                black_box(huffman::encoded_len(string));
            }
        });
    });
    group.finish();

    // Integers alone: size updates of one to five octets, two a block, which nothing else is done for.
    let blocks: Vec<&[u8]> =
        vec![b"\x20\x3e", b"\x3f\x00\x3f\x7f", b"\x3f\xe1\x1f\x3f\xe1\x1f", b"\x3f\x80\x80\x80\x00"];
    let mut decoder = Decoder::new(&LIMITS);
    let mut group = criterion.benchmark_group("integer");
    group.throughput(Throughput::Elements(7));
    group.bench_function("size updates", |bencher| {
        bencher.iter(|| {
            for block in &blocks {
                black_box(decoder.decode_block(black_box(block), |_| {}).unwrap());
            }
        });
    });
    group.finish();
}

criterion_group!(hpack, decode, encode, parts);
criterion_main!(hpack);
