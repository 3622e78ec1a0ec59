//! A page with everything in it: a timeline of streams, a table of requests, the bytes of each frame.
//!
//! The page holds one line of JSON for each item, in the order in which they were read, so that nothing but counts is kept in memory
//! here; `page.js` draws them.

mod page; // where lines go
mod timeline; // events to lines

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use crate::event::{Event, Flow, Position};
use crate::inspect::TlsFacts;
use crate::moment::{Moment, Zero};
use crate::render::form::{Out, Render};
use crate::render::selection::{Filter, Selection};
use crate::render::summary::Summary;
use crate::upgrade::UpgradedRequest;
use page::{Page, Requests};
use timeline::Timeline;

/// Writes the page.
pub(crate) struct Html {
    page: Rc<RefCell<Page>>,
    /// Sees everything, whatever is shown.
    requests: Option<Summary>,
    timeline: Box<dyn Render>,
}

impl Html {
    /// A page with what is selected; with requests, unless frames are read alone.
    pub(crate) fn new(out: Out, zero: Zero, selection: Selection, is_stateless: bool) -> Self {
        let page = Rc::new(RefCell::new(Page::new(out)));
        let requests = (!is_stateless)
            .then(|| Summary::requests_only(Box::new(Requests::new(page.clone())), selection.clone()));
        let timeline = Box::new(Timeline::new(page.clone(), zero));
        let timeline: Box<dyn Render> =
            if selection.takes_all() { timeline } else { Box::new(Filter::new(selection, timeline)) };
        Self { page, requests, timeline }
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
        self.page.borrow_mut().flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.request(Render::finish)?;
        self.timeline.finish()?;
        self.page.borrow_mut().finish()
    }
}
