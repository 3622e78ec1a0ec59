//! Key logs: lines of a label, the client's random and a secret, in files and in blocks of pcapng.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, bail};

use crate::inspect::tls::blocks;
use crate::inspect::tls::hello::Random;
use crate::inspect::tls::log_file::LogFile;

/// Whether secrets are of any use: without ciphers nobody asks for one.
const DECRYPTS: bool = cfg!(feature = "tls");

/// The most sessions that are remembered.
const MOST_SESSIONS: usize = 16 * 1024;

/// A secret of a connection. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Box<[u8]>);

impl Secret {
    /// A secret as long as a hash of TLS 1.3, or the master secret of TLS 1.2.
    pub(crate) fn new(octets: &[u8]) -> Option<Self> {
        matches!(octets.len(), 32 | 48).then(|| Self(octets.into()))
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// What a secret is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// The master secret of TLS 1.2.
    Master,
    ClientEarly,
    ClientHandshake,
    ServerHandshake,
    ClientContent,
    ServerContent,
}

impl Purpose {
    fn from_label(label: &[u8]) -> Option<Self> {
        Some(match label {
            b"CLIENT_RANDOM" => Self::Master,
            b"CLIENT_EARLY_TRAFFIC_SECRET" => Self::ClientEarly,
            b"CLIENT_HANDSHAKE_TRAFFIC_SECRET" => Self::ClientHandshake,
            b"SERVER_HANDSHAKE_TRAFFIC_SECRET" => Self::ServerHandshake,
            b"CLIENT_TRAFFIC_SECRET_0" => Self::ClientContent,
            b"SERVER_TRAFFIC_SECRET_0" => Self::ServerContent,
            _ => return None,
        })
    }
}

/// All secrets of a run; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Rc<Shared>);

#[derive(Default)]
struct Shared {
    by_random: RefCell<HashMap<Random, Vec<(Purpose, Secret)>>>,
    /// Where more may be written while the capture is read.
    log: RefCell<Option<LogFile>>,
    /// Why no more of it is read.
    failure: RefCell<Option<String>>,
    /// The capture, which may have secrets after the packets that they are for.
    capture: RefCell<Option<PathBuf>>,
    was_given: Cell<bool>,
    /// Master secrets by the identifier or ticket of their session.
    sessions: RefCell<HashMap<Vec<u8>, Secret>>,
}

impl Secrets {
    /// Opens a key log, if the command line names one.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let secrets = Self::default();
        let Some(path) = path else { return Ok(secrets) };
        let name = || format!("--keylog {}", path.display());
        let file = File::open(path).with_context(name)?;
        if file.metadata().with_context(name)?.is_dir() {
            bail!("{}: a directory, not a key log", name());
        }
        secrets.0.was_given.set(true);
        *secrets.0.log.borrow_mut() = Some(LogFile::new(name(), file));
        Ok(secrets)
    }

    /// The capture is a file, which can be searched for more if one is missing.
    pub(crate) fn search(&self, capture: Option<&Path>) {
        *self.0.capture.borrow_mut() = capture.map(Path::to_owned);
    }

    /// Takes the lines of a block of secrets.
    pub(crate) fn add_block(&self, text: &[u8]) {
        self.0.was_given.set(true);
        for line in text.split(|octet| *octet == b'\n').filter(|_| DECRYPTS) {
            self.add_line(line);
        }
    }

