#!/usr/bin/env bash
# Builds the page to paste bytes into, one file: build.sh [FILE]. Needs the target: rustup target add wasm32-unknown-unknown. Without
# wasm-opt (Debian: binaryen) it does as well, and the page is larger.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
page=${1:-$target/h2wire.html}

# Places in the source are in the module; where this machine has them is nobody's business, and long.
registry=${CARGO_HOME:-$HOME/.cargo}/registry/src
rust=$(rustc --print sysroot)/lib/rustlib/src/rust
RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$registry=. --remap-path-prefix=$rust=." \
    cargo build --quiet --manifest-path "$here/Cargo.toml" --locked --lib --profile page --target wasm32-unknown-unknown
cargo run --quiet --manifest-path "$here/Cargo.toml" --locked --example pack -- \
    "$target/wasm32-unknown-unknown/page/h2wire_page.wasm" "$page"
echo "$page"
