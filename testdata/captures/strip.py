"""strip.py FILE: takes the description of the machine (processor, operating system) out of a pcapng file.

Everything else dumpcap wrote stays: the interface's name, the filter, the statistics.
"""

import struct
import sys

SECTION, INTERFACE = 0x0A0D0D0A, 1
# Block type: (length of the fixed part, options to drop).
DROPPED = {SECTION: (16, {2, 3}), INTERFACE: (8, {12})}


def blocks(capture):
    offset = 0
    while offset < len(capture):
        kind, length = struct.unpack_from("<II", capture, offset)
        yield kind, capture[offset + 8 : offset + length - 4]
        offset += length


def options(body):
    offset = 0
    while offset < len(body):
        code, length = struct.unpack_from("<HH", body, offset)
        end = offset + 4 + (length + 3 & ~3)
        yield code, body[offset:end]
        offset = end


def main():
    with open(sys.argv[1], "rb") as file:
        capture = file.read()
    with open(sys.argv[1], "wb") as file:
        for kind, body in blocks(capture):
            if kind in DROPPED:
                fixed, dropped = DROPPED[kind]
                body = body[:fixed] + b"".join(o for code, o in options(body[fixed:]) if code not in dropped)
            length = struct.pack("<I", len(body) + 12)
            file.write(struct.pack("<I", kind) + length + body + length)


main()
