//! Servers in use with the example clients, in cleartext and over TLS.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::programs::{Folder, Process, Ran, example, installed, peer, python_with, run, serve};

/// The example clients: the one of cleartext, and the one of TLS.
struct Clients {
    h2c: PathBuf,
    tls: PathBuf,
}

impl Clients {
    fn find() -> Option<Self> {
        Some(Self { h2c: example("client_h2c")?, tls: example("client")? })
    }

    /// Sends a request, with the content of a file if there is one.
    fn fetch(&self, is_tls: bool, folder: &Folder, url: &str, content: Option<&Path>) -> Ran {
        let mut command = Command::new(if is_tls { &self.tls } else { &self.h2c });
        command.arg(url);
        if is_tls {
            command.arg("--cacert").arg(folder.file("cert.pem"));
        }
        if let Some(content) = content {
            command.arg("--data").arg(content);
        }
        let ran = run(&mut command).succeeds();
        if is_tls { ran.says("the server chose h2") } else { ran }
    }

    /// A file, and content that comes back.
    fn check(&self, is_tls: bool, folder: &Folder, port: u16) {
        let url = format!("{}://localhost:{port}", if is_tls { "https" } else { "http" });
        let get = self.fetch(is_tls, folder, &format!("{url}/large"), None);
        get.gives(&folder.read("site/large")).says("< :status: 200");
        for name in ["small", "body"] {
            let post = self.fetch(is_tls, folder, &format!("{url}/echo"), Some(&folder.file(name)));
            post.gives(&folder.read(name)).says("< :status: 200").says("< x-end: yes");
        }
    }
}

#[test]
fn nghttpd() {
    let (Some(nghttpd), Some(clients)) = (installed("nghttpd"), Clients::find()) else { return };
    let folder = Folder::new();
    folder.certify();
    for is_tls in [false, true] {
        let (_server, port) = serve(&folder.file("log"), |port| {
            let mut command = Command::new(&nghttpd);
            command.args(["--address=127.0.0.1", "--echo-upload", "--padding=16", "--trailer=x-end: yes"]);
            command.arg(format!("--htdocs={}", folder.file("site").display()));
            if is_tls {
                command.arg(port.to_string()).arg(folder.file("key.pem")).arg(folder.file("cert.pem"));
            } else {
                command.arg("--no-tls").arg(port.to_string());
            }
            command
        });
        clients.check(is_tls, &folder, port);
    }
}

/// nginx has no echo: it answers a POST without its content, and says `RST_STREAM` with `NO_ERROR` for the rest of it.
#[test]
fn nginx() {
    let (Some(nginx), Some(clients)) = (installed("nginx"), Clients::find()) else { return };
    let folder = Folder::new();
    folder.certify();
    let template = fs::read_to_string(peer("config/nginx.conf")).unwrap();
    for (is_tls, mode, tls) in
        [(false, "http2", ""), (true, "ssl http2", "ssl_certificate cert.pem; ssl_certificate_key key.pem;")]
    {
        let (_server, port) = serve(&folder.file("log"), |port| {
            let config = template.replace("@MODE@", mode).replace("@TLS@", tls);
            fs::write(folder.file("nginx.conf"), config.replace("@PORT@", &port.to_string())).unwrap();
            let mut command = Command::new(&nginx);
            command
                .arg("-p")
                .arg(folder.file(""))
                .arg("-c")
                .arg(folder.file("nginx.conf"))
                .args(["-e", "stderr"]);
            command
        });
        let url = format!("{}://localhost:{port}", if is_tls { "https" } else { "http" });
        let get = clients.fetch(is_tls, &folder, &format!("{url}/large"), None);
        get.gives(&folder.read("site/large")).says("< :status: 200");
        let missing = clients.fetch(is_tls, &folder, &format!("{url}/nowhere"), None);
        missing.says("< :status: 404");
        let file = clients.fetch(is_tls, &folder, &format!("{url}/index.html"), Some(&folder.file("small")));
        file.says("< :status: 405");
        for name in ["small", "body"] {
            let posted = clients.fetch(is_tls, &folder, &format!("{url}/posted"), Some(&folder.file(name)));
            posted.gives(b"thank you\n").says("< :status: 201");
        }
    }
}

/// A server that is a script: it prints its port, and answers with a file or an echo.
fn script(interpreter: impl Fn() -> Command) {
    let Some(clients) = Clients::find() else { return };
    let folder = Folder::new();
    folder.certify();
    for is_tls in [false, true] {
        let mut command = interpreter();
        command.arg(folder.file("site/large"));
        if is_tls {
            command.arg(folder.file("cert.pem")).arg(folder.file("key.pem"));
        }
        let mut server = Process::start(command.stdout(Stdio::piped()));
        let port = server.lines()().parse().unwrap();
        clients.check(is_tls, &folder, port);
    }
}

#[test]
fn node() {
    let Some(node) = installed("node") else { return };
    script(|| {
        let mut command = Command::new(&node);
        command.arg(peer("node/echo-server.mjs"));
        command
    });
}

#[test]
fn python() {
    let Some(python) = python_with("h2.connection", "h2") else { return };
    script(|| {
        let mut command = Command::new(&python);
        command.arg("-B").arg(peer("python/echo_server.py"));
        command
    });
}
