//! What is done with what an engine finds: counted while it is timed, kept to be compared.

use std::hint::black_box;

use h2::frame::Pseudo;
use h2wire_nghttp2::{Line, Visit};
use http::{HeaderMap, Request, Response};

use crate::workload::Sample;

/// How much was found.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Count {
    /// Complete field sections.
    pub sections: usize,
    /// Their fields.
    pub fields: usize,
    /// Octets of content.
    pub octets: usize,
}

/// All that was found.
#[derive(Clone, Default, Debug)]
pub struct Collected {
    /// The messages.
    pub samples: Vec<Sample>,
    /// The section that is not complete.
    fields: Vec<Line>,
}

/// Takes the head of a message, of a type of its engine.
pub trait TakeHead<T> {
    /// Takes it.
    fn head(&mut self, head: T);
}

impl Visit for Count {
    #[inline]
    fn field(&mut self, name: &[u8], value: &[u8]) {
        black_box((name, value));
        self.fields += 1;
    }

    #[inline]
    fn section_end(&mut self) {
        self.sections += 1;
    }

    #[inline]
    fn content(&mut self, octets: &[u8]) {
        self.octets += black_box(octets).len();
    }
}

impl Visit for Collected {
    fn field(&mut self, name: &[u8], value: &[u8]) {
        self.fields.push((name.into(), value.into()));
    }

    fn section_end(&mut self) {
        let fields = std::mem::take(&mut self.fields);
        self.samples.push(Sample { fields, content: Vec::new() });
    }

    fn content(&mut self, octets: &[u8]) {
        self.samples.last_mut().expect("a head before content").content.extend_from_slice(octets);
    }
}

/// A request has four pseudo-header fields here.
const PSEUDO: usize = 4;

impl TakeHead<Request<()>> for Count {
    #[inline]
    fn head(&mut self, head: Request<()>) {
        self.fields += PSEUDO + black_box(&head).headers().len();
        self.sections += 1;
    }
}

impl TakeHead<Response<()>> for Count {
    #[inline]
    fn head(&mut self, head: Response<()>) {
        self.fields += 1 + black_box(&head).headers().len();
        self.sections += 1;
    }
}

impl TakeHead<(Pseudo, HeaderMap)> for Count {
    #[inline]
    fn head(&mut self, head: (Pseudo, HeaderMap)) {
        self.fields += PSEUDO + black_box(&head).1.len();
        self.sections += 1;
    }
}

impl Collected {
    fn request(&mut self, pseudo: [(&str, Option<&str>); PSEUDO], headers: &HeaderMap) {
        for (name, value) in pseudo {
            self.field(name.as_bytes(), value.expect("each is there").as_bytes());
        }
        for (name, value) in headers {
            self.field(name.as_str().as_bytes(), value.as_bytes());
        }
        self.section_end();
    }
}

impl TakeHead<Request<()>> for Collected {
    fn head(&mut self, head: Request<()>) {
        let uri = head.uri();
        let pseudo = [
            (":method", Some(head.method().as_str())),
            (":scheme", uri.scheme_str()),
            (":authority", uri.authority().map(http::uri::Authority::as_str)),
            (":path", uri.path_and_query().map(http::uri::PathAndQuery::as_str)),
        ];
        self.request(pseudo, head.headers());
    }
}

impl TakeHead<Response<()>> for Collected {
    fn head(&mut self, head: Response<()>) {
        self.field(b":status", head.status().as_str().as_bytes());
        for (name, value) in head.headers() {
            self.field(name.as_str().as_bytes(), value.as_bytes());
        }
        self.section_end();
    }
}

impl TakeHead<(Pseudo, HeaderMap)> for Collected {
    fn head(&mut self, (head, headers): (Pseudo, HeaderMap)) {
        let pseudo = [
            (":method", head.method.as_ref().map(http::Method::as_str)),
            (":scheme", head.scheme.as_deref()),
            (":authority", head.authority.as_deref()),
            (":path", head.path.as_deref()),
        ];
        self.request(pseudo, &headers);
    }
}
