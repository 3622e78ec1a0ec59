# An HTTP/1.1 request on a port that speaks HTTP/2 only: nghttpd has sent its SETTINGS and closes without GOAWAY.
need curl=curl nghttpd=nghttp2-server
free_port port
serve "$port" nghttpd --no-tls --address=127.0.0.1 --htdocs="$PEERS/site" "$port"

record fail-h1-client-nghttpd.pcap "$port"
must_fail curl --silent --show-error --max-time 5 --http1.1 "http://localhost:$port/"
keep
