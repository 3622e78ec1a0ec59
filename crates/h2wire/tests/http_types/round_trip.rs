//! There and back.

use h2wire::frame::{SettingList, Settings, StreamId};
use h2wire::http_types::{
    NeverIndexed, Protocol, TargetScheme, request, request_fields, response, response_fields, trailer_fields,
    trailers,
};
use h2wire::{
    Event, FieldLine, FieldList, FieldStep, Limits, Progress, Reader, Role, SectionEnd, SectionHead,
    SectionKind, Writer,
};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use proptest::prelude::*;

/// Each line with whether it is sensitive, sorted by name: the order of names is the map's affair.
fn lines(headers: &HeaderMap) -> Vec<(&str, &[u8], bool)> {
    let line = |(name, value): (_, _)| -> (&str, &[u8], bool) {
        let (name, value): (&HeaderName, &HeaderValue) = (name, value);
        (name.as_str(), value.as_bytes(), value.is_sensitive())
    };
    let mut lines: Vec<_> = headers.iter().map(line).collect();
    lines.sort_by_key(|line| line.0);
    lines
}

type Known<'a> = (Option<&'a Protocol>, Option<&'a TargetScheme>, Option<&'a NeverIndexed>);

fn known(extensions: &Extensions) -> Known<'_> {
    (extensions.get(), extensions.get(), extensions.get())
}

#[track_caller]
fn assert_same(left: &Request<()>, right: &Request<()>) {
    assert_eq!(left.method(), right.method());
    assert_eq!(left.uri().to_string(), right.uri().to_string());
    assert_eq!(left.uri(), right.uri());
    assert_eq!(known(left.extensions()), known(right.extensions()));
    assert_eq!(lines(left.headers()), lines(right.headers()));
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let octets = prop::collection::vec(prop_oneof![Just(b'\t'), 0x20..0x7f_u8, 0x80..=0xff_u8], 0..24);
    octets.prop_map(|octets| octets.trim_ascii().to_vec())
}

fn cookie() -> impl Strategy<Value = Vec<u8>> {
    "[a-c=;]?[a-c=; ]{0,12}[a-c=;]".prop_map(|cookie| cookie.trim().as_bytes().to_vec())
}

fn field() -> impl Strategy<Value = (HeaderName, HeaderValue)> {
    let names = prop_oneof![
        prop::sample::select(vec!["accept", "authorization", "set-cookie", "x-a", "x-b"])
            .prop_map(str::to_owned),
        "x[a-z0-9!#$%&'*+.^_`|~-]{0,40}",
    ];
    (names, value(), any::<bool>()).prop_map(|(name, value, is_sensitive)| {
        let mut value = HeaderValue::from_bytes(&value).unwrap();
        value.set_sensitive(is_sensitive);
        (name.parse().unwrap(), value)
    })
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let cookie = prop::option::of((cookie(), any::<bool>()));
    let length = any::<Option<u64>>();
    (prop::collection::vec(field(), 0..12), cookie, length, any::<bool>()).prop_map(
        |(fields, cookie, length, te)| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.append(name, value);
            }
            if let Some((cookie, is_sensitive)) = cookie {
                let mut value = HeaderValue::from_bytes(&cookie).unwrap();
                value.set_sensitive(is_sensitive);
                headers.insert("cookie", value);
            }
            if let Some(length) = length {
                headers.insert("content-length", HeaderValue::from(length));
            }
            if te {
                headers.insert("te", HeaderValue::from_static("trailers"));
            }
            headers
        },
    )
}

fn authority() -> impl Strategy<Value = Authority> {
    let authority =
        ("[a-zA-Z0-9.-]{1,20}|\\[::1\\]", prop_oneof![Just(String::new()), Just(":".into()), port()]);
    authority.prop_map(|(host, port)| format!("{host}{port}").parse().unwrap())
}

fn port() -> impl Strategy<Value = String> {
    (1..=u16::MAX).prop_map(|port| format!(":{port}"))
}

