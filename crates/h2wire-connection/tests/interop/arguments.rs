//! What the example programs say of how they are called.

use std::net::TcpListener;
use std::process::Command;

use crate::programs::{example, run};

#[test]
fn help_is_no_error() {
    for name in ["server", "client", "client_h2c", "relay", "grpc", "observer"] {
        let Some(program) = example(name) else { return };
        for option in ["--help", "-h"] {
            let text = run(Command::new(&program).arg(option)).succeeds().text();
            assert!(text.starts_with(&format!("usage: {name} ")), "{text}");
        }
        run(Command::new(&program).arg("--nonsense")).fails().says("error: ").says("--nonsense");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (name, options) in [
        ("server", vec!["--h2c"]),
        ("server", vec!["--tls"]),
        ("grpc", vec!["serve", "--listen"]),
        ("relay", vec!["--connect", "a:1", "--listen"]),
        ("observer", vec!["--connect", "a:1", "--listen"]),
    ] {
        let Some(program) = example(name) else { return };
        let ran = run(Command::new(&program).args(options).arg(&address)).fails();
        ran.says(&format!("error: {address}: Address already in use"));
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(program) = example("client_h2c") else { return };
    let ran = run(Command::new(&program).arg(format!("http://127.0.0.1:{port}/"))).fails();
    ran.says(&format!("error: 127.0.0.1:{port}: Connection refused"));
}
