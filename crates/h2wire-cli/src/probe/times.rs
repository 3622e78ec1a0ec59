//! When each step was reached, since the start of the probe.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::seen::Seen;

/// A step that takes time, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Resolved,
    Connected,
    /// The handshake is over.
    Tls,
    /// The first byte of the peer's HTTP/2, or of what it speaks in its place.
    FirstByte,
    Settings,
    /// The fields of the final response are complete.
    Response,
    /// The response is complete.
    Complete,
}

impl Step {
    const ALL: [Self; 7] = [
        Self::Resolved,
        Self::Connected,
        Self::Tls,
        Self::FirstByte,
        Self::Settings,
        Self::Response,
        Self::Complete,
    ];

    /// The key in JSON, and the words in text.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Resolved => ("resolved_ms", "name"),
            Self::Connected => ("connected_ms", "connected"),
            Self::Tls => ("tls_ms", "TLS"),
            Self::FirstByte => ("first_byte_ms", "first byte"),
            Self::Settings => ("settings_ms", "SETTINGS"),
            Self::Response => ("response_ms", "response"),
            Self::Complete => ("complete_ms", "complete"),
        }
    }
}

/// The steps that were reached. A later one never has an earlier time.
#[derive(Debug)]
pub(crate) struct Times {
    start: Instant,
    reached: Vec<(Step, Duration)>,
}

impl Times {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), reached: Vec::new() }
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// The step is reached, unless it was before.
    pub(crate) fn reach(&mut self, step: Step, now: Duration) {
        if self.of(step).is_none() {
            self.reached.push((step, now));
        }
    }

    /// Notes the steps that bytes of the peer have reached.
    pub(super) fn see(&mut self, seen: &Seen, now: Duration) {
        let steps = [
            (Step::FirstByte, !seen.first.is_empty()),
            (Step::Settings, seen.settings.is_some()),
            (Step::Response, seen.response.is_some()),
            (Step::Complete, seen.complete),
        ];
        for (step, _) in steps.into_iter().filter(|(_, is_reached)| *is_reached) {
            self.reach(step, now);
        }
    }

    fn of(&self, step: Step) -> Option<Duration> {
        self.reached.iter().find(|(known, _)| *known == step).map(|(_, time)| *time)
    }

    /// All steps; `null` is not reached.
    pub(crate) fn object(&self) -> Value {
        let each = Step::ALL
            .map(|step| (step.names().0.to_owned(), self.of(step).map_or(Value::Null, |t| json!(ms(t)))));
        Value::Object(Map::from_iter(each))
    }

    /// The steps that were reached, in words; `None` if none was.
    pub(crate) fn text(&self) -> Option<String> {
        let each = self.reached.iter().map(|(step, time)| format!("{} {:.3} ms", step.names().1, ms(*time)));
        Some(each.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
    }
}

/// Milliseconds, to the microsecond.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_reached_once() {
        let mut times = Times::start();
        assert_eq!(times.text(), None);
        times.reach(Step::Connected, Duration::from_nanos(1_234_567));
        times.reach(Step::Connected, Duration::from_secs(9));
        let seen = Seen { first: vec![0], ..Seen::default() };
        times.see(&seen, Duration::from_micros(2500));
        assert_eq!(times.text().as_deref(), Some("connected 1.235 ms, first byte 2.500 ms"));
        let object = times.object();
        assert_eq!((&object["connected_ms"], &object["first_byte_ms"]), (&json!(1.235), &json!(2.5)));
        assert_eq!((&object["tls_ms"], &object["complete_ms"]), (&Value::Null, &Value::Null));
    }
}
