#!/usr/bin/env python3
"""make.py: writes the captures here, of conversations that no peers were needed for: what happens to TCP, to files, and before
HTTP/2 starts. ../readings.py then asks tshark for its reading of them.
"""

import gzip
import os
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20])
START = 1_700_000_000_000_000_000
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
GET = b"\x82\x86\x84\x01\x07a.local"
OK, NEXT_OK = b"\x88\x40\x01a\x01b", b"\x88\xbe"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


SETTINGS, SETTINGS_ACK, PING = frame(4, 0, 0), frame(4, 1, 0), frame(6, 0, 0, b"12345678")
REQUEST = PREFACE + SETTINGS + frame(1, 5, 1, GET)


def response(stream, block=NEXT_OK, content=b"hello"):
    return frame(1, 4, stream, block) + frame(0, 1, stream, content)


class Tcp:
    """Packets between a client and a server, which acknowledge what they have."""

    def __init__(self, client_port=40000, start=0):
        self.packets, self.port = [], client_port
        self.next = {True: 1000 + start, False: 5000 + start}

    def segment(self, by_client, payload=b"", flags=PSH | ACK, at=0, lost=False, ack=None):
        """At another number than the next with `at`; one that is lost is not in the capture."""
        number = self.next[by_client] + at
        ack = self.next[not by_client] if ack is None else ack
        ports = (self.port, 80) if by_client else (80, self.port)
        tcp = struct.pack(">HHIIBBHHH", *ports, number, ack if flags & ACK else 0, 0x50, flags, 65535, 0, 0) + payload
        ends = CLIENT + SERVER if by_client else SERVER + CLIENT
        if not lost:
            self.packets.append(struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends + tcp)
        if at == 0:
            self.next[by_client] += len(payload) + bool(flags & (SYN | FIN))
        return self

    def client(self, payload, **more):
        return self.segment(True, payload, **more)

    def server(self, payload, **more):
        return self.segment(False, payload, **more)

    def open(self):
        self.segment(True, flags=SYN).segment(False, flags=SYN | ACK).segment(True, flags=ACK)
        return self

    def acks(self, count=5):
        """The other side has it all: what is missing by now is lost."""
        for _ in range(count):
            self.segment(True, flags=ACK)
            self.segment(False, flags=ACK)
        return self

    def close(self):
        return self.segment(True, flags=FIN | ACK).segment(False, flags=FIN | ACK).segment(True, flags=ACK)


