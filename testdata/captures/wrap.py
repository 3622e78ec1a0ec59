#!/usr/bin/env python3
"""wrap.py: writes wrapped/NAME.pcap, the packets of upgrade-curl-apache.pcap in each encapsulation and link type.

The conversation is the same in all, so that its reading must be too. Classic pcap, one interface.
"""

import gzip
import os
import struct

SOURCE, FOLDER = "upgrade-curl-apache.pcap", "wrapped"
FILE_HEADER, RECORD_HEADER, COOKED_HEADER = 24, 16, 16
ETHERNET, RAW = 1, 101
MACS = bytes.fromhex("020000000001 020000000002")
OUTER4 = bytes([198, 51, 100, 1]), bytes([198, 51, 100, 2])
OUTER6 = bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db8" + "00" * 11 + "02")


def be16(*numbers):
    return struct.pack(f">{len(numbers)}H", *numbers)


def be32(*numbers):
    return struct.pack(f">{len(numbers)}I", *numbers)


def le16(*numbers):
    return struct.pack(f"<{len(numbers)}H", *numbers)


def le32(*numbers):
    return struct.pack(f"<{len(numbers)}I", *numbers)


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ip4(protocol, payload, ends=OUTER4, identification=1, fragment=0):
    def header(check):
        return b"\x45\0" + be16(20 + len(payload), identification, fragment) + bytes([64, protocol]) + be16(check) + b"".join(ends)

    return header(checksum(header(0))) + payload


def ip6(protocol, payload):
    return b"\x60\0\0\0" + be16(len(payload)) + bytes([protocol, 64]) + b"".join(OUTER6) + payload


def udp(port, payload):
    return ip4(17, be16(50000, port, 8 + len(payload), 0) + payload)


def ethernet(packet, ether_type=0x0800):
    return MACS + be16(ether_type) + packet


