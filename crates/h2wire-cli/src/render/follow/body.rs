//! The content of a message: codings undone, messages of gRPC told apart.

use std::io;

use h2wire::FieldList;

use super::coding::{Coding, Give};

/// Codings of one message that are undone.
const MOST_CODINGS: usize = 4;
const PREFIX: usize = 5;

/// A part of the content.
pub(super) enum Part<'a> {
    Octets(&'a [u8]),
    /// A message of gRPC begins.
    Message {
        number: u64,
        len: u32,
        is_compressed: bool,
    },
    /// Something does not follow its coding; the rest, if there is any, comes as it is.
    Broken {
        what: String,
        has_rest: bool,
    },
}

/// What one side sends.
#[derive(Default)]
pub(super) struct Body {
    /// The last that was applied comes first.
    codings: Vec<Coding>,
    grpc: Option<Grpc>,
    /// Codings that are not known.
    pub(super) unknown: Vec<String>,
    has_ended: bool,
}

/// Where in the messages of gRPC the content is.
struct Grpc {
    encoding: String,
    prefix: Vec<u8>,
    left: u32,
    coding: Coding,
    number: u64,
}

impl Body {
    /// The body of a message with these fields.
    pub(super) fn new(fields: &FieldList) -> Self {
        let mut body = Self::default();
        let (mut is_grpc, mut encoding) = (false, String::new());
        for field in fields {
            let value = String::from_utf8_lossy(field.value);
            match field.name {
                b"content-encoding" => {
                    for name in value.split(',').take(MOST_CODINGS) {
                        match Coding::new(name) {
                            Some(coding) => body.codings.insert(0, coding),
                            None => body.unknown.push(name.trim().to_owned()),
                        }
                    }
                }
                b"content-type" => is_grpc = value.starts_with("application/grpc"),
                b"grpc-encoding" => value.as_ref().clone_into(&mut encoding),
                _ => {}
            }
        }
        if !body.unknown.is_empty() {
            body.codings.clear();
        }
        body.grpc = is_grpc.then(|| Grpc {
            encoding,
            prefix: Vec::new(),
            left: 0,
            coding: Coding::identity(),
            number: 0,
        });
        body
    }

    /// Whether content may follow.
    pub(super) const fn is_open(&self) -> bool {
        !self.has_ended
    }

    /// The next bytes of DATA.
    pub(super) fn push(
        &mut self,
        octets: &[u8],
        is_last: bool,
        show: &mut dyn FnMut(Part<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let Self { codings, grpc, has_ended, .. } = self;
        *has_ended |= is_last;
        undo(codings, octets, is_last, &mut |part| match (part, grpc.as_mut()) {
            (Part::Octets(octets), Some(grpc)) => grpc.push(octets, show),
            (part, _) => show(part),
        })
    }
}

/// Undoes one coding after the other.
fn undo(
    codings: &mut [Coding],
    octets: &[u8],
    is_last: bool,
    show: &mut dyn FnMut(Part<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let Some((coding, others)) = codings.split_first_mut() else { return show(Part::Octets(octets)) };
    decode(coding, octets, is_last, &mut |part| match part {
        Part::Octets(octets) => undo(others, octets, false, show),
        part => show(part),
    })?;
    if is_last && !others.is_empty() { undo(others, &[], true, show) } else { Ok(()) }
}

/// A coding that turns out to be broken is given up.
fn decode(
    coding: &mut Coding,
    octets: &[u8],
    is_last: bool,
    show: &mut dyn FnMut(Part<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut failed = None;
    let give: Give<'_> = &mut |octets| {
        let shown = show(Part::Octets(octets));
        shown.inspect_err(|error| failed = Some(error.kind()))
    };
    match coding.push(octets, is_last, give) {
        // The output, not the content.
        Err(error) if failed.is_some() => Err(error),
        Err(error) => {
            let rest = coding.give_up();
            show(Part::Broken { what: error.to_string(), has_rest: !rest.is_empty() || !is_last })?;
            if rest.is_empty() { Ok(()) } else { show(Part::Octets(&rest)) }
        }
        Ok(()) => Ok(()),
    }
}

impl Grpc {
    fn push(&mut self, octets: &[u8], show: &mut dyn FnMut(Part<'_>) -> io::Result<()>) -> io::Result<()> {
        let mut rest = octets;
        while !rest.is_empty() {
            if self.left > 0 {
                let left = usize::try_from(self.left).unwrap_or(usize::MAX);
                let (content, after) = rest.split_at_checked(left).unwrap_or((rest, &[]));
                self.left = self.left.saturating_sub(u32::try_from(content.len()).unwrap_or(u32::MAX));
                rest = after;
                decode(&mut self.coding, content, self.left == 0, show)?;
                continue;
            }
            let missing = PREFIX.saturating_sub(self.prefix.len());
            let (part, after) = rest.split_at_checked(missing).unwrap_or((rest, &[]));
            self.prefix.extend_from_slice(part);
            rest = after;
            let [flag, len @ ..] = self.prefix.as_slice() else { continue };
            let Some(len) = len.first_chunk().copied().map(u32::from_be_bytes) else { continue };
            let is_compressed = flag & 1 == 1;
            self.coding = if is_compressed {
                Coding::new(&self.encoding).unwrap_or_else(Coding::identity)
            } else {
                Coding::identity()
            };
            (self.left, self.number) = (len, self.number.saturating_add(1));
            self.prefix.clear();
            show(Part::Message { number: self.number, len, is_compressed })?;
        }
        Ok(())
    }
}
