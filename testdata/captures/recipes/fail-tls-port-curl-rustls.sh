# Cleartext HTTP/2 sent to a TLS port: the server (rustls) answers with a TLS alert.
need curl=curl
rust_peer relay tls-relay
free_port port
serve "$port" "$relay" "127.0.0.1:$port" 127.0.0.1:9 "$WORK/cert" h2

record fail-tls-port-curl-rustls.pcap "$port"
must_fail h2_curl "http://127.0.0.1:$port/"
keep