def pcap(packets, order="<", nanoseconds=False, snaplen=65535):
    unit = 1 if nanoseconds else 1000
    out = struct.pack(f"{order}IHHIIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, snaplen, 101)
    for index, packet in enumerate(packets):
        second, rest = divmod(START + index * 1_001_001, 10**9)
        kept = packet[:snaplen]
        out += struct.pack(f"{order}IIII", second, rest // unit, len(kept), len(packet)) + kept
    return out


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + length + body + length


def option(order, code, value):
    return struct.pack(f"{order}HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def pcapng(packets, order="<"):
    """Four interfaces: microseconds by default, milliseconds, a power of two, and nanoseconds since an offset."""
    out = block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    offset = 1_600_000_000
    interfaces = [(10**6, 0, b""), (10**3, 0, option(order, 9, b"\3")), (2**20, 0, option(order, 9, b"\x94"))]
    interfaces.append((10**9, offset, option(order, 9, b"\x09") + option(order, 14, struct.pack(f"{order}q", offset))))
    for _, _, options in interfaces:
        out += block(order, 1, struct.pack(f"{order}HHI", 101, 0, 0) + options)
    for index, packet in enumerate(packets):
        units, offset, _ = interfaces[index % 4]
        time = (START + index * 1_000_000 - offset * 10**9) * units // 10**9
        head = struct.pack(f"{order}IIIII", index % 4, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
        out += block(order, 6, head + packet)
    return out


def plain():
    return Tcp().open().client(REQUEST).server(SETTINGS + SETTINGS_ACK + response(1, OK)).client(SETTINGS_ACK).close()


def lost_continuation():
    fields = b"".join(literal(b"x-%d" % number, b"v" * 20) for number in range(12))
    section = frame(1, 0, 1, OK + fields[:80]) + frame(9, 0, 1, fields[80:200]) + frame(9, 4, 1, fields[200:])
    tcp = Tcp().open().client(REQUEST).server(SETTINGS + SETTINGS_ACK).server(section[:120])
    tcp.server(section[120:160], lost=True).server(section[160:] + frame(0, 1, 1, b"hello")).acks()
    tcp.client(frame(1, 5, 3, GET)).server(response(3))
    return tcp.client(frame(1, 5, 5, GET)).server(response(5, OK)).close()


def lost_both():
    post = PREFACE + SETTINGS + frame(1, 4, 1, b"\x83" + GET[1:]) + frame(0, 1, 1, b"x" * 300)
    answer = SETTINGS + SETTINGS_ACK + frame(1, 4, 1, OK) + frame(0, 1, 1, b"y" * 300)
    tcp = Tcp().open().client(post[:150]).client(post[150:250], lost=True).client(post[250:])
    tcp.server(answer[:100]).server(answer[100:250], lost=True).server(answer[250:]).acks()
    return tcp.client(SETTINGS_ACK + frame(1, 5, 3, GET)).server(response(3)).close()


def other_content():
    """A segment again, with other bytes: what came first counts, for a receiver that had it."""
    answer = SETTINGS + SETTINGS_ACK + response(1, OK)
    tcp = Tcp().open().client(REQUEST).server(answer)
    tcp.server(answer[:-5] + b"HELLO", at=-len(answer))
    tcp.server(b"EVIL" + PING, at=-4)
    tcp.next[False] += len(PING)
    return tcp.server(PING).close()


def out_of_order():
    """Three segments backwards and a FIN before them; the last one of the client comes twice."""
    parts = SETTINGS + SETTINGS_ACK, frame(1, 4, 1, OK), frame(0, 1, 1, b"hello")
    places = [sum(map(len, parts[:index])) for index in range(4)]
    tcp = Tcp().open().client(REQUEST)
    start = tcp.next[False]
    tcp.segment(False, flags=FIN | ACK, at=places[3])
    for index in (2, 1, 0):
        tcp.segment(False, parts[index], at=places[index])
        if index == 0:
            tcp.next[False] = start + places[3] + 1
    return tcp.client(SETTINGS_ACK).client(SETTINGS_ACK, at=-len(SETTINGS_ACK)).segment(True, flags=FIN | ACK)


def rst_out_of_window():
    tcp = Tcp().open().client(REQUEST).segment(False, flags=RST, at=1_000_000)
    tcp.server(SETTINGS + SETTINGS_ACK + response(1, OK)).segment(False, flags=RST)
    return tcp.client(SETTINGS_ACK)


def port_again():
    """The same port after FIN, after RST, and with a SYN while the old one is open."""
    packets = plain().packets
    second = Tcp(start=100_000).open().client(REQUEST).server(SETTINGS + SETTINGS_ACK + response(1, OK)).segment(True, flags=RST)
    third = Tcp(start=200_000).open().client(REQUEST).server(SETTINGS + response(1, OK))
    fourth = Tcp(start=300_000).open().client(REQUEST).server(SETTINGS + response(1, OK)).close()
    other = Tcp(client_port=40001).open().client(REQUEST).server(SETTINGS + response(1, OK)).close()
    return packets + second.packets + third.packets + fourth.packets + other.packets


def upgrade_third():
    """An upgrade on the third request of HTTP/1.1, which has content that waits for 100."""
    host = b"Host: a.local\r\n"
    tcp = Tcp().open()
    tcp.client(b"GET /1 HTTP/1.1\r\n" + host + b"\r\n").server(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")
    tcp.client(b"POST /2 HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n")
    tcp.server(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n")
    tcp.client(b"POST /3 HTTP/1.1\r\n" + host + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
               b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    tcp.server(b"HTTP/1.1 100 Continue\r\n\r\n").client(b"three")
    tcp.server(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + SETTINGS)
    tcp.client(PREFACE + SETTINGS + SETTINGS_ACK).server(SETTINGS_ACK + response(1, OK))
    return tcp.client(frame(1, 5, 3, GET)).server(response(3)).close()


def proxy_v2():
    """Addresses, then TLVs: ALPN, a checksum, an unique identifier, and TLS with its version."""
    tlvs = b"\x01\0\x02h2" + b"\x03\0\x04\1\2\3\4" + b"\x05\0\x08abcdefgh" + b"\x20\0\x0f\x01\0\0\0\0\x21\0\x07TLSv1.3"
    body = CLIENT + SERVER + struct.pack(">HH", 50000, 443) + tlvs
    header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", len(body)) + body
    return Tcp().open().client(header + REQUEST).server(SETTINGS + SETTINGS_ACK + response(1, OK)).close()


def socks5():
    tcp = Tcp().open().client(b"\x05\x02\0\x02").server(b"\x05\x02").client(b"\x01\x04user\x04pass").server(b"\x01\0")
    tcp.client(b"\x05\x01\0\x03\x07a.local\0\x50").server(b"\x05\0\0\x01\0\0\0\0\0\0")
    return tcp.client(REQUEST).server(SETTINGS + SETTINGS_ACK + response(1, OK)).close()


def proxy_v1():
    header = b"PROXY TCP4 192.0.2.10 192.0.2.20 50000 443\r\n"
    return Tcp().open().client(header).client(REQUEST).server(SETTINGS + SETTINGS_ACK + response(1, OK)).close()


def connect():
    tcp = Tcp().open().client(b"CONNECT a.local:80 HTTP/1.1\r\nHost: a.local:80\r\n\r\n")
    tcp.server(b"HTTP/1.1 200 Connection established\r\n\r\n").client(REQUEST)
    return tcp.server(SETTINGS + SETTINGS_ACK + response(1, OK)).client(SETTINGS_ACK).close()


def unknown_start():
    """A proxy of its own kind before HTTP/2."""
    tcp = Tcp().open().client(b"TUNNEL a.local 80\n").server(b"TUNNEL ready, go on\n").client(REQUEST)
    return tcp.server(SETTINGS + SETTINGS_ACK + response(1, OK)).client(SETTINGS_ACK).close()


def middle_of_block():
    """The capture starts after the first segment of a field block."""
    fields = b"".join(literal(b"x-%d" % number, b"v" * 20) for number in range(12))
    section = frame(1, 4, 7, NEXT_OK + fields)
    tcp = Tcp().server(section[200:] + frame(0, 1, 7, b"hello")).client(frame(1, 5, 9, GET))
    return tcp.server(response(9)).client(frame(1, 5, 11, GET)).server(response(11, OK)).close()


def secrets_last():
    """The secrets of TLS after the packets that they are for, as a capture that is stopped may have them."""
    with open("../tls-curl-nginx.pcapng", "rb") as file:
        capture = file.read()
    packets, secrets, at = b"", b"", 0
    while at < len(capture):
        kind, length = struct.unpack_from("<II", capture, at)
        if kind == 10:
            secrets += capture[at : at + length]
        else:
            packets += capture[at : at + length]
        at += length
    return packets + secrets


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    long = lost_both().packets
    files = {
        "lost-continuation.pcap": pcap(lost_continuation().packets),
        "lost-both.pcap": pcap(long),
        "snaplen-96.pcap": pcap(long, snaplen=96),
        "other-content.pcap": pcap(other_content().packets),
        "out-of-order.pcap": pcap(out_of_order().packets),
        "rst-out-of-window.pcap": pcap(rst_out_of_window().packets),
        "port-again.pcap": pcap(port_again()),
        "upgrade-third.pcap": pcap(upgrade_third().packets),
        "proxy-v2.pcap": pcap(proxy_v2().packets),
        "socks5.pcap": pcap(socks5().packets),
        "proxy-v1.pcap": pcap(proxy_v1().packets),
        "connect.pcap": pcap(connect().packets),
        "unknown-start.pcap": pcap(unknown_start().packets),
        "middle-of-block.pcap": pcap(middle_of_block().packets),
        "big-endian.pcap": pcap(plain().packets, order=">"),
        "nanoseconds.pcap": pcap(plain().packets, nanoseconds=True),
        "big-endian-nanoseconds.pcap": pcap(plain().packets, order=">", nanoseconds=True),
        "cut-off.pcap": pcap(plain().packets[:6])[:-7],
        "interfaces.pcapng": pcapng(plain().packets),
        "interfaces-big-endian.pcapng": pcapng(plain().packets, order=">"),
        "gzip-garbage.pcap": gzip.compress(pcap(plain().packets), mtime=0) + b"garbage after the end",
        "tls-secrets-last.pcapng": secrets_last(),
    }
    for name, octets in files.items():
        with open(name, "wb") as file:
            file.write(octets)


main()
