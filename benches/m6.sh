#!/usr/bin/env bash
# M6: the example server, nghttpd, nginx and hyper on one core with h2load, 100 bytes from memory.
# usage: benches/m6.sh [REQUESTS [ROUNDS]]     needs h2load, nghttpd and nginx (Debian: nghttp2-client nghttp2-server nginx-light)
set -euo pipefail
cd "$(dirname "$0")/.."
requests=${1:-200000}
rounds=${2:-3}
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p h2wire-connection --features tokio --example server
cargo build --quiet --release -p h2wire-bench --bin hyper_server

work=$(mktemp -d)
chmod 755 "$work" # for the workers of nginx
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
head -c 100 /dev/zero | tr '\0' a > "$work/file"
cat > "$work/nginx.conf" <<CONF
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 1024; }
http {
    access_log off; open_file_cache max=10; keepalive_requests 100000000;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server { listen 127.0.0.1:18093 http2; root $work; http2_max_concurrent_streams 1000; }
}
CONF

start() { # name, port, command: on the first core
    local name=$1 port=$2
    shift 2
    taskset -c 0 "$@" > "$work/$name.out" 2>&1 &
    pids+=($!)
    for _ in $(seq 50); do
        (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.1
    done
    echo "$name does not listen:" >&2
    cat "$work/$name.out" >&2
    exit 1
}

ticks() { # user and system time of a process and its children, in ms
    local all=0 pid
    for pid in "$1" $(pgrep -P "$1" || true); do
        all=$((all + $(awk '{ print $14 + $15 }' "/proc/$pid/stat") * 1000 / $(getconf CLK_TCK)))
    done
    echo "$all"
}

start h2wire 18091 "$target/release/examples/server" --root "$work" --h2c 127.0.0.1:18091
start nghttpd 18092 nghttpd --no-tls -d "$work" -a 127.0.0.1 18092
start nginx 18093 nginx -c "$work/nginx.conf" -p "$work"
start hyper 18094 "$target/release/hyper_server" 127.0.0.1:18094

names=(h2wire nghttpd nginx hyper)
printf '%-8s %12s %22s\n' server requests/s 'CPU ms per 100,000'
for _ in $(seq "$rounds"); do
    for index in "${!names[@]}"; do
        before=$(ticks "${pids[$index]}")
        out=$(taskset -c 0 h2load -n "$requests" -c 10 -m 100 "http://127.0.0.1:$((18091 + index))/file")
        after=$(ticks "${pids[$index]}")
        grep -q " $requests succeeded, 0 failed" <<< "$out" || { echo "$out" >&2; exit 1; }
        rate=$(sed -n 's/^finished in .*, \([0-9.]*\) req.*/\1/p' <<< "$out")
        printf '%-8s %12.0f %22d\n' "${names[$index]}" "$rate" "$(((after - before) * 100000 / requests))"
    done
done
