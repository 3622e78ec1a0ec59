# Three connections: concurrent GETs; POST, HEAD and an error in turn; a field too long for nginx, which says GOAWAY.
need curl=curl nginx=nginx-light
copy_site
free_port port
fill nginx.conf PORT="$port" MODE=http2 TLS= >"$WORK/nginx.conf"
serve "$port" nginx -p "$WORK" -c "$WORK/nginx.conf"
url=http://127.0.0.1:$port

record curl-nginx.pcap "$port"
h2_curl --parallel "$url/" --next "$url/style.css" --next "$url/app.js" --next "$url/dot.png"
# nginx answers the POST before its body and says RST_STREAM with NO_ERROR; curl calls that an error.
h2_curl --data name=value "$url/posted" --next --head "$url/" --next "$url/missing" 2>"$WORK/err"
must_fail h2_curl --header "x-long: $(printf %20000s | tr ' ' x)" "$url/"
keep
