use super::*;

fn read(text: &str) -> (Vec<u8>, Option<String>) {
    let mut octets = Vec::new();
    let error = HexText::new(text.as_bytes()).read_to_end(&mut octets).err();
    (octets, error.map(|error| error.to_string()))
}

/// The start of a connection, with a gap that a dump shortens.
fn start() -> Vec<u8> {
    let mut octets = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    octets.extend(b"\0\0\x02\0\x01\0\0\0\x01ab");
    octets
}

#[test]
fn white_space_and_comments_do_not_count() {
    assert_eq!(read("00 0a\n# 11\nF f#22\r\n\t0 1"), (vec![0, 0x0a, 0xff, 1], None));
}

#[test]
fn what_came_before_an_error_is_kept() {
    let (octets, error) = read("0102\n03 x4");
    assert_eq!(octets, [1, 2, 3]);
    assert_eq!(error.unwrap(), "line 2, column 4: 'x' is not a hexadecimal digit");
    let (octets, error) = read("0102 3\n # end");
    assert_eq!(octets, [1, 2]);
    assert_eq!(error.unwrap(), "line 1, column 6: the second hexadecimal digit of a byte is missing");
    let (octets, error) = read("0x01 0x012");
    assert_eq!(octets, [1, 1]);
    assert_eq!(error.unwrap(), "line 1, column 10: the second hexadecimal digit of a byte is missing");
}

