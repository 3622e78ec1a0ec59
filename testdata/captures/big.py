#!/usr/bin/env python3
"""big.py FILE CONNECTIONS: a pcap of so many TCP connections, 64 at a time, of 11 KB each: 100000 of them are 1.03 GiB.

Each has three requests, whose fields come to be in the table of HPACK, and responses with 3,000 bytes of content.
"""

import struct
import sys

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SERVER = bytes([192, 0, 2, 20])
FIN, SYN, PSH, ACK = 1, 2, 8, 16
SEGMENT = 1448
AT_A_TIME = 64


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\x40" + bytes([len(name)]) + name + bytes([len(value)]) + value


def conversation():
    """(by the client, flags, sequence number, acknowledgment number, payload) of each packet."""
    request = literal(b"user-agent", b"a load test, 1.0") + literal(b"x-request-id", b"0123456789abcdef") + literal(b"accept", b"*/*")
    answer = literal(b"server", b"a server, 1.0") + literal(b"content-type", b"application/octet-stream") + literal(b"x-served-by", b"node-17")
    settings = frame(4, 0, 0, struct.pack(">HI", 3, 100) + struct.pack(">HI", 4, 65535))
    packets, number = [], {True: 1000, False: 5000}

    def send(by_client, octets, flags=PSH | ACK):
        parts = [octets[at : at + SEGMENT] for at in range(0, len(octets), SEGMENT)] or [b""]
        for part in parts:
            packets.append((by_client, flags, number[by_client], number[not by_client], part))
            number[by_client] += len(part) + bool(flags & (SYN | FIN))

    send(True, b"", SYN)
    send(False, b"", SYN | ACK)
    send(True, b"", ACK)
    send(True, PREFACE + settings + frame(8, 0, 0, struct.pack(">I", 1 << 20)))
    send(False, settings + frame(4, 1, 0))
    for index, stream in enumerate((1, 3, 5)):
        block = b"\x82\x86\x84\x01\x07a.local" + (request if index == 0 else b"\xbe\xbf\xc0")
        send(True, (frame(4, 1, 0) if index == 0 else b"") + frame(1, 5, stream, block))
        block = b"\x88" + (answer if index == 0 else b"\xbe\xbf\xc0")
        send(False, frame(1, 4, stream, block) + frame(0, 1, stream, bytes(range(250)) * 12))
        send(True, b"", ACK)
    send(True, frame(7, 0, 0, struct.pack(">II", 0, 0)))
    send(True, b"", FIN | ACK)
    send(False, b"", FIN | ACK)
    send(True, b"", ACK)
    return packets


def templates():
    """Who sends, and what comes before the addresses of a packet and after the ports."""
    for by_client, flags, number, acknowledged, payload in conversation():
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0)
        tcp = struct.pack(">IIBBHHH", number, acknowledged if flags & ACK else 0, 0x50, flags, 65535, 0, 0)
        length = 14 + 40 + len(payload)
        head = struct.pack("<II", length, length) + b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip
        yield by_client, head, tcp + payload


def main():
    file, connections = sys.argv[1], int(sys.argv[2])
    packets, time = list(templates()), 0
    with open(file, "wb") as out:
        out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for first in range(0, connections, AT_A_TIME):
            some = range(first, min(first + AT_A_TIME, connections))
            clients = [(struct.pack(">I", 0x0A000000 + n // 20000), struct.pack(">H", 40000 + n % 20000)) for n in some]
            for by_client, head, tail in packets:
                for address, port in clients:
                    time += 7
                    ends = address + SERVER + port + b"\0\x50" if by_client else SERVER + address + b"\0\x50" + port
                    out.write(struct.pack("<II", 1_700_000_000 + time // 10**6, time % 10**6) + head + ends + tail)


main()
