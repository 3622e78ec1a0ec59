# The upgrade by nghttp, whose first request has a weight; Apache pushes a resource. The second connection upgrades with
# a POST, which nghttp does with OPTIONS first.
need nghttp=nghttp2-client apache2=apache2
copy_site
free_port port
fill apache.conf PORT="$port" PROTOCOLS='h2c http/1.1' >"$WORK/apache.conf"
serve "$port" apache2 -X -f "$WORK/apache.conf"
url=http://127.0.0.1:$port

record upgrade-nghttp-apache.pcap "$port"
nghttp --null-out --upgrade --timeout=10 --weight=32 "$url/" "$url/app.js"
nghttp --null-out --upgrade --timeout=10 --data="$PEERS/site/style.css" "$url/style.css"
keep
