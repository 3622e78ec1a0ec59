"""A blocking socket around an h2 connection, for both sides."""

import h2.connection


class Wire:
    def __init__(self, sock, **config):
        self.sock = sock
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(**config))
        self.h2.initiate_connection()
        self.flush()

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def events(self):
        """The events of what arrives, until the peer closes. What handling them queued is sent after each read."""
        while data := self.sock.recv(65536):
            yield from self.h2.receive_data(data)
            self.flush()

    def wait_for(self, kind, stream_id=None):
        """Reads until an event of this kind (on this stream) came, and returns it."""
        for event in self.events():
            if isinstance(event, kind) and stream_id in (None, getattr(event, "stream_id", None)):
                self.flush()
                return event
        raise SystemExit(f"the peer closed before {kind.__name__}")
