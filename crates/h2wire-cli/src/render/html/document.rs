//! The page as `--html` writes it: what never changes, and the lines of timeline and requests.

use std::cell::RefCell;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::rc::Rc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};

use super::page::{Kind, Page};
use super::timeline::Timeline;
use crate::event::{Event, Flow, Position};
use crate::inspect::TlsFacts;
use crate::moment::{Moment, Zero};
use crate::render::form::{Out, Render};
use crate::render::selection::{Filter, Selection};
use crate::render::summary::Summary;
use crate::upgrade::UpgradedRequest;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("parts.js"), include_str!("page.js"));
const BODY: &str = include_str!("page.html");
const TAIL: &str = "</script>\n</body>\n</html>\n";

/// Everything before the data. The script waits for the end of the page, be it cut off or not.
fn head() -> String {
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{style}'; \
         script-src '{script}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>h2wire</title>\n\
         <style>{STYLE}</style>\n<script>{SCRIPT}</script>\n</head>\n{BODY}\
         <script type=\"application/json\" id=\"data\">\n"
    )
}

/// What a Content-Security-Policy says of text that it allows.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

/// Writes the page.
pub(crate) struct Html {
    /// Sees everything, whatever is shown.
    requests: Option<Summary>,
    timeline: Box<dyn Render>,
}

impl Html {
    /// A page with what is selected; with requests, unless frames are read alone.
    pub(crate) fn new(out: Out, zero: Zero, selection: Selection, is_stateless: bool) -> Self {
        let page = Rc::new(RefCell::new(Page::new(out, head, TAIL)));
        let requests = (!is_stateless)
            .then(|| Summary::requests_only(Box::new(Requests::new(page.clone())), selection.clone()));
        let timeline = Box::new(Timeline::new(page, zero));
        let timeline: Box<dyn Render> =
            if selection.takes_all() { timeline } else { Box::new(Filter::new(selection, timeline)) };
        Self { requests, timeline }
    }

    fn request(&mut self, with: impl FnOnce(&mut Summary) -> io::Result<()>) -> io::Result<()> {
        self.requests.as_mut().map_or(Ok(()), with)
    }
}

impl Render for Html {
    fn event(&mut self, place: &Position, event: &Event<'_>) -> io::Result<()> {
        self.request(|requests| requests.event(place, event))?;
        self.timeline.event(place, event)
    }

    fn input(&mut self, name: &str, is_one_of_many: bool) -> io::Result<()> {
        // Those of the input before belong to it.
        self.request(|requests| {
            requests.input(name, false)?;
            requests.flush()
        })?;
        self.timeline.input(name, is_one_of_many)
    }

    fn connection(&mut self, number: u64, client: SocketAddr, server: SocketAddr) -> io::Result<()> {
        self.timeline.connection(number, client, server)
    }

    fn moment(&mut self, moment: Option<Moment>) {
        if let Some(requests) = &mut self.requests {
            requests.moment(moment);
        }
        self.timeline.moment(moment);
    }

    fn upgraded(&mut self, number: u64, request: &UpgradedRequest) {
        if let Some(requests) = &mut self.requests {
            requests.upgraded(number, request);
        }
    }

    fn sealed(&mut self, flow: Flow) {
        if let Some(requests) = &mut self.requests {
            requests.sealed(flow);
        }
    }

    fn connection_ended(&mut self, number: u64) -> io::Result<()> {
        self.request(|requests| requests.connection_ended(number))?;
        self.timeline.connection_ended(number)
    }

    fn tls(&mut self, number: u64, facts: &TlsFacts) -> io::Result<()> {
        self.timeline.tls(number, facts)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.request(Render::flush)?;
        self.timeline.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.request(Render::finish)?;
        self.timeline.finish()
    }
}

/// Takes requests as the summary prints them, in any pieces.
struct Requests {
    page: Rc<RefCell<Page>>,
    line: Vec<u8>,
}

impl Requests {
    const fn new(page: Rc<RefCell<Page>>) -> Self {
        Self { page, line: Vec::new() }
    }
}

impl Write for Requests {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        for piece in octets.split_inclusive(|octet| *octet == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.pop_if(|octet| *octet == b'\n').is_some() {
                self.page.borrow_mut().text(Kind::Request, &std::mem::take(&mut self.line))?;
            }
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
