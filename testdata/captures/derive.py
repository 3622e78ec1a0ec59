"""derive.py reorder|cut|lose|short|late|after|clip SOURCE RESULT [NUMBER...]: a damaged copy of a capture (classic pcap,
little-endian; to reorder, Ethernet with IPv4).

reorder  In each direction of the first connection, two successive packets with data change places (those nearest to each
         other, after the first packet), and the last one comes a second time, at the end. The timestamps keep their
         places.
cut      The file ends in the middle of the packet record at three fifths of it.
lose     Without the packets of these numbers, from 1.
short    Of each packet only this many octets.
late     Without the packets before this number.
after    The packet of the first number comes after that of the second. The timestamps keep their places.
clip     Of the packet of the first number only as many octets as the second says.
"""

import struct
import sys

FILE_HEADER, RECORD_HEADER = 24, 16


def records(capture):
    """The packet records, each with its header."""
    offset = FILE_HEADER
    while offset < len(capture):
        (length,) = struct.unpack_from("<I", capture, offset + 8)
        end = offset + RECORD_HEADER + length
        yield capture[offset:end]
        offset = end


def flow(record):
    """(source port, destination port) of a packet with data, None for one without."""
    ip = record[RECORD_HEADER + 14 :]
    tcp = ip[(ip[0] & 15) * 4 :]
    (total,) = struct.unpack_from(">H", ip, 2)
    data = total - (ip[0] & 15) * 4 - (tcp[12] >> 4) * 4
    return struct.unpack_from(">HH", tcp) if data else None


def with_time_of(record, other):
    return other[:8] + record[8:]


def reorder(capture):
    packets = list(records(capture))
    flows = [flow(packet) for packet in packets]
    client = next(f for f in flows if f)
    for direction in (client, client[::-1]):
        own = [i for i in range(len(flows)) if flows[i] == direction]
        i, j = min(zip(own[1:], own[2:]), key=lambda pair: pair[1] - pair[0])
        packets[i], packets[j] = with_time_of(packets[j], packets[i]), with_time_of(packets[i], packets[j])
        packets.append(with_time_of(packets[own[-1]], packets[-1]))
    return capture[:FILE_HEADER] + b"".join(packets)


def cut(capture):
    offset = FILE_HEADER
    for record in records(capture):
        middle = offset + (RECORD_HEADER + len(record)) // 2
        offset += len(record)
        if offset > len(capture) * 3 // 5:
            return capture[:middle]


def lose(capture, *numbers):
    kept = (packet for number, packet in enumerate(records(capture), 1) if number not in numbers)
    return capture[:FILE_HEADER] + b"".join(kept)


def short(capture, length):
    packets = (packet[: RECORD_HEADER + length] for packet in records(capture))
    kept = (packet[:8] + struct.pack("<I", len(packet) - RECORD_HEADER) + packet[12:] for packet in packets)
    return capture[:FILE_HEADER] + b"".join(kept)


def late(capture, number):
    return lose(capture, *range(1, number))


def after(capture, number, other):
    packets = list(records(capture))
    moved = packets[:]
    moved.insert(other - 1, moved.pop(number - 1))
    return capture[:FILE_HEADER] + b"".join(map(with_time_of, moved, packets))


def clip(capture, number, length):
    packets = list(records(capture))
    packet = packets[number - 1][: RECORD_HEADER + length]
    packets[number - 1] = packet[:8] + struct.pack("<I", len(packet) - RECORD_HEADER) + packet[12:]
    return capture[:FILE_HEADER] + b"".join(packets)


def main():
    how, source, result, *numbers = sys.argv[1:]
    with open(source, "rb") as file:
        capture = file.read()
    if capture[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        sys.exit(f"{source}: not a little-endian pcap")
    if how == "reorder" and capture[20:24] != b"\1\0\0\0":
        sys.exit(f"{source}: not Ethernet")
    with open(result, "wb") as file:
        hows = {"reorder": reorder, "cut": cut, "lose": lose, "short": short, "late": late, "after": after, "clip": clip}
        file.write(hows[how](capture, *map(int, numbers)))


main()
