"""expect.py PREFIX VERSION COMMAND: tshark's PDML to PREFIX.tsv (frames) and PREFIX.fields.tsv (header fields).

VERSION and COMMAND are tshark's, for the first line of the files.
"""

import sys
import xml.etree.ElementTree as ElementTree

HEADERS, PUSH_PROMISE, CONTINUATION = 1, 5, 9


def value(element, name):
    found = element.find(f".//field[@name='{name}']")
    return None if found is None else found.get("show")


def escape(octets):
    """Printable ASCII as it is; the backslash and all other octets as \\xNN."""
    return "".join(chr(o) if 0x20 <= o < 0x7F and o != 0x5C else f"\\x{o:02x}" for o in octets)


def octets(element, name):
    return bytes.fromhex(element.find(f"field[@name='{name}']").get("value") or "")


def read(pdml):
    """{(TCP stream, "client" or "server"): HTTP/2 elements in order}"""
    clients, conversations = {}, {}
    for _, packet in ElementTree.iterparse(pdml):
        if packet.tag != "packet":
            continue
        tcp = packet.find("proto[@name='tcp']")
        stream, port = int(value(tcp, "tcp.stream")), value(tcp, "tcp.srcport")
        # The first packet of a connection is the client's SYN.
        sender = "client" if clients.setdefault(stream, port) == port else "server"
        shown = [f for p in packet.findall("proto[@name='http2']") for f in p.findall("field[@name='http2.stream']")]
        conversations.setdefault((stream, sender), []).extend(shown)
        packet.clear()
    return dict(sorted(conversations.items()))


def main():
    prefix, version, command = sys.argv[1:]
    frames, fields = [], []
    for (stream, sender), elements in read(sys.stdin.buffer).items():
        block = None
        for element in elements:
            if (kind := value(element, "http2.type")) is None:
                continue  # the preface
            kind, stream_id = int(kind), value(element, "http2.streamid")
            flags, length = int(value(element, "http2.flags"), 16), value(element, "http2.length")
            frames.append((stream, sender, kind, flags, stream_id, length))
            if kind in (HEADERS, PUSH_PROMISE):
                block = kind
            for field in element.iter("field"):
                if field.get("name") == "http2.header":
                    pair = (escape(octets(field, f"http2.header.{part}")) for part in ("name", "value"))
                    fields.append((stream, sender, stream_id, block, *pair))

    made_by = f"# tshark {version}: {command}\n"
    with open(f"{prefix}.tsv", "w", encoding="ascii") as out:
        out.write(made_by + "# One line per frame; the preface is not a frame and left out.\n")
        out.write("# tcp_stream\tfrom\ttype\tflags\tstream_id\tlength\n")
        out.writelines("\t".join(map(str, frame)) + "\n" for frame in frames)
    with open(f"{prefix}.fields.tsv", "w", encoding="ascii") as out:
        out.write(made_by + "# type: of the frame the field block began with.\n")
        out.write("# Octets outside printable ASCII, and the backslash, are \\xNN.\n")
        out.write("# tcp_stream\tfrom\tstream_id\ttype\tname\tvalue\n")
        out.writelines("\t".join(map(str, field)) + "\n" for field in fields)


main()
