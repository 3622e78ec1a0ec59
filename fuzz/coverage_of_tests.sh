#!/usr/bin/env bash
# Which lines of frame, hpack and codec the tests of those crates reach by themselves, without any fuzzer.
#
#   fuzz/coverage_of_tests.sh
#
# Needs nightly and `rustup component add llvm-tools --toolchain nightly`.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/fuzz/coverage/tests
# Programs of another day would be counted too.
rm -rf "$out"
mkdir -p "$out"
export CARGO_TARGET_DIR=$out/target CARGO_INCREMENTAL=0 RUSTFLAGS=-Cinstrument-coverage
export LLVM_PROFILE_FILE=$out/%p-%m.profraw
run=(cargo +nightly test -p h2wire-frame -p h2wire-hpack -p h2wire --lib --tests)
"${run[@]}" --all-features --quiet >"$out/log" 2>&1 || { tail -n 30 "$out/log"; exit 1; }
# The fast Huffman decoder, whose place a feature of the others takes.
"${run[@]}" --features h2wire-hpack/alloc,h2wire/alloc --quiet >>"$out/log" 2>&1 || { tail -n 30 "$out/log"; exit 1; }
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
tools=$(rustc +nightly --print sysroot)/lib/rustlib/$host/bin
"$tools/llvm-profdata" merge -sparse "$out"/*.profraw -o "$out/profdata"
mapfile -t programs < <(find "$out/target/debug/deps" -type f -executable ! -name '*.so')
"$tools/llvm-cov" report "${programs[0]}" "${programs[@]/#/--object=}" -instr-profile="$out/profdata" \
    -ignore-filename-regex='/(registry|rustc|tests|examples|generate|testdata|benches)/|tests\.rs'
