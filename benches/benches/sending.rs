//! 100 responses with 6 fields and 100 octets, written by h2wire, nghttp2 and h2.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use h2wire_bench::messages::prepare;
use h2wire_bench::sending::{ForNghttp2, check, contents, for_h2, h2, h2wire, nghttp2};
use h2wire_bench::sink::Written;
use h2wire_bench::workload::Workload;

fn sending(criterion: &mut Criterion) {
    let [_, requests, ..] = Workload::requests();
    let requests = requests.encode();
    for workload in Workload::responses() {
        eprintln!("octets of send/{}: {:?}", workload.name, check(&workload, &requests));
        let responses = &workload.messages;
        let contents = contents(responses);
        let mut group = criterion.benchmark_group(format!("send/{}", workload.name));
        group.throughput(Throughput::Elements(responses.len() as u64));
        group.sample_size(30).warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(2));
        group.bench_function("h2wire", |bencher| {
            bencher.iter(|| h2wire::<Written>(black_box(responses)));
        });
        // A session answers only requests that it has read: that, and its end, is not timed.
        let prepared = ForNghttp2::new(responses, &contents);
        group.bench_function("nghttp2", |bencher| {
            let write = |mut server| (nghttp2::<Written>(&mut server, black_box(&prepared)), server);
            bencher.iter_batched(|| prepare(&requests).0, write, BatchSize::PerIteration);
        });
        // The codec takes maps and content as its own: that they are made is not timed.
        group.bench_function("h2", |bencher| {
            bencher.iter_batched(|| for_h2(responses), h2::<Written>, BatchSize::PerIteration);
        });
        group.finish();
    }
}

criterion_group!(benches, sending);
criterion_main!(benches);
