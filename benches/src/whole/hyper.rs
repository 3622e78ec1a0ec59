//! The server of hyper, on an executor for one thread.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use super::{Script, Take, h2};
use crate::in_memory::Gated;
use crate::sink::Sink;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Futures to poll, of any part of the server.
#[derive(Clone, Default)]
struct Tasks(Rc<RefCell<Vec<Task>>>);

impl<F: Future<Output = ()> + 'static> ::hyper::rt::Executor<F> for Tasks {
    fn execute(&self, future: F) {
        self.0.borrow_mut().push(Box::pin(future));
    }
}

impl Tasks {
    /// Polls each once. Returns whether any has ended.
    fn poll(&self, context: &mut Context<'_>) -> bool {
        let mut tasks = self.0.take();
        let before = tasks.len();
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        let has_ended = tasks.len() < before;
        self.0.borrow_mut().append(&mut tasks);
        has_ended
    }
}

pub(super) fn server<V: Take, S: Sink + Unpin>(script: &Script) -> (V, S) {
    let is_open = Cell::new(true);
    let mut sink = S::default();
    let visitor = Rc::new(RefCell::new(V::default()));
    // What the executor takes lives as long as it likes.
    let answers: Rc<Vec<_>> = Rc::new(
        script.maps.iter().zip(&script.bodies).map(|(map, body)| (map.clone(), body.clone())).collect(),
    );
    let statuses: Rc<Vec<_>> = Rc::new((0..answers.len()).map(|number| h2::status(script, number)).collect());
    let next = Rc::new(Cell::new(0));
    let service = service_fn({
        let visitor = Rc::clone(&visitor);
        move |request: Request<Incoming>| {
            let (visitor, answers, statuses) =
                (Rc::clone(&visitor), Rc::clone(&answers), Rc::clone(&statuses));
            let number = next.replace(next.get() + 1);
            async move {
                let (head, body) = request.into_parts();
                let content = body.collect().await.expect("valid").to_bytes();
                let mut visitor = visitor.borrow_mut();
                visitor.head(Request::from_parts(head, ()));
                if !content.is_empty() {
                    visitor.content(&content);
                }
                let (map, body) = &answers[number];
                let mut response = Response::new(Full::new(Bytes::clone(body)));
                *response.status_mut() = statuses[number];
                *response.headers_mut() = map.clone();
                Ok::<_, Infallible>(response)
            }
        }
    });
    {
        let tasks = Tasks::default();
        let mut builder = ::hyper::server::conn::http2::Builder::new(tasks.clone());
        builder.max_concurrent_streams(200).auto_date_header(false);
        let io = Gated::new(&script.incoming, &is_open, &mut sink);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(io), service));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            assert!(matches!(connection.as_mut().poll(&mut context), Poll::Pending), "it stays open");
            if !tasks.poll(&mut context) {
                break;
            }
        }
        assert!(connection.as_mut().poll(&mut context).is_pending());
    }
    (visitor.take(), sink)
}
