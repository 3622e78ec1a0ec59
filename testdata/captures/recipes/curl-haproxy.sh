# HTTP/2 on both sides of HAProxy: curl to HAProxy and HAProxy to nghttpd, both in the capture.
need curl=curl haproxy=haproxy nghttpd=nghttp2-server
free_port port
free_port backend
fill haproxy.cfg PORT="$port" BACKEND="$backend" >"$WORK/haproxy.cfg"
serve "$backend" nghttpd --no-tls --address=127.0.0.1 --htdocs="$PEERS/site" \
    --echo-upload --trailer='x-end: yes' "$backend"
serve "$port" haproxy -db -f "$WORK/haproxy.cfg"
url=http://localhost:$port

record curl-haproxy.pcapng "$port" "$backend"
h2_curl "$url/" --next --data-binary "@$PEERS/site/style.css" "$url/echo" --next "$url/own"
h2_curl "$url/forbidden" --next "$url/missing"
keep
