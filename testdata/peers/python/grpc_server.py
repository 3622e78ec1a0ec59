"""A server of h2wire.Echo/Say: prints its port, and answers with what it was given. An empty message is an error."""

from concurrent import futures

import grpc


def say(message, context):
    if not message:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "nothing was said, 100 % é")
    return message


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
handlers = {"Say": grpc.unary_unary_rpc_method_handler(say)}
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("h2wire.Echo", handlers),))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
