//! The form of an explanation.

/// An explanation, of an error code, a frame type or a setting.
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) section: &'static str,
    /// The meaning, in full sentences.
    pub(super) meaning: &'static str,
    /// The usual causes, the most frequent first.
    pub(super) causes: &'static [&'static str],
    /// Things to check.
    pub(super) checks: &'static [&'static str],
}

/// The topic of that name.
pub(super) fn find(topics: &'static [Topic], name: &str) -> Option<&'static Topic> {
    topics.iter().find(|topic| topic.name == name)
}
