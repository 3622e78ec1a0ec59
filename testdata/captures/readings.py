#!/usr/bin/env python3
"""readings.py [FOLDER...]: writes readings.tsv, what tshark says of each capture in FOLDERS, or in these.
readings.py table FILE...: prints how much tshark and h2wire (the command H2WIRE, or the one in PATH) read of captures.

readings.tsv has a line for each frame: file, tcp_stream, from, packet, time, type, flags, stream_id, length, fields. The
packet is the one in which tshark shows the frame. Fields are `name: value`, each before a `|`; octets outside printable
ASCII, the backslash and the `|` are \\xNN. They are left out (`-`) for wrapped/, where they are those of one capture, and for
damaged/, where some are wrong: they refer to what is lost. A file of which tshark shows nothing has a line with `-` in all
other columns.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

FOLDERS = "damaged", "made", "wrapped"
COLUMNS = "file tcp_stream from packet time type flags stream_id length fields".split()


def value(element, name):
    found = element.find(f".//field[@name='{name}']")
    return None if found is None else found.get("show")


def escape(octets):
    return "".join(chr(o) if 0x20 <= o < 0x7F and o not in b"\\|" else f"\\x{o:02x}" for o in octets)


def tshark(*arguments, **options):
    # It ends with status 2 when a file is cut short, after it has shown all there is.
    return subprocess.run(["tshark", "-n", *arguments], capture_output=True, check=False, **options).stdout


def servers(file):
    """Ports of servers: those of clients are higher."""
    ports = tshark("-r", file, "-Y", "tcp", "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.dstport", "-E", "occurrence=l", text=True)
    return sorted({min(map(int, line.split("\t"))) for line in ports.splitlines()})


def protocol(file):
    """HTTP/1.1 changes to HTTP/2 by itself, and what is inside of TLS is named by ALPN; else tshark has to be told."""
    name = os.path.basename(file)
    if name.startswith("tls"):
        return "tls"
    return "http" if "wrapped/" in file or name.startswith(("upgrade", "connect", "socks", "http1")) else "http2"


def read(file):
    """The frames of a capture as rows, without the name of the file."""
    ports = servers(file)
    command = ["-r", file, "-T", "pdml", "-Y", "http2", "-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE"]
    if "order" in file or "late-request" in file:
        command += ["-o", "tcp.reassemble_out_of_order:TRUE"]
    for port in ports:
        command += ["-d", f"tcp.port=={port},{protocol(file)}"]
    pdml = tshark(*command)
    for packet in ElementTree.fromstring(pdml).iter("packet"):
        of_tcp = packet.findall("proto[@name='tcp']")
        stream, sender = "-", "-"
        if of_tcp:
            stream = value(of_tcp[-1], "tcp.stream")
            sender = "server" if int(value(of_tcp[-1], "tcp.srcport")) in ports else "client"
        place = stream, sender, value(packet, "frame.number"), value(packet, "frame.time_epoch")
        shown = [f for p in packet.findall("proto[@name='http2']") for f in p.findall("field[@name='http2.stream']")]
        for frame in shown:
            if value(frame, "http2.type") is None:
                continue  # the preface
            facts = [value(frame, f"http2.{name}") for name in ("type", "flags", "streamid", "length")]
            facts[1] = str(int(facts[1], 16))
            fields = ""
            for field in frame.iter("field"):
                if field.get("name") == "http2.header":
                    parts = (field.find(f"field[@name='http2.header.{part}']").get("value") for part in ("name", "value"))
                    fields += ": ".join(escape(bytes.fromhex(part or "")) for part in parts) + "|"
            yield (*place, *facts, fields)


def record(folders):
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    with open("readings.tsv", encoding="ascii") as lines:
        kept = [line for line in lines if not line.startswith(("#", *(f"{folder}/" for folder in folders)))]
    version = tshark("--version", text=True).split("\n", 1)[0].split()[2]
    with open("readings.tsv", "w", encoding="ascii") as out:
        out.write(f"# tshark {version}, by readings.py\n# " + "\t".join(COLUMNS) + "\n")
        out.writelines(kept)
        for folder in folders:
            for name in sorted(os.listdir(folder)):
                if not name.endswith((".pcap", ".pcapng")):
                    continue
                file = f"{folder}/{name}"
                rows = list(read(file)) or [["-"] * 9]
                for row in rows:
                    if folder != "made":
                        row = (*row[:-1], "-")
                    out.write("\t".join((file, *row)) + "\n")


def reasons():
    """Why h2wire's reading of a file differs, as deviations.tsv says."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "deviations.tsv"), encoding="ascii") as lines:
        return {line.split("\t")[0]: line.rstrip("\n").split("\t")[-1] for line in lines if not line.startswith("#")}


def table(files):
    known = reasons()
    print("| file | tshark frames/requests | h2wire frames/requests | note |\n|---|---|---|---|")
    for file in files:
        rows = list(read(file))
        asked = sum(1 for row in rows if ":method: " in row[-1])
        run = subprocess.run([os.environ.get("H2WIRE", "h2wire"), "decode", "--json", file], capture_output=True, text=True, check=False)
        objects = [json.loads(line) for line in run.stdout.splitlines()]
        frames = sum("type" in o for o in objects)
        sections = [o["field_section"]["fields"] for o in objects if "field_section" in o]
        requests = sum(any(f.get("name") == ":method" for f in fields) for fields in sections)
        lost = sum("lost" in o for o in objects)
        errors = [o["error"]["rule"] for o in objects if "error" in o]
        key = next((key for key in known if file.endswith(key)), None)
        notes = [known[key]] if key else []
        notes += [f"{lost} holes"] if lost else []
        notes += [f"broken: {', '.join(sorted(set(errors)))}"] if errors else []
        notes += [f"status {run.returncode}"] if run.returncode else []
        print(f"| {os.path.basename(file)} | {len(rows)}/{asked} | {frames}/{requests} | {'; '.join(notes)} |", flush=True)


if sys.argv[1:2] == ["table"]:
    table(sys.argv[2:])
else:
    record(sys.argv[1:] or FOLDERS)
