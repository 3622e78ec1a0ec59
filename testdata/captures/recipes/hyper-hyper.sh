# Nanosecond timestamps. Concurrent GETs, a POST with trailers both ways, PING for bandwidth, RST_STREAM, GOAWAY.
rust_peer server hyper-server
rust_peer client hyper-client
free_port port
serve "$port" "$server" "127.0.0.1:$port"

PRECISION=nano record hyper-hyper.pcap "$port"
"$client" "127.0.0.1:$port"
keep
