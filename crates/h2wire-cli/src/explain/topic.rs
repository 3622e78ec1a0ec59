//! The form of an explanation.

/// An explanation, of an error code, a frame type or a setting.
pub(super) struct Topic {
    /// For a message also other spellings, after `|`.
    pub(super) name: &'static str,
    pub(super) section: &'static str,
    /// The meaning, in full sentences.
    pub(super) meaning: &'static str,
    /// The usual causes, the most frequent first.
    pub(super) causes: &'static [&'static str],
    /// Things to check.
    pub(super) checks: &'static [&'static str],
}

impl Topic {
    /// How it is written, the most usual form first.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &'static str> {
        self.name.split('|')
    }
}

/// The topic of that name.
pub(super) fn find(topics: &'static [Topic], name: &str) -> Option<&'static Topic> {
    topics.iter().find(|topic| topic.name == name)
}
