//! COMPLIANCE.md.

use std::fmt::Write as _;

use super::table::{Answer, Level, Place, Row, Table};

const HEAD: &str = "\
# Compliance

What the RFCs demand: each MUST, MUST NOT, SHOULD and SHOULD NOT in a row of its own, in our words. Where it is kept is the name of a rule
(`h2wire explain RULE` says more of those of the codec), a function, or both; the tests show it. What is left to others says why. Rows
without a key word are rules that the RFC states in other words, or that are ours.

This page is made of `testdata/compliance`: change the tables there, then write it with
`COMPLIANCE=write cargo test -p h2wire-connection --test compliance`. The same test fails if a rule stands in no row, or a rule, function or
test that is named does not exist. The sections of RFC 9218 about HTTP/3 are left out, and of RFC 7838 all but the one about the frame.

| | statements | kept | left to the application | of TLS | for others | not followed |
|---|---|---|---|---|---|---|
";

/// How many statements have which answer.
#[derive(Default)]
struct Counts {
    kept: usize,
    application: usize,
    tls: usize,
    other: usize,
    declined: usize,
}

impl Counts {
    fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Self {
        let mut counts = Self::default();
        for row in rows.filter(|row| row.level != Level::Own) {
            *match row.answer {
                Answer::Kept { .. } => &mut counts.kept,
                Answer::Application(_) => &mut counts.application,
                Answer::Tls(_) => &mut counts.tls,
                Answer::Other(_) => &mut counts.other,
                Answer::Declined(_) => &mut counts.declined,
            } += 1;
        }
        counts
    }

    const fn all(&self) -> usize {
        self.kept + self.application + self.tls + self.other + self.declined
    }

    fn columns(&self) -> String {
        let Self { kept, application, tls, other, declined } = self;
        format!("{} | {kept} | {application} | {tls} | {other} | {declined} |", self.all())
    }
}

/// The whole page.
pub(super) fn page(tables: &[Table]) -> String {
    let mut page = HEAD.to_owned();
    for table in tables {
        let counts = Counts::of(table.sections.iter().flat_map(|section| &section.rows));
        // Some RFCs only have rules of ours.
        if counts.all() > 0 {
            let _ = writeln!(page, "| RFC {} | {}", table.rfc, counts.columns());
        }
    }
    let all = Counts::of(super::rows(tables));
    let _ = writeln!(page, "| all | {}", all.columns());
    for Table { rfc, title, sections } in tables {
        let _ = write!(
            page,
            "\n## RFC {rfc}: {title}\n\n| § | key word | what | where | shown by, or why not |\n|---|---|---|---|---|\n"
        );
        for section in sections {
            for (index, row) in section.rows.iter().enumerate() {
                let place =
                    if index == 0 { format!("{} {}", section.number, section.title) } else { String::new() };
                let _ = writeln!(page, "| {place} | {} |", columns(row));
            }
        }
    }
    page
}

fn columns(row: &Row) -> String {
    let level = if row.level == Level::Own { "" } else { row.level.name() };
    let (places, shown) = match &row.answer {
        Answer::Kept { places, tests, remark } => {
            let tests = join(tests.iter().map(|(path, name)| function(path, name)));
            let remark = remark.as_ref().map(|remark| format!("; {remark}")).unwrap_or_default();
            (join(places.iter().map(place)), tests + &remark)
        }
        Answer::Application(why) => ("the application".to_owned(), why.clone()),
        Answer::Tls(why) => ("TLS".to_owned(), why.clone()),
        Answer::Other(why) => ("others".to_owned(), why.clone()),
        Answer::Declined(why) => ("not followed".to_owned(), why.clone()),
    };
    format!("{level} | {} | {places} | {shown}", row.what)
}

fn place(place: &Place) -> String {
    match place {
        Place::Rule(name) => format!("`{name}`"),
        Place::Function(path, name) => function(path, name),
    }
}

/// A link to the file, named as the function and the module that it is in.
fn function(path: &str, name: &str) -> String {
    let mut parts = path.rsplit('/').map(|part| part.trim_end_matches(".rs"));
    let module = parts.find(|part| !matches!(*part, "mod" | "main")).unwrap_or(path);
    format!("[`{module}::{name}`](crates/{path})")
}

fn join(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
