//! Whole messages: M1 fields lent, M2 owned, M3 as types of `http`, each for 100 requests of a connection, its set-up included.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use h2wire_bench::messages::{Engine, M1, M2, M3};
use h2wire_bench::workload::Workload;

/// Times engines that were seen to find all fields and all content.
fn read(criterion: &mut Criterion, id: &str, engines: &[Engine]) {
    for workload in Workload::requests() {
        let octets = workload.encode();
        for engine in engines {
            engine.check(&workload, &octets);
        }
        let mut group = criterion.benchmark_group(format!("{id}/{}", workload.name));
        group.throughput(Throughput::Elements(workload.messages.len() as u64));
        group.sample_size(30).warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(2));
        for engine in engines {
            group.bench_function(engine.name, |bencher| bencher.iter(|| (engine.count)(black_box(&octets))));
        }
        group.finish();
    }
}

fn messages(criterion: &mut Criterion) {
    read(criterion, "m1", &M1);
    read(criterion, "m2", &M2);
    read(criterion, "m3", &M3);
}

criterion_group!(benches, messages);
criterion_main!(benches);
