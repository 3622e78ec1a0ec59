//! Frames: P1 parse, P2 large DATA, P3 out of `BytesMut`, P4 encode, with rivals in the same run.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;
use std::time::Duration;

use bytes::BytesMut;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use h2wire::frame::{Frame, ParseOptions, Progress};
use h2wire::{FrameReader, Role};
use h2wire_bench::frames::{
    CHUNK, count_with_h2, count_with_h2_sans_io, data_16k, data_and_window_update, encode, mixed,
};

fn group<'c>(criterion: &'c mut Criterion, name: &str, frames: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(frames as u64));
    group.sample_size(30).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

/// Frames by themselves.
fn count_parsed(mut octets: &[u8]) -> usize {
    let (options, mut frames) = (ParseOptions::default(), 0);
    while let Ok(Progress::Item { item: (_, frame), consumed }) = Frame::parse(octets, &options) {
        black_box(&frame);
        octets = &octets[consumed..];
        frames += 1;
    }
    frames
}

/// Frames in their order.
fn count_read(mut octets: &[u8]) -> usize {
    let (mut reader, mut frames) = (FrameReader::new(Role::Observer), 0);
    while let Ok(Progress::Item { item, consumed }) = reader.read(octets) {
        black_box(&item);
        octets = &octets[consumed..];
        frames += 1;
    }
    frames
}

/// Frames that own their payload, out of octets that come in pieces.
fn count_bytes(octets: &[u8]) -> usize {
    let (mut reader, mut frames) = (FrameReader::new(Role::Observer), 0);
    let mut buf = BytesMut::with_capacity(CHUNK);
    for chunk in octets.chunks(CHUNK) {
        buf.extend_from_slice(chunk);
        while let Ok(Progress::Item { item, .. }) = reader.read_bytes(&mut buf) {
            black_box(&item);
            frames += 1;
        }
    }
    frames
}

type Engine = (&'static str, fn(&[u8]) -> usize);

const BORROWED: [Engine; 4] = [
    ("h2wire-parse", count_parsed),
    ("h2wire-reader", count_read),
    ("h2", count_with_h2),
    ("h2-sans-io", count_with_h2_sans_io),
];
const OWNED: [Engine; 2] = [("h2wire-bytes", count_bytes), ("h2", count_with_h2)];

/// Times engines that were seen to find the same frames.
fn read(criterion: &mut Criterion, name: &str, frames: &[Frame<Vec<u8>>], engines: &[Engine]) {
    let octets = encode(frames);
    let mut group = group(criterion, name, frames.len());
    for (name, count) in engines {
        assert_eq!(count(&octets), frames.len(), "{name} finds other frames");
        group.bench_function(*name, |bencher| bencher.iter(|| count(black_box(&octets))));
    }
    group.finish();
}

fn reading(criterion: &mut Criterion) {
    read(criterion, "P1 mixed", &mixed(10_000), &BORROWED);
    read(criterion, "P2 DATA 16 KiB", &data_16k(1_000), &BORROWED);
    read(criterion, "P3 mixed", &mixed(10_000), &OWNED);
    read(criterion, "P3 DATA and WINDOW_UPDATE", &data_and_window_update(10_000), &OWNED);
}

fn writing(criterion: &mut Criterion) {
    let frames = mixed(10_000);
    let mut buf = encode(&frames);
    let mut group = group(criterion, "P4 mixed", frames.len());
    group.bench_function("h2wire-encode", |bencher| {
        bencher.iter(|| {
            let mut rest = buf.as_mut_slice();
            for frame in &frames {
                let written = frame.encode(rest).unwrap();
                rest = &mut rest[written..];
            }
            black_box(rest.len())
        });
    });
    group.finish();
}

criterion_group!(benches, reading, writing);
criterion_main!(benches);
