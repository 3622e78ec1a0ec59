#!/usr/bin/env bash
# Records what curl and nghttp send to nghttpd: one file a connection, the client's octets alone. Needs the Debian packages
# curl, nghttp2-client, nghttp2-server and python3. Each recording differs a little from the last: what is expected of the
# demo is computed from the file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
pids=()
clean_up() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap clean_up EXIT

listening() { grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F:]+ 0A " /proc/net/tcp; }
wait_for() { for _ in {1..100}; do listening "$1" && return; sleep 0.1; done; echo "nobody listens on $1"; exit 1; }

server=$((21000 + RANDOM % 4000)) port=$((25000 + RANDOM % 4000))
mkdir "$work/site"
for page in index.html style.css app.js; do echo "$page" >"$work/site/$page"; done
# 64 KiB that compress well: what is kept in git is the recording.
python3 -c 'print("".join(f"{n} squared is {n * n}\n" for n in range(5000))[:65536], end="")' >"$work/numbers"

nghttpd --no-tls --address=127.0.0.1 --htdocs="$work/site" --echo-upload "$server" >"$work/log" 2>&1 &
pids+=($!)
wait_for "$server"
url=http://127.0.0.1:$port

# relay FILE: the next connection is recorded.
relay() {
    python3 relay.py "$port" "$server" "$1" &
    pids+=($!)
    relay=$!
    wait_for "$port"
}

relay curl.h2c
# Prior knowledge is said once: curl 7.88 does not use the connection again where it is repeated.
next=(--next --silent --show-error --max-time 20)
secret='authorization: Bearer of-bad-news'
curl "${next[@]:1}" --http2-prior-knowledge "$url/index.html" "${next[@]}" "$url/style.css" \
    "${next[@]}" --header 'content-type: text/plain' --data-binary "@$work/numbers" "$url/upload" \
    "${next[@]}" --header "$secret" "$url/app.js" "${next[@]}" --header "$secret" "$url/style.css" \
    "${next[@]}" --head "$url/index.html" >"$work/pages"
wait "$relay"

relay nghttp.h2c
echo "a form that is short" >"$work/form"
nghttp --null-out --timeout=10 --padding=16 --data="$work/form" --trailer='x-check: done' \
    "$url/first" "$url/second" "$url/third"
wait "$relay"

# 18 KiB of fields in HEADERS and CONTINUATION.
relay fields.h2c
nghttp --null-out --timeout=10 --continuation "$url/index.html"
wait "$relay"

wc -c ./*.h2c
