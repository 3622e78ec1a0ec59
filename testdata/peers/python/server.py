"""server.py PORT: an HTTP/2 server without TLS on the h2 package, one connection at a time."""

import socket
import sys

from h2 import events
from h2.errors import ErrorCodes
from wire import Wire


def index(wire, stream_id):
    wire.h2.send_headers(stream_id, [(":status", "103"), ("link", "</style.css>; rel=preload")])
    request = [(":method", "GET"), (":path", "/style.css"), (":scheme", "http"), (":authority", "localhost")]
    wire.h2.push_stream(stream_id, 2, request)
    wire.h2.send_headers(2, [(":status", "200"), ("content-type", "text/css")])
    wire.h2.send_data(2, b"body { margin: 0 }\n", end_stream=True, pad_length=0)
    # Too large for one frame: HEADERS and CONTINUATION.
    wire.h2.send_headers(stream_id, [(":status", "200"), ("content-type", "text/html"), ("x-long", "x" * 20_000)])
    wire.h2.send_data(stream_id, b"<title>python</title>\n", pad_length=255)
    wire.h2.send_data(stream_id, b"", end_stream=True)


def echo(wire, stream_id, body):
    wire.h2.send_headers(stream_id, [(":status", "200"), ("x-same", "one"), ("x-same", "two")])
    wire.h2.send_data(stream_id, body, pad_length=7)
    wire.h2.send_headers(stream_id, [("x-octets", str(len(body)))], end_stream=True)


def serve(wire):
    paths, bodies = {}, {}
    wire.h2.advertise_alternative_service(b'h2=":8000"; ma=60', origin=b"http://example.test")
    wire.flush()
    for event in wire.events():
        if isinstance(event, events.RequestReceived):
            paths[event.stream_id] = dict(event.headers)[":path"]
            bodies[event.stream_id] = b""
            if paths[event.stream_id] == "/service":
                wire.h2.advertise_alternative_service(b"clear", stream_id=event.stream_id)
        elif isinstance(event, events.DataReceived):
            bodies[event.stream_id] += event.data
            wire.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, events.StreamEnded):
            path = paths[event.stream_id]
            if path == "/":
                index(wire, event.stream_id)
            elif path == "/echo":
                echo(wire, event.stream_id, bodies[event.stream_id])
            elif path == "/broken":
                wire.h2.reset_stream(event.stream_id, ErrorCodes.INTERNAL_ERROR)
            elif path == "/last":
                wire.h2.send_headers(event.stream_id, [(":status", "503")], end_stream=True)
                wire.h2.close_connection(ErrorCodes.ENHANCE_YOUR_CALM, b"debug \xff\x00 data", event.stream_id)
            else:
                wire.h2.send_headers(event.stream_id, [(":status", "404")], end_stream=True)


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        sock, _ = listener.accept()
        with sock:
            serve(Wire(sock, client_side=False, header_encoding="utf-8"))
