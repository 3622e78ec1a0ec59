# Cleartext HTTP/2 sent to a TLS port: nginx notices and answers 400 in HTTP/1.1, in cleartext.
need curl=curl nginx=nginx-light
copy_site
certificate
free_port port
fill nginx.conf PORT="$port" MODE='ssl http2' TLS='ssl_certificate cert.pem; ssl_certificate_key key.pem;' \
    >"$WORK/nginx.conf"
serve "$port" nginx -p "$WORK" -c "$WORK/nginx.conf"

record fail-tls-port-curl-nginx.pcap "$port"
must_fail h2_curl "http://127.0.0.1:$port/"
keep
