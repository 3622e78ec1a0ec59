"""client.py PORT: an HTTP/2 client without TLS on the h2 package, asking server.py for everything it can do."""

import socket
import sys

from h2 import events
from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from wire import Wire


def request(method, path, *fields):
    return [(":method", method), (":path", path), (":scheme", "http"), (":authority", "localhost"), *fields]


sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
wire = Wire(sock, client_side=True, header_encoding="utf-8")
wire.wait_for(events.SettingsAcknowledged)

# PRIORITY for streams that are never opened, then a request that depends on one of them.
wire.h2.prioritize(101, weight=256)
wire.h2.prioritize(103, weight=1, depends_on=101, exclusive=True)
wire.h2.send_headers(
    1, request("GET", "/"), end_stream=True, priority_weight=16, priority_depends_on=101, priority_exclusive=True
)
wire.flush()
wire.wait_for(events.StreamEnded, 1)

# A smaller table: the server's next field block begins with a table size update.
wire.h2.update_settings({SettingCodes.HEADER_TABLE_SIZE: 256, SettingCodes.MAX_FRAME_SIZE: 32_768})
wire.flush()
wire.wait_for(events.SettingsAcknowledged)

wire.h2.send_headers(3, request("POST", "/echo", ("cookie", "theme=dark"), ("trailer", "x-sum")))
wire.h2.send_data(3, b"first part, ", pad_length=0)
wire.h2.send_data(3, b"", pad_length=30)
wire.h2.send_data(3, b"second part", pad_length=10)
wire.h2.send_headers(3, [("x-sum", "23")], end_stream=True)
wire.h2.send_headers(5, request("GET", "/broken"), end_stream=True)
wire.h2.send_headers(7, request("GET", "/service"), end_stream=True)
wire.flush()
wire.wait_for(events.StreamEnded, 7)

wire.h2.ping(b"\x00\x01\x02\x03\xfc\xfd\xfe\xff")
wire.h2.increment_flow_control_window(100_000)
wire.flush()
wire.wait_for(events.PingAckReceived)

# A request that is withdrawn before its end, and the one the server ends the connection with.
wire.h2.send_headers(9, request("POST", "/echo"))
wire.h2.reset_stream(9, ErrorCodes.CANCEL)
wire.h2.send_headers(11, request("GET", "/last"), end_stream=True)
wire.flush()
wire.wait_for(events.ConnectionTerminated)
sock.close()
