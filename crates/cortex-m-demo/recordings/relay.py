"""relay.py PORT UPSTREAM FILE: passes one connection on to a server, and keeps what the client sends."""
import socket
import sys
import threading

port, upstream, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def pump(source, sink, keep=None):
    while octets := source.recv(65536):
        if keep:
            keep.write(octets)
        sink.sendall(octets)
    sink.shutdown(socket.SHUT_WR)


with socket.create_server(("127.0.0.1", port)) as listener:
    client, _ = listener.accept()
with client, socket.create_connection(("127.0.0.1", upstream)) as server, open(path, "wb") as keep:
    answers = threading.Thread(target=pump, args=(server, client), daemon=True)
    answers.start()
    pump(client, server, keep)
    answers.join(2)
