//! What there is to say about a name.

/// An explanation, of an error code, a frame type or a setting.
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) section: &'static str,
    /// What it means, in full sentences.
    pub(super) meaning: &'static str,
    /// What leads to it, most often first.
    pub(super) causes: &'static [&'static str],
    /// What to look at.
    pub(super) checks: &'static [&'static str],
}

/// The topic of that name.
pub(super) fn find(topics: &'static [Topic], name: &str) -> Option<&'static Topic> {
    topics.iter().find(|topic| topic.name == name)
}
