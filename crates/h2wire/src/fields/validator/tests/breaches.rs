//! Which field breaks which rules, what is allowed, and what a sender must keep.

use super::*;

/// All rules that a section breaks by its fields: with the index of the field.
fn all(validator: &mut FieldValidator, fields: Fields<'_>) -> Vec<(usize, Malformed)> {
    let mut all = Vec::new();
    for (index, (name, value)) in fields.iter().enumerate() {
        let broken = validator.field(name.as_bytes(), value.as_bytes());
        all.extend(broken.iter().map(|malformed| (index, malformed)));
    }
    all
}

#[test]
fn one_breach_does_not_hide_another() {
    let fields = [(":status", "200"), ("x", "b "), ("transfer-encoding", "chunked "), ("Te", "x")];
    let mut validator = FieldValidator::new(Expected::Response);
    assert_eq!(
        all(&mut validator, &fields),
        [
            (1, Malformed::FieldValueWhiteSpace),
            (2, Malformed::FieldValueWhiteSpace),
            (2, Malformed::ConnectionSpecific),
            (3, Malformed::FieldName),
            (3, Malformed::ConnectionSpecific),
        ]
    );
    assert_eq!(validator.finish(true), Err(Breach::new(Malformed::FieldValueWhiteSpace, Some(1))));
    let broken: Vec<_> = validator.broken(true).iter().collect();
    assert_eq!(
        broken,
        [Malformed::FieldName, Malformed::FieldValueWhiteSpace, Malformed::ConnectionSpecific]
    );
}

#[test]
fn a_breach_found_at_the_end_names_its_field() {
    let breach = |fields: Fields<'_>, end_stream| {
        let mut validator = FieldValidator::new(Expected::Any);
        let _ = all(&mut validator, fields);
        validator.finish(end_stream).unwrap_err()
    };
    let [method, scheme, path] = GET;
    let connect = (":method", "CONNECT");
    for (fields, malformed, field) in [
        (&[method, scheme][..], Malformed::PathMissing, None),
        (&[(":path", "x"), method, scheme], Malformed::PathForm, Some(0)),
        (&[method, (":path", ""), scheme], Malformed::PathEmpty, Some(1)),
        (&[method, scheme, path, (":authority", "a/b")], Malformed::AuthorityForm, Some(3)),
        (&[method, (":authority", "u@b"), scheme, path], Malformed::AuthorityUserinfo, Some(1)),
        (&[(":authority", "b"), connect], Malformed::ConnectAuthorityForm, Some(0)),
        (&[(":authority", "b:1"), connect, path], Malformed::ConnectWithPath, Some(2)),
        (&[(":authority", "b:1"), connect, path, scheme], Malformed::ConnectWithPath, Some(3)),
        (&[method, scheme, path, (":protocol", "x")], Malformed::ProtocolWithoutConnect, Some(3)),
        (
            &[method, scheme, path, ("a", "b"), ("content-length", "1")],
            Malformed::ContentLengthEndStream,
            Some(4),
        ),
        (&[(":status", "103"), ("a", "b")], Malformed::InformationalEndStream, Some(0)),
    ] {
        assert_eq!(breach(fields, true), Breach::new(malformed, field), "{fields:?}");
    }
    assert_eq!(breach(&[("a", "b")], false), Breach::new(Malformed::TrailersWithoutEndStream, None));
}

