//! A module that stops is reported, and the next input is read: each has an instance of its own.

use crate::{InUse, built, document, tab};

/// What `build.sh` builds, but for what it does: `page_input` gives 1024, `page_output` gives 0, and `page_read` stops if the first byte
/// is `!`, and gives no output if not.
fn module() -> Vec<u8> {
    let section =
        |number: u8, content: &[u8]| [&[number, u8::try_from(content.len()).unwrap()], content].concat();
    let export = |name: &str, kind: u8, index: u8| {
        [&[u8::try_from(name.len()).unwrap()], name.as_bytes(), &[kind, index]].concat()
    };
    let exports = [
        vec![4],
        export("memory", 2, 0),
        export("page_input", 0, 0),
        export("page_read", 0, 1),
        export("page_output", 0, 2),
    ];
    let codes: [&[u8]; 4] = [
        &[3],
        // i32.const 1024
        &[5, 0, 0x41, 0x80, 0x08, 0x0b],
        // The byte at 1024; if it is 33: unreachable. Then 0.
        &[16, 0, 0x41, 0x80, 0x08, 0x2d, 0, 0, 0x41, 0x21, 0x46, 0x04, 0x40, 0x00, 0x0b, 0x41, 0x00],
        &[0x0b, 4, 0, 0x41, 0x00, 0x0b],
    ];
    let mut code = codes.concat();
    // The second body has 17 bytes with its end.
    code[7] = 17;
    [
        b"\0asm\x01\0\0\0".to_vec(),
        // Two types: i32 to i32, and none to i32.
        section(1, &[2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7f]),
        section(3, &[3, 0, 0, 1]),
        section(5, &[1, 0, 1]),
        section(7, &exports.concat()),
        section(10, &code),
    ]
    .concat()
}

#[test]
fn a_module_that_stops_is_reported_and_the_next_input_is_read() {
    if built().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    std::fs::write(&page, document::document(&document::packed(&module()).unwrap())).unwrap();
    let mut tab = tab();
    tab.visit(&format!("file://{}", page.display()));
    for _ in 0..2 {
        tab.paste("! stops");
        assert!(tab.text("trouble").contains("The reader stopped (unreachable)"), "{}", tab.text("trouble"));
        tab.paste("does not");
        assert_eq!(tab.text("trouble"), "");
    }
    tab.was_quiet();
}
