"""check.py ANSWERS RECORDING...: reads the recordings and the answers to them with h2, which knows nothing of h2wire.

Each answer must be complete, and say of its request what h2 finds in it.
"""
import sys
import zlib

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (DataReceived, RequestReceived, ResponseReceived, SettingsAcknowledged, StreamEnded,
                       TrailersReceived)

# Above this the demo answers 431, whatever the fields are.
MOST_FIELD_OCTETS = 2048
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame_len(octets):
    return 9 + int.from_bytes(octets[:3], "big")


def requests(octets):
    """What a server finds in what a client sent: stream, method, and the answer that is due."""
    server = H2Connection(H2Configuration(client_side=False, header_encoding=None))
    server.local_settings.max_header_list_size = 1 << 20
    server.decoder.max_header_list_size = 1 << 20
    server.initiate_connection()
    server.increment_flow_control_window(1 << 20)
    found = {}
    length = len(PREFACE)
    while octets:
        events, octets = server.receive_data(octets[:length]), octets[length:]
        length = frame_len(octets)
        for event in events:
            if isinstance(event, RequestReceived):
                found[event.stream_id] = [list(event.headers), b""]
                server.increment_flow_control_window(1 << 20, event.stream_id)
            elif isinstance(event, TrailersReceived):
                found[event.stream_id][0] += event.headers
            elif isinstance(event, DataReceived):
                found[event.stream_id][1] += event.data
    return {stream: due(*request) for stream, request in found.items()}


def due(fields, content):
    known = dict(fields)
    method, path = known[b":method"], known[b":path"]
    if sum(len(name) + len(value) + 32 for name, value in fields) > MOST_FIELD_OCTETS:
        return method, b"431", b"fields too large\n"
    sums = [zlib.crc32(b"".join(name + b"\0" + value + b"\0" for name, value in fields)), zlib.crc32(content)]
    answer = b"%s %s fields %d %08x content %d %08x\n" % (method, path, len(fields), sums[0], len(content), sums[1])
    return method, b"200", answer


def check(octets, due_answers):
    """Has a client read as many answers as it has requests; gives the octets behind them."""
    client = H2Connection(H2Configuration(header_encoding=None))
    client.initiate_connection()
    for stream, (method, _, _) in due_answers.items():
        client.send_headers(stream, [(b":method", method), (b":scheme", b"http"), (b":path", b"/"),
                                     (b":authority", b"demo")])
    seen, ended, at, acknowledged = {}, set(), 0, False
    while len(ended) < len(due_answers):
        length = frame_len(octets[at:])
        assert at + length <= len(octets), "the answers end too early"
        for event in client.receive_data(octets[at:at + length]):
            acknowledged |= isinstance(event, SettingsAcknowledged)
            if isinstance(event, ResponseReceived):
                seen[event.stream_id] = [dict(event.headers), b""]
            elif isinstance(event, DataReceived):
                seen[event.stream_id][1] += event.data
            elif isinstance(event, StreamEnded):
                ended.add(event.stream_id)
        at += length
    assert acknowledged, "the settings were not acknowledged"
    for stream, (method, status, content) in due_answers.items():
        fields, body = seen[stream]
        assert fields[b":status"] == status and fields[b"server"] == b"h2wire on a Cortex-M4", fields
        assert int(fields[b"content-length"]) == len(content), (fields, content)
        assert body == (b"" if method == b"HEAD" else content), (body, content)
    return at


answers = open(sys.argv[1], "rb").read()
for path in sys.argv[2:]:
    due_answers = requests(open(path, "rb").read())
    assert due_answers, path
    answers = answers[check(answers, due_answers):]
    # What a window or a second acknowledgment brings behind the last answer.
    while answers and not answers.startswith(b"\0\0\x0c\x04\0"):
        answers = answers[frame_len(answers):]
    print(f"{path}: h2 reads {len(due_answers)} answers, and they are right")
assert not answers, "octets are left behind the last answer"
