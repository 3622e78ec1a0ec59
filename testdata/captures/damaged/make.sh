#!/usr/bin/env bash
# Makes the captures here from those above. ../readings.py then asks tshark for its reading of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# damage NAME HOW SOURCE NUMBER...
damage() {
    local name=$1 how=$2 source=../$3.pcap
    shift 3
    python3 ../derive.py "$how" "$source" "$name.pcap" "$@"
}

damage lost-fields lose curl-nginx 18 52       # the fields of two responses
damage lost-content lose hyper-hyper 16        # a request with its content
damage lost-start lose curl-nginx 14 37        # the first packet of a server, and of a client
damage short short hyper-hyper 300             # packets of no more than 300 bytes
damage late late curl-nginx 8                  # after the first request
damage late-all late hyper-hyper 16            # without any SYN
