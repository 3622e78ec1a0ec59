# Inside TLS 1.3, with the secrets in the file: a HelloRetryRequest, and key updates between the requests, by the client alone and by both.
need openssl=openssl tshark=tshark
example server server
free_port port
KEYS=$WORK/keys
serve "$port" "$server" --root "$PEERS/site" --tls "127.0.0.1:$port"

record tls-openssl-h2wire.pcapng "$port"
python3 "$PEERS/python/s_client.py" "$port" "$KEYS"
keep
# Two that ask for one of the server too, and one that does not.
updates=$(tshark -n -r "$CAPTURES/$NAME.pcapng" -d "tcp.port==$port,tls" -Y 'tls.handshake.type == 24' 2>/dev/null | wc -l)
((updates == 5)) || die "there are $updates key updates"
