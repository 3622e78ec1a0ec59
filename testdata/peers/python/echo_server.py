"""echo_server.py FILE [CERT KEY]: prints its port; answers /echo with what came, and a trailer, anything else with FILE."""

import socket
import ssl
import sys
import threading

from flow import Flow
from h2 import events

file = open(sys.argv[1], "rb").read()
context = None
if len(sys.argv) > 2:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    context.set_alpn_protocols(["h2"])


def serve(sock):
    if context:
        sock = context.wrap_socket(sock, server_side=True)
    with sock:
        paths, contents = {}, {}
        flow = Flow(sock, client_side=False, header_encoding="utf-8")
        for event in flow.events():
            if isinstance(event, events.RequestReceived):
                paths[event.stream_id] = dict(event.headers)[":path"]
                contents[event.stream_id] = b""
            elif isinstance(event, events.DataReceived):
                contents[event.stream_id] += event.data
            elif isinstance(event, events.StreamEnded):
                content, echoes = contents.pop(event.stream_id), paths[event.stream_id] == "/echo"
                flow.h2.send_headers(event.stream_id, [(":status", "200")])
                flow.send(event.stream_id, content if echoes else file, trailers=[("x-end", "yes")] if echoes else None)


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
