#!/usr/bin/env bash
# Writes what tshark says of the captures to expected/: expect.sh [NAME...], all of them without a name. A name is a
# capture's without its extension.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v tshark >/dev/null || { echo "missing Debian packages: tshark" >&2; exit 1; }

# tshark ends with status 2 when a file is cut short, after it has shown all there is.
tshark() { command tshark "$@" 2>/dev/null || [[ $? -eq 2 ]]; }

# Ports that clients connect to.
ports() { tshark -r "$1" -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' -T fields -e tcp.dstport | sort -nu; }

if [[ $# -eq 0 ]]; then
    set -- *.pcap *.pcapng
    set -- "${@%.*}"
fi

version=$(tshark --version | sed -n '1s/.*(Wireshark) \([0-9.]*[0-9]\).*/\1/p')
mkdir -p expected
for name; do
    files=("$name".pcap*)
    # Where HTTP/1.1 comes first, tshark changes to HTTP/2 by itself. Elsewhere it must be told: its guess needs the
    # preface to be the first octets of the connection, and some servers send SETTINGS before it.
    case $name in
        http1-* | upgrade-*) protocol=http ;;
        # With the secrets in the file. ALPN names what is inside.
        tls-*) protocol=tls ;;
        *) protocol=http2 ;;
    esac
    command=(tshark -r "${files[0]}" -o tcp.reassemble_out_of_order:TRUE -T pdml)
    for port in $(ports "${files[0]}"); do command+=(-d "tcp.port==$port,$protocol"); done
    "${command[@]}" | python3 expect.py "expected/$name" "$version" "${command[*]}"
    # The packets that completed a frame, with their times.
    command=("${command[@]/pdml/fields}" -Y http2.type -E separator=/t)
    for field in tcp.stream frame.number frame.time_epoch frame.time_relative; do command+=(-e "$field"); done
    {
        echo "# tshark $version: ${command[*]}"
        printf '# tcp_stream\tpacket\ttime\ttime since the first packet\n'
        "${command[@]}"
    } >"expected/$name.times.tsv"
done
