# Inside TLS, with the secrets in the file: a page and its POST, on two connections, of which the second one resumes the session;
# once over TLS 1.3 and once over TLS 1.2. There may be spare connections.
need chromium=chromium
go_peer peer
certificate
free_port port
KEYS=$WORK/keys
export SSLKEYLOGFILE=$KEYS
serve "$port" "$peer" serve "127.0.0.1:$port" "$WORK/cert.pem" "$WORK/key.pem"

record tls-chromium-go.pcapng "$port"
for version in tls1.3 tls1.2; do
    browse --ssl-version-max="$version" --dump-dom "https://localhost:$port/"
    grep -q 'HTTP/2.0 of 300 bytes, resumed true' "$WORK/dom" || die "no resumption: $(cat "$WORK/dom" "$WORK/browser.log")"
done
keep
