#!/usr/bin/env bash
# Runs each target for some seconds, minimises its corpus, and tells what came of it.
#
#   fuzz/campaign.sh [SECONDS [TARGET...]]        60 seconds and all targets if nothing is said
#
# JOBS processes work on a target at once (1). SEED makes two runs alike (another one each time). Needs nightly and
# cargo-fuzz. Status 1 if a target found something; the input is printed in base64.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo +nightly fuzz list)
jobs=${JOBS:-1}
logs=$(mktemp -d)
found=0

[ -d corpus ] || ./seed.sh
cargo +nightly fuzz build
# What is slow on a machine that has other work is no crash.
crashes() { find "artifacts/$target" -type f ! -name 'slow-unit-*' 2>/dev/null | wc -l || true; }
printf '%-22s %12s %9s %7s %9s %7s  %s\n' target executions exec/s edges features inputs crashes
for target in "${targets[@]}"; do
    log=$logs/$target
    before=$(crashes)
    # Frames may be longer than the 4,096 octets that libFuzzer stops at; strings and generators need fewer.
    case $target in
        huffman | differential_fields) longest=300 ;;
        mutated_frame | conversation | broken_conversation | connection_pair | differential_connection) longest=1000 ;;
        connection_server | connection_client) longest=3000 ;;
        cli_decode) longest=8192 ;;
        *) longest=20000 ;;
    esac
    cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -max_len="$longest" -dict=h2.dict -timeout=10 \
        -rss_limit_mb=2048 -fork="$jobs" -ignore_crashes=0 -seed="${SEED:-0}" -print_final_stats=1 >"$log" 2>&1 || true
    after=$(crashes)
    cargo +nightly fuzz cmin "$target" >"$log.cmin" 2>&1 || echo "$target: cmin failed, see $log.cmin"
    # The last line of a fork run: "#123: cov: 1 ft: 2 corp: 3 exec/s: 4 ...".
    line=$(grep -aE '^#[0-9]+.* cov: ' "$log" | tail -n 1)
    field() { sed -nE "s/.* $1: ?([0-9]+).*/\1/p" <<<"$line"; }
    executions=$(sed -nE 's/^#([0-9]+).*/\1/p' <<<"$line")
    printf '%-22s %12s %9s %7s %9s %7s  %s\n' "$target" "${executions:-0}" "$((${executions:-0} / seconds))" \
        "$(field cov)" "$(field ft)" "$(find "corpus/$target" -type f | wc -l)" "$((after - before))"
    [ "$after" = "$before" ] || { found=1; grep -aE 'panicked at|ERROR: |^Base64: ' -A 3 "$log" | head -n 16; }
done
echo "logs in $logs"
exit $found
