# Many small requests: three connections of two concurrent streams.
need h2load=nghttp2-client nghttpd=nghttp2-server
free_port port
serve "$port" nghttpd --no-tls --address=127.0.0.1 --htdocs="$PEERS/site" "$port"

record h2load-nghttpd.pcap "$port"
h2load --requests=18 --clients=3 --max-concurrent-streams=2 "http://127.0.0.1:$port/style.css" >"$WORK/out"
keep
