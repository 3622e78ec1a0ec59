//! Each frame is a [`Frame`].

use crate::{
    Continuation, Data, Frame, GoAway, Headers, Ping, Priority, PushPromise, RstStream, Settings, Unknown,
    WindowUpdate,
};

impl<B> From<Data<B>> for Frame<B> {
    fn from(frame: Data<B>) -> Self {
        Self::Data(frame)
    }
}

impl<B> From<Headers<B>> for Frame<B> {
    fn from(frame: Headers<B>) -> Self {
        Self::Headers(frame)
    }
}

impl<B> From<Priority> for Frame<B> {
    fn from(frame: Priority) -> Self {
        Self::Priority(frame)
    }
}

impl<B> From<RstStream> for Frame<B> {
    fn from(frame: RstStream) -> Self {
        Self::RstStream(frame)
    }
}

impl<B> From<Settings<B>> for Frame<B> {
    fn from(frame: Settings<B>) -> Self {
        Self::Settings(frame)
    }
}

impl<B> From<PushPromise<B>> for Frame<B> {
    fn from(frame: PushPromise<B>) -> Self {
        Self::PushPromise(frame)
    }
}

impl<B> From<Ping> for Frame<B> {
    fn from(frame: Ping) -> Self {
        Self::Ping(frame)
    }
}

impl<B> From<GoAway<B>> for Frame<B> {
    fn from(frame: GoAway<B>) -> Self {
        Self::GoAway(frame)
    }
}

impl<B> From<WindowUpdate> for Frame<B> {
    fn from(frame: WindowUpdate) -> Self {
        Self::WindowUpdate(frame)
    }
}

impl<B> From<Continuation<B>> for Frame<B> {
    fn from(frame: Continuation<B>) -> Self {
        Self::Continuation(frame)
    }
}

impl<B> From<Unknown<B>> for Frame<B> {
    fn from(frame: Unknown<B>) -> Self {
        Self::Unknown(frame)
    }
}
