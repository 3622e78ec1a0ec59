# No HTTP/2 at all: HTTP/1.1, two requests on one connection and an error.
need curl=curl python3=python3
free_port port
serve "$port" python3 -m http.server --protocol HTTP/1.1 --bind 127.0.0.1 --directory "$PEERS/site" "$port"
url=http://localhost:$port

record http1-curl-python.pcap "$port"
curl --silent --show-error --max-time 10 --http1.1 "$url/" "$url/style.css" "$url/missing" >"$WORK/out"
keep
