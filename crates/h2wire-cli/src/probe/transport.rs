//! Sockets with a deadline, with or without TLS.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustls::{ClientConnection, Stream};

/// A TCP connection that gives up at a deadline.
pub(crate) struct Wire {
    tcp: TcpStream,
    deadline: Instant,
    /// The first bytes received.
    pub(crate) first: Vec<u8>,
}

/// The number of first bytes to keep.
const MOST_FIRST: usize = 64;

impl Wire {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    pub(crate) fn set_deadline(&mut self, timeout: Duration) {
        let now = Instant::now();
        self.deadline = now.checked_add(timeout).unwrap_or(now);
    }

    pub(crate) fn local(&self) -> Option<SocketAddr> {
        self.tcp.local_addr().ok()
    }
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.tcp.set_read_timeout(Some(self.left()?))?;
        let read = self.tcp.read(buf).map_err(timed_out)?;
        let wanted = MOST_FIRST.saturating_sub(self.first.len());
        self.first.extend(buf.iter().take(read.min(wanted)));
        Ok(read)
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(Some(self.left()?))?;
        self.tcp.write(buf).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// The kind of a socket timeout depends on the system.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::WouldBlock { ErrorKind::TimedOut.into() } else { error }
}

/// Bytes of HTTP/2, both ways.
pub(crate) enum Transport {
    Plain(Wire),
    Tls(Box<ClientConnection>, Wire),
}

impl Transport {
    pub(crate) fn set_deadline(&mut self, timeout: Duration) {
        match self {
            Self::Plain(wire) | Self::Tls(_, wire) => wire.set_deadline(timeout),
        }
    }

    pub(crate) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Self::Plain(wire) => wire.read(buf),
                Self::Tls(connection, wire) => Stream::new(&mut **connection, wire).read(buf),
            };
            match read {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    pub(crate) fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.write_all(octets),
            Self::Tls(connection, wire) => {
                let mut stream = Stream::new(&mut **connection, wire);
                stream.write_all(octets)?;
                stream.flush()
            }
        }
    }

    /// Ends the sending side: `close_notify`, then the TCP shutdown.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        let wire = match self {
            Self::Plain(wire) => wire,
            Self::Tls(connection, wire) => {
                connection.send_close_notify();
                while connection.wants_write() {
                    connection.write_tls(wire)?;
                }
                wire
            }
        };
        wire.tcp.shutdown(Shutdown::Write)
    }
}

/// The addresses of a host, resolved in another thread, because the system call has no timeout.
pub(crate) fn resolve(host: &str, port: u16, timeout: Duration) -> io::Result<Vec<SocketAddr>> {
    let (sender, receiver) = mpsc::channel();
    let host = host.to_owned();
    std::thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Vec::from_iter);
        // The caller may have timed out.
        let _ = sender.send(found);
    });
    receiver.recv_timeout(timeout).unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

/// Connects to the first address that answers; the timeout covers all addresses together.
pub(crate) fn connect(addresses: &[SocketAddr], timeout: Duration) -> io::Result<(SocketAddr, Wire)> {
    let now = Instant::now();
    let deadline = now.checked_add(timeout).unwrap_or(now);
    let (address, tcp) = first_that_answers(addresses, deadline, TcpStream::connect_timeout)?;
    tcp.set_nodelay(true)?;
    Ok((address, Wire { tcp, deadline, first: Vec::new() }))
}

/// Tries the addresses in order, and divides the remaining time evenly among the untried ones.
fn first_that_answers<T>(
    addresses: &[SocketAddr],
    deadline: Instant,
    mut connect: impl FnMut(&SocketAddr, Duration) -> io::Result<T>,
) -> io::Result<(SocketAddr, T)> {
    let mut failed = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for (tried, address) in addresses.iter().enumerate() {
        let to_try = u32::try_from(addresses.len().saturating_sub(tried)).unwrap_or(u32::MAX);
        let left = deadline.saturating_duration_since(Instant::now());
        let share = left.checked_div(to_try).unwrap_or(left).max(Duration::from_millis(1));
        match connect(address, share) {
            Ok(connected) => return Ok((*address, connected)),
            Err(error) => failed = timed_out(error),
        }
    }
    Err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_share_of_the_time() {
        let addresses: Vec<SocketAddr> = (1..=4).map(|port| ([127, 0, 0, 1], port).into()).collect();
        let deadline = Instant::now() + Duration::from_secs(120);
        let mut shares = Vec::new();
        let answers = |address: &SocketAddr, share: Duration| {
            shares.push(share.as_secs_f64().ceil());
            // Unused time is left to the others.
            if address.port() == 3 { Ok(()) } else { Err(ErrorKind::WouldBlock.into()) }
        };
        let (address, ()) = first_that_answers(&addresses, deadline, answers).unwrap();
        assert_eq!((address.port(), shares), (3, vec![30.0, 40.0, 60.0]));

        let late = first_that_answers(&addresses, Instant::now(), |_, share| {
            assert_eq!(share, Duration::from_millis(1));
            Err::<(), _>(ErrorKind::WouldBlock.into())
        });
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
