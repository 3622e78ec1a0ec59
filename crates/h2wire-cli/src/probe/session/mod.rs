//! One request over HTTP/2 as a conforming client: bytes in, events and bytes out. No sockets, no clock.

mod broken; // rules that the peer broke
mod conversation; // the state of the connection, and its output
mod event; // the request, and the events of the response
mod response; // the rules of a response
#[cfg(test)]
mod tests;
mod windows; // flow control

use h2wire::{Limits, Progress, Reader, Role};

pub(crate) use broken::Broken;
use conversation::Conversation;
pub(crate) use event::{Request, SessionEvent};

/// The limits of the probe are those of a browser, to accept the responses of any server.
pub(crate) const LIMITS: Limits = Limits::DEFAULT.with_max_section_size(256 * 1024);

pub(crate) struct Session {
    reader: Reader<Vec<u8>>,
    link: Conversation,
    /// Bytes of a frame that is not complete.
    pending: Vec<u8>,
    /// A rule that was broken, while there is more to say of it.
    withheld: Option<Broken>,
    failed: bool,
}

impl Session {
    /// Starts with the preface, SETTINGS and the request.
    pub(crate) fn start(request: Request) -> anyhow::Result<Self> {
        let mut reader = Reader::new(Role::Client, &LIMITS)?;
        let settings = LIMITS.settings(Role::Client);
        reader.settings_sent(&settings.list())?;
        let link = Conversation::start(request, &settings.list())?;
        Ok(Self { reader, link, pending: Vec::new(), withheld: None, failed: false })
    }

    /// Takes the next bytes of the peer.
    pub(crate) fn receive(&mut self, octets: &[u8]) -> Vec<SessionEvent> {
        let mut events = Vec::new();
        if self.failed {
            return events;
        }
        let mut input = std::mem::take(&mut self.pending);
        input.extend_from_slice(octets);
        let mut rest = input.as_slice();
        while !self.failed {
            let start = rest;
            let taken = match self.reader.read_message(&mut rest) {
                Ok(Progress::Needed(_)) => break,
                Ok(Progress::Item { item, .. }) => self.link.take(item, &mut events),
                // The text of a GOAWAY in place of SETTINGS is waited for: it says why.
                Err(error) if matches!(self.reader.first_go_away(rest), Some(Progress::Needed(_))) => {
                    self.withheld = Some(error.into());
                    break;
                }
                Err(error) => Err(error.into()),
            };
            if let Err(broken) = taken {
                self.failed = true;
                self.link.give_up(broken);
                events.push(SessionEvent::Broken { broken, octets: start.to_vec() });
            }
        }
        self.pending = rest.to_vec();
        events
    }

    /// No more bytes come. Returns the rule that was broken, if that was not reported before, and the bytes from there on.
    pub(crate) fn end_of_input(&mut self) -> Option<(Broken, Vec<u8>)> {
        let broken = self.withheld.take().filter(|_| !self.failed)?;
        self.failed = true;
        self.link.give_up(broken);
        Some((broken, std::mem::take(&mut self.pending)))
    }

    /// The bytes to be sent.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.link.out)
    }

    /// Whether the peer's bytes end inside a frame.
    pub(crate) fn is_inside_frame(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Ends the connection from the client.
    pub(crate) fn end(&mut self) {
        if !self.failed {
            self.link.end();
        }
    }
}
