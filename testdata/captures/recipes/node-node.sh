# The frames few peers send: ALTSVC, ORIGIN, PUSH_PROMISE with CONTINUATION, padding, extended CONNECT, PRIORITY,
# RST_STREAM, PING, a change of SETTINGS, GOAWAY with debug data.
need node=nodejs
free_port port
serve "$port" node "$PEERS/node/server.mjs" "$port"

record node-node.pcapng "$port"
node "$PEERS/node/client.mjs" "$port"
keep
