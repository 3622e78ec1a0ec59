//! Small answers that are kept in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::content::Found;

/// How long an answer is good before its file is looked at again.
const FRESH: Duration = Duration::from_secs(1);

/// The most bytes of all answers and of their paths, and what an entry costs besides.
const MOST: usize = 16 << 20;
const ENTRY: usize = 256;

/// What is sent for a path, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: &'static str,
    pub content_type: &'static str,
    pub content: Bytes,
}

/// Answers by path, for all connections.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    by_path: HashMap<Box<[u8]>, Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    answer: Answer,
    good_until: Instant,
}

impl Memory {
    /// The answer for a path. When it is too old, one caller gets nothing and has to read the file; until it has, all others get the
    /// old answer. So a file that many ask for is not read by all of them at once.
    pub fn get(&self, path: &[u8], now: Instant) -> Option<Answer> {
        let mut entries = self.lock();
        let entry = entries.by_path.get_mut(path)?;
        if now < entry.good_until {
            return Some(entry.answer.clone());
        }
        let since = now.saturating_duration_since(entry.good_until);
        entry.good_until = now.checked_add(FRESH)?;
        // What nobody has asked for is too old for anyone.
        if since >= FRESH {
            entries.remove(path);
        }
        None
    }

    /// Keeps an answer if it is whole.
    pub fn keep(&self, path: &[u8], found: &Found, now: Instant) {
        let mut entries = self.lock();
        entries.remove(path);
        let (None, Some(good_until)) = (&found.piece.rest, now.checked_add(FRESH)) else { return };
        let bytes = cost(path, &found.piece.octets);
        if entries.bytes.saturating_add(bytes) > MOST {
            *entries = Entries::default();
        }
        let Found { status, content_type, piece, .. } = found;
        let answer = Answer { status, content_type, content: piece.octets.clone() };
        entries.bytes = entries.bytes.saturating_add(bytes);
        entries.by_path.insert(path.into(), Entry { answer, good_until });
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn remove(&mut self, path: &[u8]) {
        if let Some(entry) = self.by_path.remove(path) {
            self.bytes = self.bytes.saturating_sub(cost(path, &entry.answer.content));
        }
    }
}

fn cost(path: &[u8], content: &Bytes) -> usize {
    path.len().saturating_add(content.len()).saturating_add(ENTRY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Piece;

    fn found(content: &Bytes) -> Found {
        let piece = Piece { octets: content.clone(), rest: None };
        Found { status: "200", content_type: "text/plain", length: 0, piece }
    }

    #[test]
    fn an_answer_is_good_for_a_second_and_then_looked_for_by_one() {
        let (memory, start) = (Memory::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        assert!(memory.get(b"/a", at(0)).is_none());
        memory.keep(b"/a", &found(&"old".into()), at(0));
        let content = |millis| memory.get(b"/a", at(millis)).map(|answer| answer.content);
        assert_eq!(content(999).unwrap(), "old");
        assert_eq!(content(1_000), None, "one looks again");
        assert_eq!(content(1_500).unwrap(), "old", "the others do not");
        memory.keep(b"/a", &found(&"new".into()), at(1_600));
        assert_eq!(content(2_599).unwrap(), "new");
        // After a pause there is no old answer for anyone.
        assert_eq!((content(9_000), content(9_001)), (None, None));
        assert_eq!(memory.lock().bytes, 0);
    }

    #[test]
    fn memory_is_bounded() {
        let (memory, now) = (Memory::default(), Instant::now());
        let content = Bytes::from(vec![0; 60_000]);
        for number in 0..1_000_u32 {
            memory.keep(format!("/{number}").as_bytes(), &found(&content), now);
            let entries = memory.lock();
            let sum: usize =
                entries.by_path.iter().map(|(path, entry)| cost(path, &entry.answer.content)).sum();
            assert!(sum == entries.bytes && sum <= MOST, "{sum}");
        }
        assert!(memory.get(b"/999", now).is_some());
    }
}