    /// Fails if the key log could not be read, or not to its end.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        self.0.failure.borrow().as_ref().map_or(Ok(()), |failure| bail!("{failure}"))
    }

    /// Whether there is any source of secrets.
    pub(crate) fn were_given(&self) -> bool {
        self.0.was_given.get()
    }

    /// Whether a secret that is missing may still come.
    pub(crate) fn may_grow(&self) -> bool {
        self.0.log.borrow().is_some()
    }

    /// The secret of a connection. What was written to the key log since the last call is read first, then all of the capture.
    pub(crate) fn find(&self, random: &Random, purpose: Purpose) -> Option<Secret> {
        if !DECRYPTS {
            return None;
        }
        let read_on = || {
            self.read_on();
            self.known(random, purpose)
        };
        let search = || {
            let path = self.0.capture.borrow_mut().take()?;
            // It ends with an error in any case.
            let _ = blocks::read(&path, |text| self.add_block(text));
            self.known(random, purpose)
        };
        self.known(random, purpose).or_else(read_on).or_else(search)
    }

    /// The master secret of a session of TLS 1.2 that was noted.
    pub(crate) fn of_session(&self, name: &[u8]) -> Option<Secret> {
        DECRYPTS.then(|| self.0.sessions.borrow().get(name).cloned()).flatten()
    }

    /// A session that may be resumed by this name, if it has one.
    pub(crate) fn note_session(&self, name: &[u8], master: &Secret) {
        if !DECRYPTS {
            return;
        }
        let mut sessions = self.0.sessions.borrow_mut();
        if sessions.len() >= MOST_SESSIONS {
            sessions.clear();
        }
        if !name.is_empty() {
            sessions.insert(name.to_vec(), master.clone());
        }
    }

    fn known(&self, random: &Random, purpose: Purpose) -> Option<Secret> {
        let by_random = self.0.by_random.borrow();
        by_random.get(random)?.iter().find(|(known, _)| *known == purpose).map(|(_, secret)| secret.clone())
    }

    fn read_on(&self) {
        let mut log = self.0.log.borrow_mut();
        let Some(file) = log.as_mut() else { return };
        if let Err(failure) = file.read_on(|line| self.add_line(line)) {
            *self.0.failure.borrow_mut() = Some(failure);
            *log = None;
        }
    }

    /// Takes a line, if it has a secret. Returns whether it has.
    fn add_line(&self, line: &[u8]) -> bool {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let (Some(label), Some(random), Some(secret)) = (words.next(), words.next(), words.next()) else {
            return false;
        };
        let mut of_client: Random = [0; 32];
        let (Some(purpose), Ok(()), Ok(secret)) =
            (Purpose::from_label(label), hex::decode_to_slice(random, &mut of_client), hex::decode(secret))
        else {
            return false;
        };
        let Some(secret) = Secret::new(&secret) else { return false };
        let mut by_random = self.0.by_random.borrow_mut();
        let secrets = by_random.entry(of_client).or_default();
        secrets.retain(|(known, _)| *known != purpose);
        secrets.push((purpose, secret));
        true
    }
}

#[cfg(all(test, feature = "tls"))]
mod tests {
    use std::io::Write;

    use super::*;

    fn line(label: &str, random: u8, secret: u8, len: usize) -> String {
        format!("{label} {} {}\n", hex::encode([random; 32]), hex::encode(vec![secret; len]))
    }

    #[test]
    fn lines_with_secrets_are_found_among_others() {
        let secrets = Secrets::default();
        assert!(!secrets.were_given());
        let text = [
            "# a comment\r\n\nCLIENT_RANDOM 12 34\nRSA 00 11\n".to_owned(),
            line("CLIENT_RANDOM", 1, 7, 48).replace('\n', "\r\n"),
            line("SERVER_TRAFFIC_SECRET_0", 2, 8, 32),
            line("EXPORTER_SECRET", 2, 9, 32),
            line("CLIENT_TRAFFIC_SECRET_0", 2, 9, 31),
        ];
        secrets.add_block(text.concat().as_bytes());
        assert_eq!(secrets.find(&[1; 32], Purpose::Master).unwrap().octets(), [7; 48]);
        assert_eq!(secrets.find(&[2; 32], Purpose::ServerContent).unwrap().octets(), [8; 32]);
        assert_eq!(secrets.find(&[2; 32], Purpose::ClientContent), None, "not as long as a hash");
        assert_eq!(secrets.find(&[3; 32], Purpose::Master), None);
        assert!(secrets.were_given() && !secrets.may_grow());
    }

    #[test]
    fn a_key_log_may_grow() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let secrets = Secrets::open(Some(file.path())).unwrap();
        assert_eq!(secrets.find(&[1; 32], Purpose::Master), None);
        file.write_all(line("CLIENT_RANDOM", 1, 7, 48).as_bytes()).unwrap();
        assert!(secrets.find(&[1; 32], Purpose::Master).is_some());
    }

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", Secret::new(&[7; 48])), "Some(Secret(..))");
    }
}
