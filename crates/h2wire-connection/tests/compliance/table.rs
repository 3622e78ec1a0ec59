//! A table of what an RFC demands.
//!
//! After a title in a comment, `= NUMBER TITLE: KEY WORDS` starts a section, with the number of MUST, MUST NOT, SHOULD and SHOULD NOT that
//! it has; then a row for each, columns between ` | `:
//!
//! - `LEVEL | what | where | tests`, and a remark if there is something to add. Where: names of rules, functions as `file::name`.
//! - `LEVEL | what | WHOSE: why`, for what is left to the `application`, to `TLS` or to `other`s, or `declined`.
//!
//! `own` is the level of what the RFC says without a key word, or what is ours.

/// What an RFC demands.
pub(super) struct Table {
    pub rfc: u16,
    pub title: String,
    pub sections: Vec<Section>,
}

pub(super) struct Section {
    pub number: String,
    pub title: String,
    pub key_words: usize,
    pub rows: Vec<Row>,
}

pub(super) struct Row {
    pub level: Level,
    pub what: String,
    pub answer: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    Must,
    MustNot,
    Should,
    ShouldNot,
    Own,
}

pub(super) enum Answer {
    /// Where, the tests that show it as file and name, and what is to be added.
    Kept {
        places: Vec<Place>,
        tests: Vec<(String, String)>,
        remark: Option<String>,
    },
    Application(String),
    Tls(String),
    /// Neither for an implementation nor for who uses it.
    Other(String),
    /// A recommendation that is not followed.
    Declined(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Rule(String),
    /// File and name.
    Function(String, String),
}

impl Table {
    /// Reads a table, or panics at the first line that is none.
    pub(super) fn parse(rfc: u16, text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let title = lines.next().and_then(|line| line.strip_prefix(&format!("# RFC {rfc}. ")));
        let title = title.unwrap_or_else(|| panic!("RFC {rfc}: no title"));
        let mut sections: Vec<Section> = Vec::new();
        for line in lines {
            if let Some(head) = line.strip_prefix("= ") {
                sections.push(Section::parse(head).unwrap_or_else(|| panic!("RFC {rfc}: {line}")));
                continue;
            }
            let row = Row::parse(line).unwrap_or_else(|| panic!("RFC {rfc}: {line}"));
            sections.last_mut().expect("a section first").rows.push(row);
        }
        Self { rfc, title: title.trim_end_matches('.').to_owned(), sections }
    }
}

impl Section {
    fn parse(head: &str) -> Option<Self> {
        let (head, key_words) = head.rsplit_once(": ")?;
        let (number, title) = head.split_once(' ')?;
        let is_number = number.split('.').all(|part| part.parse::<u8>().is_ok());
        let key_words = key_words.parse().ok()?;
        is_number.then(|| Self { number: number.into(), title: title.into(), key_words, rows: Vec::new() })
    }
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let columns: Vec<&str> = line.split(" | ").collect();
        let (level, what, answer) = match columns[..] {
            [level, what, left] => (level, what, Answer::parse_left(left)?),
            [level, what, places, tests] => (level, what, Answer::parse_kept(places, tests, None)?),
            [level, what, places, tests, remark] => {
                (level, what, Answer::parse_kept(places, tests, Some(remark.to_owned()))?)
            }
            _ => return None,
        };
        Some(Self { level: Level::parse(level)?, what: what.into(), answer })
    }
}

impl Level {
    fn parse(level: &str) -> Option<Self> {
        [Self::Must, Self::MustNot, Self::Should, Self::ShouldNot, Self::Own]
            .into_iter()
            .find(|known| known.name() == level)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::Own => "own",
        }
    }
}

impl Answer {
    fn parse_left(left: &str) -> Option<Self> {
        let (whose, why) = left.split_once(": ")?;
        let why = why.to_owned();
        Some(match whose {
            "application" => Self::Application(why),
            "TLS" => Self::Tls(why),
            "other" => Self::Other(why),
            "declined" => Self::Declined(why),
            _ => return None,
        })
    }

    fn parse_kept(places: &str, tests: &str, remark: Option<String>) -> Option<Self> {
        let function = |name: &str| {
            let (path, name) = name.split_once("::")?;
            Some((path.to_owned(), name.to_owned()))
        };
        let place = |name: &str| match function(name) {
            Some((path, name)) => Place::Function(path, name),
            None => Place::Rule(name.to_owned()),
        };
        let tests: Option<Vec<_>> = tests.split(", ").map(function).collect();
        Some(Self::Kept { places: places.split(", ").map(place).collect(), tests: tests?, remark })
    }
}
