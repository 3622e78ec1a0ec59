#!/usr/bin/env bash
# Records the captures again: make.sh [NAME...], all of them without a name. A name is a file of recipes/ without `.sh`.
# Needs root (to capture on the loopback device) and the Debian packages of the peers; a recipe says which are missing.
set -euo pipefail
shopt -s extglob
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ $# -eq 0 ]]; then
    # The derived captures come last: they are made from others.
    set -- recipes/!(derived-*).sh recipes/derived-*.sh
    set -- "${@#recipes/}"
    set -- "${@%.sh}"
fi

for name; do
    # Each recipe has its own process and ends in bounded time, long enough to build the Rust peers.
    timeout --kill-after=10 600 bash run-recipe.sh "$name"
done