def fragments4(packet, number):
    """The IP packet again, its payload in three parts, the last one first."""
    ends, payload = (packet[12:16], packet[16:20]), packet[20:]
    parts = [(0, payload[:8]), (8, payload[8:16]), (16, payload[16:])]
    return [ip4(6, part, ends, number, at // 8 | (0x2000 if at < 16 else 0)) for at, part in reversed(parts)]


def fragments6(packet, number):
    """IPv4 in fragments of IPv6, behind options for the destination."""
    payload = b"\x04\0\x01\x04\0\0\0\0" + packet
    parts = [(0, payload[:32], 1), (32, payload[32:], 0)]
    return [ip6(44, bytes([60, 0]) + be16(at | more) + be32(number) + part) for at, part, more in parts]


def tags(*pairs):
    octets = b""
    for tag, value in pairs:
        value += b"\0" * (-len(value) % 4)
        octets += be16(tag, len(value)) + value
    return octets + be32(0)


def exported(packet, *more):
    tcp = packet[20:]
    payload = tcp[(tcp[12] >> 4) * 4 :]
    if not payload:
        return []
    ports = [be32(port) for port in struct.unpack_from(">HH", tcp)]
    ends = (20, packet[12:16]), (21, packet[16:20]), (24, be32(2)), (25, ports[0]), (26, ports[1])
    return [tags((12, b"http"), *ends, *more) + payload]


def tcp_info(packet):
    """The numbers of TCP, and that its segments were not put together."""
    return 34, be16(1) + packet[24:28] + be32(0, 0) + b"\0" + be16(0, 0)


def attribute(kind, value):
    return le16(4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


LABELS = be32(100 << 12 | 64, 200 << 12 | 1 << 8 | 64)
VXLAN = be32(0x08000000, 7 << 8)

# The link type, and what becomes of an IP packet.
WRAPPED = {
    "ethernet": (ETHERNET, ethernet),
    "ethernet-padded": (ETHERNET, lambda p: ethernet(p) + b"\0" * 9),
    "snap": (ETHERNET, lambda p: MACS + be16(8 + len(p)) + b"\xaa\xaa\x03\0\0\0\x08\0" + p),
    "vlan": (ETHERNET, lambda p: ethernet(be16(5, 0x0800) + p, 0x8100)),
    "qinq": (ETHERNET, lambda p: ethernet(be16(5, 0x8100, 6, 0x0800) + p, 0x88A8)),
    "vlan-four": (ETHERNET, lambda p: ethernet(be16(5, 0x8100, 6, 0x8100, 7, 0x8100, 8, 0x0800) + p, 0x8100)),
    "mpls": (ETHERNET, lambda p: ethernet(LABELS + p, 0x8847)),
    "mpls-ethernet": (ETHERNET, lambda p: ethernet(LABELS + be32(0) + ethernet(p), 0x8847)),
    "pppoe": (ETHERNET, lambda p: ethernet(b"\x11\0" + be16(1, len(p) + 2, 0x0021) + p, 0x8864)),
    "vxlan": (ETHERNET, lambda p: ethernet(udp(4789, VXLAN + ethernet(p)))),
    "vxlan-linux": (ETHERNET, lambda p: ethernet(udp(8472, VXLAN + ethernet(be16(5, 0x0800) + p, 0x8100)))),
    "vxlan-vxlan": (ETHERNET, lambda p: ethernet(udp(4789, VXLAN + ethernet(udp(4789, VXLAN + ethernet(p)))))),
    "vxlan-gpe": (ETHERNET, lambda p: ethernet(udp(4790, be32(0x0C000001, 7 << 8) + p))),
    "geneve": (ETHERNET, lambda p: ethernet(udp(6081, be32(0x02006558, 7 << 8, 0x01020301, 9) + ethernet(p)))),
    "geneve-ip": (ETHERNET, lambda p: ethernet(udp(6081, be32(0x00000800, 7 << 8) + p))),
    "gtp": (ETHERNET, lambda p: ethernet(udp(2152, be16(0x34FF, len(p) + 8) + be32(1) + be16(0, 0x0085) + be32(0x01100900) + p))),
    "mpls-udp": (ETHERNET, lambda p: ethernet(udp(6635, LABELS + p))),
    "gre": (RAW, lambda p: ip4(47, be16(0, 0x0800) + p)),
    "gre-options": (RAW, lambda p: ip4(47, be16(0xB000, 0x0800) + be32(0, 9, 1) + p)),
    "gre-ethernet": (RAW, lambda p: ip4(47, be16(0x2000, 0x6558) + be32(9) + ethernet(p))),
    "gre-ppp": (RAW, lambda p: ip4(47, be16(0x3081, 0x880B, len(p) + 4, 1) + be32(1, 1) + b"\xff\x03\0\x21" + p)),
    "erspan1": (RAW, lambda p: ip4(47, be16(0, 0x88BE) + ethernet(p))),
    "erspan2": (RAW, lambda p: ip4(47, be16(0x1000, 0x88BE) + be32(1, 0x10000000, 0) + ethernet(p))),
    "erspan3": (RAW, lambda p: ip4(47, be16(0x1000, 0x22EB) + be32(1, 0x20000000, 0, 0) + ethernet(p))),
    "4in4": (RAW, lambda p: ip4(4, p)),
    "4in6": (RAW, lambda p: ip6(4, p)),
    "4in6-options": (RAW, lambda p: ip6(0, b"\x3c\0\x01\x04\0\0\0\0" + b"\x04\0\x01\x04\0\0\0\0" + p)),
    "6in4": (RAW, lambda p: ip4(41, ip6(4, p))),
    "6in6": (RAW, lambda p: ip6(41, ip6(4, p))),
    "deep": (ETHERNET, lambda p: ethernet(udp(4789, VXLAN + ethernet(ip4(47, be16(0, 0x8847) + LABELS + ip6(4, ip4(4, p))))))),
    "null": (0, lambda p: le32(2) + p),
    "loop": (108, lambda p: be32(2) + p),
    "raw": (RAW, lambda p: p),
    "raw-bsd": (12, lambda p: p),
    "raw-ip4": (228, lambda p: p),
    "ppp": (9, lambda p: b"\xff\x03\0\x21" + p),
    "ppp-short": (9, lambda p: b"\x21" + p),
    "ppp-hdlc": (50, lambda p: b"\xff\x03\0\x21" + p),
    "ppp-ether": (51, lambda p: b"\x11\0" + be16(1, len(p) + 2, 0x0021) + p),
    "cisco-hdlc": (104, lambda p: b"\x0f\0\x08\0" + p),
    "linux-cooked2": (276, lambda p: be16(0x0800, 0) + be32(1) + be16(1) + b"\0\6" + MACS[:6] + b"\0\0" + p),
    "nflog": (239, lambda p: b"\x02\0\0\0" + attribute(1, b"\x08\0\0\0") + attribute(10, b"ssh\0") + attribute(9, p)),
    "pktap": (258, lambda p: le32(108, 1, 1) + b"en0".ljust(24, b"\0") + b"\0" * 72 + ethernet(p)),
    "ppi": (192, lambda p: b"\0\0" + le16(8) + le32(1) + ethernet(p)),
}
# Several packets for one, or none.
SPLIT = {
    "fragments4": (RAW, fragments4),
    "fragments6": (RAW, fragments6),
    "fragments-in-tunnel": (RAW, lambda p, n: [ip4(47, be16(0, 0x0800) + part) for part in fragments4(p, n)]),
    "exported-pdu": (252, lambda p, n: exported(p)),
    "exported-tcp": (252, lambda p, n: exported(p, tcp_info(p))),
    "exported-vxlan": (252, lambda p, n: [tags((14, b"udp.port"), (32, be32(4789))) + VXLAN + ethernet(p)]),
}


def read(capture):
    """(time, IP packet) of each record."""
    offset = FILE_HEADER
    while offset < len(capture):
        (length,) = struct.unpack_from("<I", capture, offset + 8)
        packet = capture[offset + RECORD_HEADER : offset + RECORD_HEADER + length]
        yield capture[offset : offset + 8], packet[COOKED_HEADER:]
        offset += RECORD_HEADER + length


def write(name, capture, link, packets):
    octets = capture[:20] + le32(link)
    for time, packet in packets:
        octets += time + le32(len(packet), len(packet)) + packet
    with open(f"{FOLDER}/{name}.pcap", "wb") as file:
        file.write(octets)


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    os.makedirs(FOLDER, exist_ok=True)
    with open(SOURCE, "rb") as file:
        capture = file.read()
    packets = list(read(capture))
    for name, (link, wrap) in WRAPPED.items():
        write(name, capture, link, [(time, wrap(packet)) for time, packet in packets])
    for name, (link, split) in SPLIT.items():
        parts = [(time, part) for number, (time, packet) in enumerate(packets) for part in split(packet, number)]
        write(name, capture, link, parts)
    with open(f"{FOLDER}/gzip.pcap", "wb") as file:
        file.write(gzip.compress(capture, mtime=0))


main()
