# Prior knowledge was wrong: Node's HTTP/1.1 server answers 400 to hyper.
need node=nodejs
rust_peer client hyper-client
free_port port
serve "$port" node "$PEERS/node/http1.mjs" "$port"

record fail-h1-hyper-node.pcap "$port"
must_fail "$client" "127.0.0.1:$port"
keep
