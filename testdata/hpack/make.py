#!/usr/bin/env python3
"""Takes the field blocks out of the captures: testdata/hpack/CAPTURE-CONNECTION-SIDE.json, in the format of the public
hpack-test-case suite (cases with wire, headers and, where it changed, header_table_size).

Frames are read by `h2wire decode`, blocks by `h2wire hpack decode`; what comes out is compared with tshark's reading of
the same capture (captures/expected/*.fields.tsv), and nothing is written where they differ. Run it from anywhere:

    cargo build -p h2wire-cli && testdata/hpack/make.py
"""

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path

TESTDATA = Path(__file__).resolve().parent.parent
H2WIRE = TESTDATA.parent / "target/debug/h2wire"
HEADER_TABLE_SIZE = 1


def h2wire(*arguments, stdin=None):
    run = subprocess.run([H2WIRE, *arguments], input=stdin, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def blocks(capture):
    """The field blocks of each side, and the table limits that were acknowledged between them."""
    lines, fragments = defaultdict(list), {}
    limits = defaultdict(list)  # announced by a side, not acknowledged yet
    for frame in h2wire("decode", "--json", str(capture)):
        if "type" not in frame:
            continue
        connection, side, payload = frame["connection"], frame["from"], frame["payload"]
        other = "server" if side == "client" else "client"
        if frame["type_name"] == "SETTINGS" and not payload["ack"]:
            sizes = [s["value"] for s in payload["settings"] if s["id"] == HEADER_TABLE_SIZE]
            limits[connection, side].append(sizes[-1] if sizes else None)
        elif frame["type_name"] == "SETTINGS":
            # This side has taken the limit of the other one for the blocks that it sends.
            pending = limits[connection, other]
            size = pending.pop(0) if pending else None
            if size is not None:
                lines[connection, side].append(f"!{size}")
        elif "field_block_fragment_hex" in payload:
            flow = connection, side
            fragments[flow] = fragments.get(flow, "") + payload["field_block_fragment_hex"]
            if "END_HEADERS" in frame["flag_names"]:
                lines[flow].append(fragments.pop(flow))
    return lines


def unescape(text):
    octets = re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text)
    return octets.encode("latin-1").decode("utf-8", "surrogateescape")


def dissected(capture):
    """Names and values by connection and side, as tshark has them."""
    fields = defaultdict(list)
    table = TESTDATA / "captures/expected" / f"{capture.stem}.fields.tsv"
    for line in table.read_text().splitlines():
        if not line.startswith("#"):
            stream, side, _, _, name, value = line.split("\t")
            fields[int(stream), side].append((unescape(name), unescape(value)))
    return fields


def main():
    captures = sorted((TESTDATA / "captures").glob("*.pcap*"))
    written = 0
    for capture in captures:
        if capture.stem.startswith("derived-"):
            continue
        expected = dissected(capture)
        for (connection, side), lines in sorted(blocks(capture).items()):
            decoded = h2wire("hpack", "decode", "--max-header-list-size", "1000000", stdin="\n".join(lines) + "\n")
            cases, size = [], None
            for line in lines:
                if line.startswith("!"):
                    size = int(line[1:])
                    continue
                fields = decoded.pop(0)["fields"]
                case = {"seqno": len(cases)}
                if size is not None:
                    case["header_table_size"], size = size, None
                case |= {"wire": line, "headers": [{f["name"]: f["value"]} for f in fields]}
                cases.append(case)
            flat = [field for case in cases for header in case["headers"] for field in header.items()]
            assert flat == expected[connection, side], f"{capture.name} {connection} {side} differs from tshark"
            if cases:
                name = f"{capture.stem}-{connection}-{side}.json"
                description = f"What the {side} of connection {connection} sends in {capture.name}."
                story = json.dumps({"description": description, "cases": cases}, indent=1, ensure_ascii=True)
                (TESTDATA / "hpack" / name).write_text(story + "\n")
                written += 1
    print(f"{written} stories")


main()
