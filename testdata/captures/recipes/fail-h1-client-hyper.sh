# An HTTP/1.1 request on a port that speaks HTTP/2 only: hyper has sent its SETTINGS and closes without GOAWAY.
need curl=curl
rust_peer server hyper-server
free_port port
serve "$port" "$server" "127.0.0.1:$port"

record fail-h1-client-hyper.pcap "$port"
must_fail curl --silent --show-error --max-time 5 --http1.1 "http://localhost:$port/"
keep
