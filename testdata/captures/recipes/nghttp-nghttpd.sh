# Server push, padding from both sides, PRIORITY, trailers, a POST sent back, CONTINUATION; three connections.
need nghttp=nghttp2-client nghttpd=nghttp2-server
free_port port
serve "$port" nghttpd --no-tls --address=127.0.0.1 --htdocs="$PEERS/site" --padding=16 --echo-upload \
    --push=/=/style.css,/app.js --trailer='x-trailer: end' "$port"

h2() { nghttp --null-out --timeout=10 "$@"; }
url=http://localhost:$port

record nghttp-nghttpd.pcap "$port"
# nghttp first gives weights to five streams it never opens. It asks for one of the pushed resources
# itself, cancels that push and says so.
h2 --padding=8 "$url/" "$url/style.css" "$url/dot.png" "$url/missing"
h2 --data="$PEERS/site/index.html" --trailer='x-sum: 1' --weight=200 --padding=100 "$url/echo"
h2 --continuation --no-push --header-table-size=0 "$url/style.css"
keep
