//! The response: the order of its frames and its length. RFC 9113 §8.1.

use h2wire::FieldList;

use super::broken::Broken;
use super::event::SessionEvent;

pub(super) struct Response {
    is_head: bool,
    is_connect: bool,
    stage: ResponseStage,
    /// The value of `content-length`, if it applies to the content of this response.
    announced: Option<u64>,
    octets: u64,
}

/// The progress of the response.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ResponseStage {
    Head,
    Content,
    Ended,
    /// The stream was reset: later frames on it are ignored.
    GivenUp,
}

impl Response {
    pub(super) fn to(method: &str) -> Self {
        let (is_head, is_connect) = (method == "HEAD", method == "CONNECT");
        Self { is_head, is_connect, stage: ResponseStage::Head, announced: None, octets: 0 }
    }

    /// Whether no more frames are expected.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, ResponseStage::Ended | ResponseStage::GivenUp)
    }

    /// Whether a frame counts. After the end, a frame is an error.
    pub(super) fn goes_on(&self) -> Result<bool, Broken> {
        match self.stage {
            ResponseStage::Ended => Err(Broken::StreamClosed),
            stage => Ok(stage != ResponseStage::GivenUp),
        }
    }

    /// The fields of a response, interim or final.
    pub(super) fn head(
        &mut self,
        fields: &FieldList,
        content_length: Option<u64>,
        events: &mut Vec<SessionEvent>,
    ) -> Result<(), Broken> {
        if self.stage == ResponseStage::Content {
            return Err(Broken::SecondHead);
        }
        let status = fields.get(b":status").and_then(|status| str::from_utf8(status).ok());
        let status = status.and_then(|status| status.parse().ok()).unwrap_or(0);
        events.push(SessionEvent::Response { status, fields: fields.clone() });
        if status >= 200 {
            self.stage = ResponseStage::Content;
            if !self.is_without_content(status) {
                self.announced = content_length;
            }
        }
        Ok(())
    }

    pub(super) fn trailers(&self) -> Result<(), Broken> {
        if self.stage == ResponseStage::Head { Err(Broken::StatusMissing) } else { Ok(()) }
    }

    pub(super) fn content(&mut self, octets: usize, events: &mut Vec<SessionEvent>) -> Result<(), Broken> {
        if !self.goes_on()? {
            return Ok(());
        }
        if self.stage == ResponseStage::Head {
            return Err(Broken::DataBeforeHeaders);
        }
        events.push(SessionEvent::Content(octets));
        self.octets = self.octets.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
        if self.announced.is_some_and(|announced| announced < self.octets) {
            return Err(Broken::ContentLength);
        }
        Ok(())
    }

    pub(super) fn end(&mut self, events: &mut Vec<SessionEvent>) -> Result<(), Broken> {
        if self.is_over() {
            return Ok(());
        }
        if self.announced.is_some_and(|announced| announced != self.octets) {
            return Err(Broken::ContentLength);
        }
        self.stage = ResponseStage::Ended;
        events.push(SessionEvent::End);
        Ok(())
    }

    /// Returns whether the response was still open.
    pub(super) fn give_up(&mut self) -> bool {
        let was_open = !self.is_over();
        if was_open {
            self.stage = ResponseStage::GivenUp;
        }
        was_open
    }

    /// Whether `content-length` does not describe this content. RFC 9110 §6.4.1, §9.3.6.
    fn is_without_content(&self, status: u16) -> bool {
        self.is_head || matches!(status, 204 | 304) || self.is_connect && (200..300).contains(&status)
    }
}
