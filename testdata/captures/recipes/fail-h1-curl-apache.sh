# Prior knowledge was wrong: Apache without HTTP/2 answers 400 in HTTP/1.1.
need curl=curl apache2=apache2
copy_site
free_port port
fill apache.conf PORT="$port" PROTOCOLS='http/1.1' >"$WORK/apache.conf"
serve "$port" apache2 -X -f "$WORK/apache.conf"

record fail-h1-curl-apache.pcap "$port"
must_fail h2_curl "http://127.0.0.1:$port/"
keep
