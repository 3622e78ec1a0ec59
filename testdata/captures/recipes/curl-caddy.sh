# Over IPv6. Go's HTTP/2 server: GETs, a POST sent back, an odd status.
need curl=curl caddy=caddy
copy_site
free_port port
fill Caddyfile PORT="$port" ADDRESS=::1 >"$WORK/Caddyfile"
HOME=$WORK serve "$port" caddy run --adapter caddyfile --config "$WORK/Caddyfile"
url=http://localhost:$port

record curl-caddy.pcap "$port"
h2_curl -6 "$url/" --next -6 --data 'some text' "$url/echo" --next -6 "$url/teapot"
h2_curl -6 --parallel "$url/style.css" --next -6 "$url/app.js" --next -6 "$url/dot.png"
keep
