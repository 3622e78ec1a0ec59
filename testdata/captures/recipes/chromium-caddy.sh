# A page load. Chromium speaks HTTP/2 only over TLS: tls-relay ends TLS, and the capture has the octets that were inside
# it, on their way to Caddy and back.
need chromium=chromium caddy=caddy
rust_peer relay tls-relay
copy_site
free_port port
free_port outside
fill Caddyfile PORT="$port" ADDRESS=127.0.0.1 >"$WORK/Caddyfile"
HOME=$WORK serve "$port" caddy run --adapter caddyfile --config "$WORK/Caddyfile"
serve "$outside" "$relay" "127.0.0.1:$outside" "127.0.0.1:$port" "$WORK/cert" h2

record chromium-caddy.pcapng "$port"
browse --dump-dom "https://localhost:$outside/"
# The page writes the answer to its POST into itself.
grep -q 'hello from the page' "$WORK/dom" || die "the page did not finish: $(cat "$WORK/dom" "$WORK/browser.log")"
keep
