# A page with a style, a script, pictures and an echo, from the example server. As in chromium-caddy, tls-relay ends TLS,
# and the capture has the octets that were inside it.
need chromium=chromium
rust_peer relay tls-relay
example server server
free_port port
free_port outside
serve "$port" "$server" --root "$PEERS/site" --h2c "127.0.0.1:$port"
serve "$outside" "$relay" "127.0.0.1:$outside" "127.0.0.1:$port" "$WORK/cert" h2

record chromium-h2wire.pcapng "$port"
browse --dump-dom "https://localhost:$outside/pictures.html"
# The page writes the answer to its POST into itself.
grep -q 'hello from the page' "$WORK/dom" || die "the page did not finish: $(cat "$WORK/dom" "$WORK/browser.log")"
keep
