#!/usr/bin/env bash
# Puts each target into $OUT, with the dictionary and a first corpus.
#
# By hand: SRC=<the folder above h2wire> OUT=<a folder> RUSTUP_TOOLCHAIN=nightly bash .clusterfuzzlite/build.sh
set -euo pipefail
: "${SRC:?}" "${OUT:?}"
cd "$SRC/h2wire/fuzz"
target_dir=${CARGO_TARGET_DIR:-$PWD/target}

# The seeds are made by a plain program: no sanitizer, and no `cfg(fuzzing)`.
env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS CARGO_TARGET_DIR="$target_dir/seed" ./seed.sh

cargo fuzz build -O --debug-assertions
for target in $(cargo fuzz list); do
    cp "$target_dir/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
    cp h2.dict "$OUT/$target.dict"
    rm -f "$OUT/${target}_seed_corpus.zip"
    (cd "corpus/$target" && find . -type f | zip -q "$OUT/${target}_seed_corpus.zip" -@)
done
