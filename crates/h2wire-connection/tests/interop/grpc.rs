//! grpcio with the example of gRPC, both ways, and the example with itself.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::programs::{Process, example, peer, python_with, run};

/// The example server, and its address.
fn serve(program: &Path) -> (Process, String) {
    let mut command = Command::new(program);
    let mut server =
        Process::start(command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()));
    let address = server.lines()();
    (server, address)
}

#[test]
fn a_call_to_itself() {
    let Some(program) = example("grpc") else { return };
    let (_server, address) = serve(&program);
    run(Command::new(&program).args(["call", &address, "héllo"])).gives("héllo\n".as_bytes());
}

#[test]
fn a_client_of_grpcio() {
    let (Some(python), Some(program)) = (python_with("grpc", "grpcio"), example("grpc")) else { return };
    let (_server, address) = serve(&program);
    let ran = run(Command::new(python).arg("-B").arg(peer("python/grpc_client.py")).arg(address));
    ran.gives(b"the calls were answered\n");
}

#[test]
fn a_server_of_grpcio() {
    let (Some(python), Some(program)) = (python_with("grpc", "grpcio"), example("grpc")) else { return };
    let mut command = Command::new(python);
    let mut server =
        Process::start(command.arg("-B").arg(peer("python/grpc_server.py")).stdout(Stdio::piped()));
    let address = format!("127.0.0.1:{}", server.lines()());
    let call = |text: &str| run(Command::new(&program).args(["call", &address, text]));
    call("héllo").gives("héllo\n".as_bytes());
    let long = "a".repeat(100_000);
    call(&long).gives(format!("{long}\n").as_bytes());
    call("").fails().says("grpc-status 3: nothing was said, 100 % é");
}
