//! Completions and manual pages, read by the programs that they are for.
#![cfg(feature = "command")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{h2wire, skipped};

/// The help of a command, which has its options and subcommands.
fn help(path: &[&str]) -> String {
    let run = h2wire(&[path, &["--help"]].concat(), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

/// The long options in a help text.
fn options(help: &str) -> Vec<&str> {
    let lines = help.lines().filter(|line| line.trim_start().starts_with('-'));
    let words = lines.flat_map(|line| line.split_whitespace().take(2)).filter(|word| word.starts_with("--"));
    let end = |word: &str| word.find(['[', '=', ',']).unwrap_or(word.len());
    words.map(|word| &word[..end(word)]).collect()
}

/// Every command with a page.
const COMMANDS: [&[&str]; 9] = [
    &["decode"],
    &["encode"],
    &["explain"],
    &["probe"],
    &["hpack"],
    &["hpack", "decode"],
    &["hpack", "encode"],
    &["completions"],
    &["man"],
];

/// Runs a program of the system; `None` if it is not there, which is said.
fn run(program: &str, arguments: &[&str]) -> Option<(String, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = |octets| String::from_utf8_lossy(octets).into_owned();
            Some((text(&output.stdout), text(&output.stderr)))
        }
        Err(error) => {
            skipped(&format!("{program} cannot be run: {error}"));
            None
        }
    }
}

/// A file with the completions of a shell.
fn script(folder: &Path, shell: &str) -> String {
    let run = h2wire(&["completions", shell], b"");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let path = folder.join(shell);
    fs::write(&path, run.stdout).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Completes the last word as bash does when someone presses TAB.
#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_values() {
    const PRESS_TAB: &str = r#"
        source "$1" || exit 1
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _h2wire "$1" "${!#}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let folder = tempfile::tempdir().unwrap();
    let script = script(folder.path(), "bash");
    let complete = |words: &[&str]| {
        let arguments = [&["--norc", "-c", PRESS_TAB, "bash", &script, "h2wire"], words].concat();
        let (stdout, stderr) = run("bash", &arguments).expect("bash is there");
        assert_eq!(stderr, "");
        stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete(&["de"]), ["decode"]);
    assert_eq!(complete(&["decode", "--ann"]), ["--annotate"]);
    assert_eq!(complete(&["probe", "--prior"]), ["--prior-knowledge"]);
    assert_eq!(complete(&["hpack", "enc"]), ["encode"]);
    assert_eq!(complete(&["decode", "--role", "o"]), ["observer"]);
    assert_eq!(complete(&["hpack", "encode", "--huffman", ""]), ["auto", "always", "never"]);
    assert_eq!(complete(&["decode", "--type", "PING"]), ["PING"]);
    assert_eq!(complete(&["explain", "alpn_h"]), ["alpn_http1"]);
    for path in COMMANDS {
        for option in options(&help(path)) {
            let completed = complete(&[path, &[option]].concat());
            assert!(completed.iter().any(|word| word == option), "{path:?} {option}: {completed:?}");
        }
    }
}

#[test]
fn the_scripts_of_other_shells_have_every_option_and_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, check) in
        [("zsh", Some("-n")), ("fish", Some("--no-execute")), ("powershell", None), ("elvish", None)]
    {
        let path = script(folder.path(), shell);
        let text = fs::read_to_string(&path).unwrap();
        for command in COMMANDS {
            for option in options(&help(command)) {
                // fish writes `-l option`.
                let name = if shell == "fish" { format!("-l {}", &option[2..]) } else { option.to_owned() };
                assert!(text.contains(&name), "{shell}: {command:?} {option}");
            }
        }
        if let Some((stdout, stderr)) = check.and_then(|check| run(shell, &[check, &path])) {
            assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""), "{shell}");
        }
    }
    let run = h2wire(&["completions", "tcsh"], b"");
    assert_eq!(run.status, 2);
}

/// It has completions on a terminal only.
#[cfg(target_os = "linux")]
#[test]
fn elvish_completes_commands_and_options() {
    if run("elvish", &["-version"]).is_none() || run("script", &["--version"]).is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = script(folder.path(), "elvish");
    let (rc, out) = (folder.path().join("rc.elv"), folder.path().join("out"));
    let each = |words: &str| {
        format!(
            "each {{|x| echo $x[stem] }} [($edit:completion:arg-completer[h2wire] {words} '')] >> {}\n",
            out.display()
        )
    };
    let lines = format!("eval (slurp < {script})\n{}{}exit\n", each("h2wire"), each("h2wire decode"));
    fs::write(&rc, lines).unwrap();
    let line = format!("HOME={0} XDG_STATE_HOME={0} elvish -rc {1}", folder.path().display(), rc.display());
    let terminal =
        Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
    let text =
        fs::read_to_string(&out).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&terminal.stdout)));
    let words: Vec<&str> = text.lines().collect();
    for command in COMMANDS.iter().map(|path| path[0]) {
        assert!(words.contains(&command), "{command}: {text}");
    }
    for option in options(&help(&["decode"])) {
        assert!(words.contains(&option), "{option}: {text}");
    }
}

#[test]
fn every_command_has_a_page_that_groff_takes() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("share/man1");
    let run_man = h2wire(&["man", directory.to_str().unwrap()], b"");
    assert_eq!((run_man.status, run_man.stdout.as_str(), run_man.stderr.as_str()), (0, "", ""));
    for path in [&[&[][..]], COMMANDS.as_slice()].concat() {
        let name = [&["h2wire"], path].concat().join("-");
        let page = directory.join(format!("{name}.1"));
        let source = fs::read_to_string(&page).unwrap();
        assert!(source.contains(".SH SYNOPSIS"), "{source}");
        let Some((text, warnings)) =
            run("groff", &["-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=110n", page.to_str().unwrap()])
        else {
            continue;
        };
        assert_eq!(warnings, "", "{name}");
        for option in options(&help(path)) {
            assert!(text.contains(option), "{name}: {option}: {text}");
        }
    }
    let printed = h2wire(&["man"], b"");
    assert_eq!(printed.stdout, fs::read_to_string(directory.join("h2wire.1")).unwrap());
    assert!(printed.stdout.contains("h2wire\\-decode(1)"), "the pages of commands are named");
    // A directory that cannot be made.
    let below_a_file = directory.join("h2wire.1").join("pages");
    let run = h2wire(&["man", below_a_file.to_str().unwrap()], b"");
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains(below_a_file.to_str().unwrap()), "{}", run.stderr);
}
