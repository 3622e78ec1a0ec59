//! Whole connections: M4 as a server, M5 as a client, for 100 requests and their responses, set-up included.
#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use h2wire_bench::whole::{Engine, M4, M5, Script};
use h2wire_bench::workload::Workload;

/// Times engines that were seen to do what the script says.
fn run(criterion: &mut Criterion, id: &str, engines: &[Engine], script: impl Fn(&Workload) -> Script) {
    for requests in Workload::requests() {
        let script = script(&requests);
        for engine in engines {
            eprintln!("octets of {id}/{}/{}: {}", requests.name, engine.name, engine.check(&script));
        }
        let mut group = criterion.benchmark_group(format!("{id}/{}", requests.name));
        group.throughput(Throughput::Elements(requests.messages.len() as u64));
        group.sample_size(30).warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(2));
        for engine in engines {
            group.bench_function(engine.name, |bencher| bencher.iter(|| (engine.count)(black_box(&script))));
        }
        group.finish();
    }
}

fn whole(criterion: &mut Criterion) {
    run(criterion, "m4", &M4, Script::server);
    run(criterion, "m5", &M5, Script::client);
}

criterion_group!(benches, whole);
criterion_main!(benches);
