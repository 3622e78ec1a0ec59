"""s_client.py PORT KEYS: HTTP/2 through `openssl s_client`, which updates its keys between requests.

Its first group is one that the server does not know, which brings a HelloRetryRequest. `K` asks the server for new keys too, `k` does not.
"""

import subprocess
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
ACK = bytes.fromhex("000000040100000000")


def get(stream):
    block = b"\x82\x87\x84\x01\x09localhost"
    return bytes([0, 0, len(block), 1, 5, 0, 0, 0, stream]) + block


def main():
    port, keys = sys.argv[1:]
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", "-tls1_3", "-alpn", "h2"]
    command += ["-groups", "P-521:P-256", "-keylogfile", keys]
    client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # It reads what is there at once, and takes a line that starts with a letter for a command.
    for octets in (PREFACE + get(1), ACK, b"K\n", get(3), b"k\n", get(5), b"K\n", get(7), b"Q\n"):
        time.sleep(0.4)
        client.stdin.write(octets)
        client.stdin.flush()
    client.wait(10)


main()
