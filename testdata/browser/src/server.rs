//! A server on loopback that has one page, and notes what it is asked for.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// It ends with the process of the test.
#[derive(Debug)]
pub struct PageServer {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl PageServer {
    /// Answers everything with this page, made of the server's own URL.
    ///
    /// # Panics
    /// If no port is free.
    #[must_use]
    pub fn start(page: impl FnOnce(&str) -> Vec<u8>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = Self { port, asked: Arc::default() };
        let (page, asked) = (page(&server.url()), server.asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                answer(stream, &page, &asked);
            }
        });
        server
    }

    /// `http://127.0.0.1:PORT/`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The first lines of all requests.
    ///
    /// # Panics
    /// If its thread did.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("a list").clone()
    }
}

fn answer(mut stream: TcpStream, page: &[u8], asked: &Mutex<Vec<String>>) {
    let mut request = [0; 4096];
    let len = stream.read(&mut request).unwrap_or(0);
    let line = String::from_utf8_lossy(&request[..len]).lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        return;
    }
    asked.lock().expect("a list").push(line);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        page.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page));
}
