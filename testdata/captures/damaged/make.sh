#!/usr/bin/env bash
# Makes the captures here from those above, and writes what tshark says of their frames to NAME.tsv. A capture that lacks
# bytes has fewer of them: tshark does not go on in the middle of a connection, and waits for the rest of a frame in vain.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v tshark >/dev/null || { echo "missing Debian packages: tshark" >&2; exit 1; }

version=$(tshark --version | sed -n '1s/.*(Wireshark) \([0-9.]*[0-9]\).*/\1/p')

# damage NAME HOW SOURCE NUMBER...
damage() {
    local name=$1 how=$2 source=../$3.pcap port
    shift 3
    python3 ../derive.py "$how" "$source" "$name.pcap" "$@"
    port=$(tshark -r "$source" -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' -T fields -e tcp.dstport | sort -nu)
    command=(tshark -r "$name.pcap" -T pdml -d "tcp.port==$port,http2")
    "${command[@]}" | python3 ../expect.py "$name" "$version" "${command[*]}"
    # Fields that refer to what is lost are wrong in it.
    rm "$name.fields.tsv"
}

damage lost-fields lose curl-nginx 18 52       # the fields of two responses
damage lost-content lose hyper-hyper 16        # a request with its content
damage lost-start lose curl-nginx 14 37        # the first packet of a server, and of a client
damage short short hyper-hyper 300             # packets of no more than 300 bytes
damage late late curl-nginx 8                  # after the first request
damage late-all late hyper-hyper 16            # without any SYN