/// Host and port.
fn tunnel() -> impl Strategy<Value = Authority> {
    ("[a-zA-Z0-9.-]{1,20}|\\[::1\\]", port())
        .prop_map(|(host, port)| format!("{host}{port}").parse().unwrap())
}

fn path() -> impl Strategy<Value = PathAndQuery> {
    "/[a-zA-Z0-9/._~%&=@:ä-]{0,20}(\\?[a-z0-9/?&=%]{0,10})?".prop_map(|path| path.parse().unwrap())
}

fn absolute() -> impl Strategy<Value = Uri> {
    let scheme = prop::sample::select(vec!["http", "https", "coap+tcp"]);
    (scheme, authority(), path()).prop_map(|(scheme, authority, path)| {
        Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().unwrap()
    })
}

fn method() -> impl Strategy<Value = Method> {
    let method = prop_oneof!["GET|POST|HEAD|OPTIONS", "[A-Za-z!#$%&'*+.^_`|~-]{1,20}"];
    method.prop_map(|method| Method::from_bytes(method.as_bytes()).unwrap())
}

/// Method, URI and extensions of every form of request.
fn target() -> impl Strategy<Value = Request<()>> {
    let of = |method: Method, uri: Uri| {
        let mut request = Request::new(());
        (*request.method_mut(), *request.uri_mut()) = (method, uri);
        request
    };
    let with_scheme = move |(method, path, scheme): (Method, PathAndQuery, _)| {
        let mut request = of(method, path.into());
        request.extensions_mut().insert(TargetScheme(scheme));
        request
    };
    // A request of http or https has an authority.
    let schemes = || {
        prop::sample::select(vec!["coap", "coap+tcp"]).prop_map(|scheme| scheme.parse::<Scheme>().unwrap())
    };
    let asterisk = move |authority| {
        let parts = Uri::builder().scheme("https").authority::<Authority>(authority).path_and_query("*");
        of(Method::OPTIONS, parts.build().unwrap())
    };
    let extended = move |(uri, protocol): (Uri, String)| {
        let mut request = of(Method::CONNECT, uri);
        request.extensions_mut().insert(protocol.parse::<Protocol>().unwrap());
        request
    };
    prop_oneof![
        4 => (method(), absolute()).prop_map(move |(method, uri)| of(method, uri)),
        1 => (method(), path(), schemes()).prop_map(with_scheme),
        1 => authority().prop_map(asterisk),
        1 => tunnel().prop_map(move |authority| of(Method::CONNECT, authority.into())),
        1 => (absolute(), "[a-z-]{1,10}").prop_map(extended),
    ]
}

fn any_request() -> impl Strategy<Value = Request<()>> {
    (target(), headers(), any::<bool>()).prop_map(|(mut request, headers, secret)| {
        *request.headers_mut() = headers;
        if secret {
            let mut never_indexed = NeverIndexed::default();
            never_indexed.insert(":method");
            request.extensions_mut().insert(never_indexed);
        }
        request
    })
}

fn any_response() -> impl Strategy<Value = Response<()>> {
    let status = (100..=999_u16).prop_filter("HTTP/2 does not switch protocols", |status| *status != 101);
    (status, headers()).prop_map(|(status, headers)| {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        *response.headers_mut() = headers;
        response
    })
}

