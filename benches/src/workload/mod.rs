//! Messages of one connection, the same in each run.

mod browser;
mod calls;
mod responses;
mod sample;

use h2wire::frame::StreamId;
use h2wire::{Limits, Role, SectionHead, Writer};

pub use sample::Sample;

/// Messages of a connection.
pub const MESSAGES: u32 = 100;

/// What a connection may send before the peer opens a larger window.
const WINDOW: usize = 65_535;

/// What one side of a connection sends.
#[derive(Clone, Debug)]
pub struct Workload {
    /// As in the names of benchmarks.
    pub name: &'static str,
    /// Who sends it.
    pub sender: Role,
    /// The messages, each on a stream of its own.
    pub messages: Vec<Sample>,
}

impl Workload {
    /// All requests: a browser's, a load test's, gRPC calls, and those of a browser that loads pages.
    #[must_use]
    pub fn requests() -> [Self; 4] {
        [
            Self::of_requests("browser", browser::navigation),
            Self::of_requests("load-test", calls::load_test),
            Self::of_requests("grpc", calls::grpc),
            Self::of_requests("mixed-browser", browser::mixed),
        ]
    }

    /// All responses: those that are always the same, and those that are not. Each has 6 fields and 100 octets.
    #[must_use]
    pub fn responses() -> [Self; 2] {
        let of = |name, message: fn(u32) -> Sample| Self {
            name,
            sender: Role::Server,
            messages: (0..MESSAGES).map(message).collect(),
        };
        [of("same", responses::same), of("mixed", responses::mixed)]
    }

    /// Responses with 5 fields and 100 octets, for whole connections.
    #[must_use]
    pub fn answers() -> Self {
        let messages = (0..MESSAGES).map(responses::answer).collect();
        Self { name: "answers", sender: Role::Server, messages }
    }

    fn of_requests(name: &'static str, message: fn(u32) -> Sample) -> Self {
        Self { name, sender: Role::Client, messages: (0..MESSAGES).map(message).collect() }
    }

    /// All octets of this side: preface, SETTINGS, messages.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(self.sender, Limits::DEFAULT.max_table_size);
        let mut out = Vec::new();
        if self.sender == Role::Client {
            writer.append_preface(&mut out).expect("it comes first");
        }
        let settings = Limits::DEFAULT.settings(self.sender);
        writer.append_settings(&settings.list(), &mut out).expect("valid");
        for (stream_id, message) in streams().zip(&self.messages) {
            let head = SectionHead::headers(stream_id, message.content.is_empty());
            let fields = message.fields.iter().map(|(name, value)| (name, value));
            writer.append_section(head, fields, &mut out).expect("well-formed");
            if !message.content.is_empty() {
                for frame in writer.data(stream_id, &message.content, true, WINDOW) {
                    writer.append_frame(&frame.into(), &mut out).expect("valid");
                }
            }
        }
        out
    }
}

/// The streams of a client, in their order.
pub fn streams() -> impl Iterator<Item = StreamId> {
    std::iter::successors(Some(StreamId::FIRST_CLIENT), |stream_id| stream_id.next())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use h2wire_nghttp2::Line;

    use super::*;

    fn shape(workload: &Workload) -> HashSet<(usize, usize, usize)> {
        let is_regular = |line: &&Line| !line.0.starts_with(b":");
        let shape = |message: &Sample| {
            let regular = message.fields.iter().filter(is_regular).count();
            (message.fields.len(), regular, message.content.len())
        };
        workload.messages.iter().map(shape).collect()
    }

    #[test]
    fn workloads_are_what_their_names_say() {
        let [browser, load_test, grpc, mixed] = Workload::requests();
        assert_eq!(shape(&browser), HashSet::from([(15, 11, 0)]));
        assert_eq!(shape(&load_test), HashSet::from([(4, 0, 0)]));
        assert_eq!(shape(&grpc), HashSet::from([(8, 4, 100)]));
        assert!(mixed.messages.iter().all(|message| message.fields.len() >= 15));
        for workload in Workload::responses() {
            assert_eq!(shape(&workload), HashSet::from([(6, 5, 100)]));
        }
        for workload in Workload::requests().iter().chain(&Workload::responses()) {
            assert_eq!(workload.messages.len(), 100, "{}", workload.name);
        }
    }

    #[test]
    fn no_mixed_message_is_like_the_one_before() {
        let [.., mixed] = Workload::requests();
        let [_, responses] = Workload::responses();
        for workload in [mixed, responses] {
            for pair in workload.messages.windows(2) {
                let differs = pair[0].fields.iter().zip(&pair[1].fields).filter(|(a, b)| a != b).count();
                assert!(differs >= 3, "{:?}", pair[1].fields);
            }
            let distinct: HashSet<_> = workload.messages.iter().map(|message| &message.fields).collect();
            assert_eq!(distinct.len(), workload.messages.len());
        }
    }
}
