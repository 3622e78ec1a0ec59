#!/usr/bin/env bash
# Which regions, functions and lines of the crates a target's corpus reaches, a file a line.
#
#   fuzz/coverage.sh TARGET
#
# Needs what campaign.sh needs and `rustup component add llvm-tools --toolchain nightly`.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?a target}
[ -d "corpus/$target" ] || ./seed.sh
cargo +nightly fuzz coverage "$target" >/dev/null 2>&1
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
tools=$(rustc +nightly --print sysroot)/lib/rustlib/$host/bin
# cargo-fuzz builds for coverage in a folder of its own.
program=$(find . "${CARGO_TARGET_DIR:-.}" -path "*$host/coverage/$host/release/$target" -type f | head -n 1)
"$tools/llvm-cov" report "$program" -instr-profile="coverage/$target/coverage.profdata" \
    -ignore-filename-regex='/(registry|rustc|fuzz)/'