/// The fields of a section as a reader at the other end has them.
fn over_the_wire<'f>(role: Role, fields: impl Iterator<Item = FieldLine<'f>>) -> (SectionEnd, FieldList) {
    let mut writer = Writer::new_in(role, 4096, [0; Writer::memory_len(4096)]).unwrap();
    writer.extended_connect = true;
    let mut octets = Vec::new();
    if role == Role::Client {
        writer.append_preface(&mut octets).unwrap();
    }
    writer.append_frame(&Settings::<Vec<u8>>::List(SettingList::default()).into(), &mut octets).unwrap();
    let fields: Vec<_> = fields.collect();
    // What has a content-length or is a response goes on; trailers end.
    let is_head = fields.first().is_some_and(|field| field.name.starts_with(b":"));
    let head = SectionHead::headers(StreamId::new(1).unwrap(), !is_head);
    writer.append_section(head, fields, &mut octets).unwrap();

    let peer = if role == Role::Client { Role::Server } else { Role::Client };
    let mut reader = Reader::new(peer, &Limits::default()).unwrap();
    reader.options.extended_connect = true;
    let mut rest = octets.as_slice();
    let mut list = FieldList::new();
    while let Progress::Item { item, consumed } = reader.read(rest).unwrap() {
        rest = &rest[consumed..];
        let Event::Fields { mut fields, .. } = item else { continue };
        if let FieldStep::SectionEnd(end) = fields.read_into(&mut list).unwrap() {
            return (*end, list);
        }
    }
    panic!("the section has no end")
}

/// As [`lines`], but for what the encoder makes never indexed by itself.
fn names_and_values(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    lines(headers).into_iter().map(|(name, value, _)| (name, value)).collect()
}

proptest! {
    #[test]
    fn requests(sent in any_request()) {
        let (parts, ()) = sent.clone().into_parts();
        let fields = request_fields(&parts).unwrap();
        assert_same(&request(fields.iter()).unwrap(), &sent);

        let (end, list) = over_the_wire(Role::Client, fields.iter());
        prop_assert_eq!(end.kind, Ok(SectionKind::Request));
        let received = list.to_request().unwrap();
        prop_assert_eq!((received.method(), received.uri()), (sent.method(), sent.uri()));
        prop_assert_eq!(names_and_values(received.headers()), names_and_values(sent.headers()));
    }

    #[test]
    fn responses(mut sent in any_response()) {
        // Not for responses.
        sent.headers_mut().remove("te");
        let (parts, ()) = sent.clone().into_parts();
        let fields = response_fields(&parts).unwrap();
        let received = response(fields.iter()).unwrap();
        prop_assert_eq!(received.status(), sent.status());
        prop_assert_eq!(lines(received.headers()), lines(sent.headers()));

        let (end, list) = over_the_wire(Role::Server, fields.iter());
        prop_assert_eq!(end.kind, Ok(SectionKind::Response));
        let received = list.to_response().unwrap();
        prop_assert_eq!(received.status(), sent.status());
        prop_assert_eq!(names_and_values(received.headers()), names_and_values(sent.headers()));
    }

    #[test]
    fn trailer_sections(sent in headers()) {
        let received = trailers(trailer_fields(&sent).unwrap().iter()).unwrap();
        prop_assert_eq!(lines(&received), lines(&sent));
        let (end, list) = over_the_wire(Role::Client, trailer_fields(&sent).unwrap().iter());
        prop_assert_eq!(end.kind, Ok(SectionKind::Trailers));
        let received = list.to_trailers().unwrap();
        prop_assert_eq!(names_and_values(&received), names_and_values(&sent));
    }

    /// What was received can be passed on, and `host` is all that is lost.
    #[test]
    fn forwarded(target in target(), fields in headers(), crumbs in prop::collection::vec(cookie(), 0..4), host in any::<bool>()) {
        let (parts, ()) = target.into_parts();
        let head = request_fields(&parts).unwrap();
        let mut list: FieldList = head.iter().collect();
        list.extend(trailer_fields(&fields).unwrap().iter());
        if let Some(authority) = parts.uri.authority().filter(|_| host) {
            list.push(&FieldLine::new(b"host", authority.as_str().as_bytes()));
        }
        list.extend(crumbs.iter().map(|crumb| FieldLine::new(b"cookie", crumb)));
        list.extend(crumbs.iter().map(|_| FieldLine::new(b"cookie", b"")));

        let mut received = list.to_request().unwrap();
        let (parts, ()) = received.clone().into_parts();
        let forwarded = request(request_fields(&parts).unwrap().iter()).unwrap();
        received.headers_mut().remove("host");
        assert_same(&forwarded, &received);
    }
}
