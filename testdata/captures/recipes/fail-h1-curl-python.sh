# Prior knowledge was wrong: Python's http.server answers with a page alone, no status line (it takes the request for
# HTTP/0.9).
need curl=curl python3=python3
free_port port
serve "$port" python3 -m http.server --bind 127.0.0.1 --directory "$PEERS/site" "$port"

record fail-h1-curl-python.pcap "$port"
must_fail h2_curl "http://127.0.0.1:$port/"
keep
