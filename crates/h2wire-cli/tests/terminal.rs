//! Colours and width: on a terminal, elsewhere, and as options ask for them.
#![cfg(feature = "command")]

mod support;

use std::path::PathBuf;
use std::process::Command;

use anstream::adapter::strip_str;
use support::h2wire;
use textwrap::core::display_width;

fn capture(name: &str) -> String {
    h2wire_testdata::folder().join("captures").join(name).to_str().unwrap().to_owned()
}

/// Runs the command with its output on a pipe and these variables. Returns what it printed.
fn with(variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("h2wire"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR").args(arguments);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn colours_are_where_they_are_wanted() {
    let file = capture("python-python.pcap");
    let decode = ["decode", file.as_str()];
    let always = ["--color", "always"];
    let has = |text: &str| text.contains('\x1b');
    let plain = with(&[], &decode);
    assert!(!has(&plain), "a pipe is no terminal");
    for (variables, options, expected) in [
        (&[][..], &always[..], true),
        (&[("CLICOLOR_FORCE", "1")], &[], true),
        (&[("CLICOLOR_FORCE", "yes")], &[], true),
        (&[("CLICOLOR_FORCE", "0")], &[], false),
        (&[("CLICOLOR_FORCE", "")], &[], false),
        (&[("CLICOLOR_FORCE", "0")], &["--color=auto"], false),
        (&[("CLICOLOR_FORCE", "0")], &always, true),
        (&[("NO_COLOR", "1")], &[], false),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], &[], false),
        // What the command line says counts most.
        (&[("NO_COLOR", "1")], &always, true),
        (&[("CLICOLOR_FORCE", "1")], &["--color=never"], false),
        (&[("CLICOLOR_FORCE", "1")], &["--color=auto"], true),
    ] {
        let text = with(variables, &[&decode, options].concat());
        assert_eq!(has(&text), expected, "{variables:?} {options:?}");
        assert_eq!(strip_str(&text).to_string(), plain, "the text is the same");
    }
    // Help is printed before there are options.
    let has_help = |force| has(&with(&[("CLICOLOR_FORCE", force)], &["--help"]));
    assert_eq!((has_help("1"), has_help("0")), (true, false));
    // Every command has the option, before its name too.
    for command in [
        ["decode", "--summary", file.as_str()].as_slice(),
        &["decode", "--annotate", &file],
        &["decode", "--stats", &file],
        &["decode", "--follow=1", &file],
        &["explain", "PING"],
        &["probe", "http://localhost:1/"],
    ] {
        let coloured = with(&[], &[&always, command].concat());
        assert!(has(&coloured), "{command:?}");
        assert_eq!(strip_str(&coloured).to_string(), with(&[], command), "{command:?}");
    }
}

#[test]
fn json_and_files_have_no_colours() {
    let file = capture("python-python.pcap");
    let force = [("CLICOLOR_FORCE", "1")];
    for command in [
        ["decode", "--json", file.as_str()].as_slice(),
        &["decode", "--json", "--summary", &file],
        &["decode", "--json", "--follow=1", &file],
        &["probe", "--json", "http://localhost:1/"],
    ] {
        let text = with(&force, &[command, &["--color=always", "--width=40"]].concat());
        assert!(!text.contains('\x1b') && !text.is_empty(), "{command:?}");
        assert_eq!(text, with(&[], command), "{command:?}");
    }
    let blocks = h2wire(&["hpack", "decode", "--color=always"], b"82\n");
    assert!(!blocks.stdout.contains('\x1b'));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    for command in [["decode"].as_slice(), &["decode", "--summary"], &["decode", "--stats"]] {
        let output = ["-o", path.to_str().unwrap(), &file, "--color=always", "--width=40"];
        assert_eq!(with(&force, &[command, &output].concat()), "");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, with(&[], &[command, &[&file]].concat()), "a file has no width either");
    }
}

