//! Names and values: the first three of each pool, six of the names, are the usual ones.

pub(super) const METHODS: &[&[u8]] = &[
    b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"M-SEARCH", b"get", b"CONNECT", b"", b"G T",
    b"GET\xe9", b"GET\n",
];
pub(super) const AUTHORITIES: &[&[u8]] = &[
    b"a.test", b"a.test:443", b"A.test:80", b"[::1]:443", b"[::1]", b"127.0.0.1:8080", b"a.test:",
    b"a.test.", b"a%2ftest", b"", b":80", b"u@a.test", b"u:p@a.test:443", b"@", b"a:b:c", b"a.test/b",
    b"a.test?b", b"a.test#b", b"a.test\\b", b"a b", b"[::1", b"[1]", b"[v1.a]", b"[fe80::1%25eth0]",
    b"a%zz", b"<a>", b"\xc3\xa9", b"a.test:65536", b"a.test:0", b"a.test:080", b"a.test:x",
    b"/run/a.sock", b"a,b;c=d", b"a|b", b"a.test\0", b"b.test", b"a.test:8443",
];
pub(super) const PATHS: &[&[u8]] = &[
    b"/", b"/a?b=c", b"/%2f//", b"*", b"", b"a", b"/a#b", b"/a b", b"/\xc3\xa9", b"?a", b"//b.test/",
    b"https://a.test/", b"*a", b"/{}|\\^\"<>", b"#", b"a#b", b"/\x01", b"/\x7f", b"/\t",
];
pub(super) const STATUSES: &[&[u8]] = &[
    b"200", b"204", b"404", b"304", b"100", b"103", b"199", b"101", b"999", b"099", b"000", b"20",
    b"2000", b"2xx", b"", b"+20", b" 20", b"2 0", b"-20",
];
pub(super) const LENGTHS: &[&[u8]] = &[
    b"0", b"5", b"007", b"00", b"18446744073709551615", b"18446744073709551616", b"9223372036854775807",
    b"9223372036854775808", b"", b"5, 5", b"-1", b"+1", b"0x5", b"5 5", b"1e1",
    b"99999999999999999999999",
];
pub(super) const NAMES: &[&[u8]] = &[
    b"host", b"content-length", b"te", b"cookie", b"accept", b"x-a", b"priority", b"trailer", b"date",
    b"expect", b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade",
    b"http2-settings", b"", b":", b":x", b":protocol", b":status", b":authority", b":path", b":scheme",
    b":method", b":Path", b"a:b", b"a b", b"A", b"!#$%&'*+-.^_`|~9", b"a\xe9", b"a(", b"Host", b"Te",
    b"hos", b"hostt", b"content-lengt", b"connections",
];
pub(super) const VALUES: &[&[u8]] = &[
    b"a", b"a=1; b=2", b"u=3, i", b"", b"a\tb", b"\xff", b"\x01", b"\x7f", b"a\0b", b"a\rb", b"a\nb",
    b" a", b"a\t", b" ",
];
pub(super) const SPACES: [&[u8]; 4] = [
    b" ", b"\t", b"\r\n", b"\x0c",
];
pub(super) const SCHEMES: &[&[u8]] = &[
    b"https", b"http", b"HTTPS", b"coap", b"coap+tcp", b"", b"1http", b"ht_tp", b"http:", b"ws", b"h\xe9",
];
pub(super) const PROTOCOLS: &[&[u8]] = &[
    b"websocket", b"connect-udp", b"a!~", b"", b"a b", b"a/1", b"a,b", b"\x01", b"\xe9",
];
pub(super) const TE: &[&[u8]] = &[
    b"trailers", b"Trailers", b"TRAILERS", b"gzip", b"trailers, gzip", b"", b"trailers;q=1", b"trailer",
];
