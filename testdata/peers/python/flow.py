"""An h2 connection that sends content as the windows of the peer allow, for both sides."""

from h2 import events
from wire import Wire


class Flow(Wire):
    def __init__(self, sock, **config):
        self.pending = {}
        super().__init__(sock, **config)

    def send(self, stream_id, content, trailers=None):
        """Sends content and ends the stream, with trailers if there are any."""
        self.pending[stream_id] = (content, trailers)
        self.flush()

    def flush(self):
        for stream_id, (content, trailers) in list(self.pending.items()):
            while octets := min(
                len(content), self.h2.local_flow_control_window(stream_id), self.h2.max_outbound_frame_size
            ):
                self.h2.send_data(stream_id, content[:octets])
                content = content[octets:]
            self.pending[stream_id] = (content, trailers)
            if not content:
                del self.pending[stream_id]
                if trailers:
                    self.h2.send_headers(stream_id, trailers, end_stream=True)
                else:
                    self.h2.end_stream(stream_id)
        super().flush()

    def events(self):
        for event in super().events():
            if isinstance(event, events.DataReceived):
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            yield event
