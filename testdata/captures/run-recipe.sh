#!/usr/bin/env bash
# run-recipe.sh NAME: runs recipes/NAME.sh, with the helpers below. make.sh calls it for each recipe.
set -euo pipefail

NAME=$1
CAPTURES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# The programs, configurations and pages of the peers.
PEERS=$(cd "$CAPTURES/../peers" && pwd)
# A new empty folder for everything but the finished captures.
WORK=$(mktemp -d)
# Nothing is left in the tree but captures.
export PYTHONDONTWRITEBYTECODE=1

# Only processes from this list are ever ended.
PIDS=()

stop() {
    local pid=$1
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

clean_up() {
    local pid
    for pid in "${PIDS[@]}"; do stop "$pid"; done
    rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 143' TERM INT

die() {
    echo "$NAME: $*" >&2
    exit 1
}

# need COMMAND=PACKAGE... - says which Debian packages are missing, if any.
need() {
    local pair missing=()
    for pair; do
        command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    [[ ${#missing[@]} -eq 0 ]] || die "missing Debian packages: ${missing[*]}"
}

# need_python MODULE PACKAGE - sets PYTHON to an interpreter that has the module. Debian's modules belong to Debian's
# python3, which another one may hide in PATH.
need_python() {
    for PYTHON in python3 /usr/bin/python3; do
        if "$PYTHON" -c "import $1" 2>/dev/null; then return; fi
    done
    die "missing Debian packages: $2"
}

# True while somebody listens on the port. Read from the kernel: a trial connection could end up in the capture.
listening() {
    grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F:]+ 0A " /proc/net/tcp /proc/net/tcp6
}

# wait_for COMMAND... - up to 20 seconds.
wait_for() {
    local _
    for _ in {1..200}; do
        if "$@"; then return; fi
        sleep 0.1
    done
    die "waited in vain for: $*"
}

# free_port VARIABLE - sets it to a port nobody uses, outside the range the kernel takes client ports from.
free_port() {
    local -n port_ref=$1
    while
        port_ref=$((20000 + RANDOM % 10000))
        grep -qE ":$(printf %04X "$port_ref") " /proc/net/tcp /proc/net/tcp6
    do :; done
}

# serve PORT COMMAND... - starts a server in the foreground of its own process and waits until it listens.
serve() {
    local port=$1 pid
    shift
    "$@" >"$WORK/server-$port.log" 2>&1 &
    pid=$!
    PIDS+=("$pid")
    wait_for listening_or_gone "$port" "$pid"
    listening "$port" || die "server ended: $(cat "$WORK/server-$port.log")"
}

listening_or_gone() {
    listening "$1" || ! kill -0 "$2" 2>/dev/null
}

# fill TEMPLATE KEY=VALUE... - prints a configuration file with each @KEY@ replaced; @WORK@ is always known.
fill() {
    local template=$1 pair script="s|@WORK@|$WORK|g;"
    shift
    for pair; do script+="s|@${pair%%=*}@|${pair#*=}|g;"; done
    sed "$script" "$PEERS/config/$template"
}

# copy_site - the web site, where a server that gave up root's rights can read it.
copy_site() {
    chmod 755 "$WORK"
    cp -r "$PEERS/site" "$WORK/site"
    chmod -R a+rX "$WORK/site"
}

# certificate - makes a self-signed one for localhost: $WORK/cert.pem and $WORK/key.pem.
certificate() {
    need openssl=openssl
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
}

# h2_curl ARGUMENT... - curl with prior knowledge. Further transfers follow --next, where the option must not be given
# again: curl 7.88 then refuses to use the connection it has.
h2_curl() {
    curl --silent --show-error --no-progress-meter --max-time 10 --http2-prior-knowledge "$@" >>"$WORK/out"
}

# tls_curl ARGUMENT... - curl over TLS; its secrets are added to $KEYS.
tls_curl() {
    SSLKEYLOGFILE=$KEYS curl --silent --show-error --no-progress-meter --max-time 10 --cacert "$WORK/cert.pem" "$@" >>"$WORK/out"
}

# must_fail COMMAND... - runs a client whose failure is what the capture is about; what it says is in $WORK/failure.
must_fail() {
    if "$@" 2>"$WORK/failure" >>"$WORK/out"; then die "no failure: $*"; fi
    echo "as expected: $(tail -1 "$WORK/failure")"
}

# rust_peer VARIABLE BIN - builds the Rust peers and sets the variable to one of them.
rust_peer() {
    local target=${CARGO_TARGET_DIR:-$PEERS/rust/target}
    local -n bin_ref=$1
    need cargo='cargo (1.85 or newer, Debian 12 has an older one)'
    cargo build --quiet --release --locked --manifest-path "$PEERS/rust/Cargo.toml" --target-dir "$target"
    bin_ref=$target/release/$2
}

# go_peer VARIABLE - builds the Go peer and sets the variable to it.
go_peer() {
    local -n go_ref=$1
    need go=golang-go
    go_ref=$WORK/go-peer
    GOCACHE=$WORK/go-cache go build -o "$go_ref" "$PEERS/go/main.go"
}

# example VARIABLE NAME - builds an example of the project and sets the variable to it.
example() {
    local target=${CARGO_TARGET_DIR:-$PEERS/../../target}
    local -n example_ref=$1
    need cargo='cargo (1.85 or newer, Debian 12 has an older one)'
    cargo build --quiet --locked --manifest-path "$PEERS/../../Cargo.toml" -p h2wire-connection --features tokio --example "$2" \
        --target-dir "$target"
    example_ref=$target/debug/examples/$2
}

# browse ARGUMENT... - Chromium. Nothing of the user's home is read or written, and nothing but the page is asked for.
browse() {
    HOME=$WORK timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --disable-extensions \
        --disable-breakpad --ignore-certificate-errors --user-data-dir="$WORK/profile" --virtual-time-budget=5000 \
        "$@" >"$WORK/dom" 2>"$WORK/browser.log"
}

# record FILE PORT... - starts the recorder; a .pcap comes from tcpdump, a .pcapng from dumpcap.
# DEVICE (lo), LINK_TYPE (the device's) and PRECISION (micro) may be set for one call, the last two for .pcap only.
record() {
    local file=$1 filter ready
    shift
    filter=$(printf ' or tcp port %s' "$@")
    filter=${filter# or }
    RECORDING=$WORK/$file RECORDER_LOG=$WORK/recorder.log
    if [[ $file == *.pcapng ]]; then
        need dumpcap=wireshark-common
        ready='^File: '
        dumpcap -q -i "${DEVICE:-lo}" -f "$filter" -w "$RECORDING" 2>"$RECORDER_LOG" &
    else
        need tcpdump=tcpdump
        ready='listening on'
        tcpdump -i "${DEVICE:-lo}" ${LINK_TYPE:+-y "$LINK_TYPE"} --time-stamp-precision="${PRECISION:-micro}" \
            -s 0 -U -Z root -w "$RECORDING" "$filter" 2>"$RECORDER_LOG" &
    fi
    RECORDER=$!
    PIDS+=("$RECORDER")
    wait_for grep -qs "$ready" "$RECORDER_LOG"
}

# keep - ends the recorder, checks what it wrote and puts it in place. If KEYS names a key log, a .pcapng gets its secrets.
keep() {
    # The last segments are on their way, and dumpcap looks at its buffer only a few times a second.
    sleep 1
    kill -INT "$RECORDER"
    wait "$RECORDER" || die "recorder: $(cat "$RECORDER_LOG")"
    grep -qE '^0 packets dropped by kernel|dropped on interface .*: [0-9]+/0 ' "$RECORDER_LOG" ||
        die "packets were lost: $(cat "$RECORDER_LOG")"
    if [[ -v KEYS ]]; then
        need editcap=wireshark-common
        editcap --inject-secrets "tls,$KEYS" "$RECORDING" "$RECORDING.keys"
        mv "$RECORDING.keys" "$RECORDING"
    fi
    if [[ $RECORDING == *.pcapng ]]; then python3 "$CAPTURES/strip.py" "$RECORDING"; fi
    publish "$RECORDING"
}

# publish FILE - puts a finished capture in place. 64 KiB is the limit for each.
publish() {
    local size
    size=$(stat -c %s "$1")
    ((size > 100 && size < 65536)) || die "$(basename "$1") has $size octets"
    install -m 644 "$1" "$CAPTURES/"
    echo "$(basename "$1"): $size octets"
}

source "$CAPTURES/recipes/$NAME.sh"
