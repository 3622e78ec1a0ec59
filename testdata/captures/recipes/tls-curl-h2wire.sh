# Inside TLS, with the secrets in the file: TLS 1.3 with each cipher, TLS 1.2 with two, and HTTP/1.1 by ALPN.
need curl=curl
example server server
free_port port
KEYS=$WORK/keys
serve "$port" "$server" --root "$PEERS/site" --tls "127.0.0.1:$port" --save-cert "$WORK/cert.pem"
url=https://localhost:$port

record tls-curl-h2wire.pcapng "$port"
for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
    tls_curl --http2 --tls13-ciphers "$suite" "$url/style.css" "$url/missing"
done
for suite in ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-CHACHA20-POLY1305; do
    tls_curl --http2 --tls-max 1.2 --ciphers "$suite" "$url/style.css"
done
tls_curl --http1.1 "$url/"
keep
