//! A page with everything in it: a timeline of streams, a table of requests, the bytes of each frame.
//!
//! The page holds one line of JSON for each item, in the order in which they were read, so that nothing but counts is kept in memory
//! here; `page.js` draws them. A page that is there already takes the lines alone.

#[cfg(feature = "command")]
mod document; // the page around them
mod page; // where lines go
mod timeline; // events to lines

use std::cell::RefCell;
use std::rc::Rc;

use crate::moment::Zero;
use crate::render::form::{Out, Render};
#[cfg(feature = "command")]
pub(crate) use document::Html;
use page::Page;
use timeline::Timeline;

/// The lines without a page, and without requests.
pub(crate) fn lines(out: Out) -> Box<dyn Render> {
    Box::new(Timeline::new(Rc::new(RefCell::new(Page::lines_alone(out))), Zero::Epoch))
}
