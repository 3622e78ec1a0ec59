//! What the `decode` command says of any file is the same in each form of its output: totals, lines of JSON, text, and
//! every octet with its field, one line for each request, a page of HTML.
//!
//! Input: an octet of options, an octet of limits, the file: raw octets, hexadecimal text or a capture.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Cursor, Write};
use std::rc::Rc;

use h2wire_cli::Decode;
use serde_json::Value;

use crate::input::Input;

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let (options, limits) = (options(input.octet()), input.octet());
    let narrow = ["--max-header-list-size=60", "--max-header-fields=2", "--max-continuations=1"];
    let options: Vec<&str> =
        options.into_iter().chain(narrow.into_iter().filter(|_| limits & 1 == 1)).collect();
    let file = input.0;

    let totals = decode(&options, "--stats", file);
    let json = decode(&options, "--json", file);
    assert_eq!(json.status, totals.status, "{options:?}");
    let lines: Vec<Value> =
        json.text.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
    check_totals(&lines, &totals);
    check_offsets(&lines);
    // What reads frames alone makes no exchanges.
    let summary = if options.contains(&"--stateless") { "" } else { "--summary" };
    for form in ["", "--annotate", "--errors", summary] {
        assert_eq!(decode(&options, form, file).status, json.status, "{form} {options:?}");
    }
    let page = decode(&options, "--html", file);
    assert_eq!(page.status, json.status, "{options:?}");
    check_page(&page.text);
}

fn options(bits: u8) -> Vec<&'static str> {
    let role = ["", "--role=server", "--role=client", "--role=observer"][usize::from(bits & 3)];
    let hex = if bits & 4 == 0 { "" } else { "--hex" };
    let stateless = if bits & 8 == 0 { "" } else { "--stateless" };
    let frame_size = if bits & 16 == 0 { "" } else { "--max-frame-size=16777215" };
    let table_size = ["", "--header-table-size=0", "--header-table-size=100", "--header-table-size=65536"]
        [usize::from(bits >> 5 & 3)];
    [role, hex, stateless, frame_size, table_size].into_iter().filter(|option| !option.is_empty()).collect()
}

/// What the command printed.
pub(crate) struct Told {
    /// The exit status; `None` for input that cannot be read.
    pub(crate) status: Option<u8>,
    pub(crate) text: String,
}

thread_local! {
    /// Command lines are read once: that takes longer than most files.
    static COMMANDS: RefCell<HashMap<String, Decode>> = RefCell::default();
}

/// Runs the command over a file.
pub(crate) fn decode(options: &[&str], form: &str, file: &[u8]) -> Told {
    let options: Vec<&str> =
        options.iter().copied().chain(Some(form).filter(|form| !form.is_empty())).collect();
    let out = Shared::default();
    let status = COMMANDS.with_borrow_mut(|commands| {
        let command = commands
            .entry(options.join(" "))
            .or_insert_with(|| Decode::new(&options).expect("options of decode"));
        command.run(Cursor::new(file.to_vec()), out.clone()).ok()
    });
    let text = String::from_utf8(out.0.take()).expect("all that is printed is text");
    Told { status, text }
}

/// Frames, sections and errors are as many as the totals say.
fn check_totals(lines: &[Value], totals: &Told) {
    let total = |name: &str| -> usize {
        let rests = totals.text.lines().filter_map(|line| line.strip_prefix(name));
        rests.filter_map(|rest| rest.split_whitespace().next()?.parse::<usize>().ok()).sum()
    };
    let count = |key: &str| lines.iter().filter(|line| line.get(key).is_some()).count();
    assert_eq!(count("type"), total("all "), "frames");
    assert_eq!(count("preface"), total("prefaces "), "prefaces");
    assert_eq!(count("field_section"), total("field sections "), "field sections");
    assert_eq!(count("error"), total("errors "), "errors");
    assert_eq!(count("incomplete"), total("incomplete frames "), "incomplete frames");
}

/// Data of a page is lines of JSON, in which nothing is markup.
fn check_page(page: &str) {
    let (_, after) = page.split_once("id=\"data\">\n").expect("the data");
    let (data, _) = after.split_once("</script>").expect("its end");
    for line in data.lines() {
        assert!(!line.contains(['<', '>', '&', '\u{2028}', '\u{202e}']), "{line}");
        serde_json::from_str::<Value>(line).expect("a line is an object");
    }
}

/// Of each direction of each connection, what is printed later does not lie before.
fn check_offsets(lines: &[Value]) {
    let mut ends: HashMap<String, u64> = HashMap::new();
    for line in lines {
        let Some(offset) = line["offset"].as_u64() else { continue };
        let direction = format!("{} {}", line["connection"], line["from"]);
        let end = ends.entry(direction).or_default();
        let is_frame = line.get("type").is_some();
        assert!(!is_frame || offset >= *end, "{line}");
        if is_frame {
            *end = offset + 9 + line["length"].as_u64().expect("frames have one");
        }
    }
}

/// Output that is looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
