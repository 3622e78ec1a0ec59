//! Requests of programs.

use super::sample::{Sample, lines};

/// The least a request can be, with another path each time.
pub(super) fn load_test(number: u32) -> Sample {
    let path = format!("/items/{number}");
    let fields =
        lines([(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1:8080"), (":path", &path)]);
    Sample { fields, content: Vec::new() }
}

/// A unary call with a message of 95 octets, which is 100 with its head.
pub(super) fn grpc(number: u32) -> Sample {
    let fields = lines([
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/orders.v1.OrderService/GetOrder"),
        (":authority", "orders.internal:50051"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", "grpc-go/1.75.0"),
        ("grpc-timeout", "5S"),
    ]);
    let mut content = vec![0, 0, 0, 0, 95];
    content.resize(100, number.to_le_bytes()[0]);
    Sample { fields, content }
}
