#!/usr/bin/env bash
# Makes the first corpora of testdata/. Needs no fuzzer and no nightly.
set -euo pipefail
cd "$(dirname "$0")"
cargo run --quiet --example seed
