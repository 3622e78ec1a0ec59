# ALPN was not offered: hyper speaks HTTP/2 over TLS to a server that was free to choose HTTP/1.1. The capture has the
# octets that were inside TLS. hyper reports FRAME_SIZE_ERROR.
need nginx=nginx-light
rust_peer client hyper-client
rust_peer relay tls-relay
copy_site
free_port port
free_port outside
fill nginx.conf PORT="$port" MODE= TLS= >"$WORK/nginx.conf"
serve "$port" nginx -p "$WORK" -c "$WORK/nginx.conf"
serve "$outside" "$relay" "127.0.0.1:$outside" "127.0.0.1:$port" "$WORK/cert"

record fail-no-alpn-hyper-nginx.pcap "$port"
must_fail "$client" "127.0.0.1:$outside" "$WORK/cert"
grep -q FRAME_SIZE_ERROR "$WORK/failure" || die "hyper said something else: $(cat "$WORK/failure")"
keep
