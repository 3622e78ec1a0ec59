//! Whole messages read by engines: fields lent (M1), owned (M2), as types of `http` (M3).

mod h2;
mod http;
mod lent;
mod nghttp2;
mod owned;
mod visit;

use h2wire::Role;

use crate::workload::{Sample, Workload};
pub use nghttp2::prepare;
pub use visit::{Collected, Count, TakeHead};

/// An engine that reads all octets of a client's connection, set-up included.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// As in the names of benchmarks.
    pub name: &'static str,
    /// What is timed: fields are visited and counted.
    pub count: fn(&[u8]) -> Count,
    /// The same code, but what it finds is kept.
    collect: fn(&[u8]) -> Collected,
    /// Whether fields of different names come in their order.
    keeps_order: bool,
}

/// Fields are lent and validated.
pub const M1: [Engine; 2] = [
    Engine { name: "h2wire", count: lent::read, collect: lent::read, keeps_order: true },
    Engine { name: "nghttp2", count: nghttp2::read, collect: nghttp2::read, keeps_order: true },
];

/// Messages own their fields. nghttp2 only lends them, as in M1.
pub const M2: [Engine; 3] = [
    Engine { name: "h2wire", count: owned::codec, collect: owned::codec, keeps_order: true },
    Engine { name: "h2wire-message", count: owned::message, collect: owned::message, keeps_order: true },
    Engine { name: "nghttp2", count: nghttp2::read, collect: nghttp2::read, keeps_order: true },
];

/// h2wire goes to a whole `Request`, h2 to pseudo-header fields and a `HeaderMap`.
pub const M3: [Engine; 3] = [
    Engine { name: "h2wire-heads", count: http::heads, collect: http::heads, keeps_order: false },
    Engine { name: "h2wire", count: http::read, collect: http::read, keeps_order: false },
    Engine { name: "h2", count: h2::read, collect: h2::read, keeps_order: false },
];

impl Engine {
    /// Fails if the engine finds other fields or content than those of the workload, or counts something else.
    pub fn check(&self, workload: &Workload, octets: &[u8]) {
        assert_eq!(workload.sender, Role::Client);
        let found = (self.collect)(octets).samples;
        assert_same(self.name, workload, &found, self.keeps_order);
        let count = (self.count)(octets);
        let expected = Count {
            sections: workload.messages.len(),
            fields: workload.messages.iter().map(|message| message.fields.len()).sum(),
            octets: workload.messages.iter().map(|message| message.content.len()).sum(),
        };
        assert_eq!(count, expected, "{} counts otherwise in {}", self.name, workload.name);
    }
}

/// Fails if these are not the messages of the workload.
pub fn assert_same(engine: &str, workload: &Workload, found: &[Sample], keeps_order: bool) {
    assert_eq!(found.len(), workload.messages.len(), "{engine} finds other messages in {}", workload.name);
    for (found, expected) in found.iter().zip(&workload.messages) {
        let (mut found, mut expected) = (found.clone(), expected.clone());
        if !keeps_order {
            found.fields.sort();
            expected.fields.sort();
        }
        assert_eq!(found, expected, "{engine} finds another message in {}", workload.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_engines_find_the_same() {
        for workload in Workload::requests() {
            let octets = workload.encode();
            for engine in M1.iter().chain(&M2).chain(&M3) {
                engine.check(&workload, &octets);
            }
        }
    }

    #[test]
    #[should_panic(expected = "finds another message")]
    fn another_field_is_noticed() {
        let [workload, ..] = Workload::requests();
        let mut changed = workload.clone();
        changed.messages[99].fields[14].1.push(b'x');
        M1[0].check(&workload, &changed.encode());
    }
}
