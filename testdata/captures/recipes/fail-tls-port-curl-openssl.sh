# Cleartext HTTP/2 sent to a TLS port: OpenSSL 3.0 (and so Node) closes the connection without an alert.
need curl=curl
certificate
free_port port
serve "$port" openssl s_server -accept "$port" -quiet -cert "$WORK/cert.pem" -key "$WORK/key.pem"

record fail-tls-port-curl-openssl.pcap "$port"
must_fail h2_curl "http://127.0.0.1:$port/"
keep