#[test]
fn each_rule_can_be_allowed_by_itself() {
    let with = |allowed: &[Malformed], fields: Fields<'_>| {
        let mut validator = FieldValidator::new(Expected::Any);
        validator.allowed = allowed.iter().fold(MalformedSet::EMPTY, |set, malformed| set.with(*malformed));
        let _ = all(&mut validator, fields);
        validator.finish(true).map_err(|breach| breach.malformed)
    };
    let [method, scheme, path] = GET;
    let space = &[method, scheme, path, ("te", " trailers ")];
    assert_eq!(with(&[], space), Err(Malformed::FieldValueWhiteSpace));
    assert_eq!(with(&[Malformed::FieldValueWhiteSpace], space), Ok(SectionKind::Request));
    // All other rules are still checked, also on a value with white space around it.
    let gzip = &[method, scheme, path, ("te", "gzip ")];
    assert_eq!(with(&[Malformed::FieldValueWhiteSpace], gzip), Err(Malformed::Te));
    let nul = &[method, scheme, path, ("a", " \0")];
    assert_eq!(with(&[Malformed::FieldValueWhiteSpace], nul), Err(Malformed::FieldValue));
    // It is no part of what a pseudo-header field may be.
    for (index, field, malformed) in [
        (0, (":method", " GET"), Malformed::MethodForm),
        (1, (":scheme", "https "), Malformed::SchemeForm),
        (2, (":path", "/ "), Malformed::PathForm),
        (2, (":path", " "), Malformed::PathForm),
        (3, (":authority", "good.test "), Malformed::AuthorityForm),
    ] {
        let mut fields = [method, scheme, path, (":authority", "good.test")];
        fields[index] = field;
        assert_eq!(with(&[Malformed::FieldValueWhiteSpace], &fields), Err(malformed), "{field:?}");
    }
    let status = &[(":status", "200 ")];
    assert_eq!(with(&[Malformed::FieldValueWhiteSpace], status), Err(Malformed::StatusForm));
    let socket = &[method, scheme, path, (":authority", "/run/a.sock")];
    assert_eq!(with(&[Malformed::AuthorityForm], socket), Ok(SectionKind::Request));
    assert_eq!(with(&[Malformed::PathForm], socket), Err(Malformed::AuthorityForm));
    let sockets = &[socket.as_slice(), &[("host", "b")]].concat();
    assert_eq!(with(&[Malformed::AuthorityForm], sockets), Err(Malformed::HostDiffers));
    let hosts = |second| [method, scheme, path, (":authority", "a"), ("host", "a"), ("host", second)];
    let repeated = Malformed::HostRepeated;
    assert_eq!(with(&[repeated], &hosts("a")), Ok(SectionKind::Request));
    assert_eq!(with(&[repeated], &hosts("b")), Err(Malformed::HostDiffers));
    assert_eq!(with(&[repeated], &hosts("a/b")), Err(Malformed::HostForm));
    // The port of a tunnel may be missing, and its name may not be another one.
    let tunnel = |second| [(":method", "CONNECT"), (":authority", "a:443"), ("host", "a"), ("host", second)];
    assert_eq!(with(&[repeated], &tunnel("a:443")), Ok(SectionKind::Request));
    assert_eq!(with(&[repeated], &tunnel("b")), Err(Malformed::HostDiffers));
    let late = &[method, scheme, ("a", "b"), path, ("host", "a"), (":authority", "b")];
    assert_eq!(with(&[Malformed::PseudoFieldLate], late), Err(Malformed::HostDiffers));
    let length = &[method, scheme, path, ("content-length", "x"), ("content-length", "1")];
    let form = Malformed::ContentLengthForm;
    assert_eq!(with(&[form], length), Err(Malformed::ContentLengthDiffers));
}

/// What a section breaks besides one rule that is allowed.
fn besides(allowed: Malformed, expected: Expected, fields: Fields<'_>) -> Result<SectionKind, Breach> {
    let mut validator = FieldValidator::new(expected);
    validator.allowed = MalformedSet::EMPTY.with(allowed);
    let _ = all(&mut validator, fields);
    validator.finish(true)
}

#[test]
fn what_comes_before_the_pseudo_fields_is_judged_by_them() {
    let [method, scheme, path] = GET;

    let at = |malformed, field| Err(Breach::new(malformed, Some(field)));
    let (form, differs) = (Malformed::HostForm, Malformed::HostDiffers);
    let (repeated, specific) = (Malformed::HostRepeated, Malformed::ConnectionSpecific);
    let (length_form, length_differs) = (Malformed::ContentLengthForm, Malformed::ContentLengthDiffers);
    let ok = Ok(SectionKind::Request);
    let connect = (":method", "CONNECT");
    for (fields, expected) in [
        // A scheme without hosts of its own may have others.
        (&[method, ("host", "a:b:c"), scheme, path][..], at(form, 1)),
        (&[method, ("host", "a:b:c"), (":scheme", "coap"), path], ok),
        (&[("host", "u@a"), method, scheme, path], at(form, 0)),
        (&[("host", "a:b:c"), connect, (":authority", "a:1")], at(form, 0)),
        // The default port goes by the scheme.
        (&[method, (":authority", "a"), ("host", "a:443"), scheme, path], ok),
        (&[method, (":authority", "a"), ("host", "a:443"), (":scheme", "http"), path], at(differs, 2)),
        (&[("host", "a:443"), method, path, (":authority", "a"), scheme], ok),
        (&[("host", "b"), method, path, (":authority", "a"), scheme], at(differs, 0)),
        (&[("host", "a"), (":authority", "a:1"), connect], ok),
        (&[("host", "a:2"), (":authority", "a:1"), connect], at(differs, 0)),
        (&[("host", "a"), ("host", "a"), method, scheme, path], at(repeated, 1)),
        (&[("x", "y"), ("content-length", "x"), method, scheme, path], at(length_form, 1)),
        (&[("content-length", "0"), ("content-length", "1"), method, scheme, path], at(length_differs, 1)),
        (&[("content-length", "1"), method, scheme, path], at(Malformed::ContentLengthEndStream, 0)),
        (&[("te", "trailers"), method, scheme, path], ok),
        (&[("te", "trailers"), (":status", "200")], Err(Breach::new(specific, None))),
        (&[("host", "a"), ("host", "b/"), (":status", "200")], Ok(SectionKind::Response)),
        (&[("content-length", "x"), (":status", "200")], at(length_form, 0)),
    ] {
        assert_eq!(besides(Malformed::PseudoFieldLate, Expected::Any, fields), expected, "{fields:?}");
    }
    // None of it is a rule of trailers.
    let trailers = &[("host", "/"), ("host", "/"), ("content-length", "x"), ("te", "trailers")];
    let mut validator = FieldValidator::new(Expected::Any);
    assert_eq!(all(&mut validator, trailers), []);
    assert_eq!(validator.finish(true), Ok(SectionKind::Trailers));
    assert_eq!(validator.content_length(), None);
}

