//! The vectors of RFC 8448 §3, and the pseudo-random function of TLS 1.2.

use super::*;

fn octets(hex_text: &str) -> Vec<u8> {
    hex::decode(hex_text.replace(char::is_whitespace, "")).unwrap()
}

fn opener(secret: &str) -> Opener {
    Opener::tls13(Suite::from_number(0x1301).unwrap(), Secret::new(&octets(secret)).unwrap()).unwrap()
}

/// What is in a record.
fn open(opener: &mut Opener, record: &str) -> Option<(ContentType, Vec<u8>)> {
    let mut record = octets(record);
    let len = record.len();
    let (header, body) = record.split_at_mut(5);
    let header = RecordHeader::parse(header.try_into().unwrap()).unwrap();
    assert_eq!(header.record_len(), len);
    let (content_type, range) = opener.open(header, body)?;
    Some((content_type, body[range].to_vec()))
}

#[test]
fn static_parts_of_nonces_are_those_of_rfc_8448() {
    for (secret, iv) in [
        // Client and server during the handshake, then after it.
        ("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "5bd3c71b836e0b76bb73265f"),
        ("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "5d313eb2671276ee13000b30"),
        ("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", "5b78923dee08579033e523d9"),
        ("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", "cf782b88dd83549aadf1e984"),
    ] {
        assert_eq!(hex::encode(opener(secret).iv), iv);
    }
}

#[test]
fn the_records_of_rfc_8448_open() {
    let expected: Vec<u8> = (0..50).collect();
    let mut client = opener("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
    let record = "17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f 2b 98 19 a8
        a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4";
    assert_eq!(open(&mut client, record), Some((ContentType::APPLICATION_DATA, expected.clone())));
    assert_eq!(open(&mut client, record), None, "the next record has another sequence number");
    // The server sent a ticket first.
    let mut server = opener("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
    let record = "17 03 03 00 43 2e 93 7e 11 ef 4a c7 40 e5 38 ad 36 00 5f c4 a4 69 32 fc 32 25 d0 5f 82 aa 1b 36 e3 0e fa f9
        7d 90 e6 df fc 60 2d cb 50 1a 59 a8 fc c4 9c 4b f2 e5 f0 a2 1c 00 47 c2 ab f3 32 54 0d d0 32 e1 67 c2 95 5d";
    assert_eq!(open(&mut server, record), None);
    server.sequence_number += 1;
    assert_eq!(open(&mut server, record), Some((ContentType::APPLICATION_DATA, expected)));
}

#[test]
fn the_function_of_tls_12() {
    // The vector of the IETF's TLS working group for P_SHA256.
    let secret = octets("9bbe436ba940f017b17652849a71db35");
    let seed = octets("a0ba9f936cda311827a6f796ffd5198c");
    let mut out = [0; 100];
    Suite::from_number(0xc02f).unwrap().prf(&secret, b"test label", &seed, &mut out);
    let expected = "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7
        077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66";
    assert_eq!(out.to_vec(), octets(expected));
}

#[test]
fn suites_that_cannot_be_decrypted_are_none() {
    // CBC with SHA-1, CCM, RC4, and no cipher at all.
    for number in [0xc013, 0x002f, 0x1304, 0xc0ac, 0x0005, 0x0000, 0x1300] {
        assert!(Suite::from_number(number).is_none(), "{number:#06x}");
    }
    let suite = Suite::from_number(0x1302).unwrap();
    assert!(Opener::tls13(suite, Secret::new(&[1; 32]).unwrap()).is_none(), "not as long as SHA-384");
}
