# Inside TLS, with the secrets in the file: GETs over TLS 1.3, a GET over TLS 1.2 with AES-256.
need curl=curl nginx=nginx-light
copy_site
certificate
free_port port
KEYS=$WORK/keys
tls='ssl_certificate cert.pem; ssl_certificate_key key.pem; ssl_protocols TLSv1.2 TLSv1.3;'
fill nginx.conf PORT="$port" MODE='ssl http2' TLS="$tls" >"$WORK/nginx.conf"
serve "$port" nginx -p "$WORK" -c "$WORK/nginx.conf"
url=https://localhost:$port

record tls-curl-nginx.pcapng "$port"
tls_curl --http2 --insecure "$url/" "$url/style.css" "$url/app.js"
tls_curl --http2 --insecure --tls-max 1.2 --ciphers ECDHE-RSA-AES256-GCM-SHA384 "$url/app.js"
keep
