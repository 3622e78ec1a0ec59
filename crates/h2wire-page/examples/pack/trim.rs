//! A module without what it does not need: names, and what writes a message when it panics. Nobody can read that message: a module
//! that panics stops in any case, and the page says so.

/// Parts of names, as compilers mangle them, of functions that are called when there is a panic. None of them returns: a compiler that
/// makes one function of two with the same code makes no other function stop.
const OF_PANICS: [&str; 9] = [
    "4core9panicking",
    "4core6option13unwrap_failed",
    "4core6option13expect_failed",
    "4core6result13unwrap_failed",
    "4core5slice5index16slice_index_fail",
    "4core3str16slice_error_fail",
    "5alloc5alloc18handle_alloc_error",
    "3std9panicking20rust_panic_with_hook",
    "3std9panicking13panic_handler",
];

/// How the names of functions start that belong to no type.
const FREE: [&str; 3] = ["_RNvNt", "_RINvNt", "_ZN"];

/// A body that stops: no locals, `unreachable`, `end`.
const STOPS: [u8; 3] = [0, 0x00, 0x0b];

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
const FUNCTION_NAMES: u8 = 1;

/// The same module, smaller; and how many functions only stop now. `None` if it is not read.
pub(crate) fn trimmed(module: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (header, mut rest) = module.split_at_checked(8)?;
    let mut sections = Vec::new();
    while let Some((kind, after)) = rest.split_first() {
        let (content, after) = sized(after)?;
        sections.push((*kind, content));
        rest = after;
    }
    // Imported functions would be counted before these.
    if sections.iter().any(|(kind, _)| *kind == IMPORT) {
        return None;
    }
    let named = sections.iter().find_map(|(kind, content)| {
        let (name, content) = sized(content).filter(|_| *kind == CUSTOM)?;
        (name == b"name").then_some(content)
    });
    let of_panics = named.map_or(Some(Vec::new()), of_panics)?;
    let mut trimmed = header.to_vec();
    for (kind, content) in sections {
        match kind {
            CUSTOM => {}
            CODE => add(&mut trimmed, kind, &code(content, &of_panics)?),
            _ => add(&mut trimmed, kind, content),
        }
    }
    Some((trimmed, of_panics.len()))
}

fn add(module: &mut Vec<u8>, kind: u8, content: &[u8]) {
    module.push(kind);
    put(module, content.len());
    module.extend(content);
}

/// The numbers of the functions that have such names.
fn of_panics(mut names: &[u8]) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    while let Some((kind, after)) = names.split_first() {
        let (content, after) = sized(after)?;
        names = after;
        if *kind != FUNCTION_NAMES {
            continue;
        }
        let (count, mut rest) = number(content)?;
        for _ in 0..count {
            let (index, after) = number(rest)?;
            let (name, after) = sized(after)?;
            let name = str::from_utf8(name).ok()?;
            if FREE.iter().any(|start| name.starts_with(start))
                && OF_PANICS.iter().any(|part| name.contains(part))
            {
                found.push(index);
            }
            rest = after;
        }
    }
    Some(found)
}

/// The bodies of functions, those of panics replaced.
fn code(content: &[u8], of_panics: &[usize]) -> Option<Vec<u8>> {
    let (count, mut rest) = number(content)?;
    let mut code = Vec::new();
    put(&mut code, count);
    for index in 0..count {
        let (body, after) = sized(rest)?;
        let body = if of_panics.contains(&index) { &STOPS } else { body };
        put(&mut code, body.len());
        code.extend(body);
        rest = after;
    }
    Some(code)
}

/// A number of bytes, and as many bytes; and what follows.
fn sized(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = number(octets)?;
    rest.split_at_checked(len)
}

/// A number in LEB128, and what follows.
fn number(octets: &[u8]) -> Option<(usize, &[u8])> {
    let end = octets.iter().take(5).position(|octet| octet & 0x80 == 0)?;
    let (coded, rest) = octets.split_at_checked(end + 1)?;
    Some((coded.iter().rev().fold(0, |value, octet| value << 7 | usize::from(octet & 0x7f)), rest))
}

fn put(module: &mut Vec<u8>, mut value: usize) {
    loop {
        let octet = u8::try_from(value & 0x7f).expect("seven bits");
        value >>= 7;
        if value == 0 {
            return module.push(octet);
        }
        module.push(octet | 0x80);
    }
}
