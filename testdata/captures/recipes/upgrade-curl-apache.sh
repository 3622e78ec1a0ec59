# HTTP/1.1 with `Upgrade: h2c`, 101, then HTTP/2. Captured on `any` (Linux cooked v1). One request:
# after an upgrade Apache sometimes says GOAWAY before it could read a second one.
need curl=curl apache2=apache2
copy_site
free_port port
fill apache.conf PORT="$port" PROTOCOLS='h2c http/1.1' >"$WORK/apache.conf"
serve "$port" apache2 -X -f "$WORK/apache.conf"

DEVICE=any LINK_TYPE=LINUX_SLL record upgrade-curl-apache.pcap "$port"
curl --silent --show-error --max-time 10 --http2 "http://127.0.0.1:$port/" >"$WORK/out"
keep
