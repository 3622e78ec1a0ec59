# Inside TLS, with the secrets in the file: a session of TLS 1.3 and one of TLS 1.2, each resumed by a second connection. The
# server's one group brings a HelloRetryRequest.
go_peer peer
certificate
free_port port
KEYS=$WORK/keys
serve "$port" "$peer" serve "127.0.0.1:$port" "$WORK/cert.pem" "$WORK/key.pem"

record tls-go-go.pcapng "$port"
for version in 3 2; do
    SSLKEYLOGFILE=$KEYS "$peer" get "https://localhost:$port/one" "$WORK/cert.pem" "$version"
done
keep