#[test]
fn each_value_of_a_repeated_field_is_checked() {
    let [method, scheme, path] = GET;
    let authority = (":authority", "a");
    let repeated = |fields: Fields<'_>| besides(Malformed::PseudoFieldRepeated, Expected::Any, fields);
    let at = |malformed, field| Err(Breach::new(malformed, Some(field)));
    for (second, expected) in [
        ((":method", "a b"), at(Malformed::MethodForm, 4)),
        ((":scheme", "1"), at(Malformed::SchemeForm, 4)),
        ((":path", "a b"), at(Malformed::PathForm, 4)),
        ((":path", "a"), at(Malformed::PathForm, 2)),
        ((":path", ""), at(Malformed::PathEmpty, 2)),
        ((":authority", "a/b"), at(Malformed::AuthorityForm, 4)),
        ((":authority", "u@b"), at(Malformed::AuthorityUserinfo, 3)),
        ((":path", "/b"), Ok(SectionKind::Request)),
        ((":method", "CONNECT"), Ok(SectionKind::Request)), // the first one counts
        ((":authority", "b"), Ok(SectionKind::Request)),
    ] {
        assert_eq!(repeated(&[method, scheme, path, authority, second]), expected, "{second:?}");
    }
    let hosts = &[method, scheme, path, ("host", "b"), authority, (":authority", "b")];
    assert_eq!(repeated(hosts).unwrap_err().malformed, Malformed::PseudoFieldLate);
    assert_eq!(
        repeated(&[(":status", "200"), (":status", "101")]),
        at(Malformed::StatusSwitchingProtocols, 1)
    );
    assert_eq!(repeated(&[(":status", "200"), (":status", "20")]), at(Malformed::StatusForm, 1));
    let promise = [method, scheme, path, authority, ("content-length", "0"), ("content-length", "5")];
    let put = [scheme, (":method", "PUT"), path, authority];
    assert_eq!(besides(Malformed::Te, Expected::Promise, &put), at(Malformed::PromiseMethod, 1));
    let differs = Malformed::ContentLengthDiffers;
    assert_eq!(besides(differs, Expected::Promise, &promise), at(Malformed::PromiseWithContent, 5));
    let values = [method, scheme, path, ("content-length", "a")];
    assert_eq!(besides(Malformed::ContentLengthForm, Expected::Request, &values), Ok(SectionKind::Request));
}

#[test]
fn every_rule_can_be_allowed() {
    let all = Malformed::ALL.iter().fold(MalformedSet::EMPTY, |set, malformed| set.with(*malformed));
    assert_eq!(all.iter().count(), Malformed::ALL.len());
    for expected in
        [Expected::Request, Expected::Response, Expected::Promise, Expected::Trailers, Expected::Any]
    {
        let mut validator = FieldValidator::new(expected).sending();
        validator.allowed = all;
        for (name, value) in
            [("A", " \0"), (":status", ""), (":x", ""), ("te", "x"), (":method", ""), ("host", "/")]
        {
            assert!(validator.field(name.as_bytes(), value.as_bytes()).is_empty());
        }
        assert!(validator.finish(false).is_ok() && validator.broken(true).is_empty());
    }
}

#[test]
fn a_sender_keeps_what_a_receiver_tolerates() {
    let sent = |fields: Fields<'_>| {
        let mut validator = FieldValidator::new(Expected::Request).sending();
        let _ = all(&mut validator, fields);
        validator.finish(true).map_err(|breach| breach.malformed)
    };
    let [method, scheme, path] = GET;
    let authority = (":authority", "a");
    for octet in (0..0x20).chain([0x7f]) {
        let value = format!("a{}b", char::from(octet));
        let expected = match octet {
            b'\t' => Ok(SectionKind::Request),
            0 | b'\r' | b'\n' => Err(Malformed::FieldValue),
            _ => Err(Malformed::FieldValueControl),
        };
        assert_eq!(sent(&[method, scheme, path, authority, ("x", &value)]), expected, "{octet:#04x}");
        let received = request(&[method, scheme, path, authority, ("x", &value)]);
        assert_eq!(received.is_ok(), !matches!(octet, 0 | b'\r' | b'\n'), "{octet:#04x}");
    }
    assert_eq!(sent(&[method, scheme, path, authority, ("te", "Trailers")]), Err(Malformed::Te));
    assert_eq!(sent(&[method, scheme, path, authority, ("te", "trailers")]), Ok(SectionKind::Request));
    assert_eq!(sent(&[method, scheme, path]), Err(Malformed::AuthorityMissing));
    assert_eq!(sent(&[method, scheme, path, ("host", "a")]), Ok(SectionKind::Request));
    assert_eq!(sent(&[method, (":scheme", "coap"), path]), Ok(SectionKind::Request));
}