#[test]
fn bytes_are_written_in_many_ways() {
    for text in [
        "00 01 ab 0c",
        "\u{feff}0001AB0c",
        "0x00, 0x01, 0xAB, 0x0c",
        "0x0 0x1 0xab 0xC",
        "0x0001ab0c",
        "\\x00\\x01\\xab\\x0c",
        "00:01:ab:0c",
        "00-01-ab-0c",
        "0001 // two\n ab0c # two",
        "\\x00\\x01 \\\n\\xab\\x0c",
        "[0x00, 0x01, 0xab, 0x0c]",
        "[00, 01, ab, 0c]",
        "[0, 1, 171, 12]",
        "let bytes: [u8; 4] = [0x00, 0x01_u8, 0xabu8, 0x0c];",
        "unsigned char x[4] = {\n  0x00, 0x01, /* a 0x55 */ 0xab,\n  0x0c // 0x77\n};\nunsigned int x_len = 4;",
        "[]byte{0x00, 0x1, 0xAB, 0xc}",
        "b\"\\x00\\x01\\xab\\x0c\"",
        "b'\\0\\001\\xab\\f'",
        "\"\\x00\\x01\" \\\n\"\\xab\\x0c\"",
        "hex!(\"00 01 ab 0c\")",
        "bytes.fromhex('0001ab0c')",
        "&[0, 1, 0xab, 0x0c]",
    ] {
        assert_eq!(read(text), (vec![0, 1, 0xab, 0x0c], None), "{text}");
    }
    assert_eq!(read(r##"b"PRI * \"#'\r\n""##), (b"PRI * \"#'\r\n".to_vec(), None));
    assert_eq!(read("\"\\u{e9}\\u00e9\""), ("éé".as_bytes().to_vec(), None));
}

const XXD: &str = "00000000: 5052 4920 2a20 4854 5450 2f32 2e30 0d0a  PRI * HTTP/2.0..
00000010: 0d0a 534d 0d0a 0d0a 0000 0004 0000 0000  ..SM............
00000020: 0000 0002 0001 0000 0001 6162            ..........ab
";
const HEXDUMP: &str = "00000000  50 52 49 20 2a 20 48 54  54 50 2f 32 2e 30 0d 0a  |PRI * HTTP/2.0..|
00000010  0d 0a 53 4d 0d 0a 0d 0a  00 00 00 04 00 00 00 00  |..SM............|
00000020  00 00 00 02 00 01 00 00  00 01 61 62              |..........ab|
0000002c
";
const OD: &str = "0000000 50 52 49 20 2a 20 48 54 54 50 2f 32 2e 30 0d 0a
0000020 0d 0a 53 4d 0d 0a 0d 0a 00 00 00 04 00 00 00 00
0000040 00 00 00 02 00 01 00 00 00 01 61 62
0000054
";
const WIRESHARK: &str = "0000   50 52 49 20 2a 20 48 54 54 50 2f 32 2e 30 0d 0a   PRI * HTTP/2.0..
0010   0d 0a 53 4d 0d 0a 0d 0a 00 00 00 04 00 00 00 00   ..SM............
0020   00 00 00 02 00 01 00 00 00 01 61 62               ..........ab
";

#[test]
fn dumps_are_recognised_by_themselves() {
    let one_octet = XXD.lines().map(|line| {
        let (offset, rest) = line.split_once(": ").unwrap();
        let (digits, text) = rest.split_at(40);
        let digits: Vec<char> = digits.chars().filter(|digit| *digit != ' ').collect();
        let digits: Vec<String> = digits.chunks(2).map(|digits| digits.iter().collect()).collect();
        format!("{offset}: {:<48} {text}\n", digits.join(" "))
    });
    let tcpdump = XXD.replace("00000", "\t0x0").replace(": ", ":  ");
    let cut = |text: &str, len: usize| {
        text.lines().map(|line| line[..len].trim_end()).collect::<Vec<_>>().join("\n")
    };
    let tcpdump_x = cut(&tcpdump, 49);
    let od_x = OD.replace("0000000", "000000").replace("0000020", "000010").replace("0000040", "000020");
    let od_d = OD.replace("0000020", "0000016").replace("0000040", "0000032").replace("0000054", "0000044");
    let offsets_alone = cut(WIRESHARK, 54);
    for text in [
        XXD,
        &XXD.to_uppercase().replace("AB\n", "ab\n"),
        &one_octet.collect::<String>(),
        HEXDUMP,
        OD,
        &od_x.replace("0000054", "00002c"),
        &od_d,
        WIRESHARK,
        &offsets_alone,
        &tcpdump,
        &tcpdump_x,
        &format!("# made by xxd\n\n{XXD}"),
        &HEXDUMP.replace('\n', "\r\n"),
    ] {
        assert_eq!(read(text), (start(), None), "{text}");
        assert!(is_hex_text(text.as_bytes()), "{text}");
    }
    assert_eq!(read("00000000  50 52 49  |PRI|\n00000003\n"), (b"PRI".to_vec(), None));
    assert_eq!(read("00000000: 5052 49  PRI\n"), (b"PRI".to_vec(), None));
    assert_eq!(read("0000   50 52 49   PRI"), (b"PRI".to_vec(), None));
}

/// Fields of a frame apart are not a dump.
#[test]
fn numbers_that_are_no_offsets_are_bytes() {
    assert_eq!(read("000000 04 00 00000000\n"), (vec![0, 0, 0, 4, 0, 0, 0, 0, 0], None));
    assert_eq!(read("000000 04 00\n00000000\n"), (vec![0, 0, 0, 4, 0, 0, 0, 0, 0], None));
    assert_eq!(read("0000 0004 0000 0000 00\n"), (vec![0, 0, 0, 4, 0, 0, 0, 0, 0], None));
}

#[test]
fn a_star_repeats_the_line_before_it() {
    let line = "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|";
    let (octets, error) = read(&format!("00000000  {line}\n*\n00000040  01  |.|\n00000041\n"));
    assert_eq!((octets.len(), octets.last(), error), (0x41, Some(&1), None));
    let (octets, error) = read(&format!("00000000  {line}\n*\nffffffff  01  |.|\n"));
    assert_eq!(octets.len(), 16);
    assert!(error.unwrap().starts_with("line 3: `*` stands for "));
}

#[test]
fn dumps_that_cannot_be_read_are_refused() {
    for (text, expected) in [
        ("0000000 5250 2049 202a 5448\n0000010 5054\n", "words"),
        ("0000000 5250 2049\n0000004\n", "words"),
        ("0000000 050120 020111 020052\n0000006\n", "words"),
        ("0000000 120 122 111\n0000003\n", "words"),
        ("0000000  80  82  73\n0000003\n", "words"),
        ("0000000   P   R   I      *\n0000005\n", "words"),
        ("\t0x0000:  4500 0028 0001 0000 4006\n", "tcpdump -w"),
        ("00000000: 20495250 5448202a  PRI * HT\n", "the text is not that of the bytes"),
        ("00000000: 01010000 01010010  PR\n", "the text is not that of the bytes"),
        ("12:00:00.000000 IP a.1 > b.2: Flags [P.]\n\t0x0000:  4500\n", "tcpdump -w"),
        ("00000000: 5052  PR\n00000010: 5052  PR\n", "line 2: offset 00000010 does not follow the 2 bytes"),
        ("0000   50 52   PR\n0002   50   P\n0000   50   P\n", "text2pcap"),
        ("00000000: 5052  PR\nhello\n", "line 2: no offset"),
        ("\u{feff}[\"abc]", "a string has no end"),
        ("[u8; 4]", "no bytes"),
        ("[0x100]", "\"0x100\" is not a byte"),
    ] {
        let (_, error) = read(text);
        assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{text}: {error:?}");
    }
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("0001".encode_utf16().flat_map(u16::to_le_bytes));
    let error = HexText::new(utf16.as_slice()).read_to_end(&mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("UTF-16"), "{error}");
}

/// What a dump lacks is not for the sender of its bytes to answer for.
#[test]
fn a_gap_is_seen_wherever_it_is() {
    let od_x = OD
        .replace("0000000", "000000")
        .replace("0000020", "000010")
        .replace("0000040", "000020")
        .replace("0000054", "00002c");
    let xxd_8 = "00000000: 5052 4920 2a20 4854  PRI * HT\n00000008: 5450 2f32 2e30 0d0a  TP/2.0..\n\
                 00000010: 0d0a 534d 0d0a 0d0a  ..SM....\n00000018: 0000 0004 0000 0000  ........\n";
    for dump in [XXD, HEXDUMP, OD, &od_x, WIRESHARK, xxd_8] {
        let lines: Vec<&str> = dump.lines().collect();
        let without = |missing: usize| {
            let left = lines.iter().enumerate().filter(|(number, _)| *number != missing);
            left.map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
        };
        for missing in 1..lines.len().min(3) {
            // The last line may be missing.
            let is_cut = missing == lines.len() - 1;
            let (_, error) = read(&without(missing));
            let says = error.as_ref().is_some_and(|error| error.contains("lines are missing"));
            assert!(says || is_cut, "{}: {error:?}", without(missing));
        }
        let text = without(0);
        let mut text = HexText::new(text.as_bytes());
        let (first, later) = text.start(9).unwrap();
        assert_ne!(first, &start()[..9]);
        assert_eq!(later, lines[1].split([' ', ':']).next(), "{dump}");
        // No byte is taken away.
        let mut octets = Vec::new();
        assert!(text.read_to_end(&mut octets).is_ok());
        assert!(start().ends_with(&octets) || dump == xxd_8, "{dump}");
        let mut text = HexText::new(dump.as_bytes());
        assert_eq!(text.start(9).unwrap(), (&start()[..9], None), "{dump}");
    }
    // Bytes in words are none.
    for text in [
        "000000 04 00 00 00 00 00\n00000c 04 00 00 00 00 00\n",
        "01020304 05 06 07 08 09 0a 0b 0c\n01020305 00\n",
    ] {
        assert_eq!(read(text).1, None, "{text}");
    }
}

#[test]
fn text_is_told_from_bytes() {
    for text in
        ["00 00 00 04 00 00 00 00 00", "# a frame\n000000040000000000\n", "[0, 0, 0, 4, 0, 0, 0, 0, 0]"]
    {
        assert!(is_hex_text(text.as_bytes()), "{text}");
    }
    for text in
        ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "00 00", "hello", "HTTP/1.1 200 OK\r\n", "\0\0\0\x04\0\0\0\0\0"]
    {
        assert!(!is_hex_text(text.as_bytes()), "{text}");
    }
}
