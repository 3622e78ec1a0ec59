#!/usr/bin/env bash
# Builds the demo for a Cortex-M4F and runs it under QEMU; compares what it answers with the host, has the answers read by
# h2 (Python), and prints what all of it takes of flash and RAM. Status 77: something is missing here, so nothing is proven.
#
# The target comes from rustup where there is one. DEMO_RUST=debian takes Debian's own compiler, with its source.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

TARGET=thumbv7em-none-eabihf
# Octets of flash.
FRAMES_BAR=$((10 << 10)) HPACK_BAR=$((24 << 10)) CHUNKED_BAR=$((24 << 10))
RAM=16384
out=${CARGO_TARGET_DIR:-$PWD/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() {
    printf '\nSKIPPED: the Cortex-M demo was not run: %s\n\n' "$*" >&2
    exit 77
}

# debian_rust - Debian's compiler builds `core` from its source package, and lld links. Sets up build_device.
debian_rust() {
    local lld version source
    lld=$(compgen -c ld.lld | sort -V | tail -1)
    [[ -n $lld ]] || skip "no linker: apt-get install lld"
    [[ -x /usr/bin/rustc ]] || skip "no target $TARGET: rustup target add, or apt-get install rustc-web rust-web-src lld"
    version=$(/usr/bin/rustc --version | sed -E 's/^rustc 1\.([0-9]+).*/\1/')
    ((version >= 88)) || skip "Rust 1.88 is needed, Debian's /usr/bin/rustc is 1.$version: apt-get install rustc-web rust-web-src"
    source=$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library
    [[ -e $source/core ]] || skip "no source of core at $source: apt-get install rust-web-src"
    export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
    export CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER=$lld
    [[ ! -x /usr/bin/cargo ]] || CARGO=/usr/bin/cargo
    TARGET_FLAGS=(-Zbuild-std=core)
}

has_target() {
    [[ -d $(rustc --print sysroot)/lib/rustlib/$TARGET/lib ]] || { command -v rustup >/dev/null && rustup target add "$TARGET"; }
}

CARGO=cargo TARGET_FLAGS=()
command -v qemu-system-arm >/dev/null || skip "no QEMU: apt-get install qemu-system-arm"
for python in python3 /usr/bin/python3 ""; do
    [[ -n $python ]] || skip "no independent reader: apt-get install python3-h2"
    if "$python" -c 'import h2' 2>/dev/null; then break; fi
done
command -v size >/dev/null || skip "no size: apt-get install binutils"
# The host's build comes first, and with its own compiler.
cargo build --quiet --locked --bin host
if [[ ${DEMO_RUST:-} == debian ]] || ! has_target; then debian_rust; fi

# device BIN FEATURE: builds for the device.
device() {
    "$CARGO" build --quiet --locked --release --target "$TARGET" "${TARGET_FLAGS[@]}" --bin "$1" --features "$2"
}

# run RAM: builds the demo for so much memory, and runs it. A stack that is too large ends in a fault, which has no end.
run() {
    DEMO_RAM=$1 device device device
    timeout 10 qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel "$out/$TARGET/release/device" \
        >"$work/device.answers" 2>"$work/device.lines" </dev/null
}

same() {
    cmp "$work/host.answers" "$work/device.answers" && cmp "$work/host.lines" "$work/device.lines"
}

# flash ELF: octets of code and constants, without the vectors.
flash() { size -A "$1" | awk '$1 == ".text" || $1 == ".rodata" { sum += $2 } END { print sum }'; }

# part FEATURE: octets that a part adds to an empty program.
part() {
    device size "$1"
    echo $(($(flash "$out/$TARGET/release/size") - empty))
}

"$out/debug/host" "$work/host.answers" "$work/host.lines"
if ! run "$RAM"; then
    cat "$work/device.lines"
    echo "the demo failed on the device"
    exit 1
fi
cat "$work/device.lines"
same || { echo "the device does not answer as the host does"; exit 1; }
echo "device and host: the same $(stat -c %s "$work/device.answers") octets of answers"
"$python" check.py "$work/device.answers" recordings/{curl,nghttp,fields}.h2c

recordings=$(cat recordings/*.h2c | wc -c)
demo=$(($(flash "$out/$TARGET/release/device") - recordings))
enough=$RAM
for ((ram = RAM - 256; ram > 0; ram -= 256)); do
    { run "$ram" && same; } >/dev/null 2>&1 || break
    enough=$ram
done
device size device
empty=$(flash "$out/$TARGET/release/size")
frames=$(part size-frames) reader=$(part size-frame-reader) hpack=$(part size-hpack)
chunked=$(part size-chunked) writer=$(part size-writer)

row() { printf '| %-52s | %6s | %6s |\n' "$@"; }
printf '\nCortex-M4F, opt-level z, %s; octets\n\n' "$("${RUSTC:-rustc}" --version | cut -d' ' -f1,2)"
row "flash: text and constants, over an empty program" "" bar
row --- --: --:
row "frames both ways" "$frames" "$FRAMES_BAR"
row "the same, and their order, roles and limits" "$reader" ""
row "frames both ways, HPACK decoder" "$hpack" "$HPACK_BAR"
row "the same, in pieces, order, limits, validation" "$chunked" "$CHUNKED_BAR"
row "the same, with writer and HPACK encoder" "$writer" ""
row "the whole demo, without the recordings ($recordings)" "$demo" ""
row "RAM of the whole demo, stack included" "$enough" "$RAM"
((frames <= FRAMES_BAR && hpack <= HPACK_BAR && chunked <= CHUNKED_BAR)) || { echo "more flash than the bar"; exit 1; }
