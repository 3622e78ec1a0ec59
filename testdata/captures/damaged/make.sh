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

# The request, the answer or both before an upgrade: packets 4 and 6. The preface is in packet 8.
damage upgrade-lost-request lose upgrade-curl-apache 4
damage upgrade-lost-answer lose upgrade-curl-apache 6
damage upgrade-lost-both lose upgrade-curl-apache 4 6
damage upgrade-caddy-lost-request lose upgrade-curl-caddy 4
damage upgrade-late-request after upgrade-curl-apache 4 8
damage upgrade-caddy-late-request after upgrade-curl-caddy 4 6
damage upgrade-short-request clip upgrade-curl-apache 4 140
damage upgrade-short-answer clip upgrade-curl-apache 6 100
damage upgrade-late late upgrade-curl-apache 6
damage upgrade-third-lost lose made/upgrade-third 6
# A tunnel: what asks for it is packet 4, the answer packet 5.
damage connect-lost-request lose made/connect 4
damage connect-lost-answer lose made/connect 5
damage connect-late-request after made/connect 4 6
damage connect-short-request clip made/connect 4 60
# SOCKS: packets 4 to 9, in turns.
damage socks5-lost-greeting lose made/socks5 4
damage socks5-lost-method lose made/socks5 5
damage socks5-lost-client lose made/socks5 4 6 8
damage socks5-short-answer clip made/socks5 9 42
# A PROXY header by itself: packet 4.
damage proxy-lost-header lose made/proxy-v1 4
damage proxy-short-header clip made/proxy-v1 4 60
