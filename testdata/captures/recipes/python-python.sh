# ALTSVC on stream 0 and on a request's, PRIORITY, padding, PUSH_PROMISE, CONTINUATION, a smaller header table, PING,
# GOAWAY with debug data that is not text.
need_python h2 python3-h2
free_port port
serve "$port" "$PYTHON" "$PEERS/python/server.py" "$port"

record python-python.pcap "$port"
"$PYTHON" "$PEERS/python/client.py" "$port"
keep
