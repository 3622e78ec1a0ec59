#!/usr/bin/env bash
# Keeps of each minimised corpus the shortest inputs, so many octets of them: a line of hexadecimal digits an input, in
# corpora/<target>.hex. `cargo test` replays them, seed.sh unpacks them.
#
#   fuzz/pack.sh [TARGET...]        all that there are in corpus/ if none is said
set -euo pipefail
cd "$(dirname "$0")"
# All of corpora/ stays below 1 MiB, with two digits an octet.
octets=40000
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls corpus)
mkdir -p corpora
for target in "${targets[@]}"; do
    find "corpus/$target" -type f -size +0 -printf '%s %p\n' | LC_ALL=C sort -n |
        awk -v most="$octets" '(sum += $1) <= most { print $2 }' |
        while read -r file; do
            od -An -v -tx1 "$file" | tr -d ' \n'
            echo
        done | LC_ALL=C sort >"corpora/$target.hex"
    printf '%-22s %5s inputs %7s octets\n' "$target" "$(wc -l <"corpora/$target.hex")" "$(stat -c %s "corpora/$target.hex")"
done
