# The same upgrade with Go's server.
need curl=curl caddy=caddy
copy_site
free_port port
fill Caddyfile PORT="$port" ADDRESS=127.0.0.1 >"$WORK/Caddyfile"
HOME=$WORK serve "$port" caddy run --adapter caddyfile --config "$WORK/Caddyfile"

record upgrade-curl-caddy.pcap "$port"
curl --silent --show-error --max-time 10 --http2 "http://localhost:$port/" >"$WORK/out"
keep
