//! What is taken out of a module, and what is left as it is.

#[path = "../examples/pack/trim.rs"]
mod trim;

use trim::trimmed;

/// Bytes with their number before them.
fn sized(octets: &[u8]) -> Vec<u8> {
    let len = u8::try_from(octets.len()).unwrap();
    assert!(len < 128, "one byte of length");
    [&[len], octets].concat()
}

fn section(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind], &sized(content)[..]].concat()
}

fn custom(name: &str, content: &[u8]) -> Vec<u8> {
    section(0, &[&sized(name.as_bytes())[..], content].concat())
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const TYPES: [u8; 6] = [1, 4, 1, 0x60, 0, 0];

/// Three functions with these names, each of them does nothing in its own way.
fn module(names: [&str; 3]) -> Vec<u8> {
    let table =
        names.iter().zip(0_u8..).flat_map(|(name, index)| [&[index], &sized(name.as_bytes())[..]].concat());
    let table: Vec<u8> = [3].into_iter().chain(table).collect();
    let bodies = [sized(&[0, 0x0b]), sized(&[0, 0x01, 0x0b]), sized(&[0, 0x01, 0x01, 0x0b])].concat();
    [
        HEADER.to_vec(),
        TYPES.to_vec(),
        section(3, &[3, 0, 0, 0]),
        section(10, &[&[3], &bodies[..]].concat()),
        custom("producers", b"somebody"),
        // The name of the module, and those of the functions.
        custom("name", &[section(0, &sized(b"m")), section(1, &table)].concat()),
    ]
    .concat()
}

fn code(module: &[u8]) -> Vec<u8> {
    let start = [HEADER, &TYPES, &section(3, &[3, 0, 0, 0])].concat();
    module.strip_prefix(start.as_slice()).expect("what comes before the code").to_vec()
}

#[test]
fn functions_of_panics_stop_and_names_are_gone() {
    let names = [
        "_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt",
        "_ZN4core6option13unwrap_failed17h0123456789abcdefE",
        "page_read",
    ];
    let (module, stopped) = trimmed(&module(names)).unwrap();
    assert_eq!(stopped, 2);
    let stops = sized(&[0, 0x00, 0x0b]);
    let bodies = [stops.clone(), stops, sized(&[0, 0x01, 0x01, 0x0b])].concat();
    assert_eq!(code(&module), section(10, &[&[3], &bodies[..]].concat()));
}

/// A method of a type of such a module may be another function with the same code, which a compiler has made one of.
#[test]
fn methods_and_others_stay() {
    let names = [
        "_RNvXNtCs1_4core9panickingNtB2_10AssertKind",
        "_RNvMNtCs1_4core5sliceSh11starts_with",
        "_RNvNtCs1_4core5slice5index",
    ];
    let before = module(names);
    let (after, stopped) = trimmed(&before).unwrap();
    assert_eq!(stopped, 0);
    assert!(before.starts_with(&after) && after.len() < before.len());
}

#[test]
fn what_is_no_such_module_is_refused() {
    let module = module(["a", "b", "c"]);
    // Without names there is nothing to go by; what is cut off inside a section is no module.
    let whole: Vec<usize> = (0..module.len()).filter(|len| trimmed(&module[..*len]).is_some()).collect();
    assert_eq!(whole, [8, 14, 20, 35, 55]);
    let imports = [HEADER, &section(2, &[0])].concat();
    assert_eq!(trimmed(&imports), None);
}
