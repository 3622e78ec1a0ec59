//! P11: resident memory of an idle connection after one request of a browser. Linux only.
//!
//! `memory [COUNT]` runs each engine in a process of its own; `memory COUNT ENGINE` runs one.

use std::process::{Command, exit};

use h2wire_bench::idle::{ENGINES, OneRequest};

const CONNECTIONS: usize = 4000;

fn main() {
    let mut args = std::env::args().skip(1);
    let count = args.next().map_or(Some(CONNECTIONS), |count| count.parse().ok());
    let Some(count) = count.filter(|count| *count > 0) else {
        eprintln!("usage: memory [COUNT [ENGINE]]");
        exit(2);
    };
    match args.next() {
        Some(name) => measure(count, &name),
        None => measure_all(count),
    }
}

fn measure_all(count: usize) {
    println!("{:<18} {:>12} {:>20}", "engine", "connections", "octets a connection");
    let program = std::env::current_exe().expect("this program");
    for (name, _) in ENGINES {
        let status = Command::new(&program).args([count.to_string(), name.into()]).status();
        if !status.expect("this program runs").success() {
            exit(1);
        }
    }
}

fn measure(count: usize, name: &str) {
    let Some((_, engine)) = ENGINES.into_iter().find(|(engine, _)| *engine == name) else {
        eprintln!("no such engine: {name}");
        exit(2);
    };
    let mut resident = Vec::with_capacity(2);
    engine(&OneRequest::default(), count, &mut || resident.push(resident_octets()));
    let each = resident[1].saturating_sub(resident[0]) / count;
    println!("{name:<18} {count:>12} {each:>20}");
}

/// What the kernel counts.
fn resident_octets() -> usize {
    let smaps = std::fs::read_to_string("/proc/self/smaps_rollup").expect("Linux");
    let line = smaps.lines().find_map(|line| line.strip_prefix("Rss:")).expect("a line with Rss");
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kilobytes * 1024
}
