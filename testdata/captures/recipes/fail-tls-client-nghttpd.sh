# A TLS client, its ClientHello first, on a cleartext HTTP/2 port.
need curl=curl nghttpd=nghttp2-server
free_port port
serve "$port" nghttpd --no-tls --address=127.0.0.1 --htdocs="$PEERS/site" "$port"

record fail-tls-client-nghttpd.pcap "$port"
must_fail curl --silent --show-error --max-time 5 --insecure "https://localhost:$port/"
keep
