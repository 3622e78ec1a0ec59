#!/usr/bin/env bash
# Shows that tshark reads each capture of wrapped/ as the one that it was made from, where it reads the encapsulation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v tshark >/dev/null || { echo "missing Debian packages: tshark" >&2; exit 1; }

frames() { tshark -r "$1" -o ip.defragment:TRUE -o ipv6.defragment:TRUE -d tcp.port==8080,http -d tcp.port==80,http \
    -Y http2 -T fields -e http2.type -e http2.streamid -e http2.length 2>/dev/null; }

expected=$(frames upgrade-curl-apache.pcap)
[[ -n $expected ]] || { echo "tshark shows no frames" >&2; exit 1; }
for file in wrapped/*.pcap; do
    name=$(basename "$file" .pcap)
    # tshark takes the first for IP of a strange version, and does not know the port of the second.
    case $name in
        mpls-ethernet | vxlan-linux) continue ;;
    esac
    [[ $(frames "$file") == "$expected" ]] || { echo "$file: tshark reads it differently" >&2; exit 1; }
done
