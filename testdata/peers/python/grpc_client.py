"""Calls h2wire.Echo/Say with messages of several sizes, several at a time, and a method that is not there: HOST:PORT."""

import sys

import grpc

SIZES = [0, 1, 100, 20_000, 1_000_000]
channel = grpc.insecure_channel(sys.argv[1])
say = channel.unary_unary("/h2wire.Echo/Say")
calls = [(bytes([size % 251]) * size) for size in SIZES] * 4
futures = [say.future(message, timeout=10) for message in calls]
assert [future.result() for future in futures] == calls
try:
    channel.unary_unary("/h2wire.Echo/Shout")(b"", timeout=10)
    raise SystemExit("an answer of a method that is not there")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error
    assert error.details() == "there is no such method", error
print("the calls were answered")
