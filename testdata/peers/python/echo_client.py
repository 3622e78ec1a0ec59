"""echo_client.py URL FILE N [CA]: prints what URL/large has, then what URL/echo sends back of FILE, N times at once."""

import socket
import ssl
import sys
from urllib.parse import urlsplit

from flow import Flow
from h2 import events

url, content = urlsplit(sys.argv[1]), open(sys.argv[2], "rb").read()
sock = socket.create_connection((url.hostname, url.port))
if url.scheme == "https":
    context = ssl.create_default_context(cafile=sys.argv[4])
    context.set_alpn_protocols(["h2"])
    sock = context.wrap_socket(sock, server_hostname=url.hostname)
    assert sock.selected_alpn_protocol() == "h2"

flow = Flow(sock, client_side=True, header_encoding="utf-8")
answers = {}


def request(method, path, content):
    stream_id = flow.h2.get_next_available_stream_id()
    fields = [(":method", method), (":path", path), (":scheme", url.scheme), (":authority", url.netloc)]
    flow.h2.send_headers(stream_id, fields, end_stream=content is None)
    if content is not None:
        flow.send(stream_id, content, trailers=[("x-sum", str(len(content)))])
    answers[stream_id] = b""


request("GET", "/large", None)
for _ in range(int(sys.argv[3])):
    request("POST", "/echo", content)
missing = set(answers)
for event in flow.events():
    if isinstance(event, events.ResponseReceived):
        assert (":status", "200") in event.headers, event.headers
    elif isinstance(event, events.DataReceived):
        answers[event.stream_id] += event.data
    elif isinstance(event, events.StreamEnded):
        missing.remove(event.stream_id)
        if not missing:
            break
    elif isinstance(event, (events.StreamReset, events.ConnectionTerminated)):
        raise SystemExit(f"the server says {event}")
flow.h2.close_connection()
flow.flush()
sys.stdout.buffer.write(b"".join(answers.values()))
