# Inside TLS, with the secrets in the file: a session of TLS 1.3 and one of TLS 1.2, each resumed by a second connection.
need node=nodejs
example server server
free_port port
KEYS=$WORK/keys
serve "$port" "$server" --root "$PEERS/site" --tls "127.0.0.1:$port" --save-cert "$WORK/cert.pem"

record tls-node-h2wire.pcapng "$port"
for version in TLSv1.3 TLSv1.2; do
    node --tls-keylog="$KEYS" "$PEERS/node/resume.mjs" "https://localhost:$port" "$WORK/cert.pem" "$version"
done
keep