/// The command lines whose text keeps to a width, with an input each.
fn lines_with_width() -> Vec<Vec<String>> {
    let line = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut lines = vec![line(&["explain", "alpn_http1"]), line(&["explain", "FRAME_SIZE_ERROR"])];
    for path in h2wire_testdata::captures() {
        let path = path.to_str().unwrap();
        for options in [&[][..], &["--annotate"], &["--summary"], &["--stats"]] {
            lines.push(line(&[&["decode"], options, &[path]].concat()));
        }
    }
    for fixture in h2wire_testdata::invalid() {
        let path: PathBuf = h2wire_testdata::folder().join(format!("frames/invalid/{}.hex", fixture.name));
        assert!(path.exists(), "{}", path.display());
        lines.push(line(&["decode", "--hex", path.to_str().unwrap()]));
    }
    lines
}

#[test]
fn text_keeps_to_its_width_and_nothing_is_lost() {
    let without_spaces = |text: &str| text.split_whitespace().collect::<String>();
    for arguments in lines_with_width() {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let whole = h2wire(&arguments, b"");
        for columns in [60, 80, 160] {
            let width = format!("--width={columns}");
            let run = h2wire(&[&arguments[..], &[&width]].concat(), b"");
            assert_eq!(run.status, whole.status);
            for line in run.stdout.lines() {
                assert!(display_width(line) <= columns, "{arguments:?} at {columns}: {line}");
            }
            // Bytes are in lines of other lengths, and a summary is cut.
            let has_bytes = whole.stdout.contains("            bytes     ");
            if !has_bytes
                && !arguments.iter().any(|option| ["--annotate", "--summary", "--hex"].contains(option))
            {
                let (text, all) = (without_spaces(&run.stdout), without_spaces(&whole.stdout));
                assert_eq!(text, all, "{arguments:?} at {columns}");
            }
        }
        assert_eq!(h2wire(&[&arguments[..], &["--width=0"]].concat(), b"").stdout, whole.stdout);
    }
}

#[test]
fn a_target_that_is_cut_says_so() {
    let file = capture("curl-nginx.pcap");
    let summary = |options: &[&str]| h2wire(&[&["decode", "--summary", &file], options].concat(), b"").stdout;
    let narrow = summary(&["--width=72"]);
    assert!(narrow.contains("GET …/style.css"), "the path is kept: {narrow}");
    assert!(!summary(&[]).contains('…') && !summary(&["--width=300"]).contains('…'));
    let (first, wide) = (narrow.lines().next().unwrap().to_owned(), summary(&[]));
    let tight = summary(&["--width=60"]);
    assert!(tight.contains("GET …/style.css") && !tight.contains("time"), "{tight}");
    assert!(!first.contains("first ms") && wide.lines().next().unwrap().contains("first ms"));
}

/// On a real terminal, which `script` makes.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_recognised() {
    let file = capture("python-python.pcap");
    let program = assert_cmd::cargo::cargo_bin("h2wire");
    let on_terminal = |columns: u16, line: &str| {
        let line = format!("stty cols {columns} rows 40; '{}' {line}", program.display());
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR");
        match command.output() {
            Ok(output) => Some(String::from_utf8(output.stdout).unwrap().replace('\r', "")),
            Err(error) => {
                support::skipped(&format!("script cannot be run: {error}"));
                None
            }
        }
    };
    for columns in [80, 160] {
        let Some(text) = on_terminal(columns, &format!("decode {file}")) else { return };
        assert!(text.contains("\x1b["), "{text}");
        let shown = strip_str(&text).to_string();
        let expected = h2wire(&["decode", &file, &format!("--width={columns}")], b"").stdout;
        assert_eq!(shown, expected, "{columns}");
    }
    let text = on_terminal(80, &format!("--color never decode {file}")).unwrap();
    assert!(!text.contains('\x1b') && text.lines().all(|line| display_width(line) <= 80));
    // No force is no ban.
    assert!(
        on_terminal(80, &format!("decode {file}; CLICOLOR_FORCE=0 '{}' explain PING", program.display()))
            .unwrap()
            .contains("\x1b[1m\x1b[36mPING")
    );
    let text = on_terminal(80, &format!("decode --json {file}")).unwrap();
    assert_eq!(text, h2wire(&["decode", "--json", &file], b"").stdout);
}
