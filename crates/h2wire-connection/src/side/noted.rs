//! What a connection needs to know of a section, found as its fields pass.

use h2wire::{FieldLine, Malformed};

use crate::Priority;

/// What a connection needs to know of a section, found as its fields pass.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Noted {
    pub(crate) method: Method,
    /// 0 without a status.
    pub(crate) status: u16,
    pub(crate) priority: Option<Priority>,
    /// Of what is sent: the content-length, whether there must be no content, and whether they contradict each other.
    pub(crate) length: Option<u64>,
    pub(crate) is_empty: bool,
    pub(crate) contradicts: bool,
}

const METHOD: &[u8] = b":method";
const STATUS: &[u8] = b":status";

/// The methods that change what a stream may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Method {
    /// There was none yet.
    #[default]
    None,
    Head,
    Connect,
    Other,
}

impl Noted {
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes a field that is received.
    #[inline(always)]
    pub(crate) fn field(&mut self, name: &[u8], value: &[u8]) {
        const PRIORITY: &[u8] = b"priority";
        // Comparing is cheap where the length is known.
        match name.len() {
            // The first of several counts, where they are tolerated.
            7 if name == METHOD && self.method == Method::None => self.method = Method::parse(value),
            7 if name == STATUS && self.status == 0 => self.status = parse_status(value),
            8 if name == PRIORITY => self.priority = Some(Priority::parse(value)),
            _ => {}
        }
    }

    /// Notes the first field of a response that is sent.
    pub(crate) fn status(&mut self, first: &FieldLine<'_>) {
        if first.name == STATUS {
            self.status = parse_status(first.value);
        }
    }

    /// Notes a field that is sent, but for `:status`.
    ///
    /// # Errors
    /// If content-length contradicts the end of the message. §8.1.1
    #[inline(always)]
    pub(crate) fn sent(&mut self, field: &FieldLine<'_>) -> Result<(), Malformed> {
        const LENGTH: &[u8] = b"content-length";
        match field.name.len() {
            7 if field.name == METHOD => self.method = Method::parse(field.value),
            14 if field.name == LENGTH => return self.sent_length(field.value),
            _ => {}
        }
        Ok(())
    }

    fn sent_length(&mut self, value: &[u8]) -> Result<(), Malformed> {
        self.length = parse_length(value);
        if self.is_empty && self.length.is_some_and(|length| length > 0) {
            self.contradicts = true;
            return Err(Malformed::ContentLengthEndStream);
        }
        Ok(())
    }
}

/// Whether a section begins as the head of a message. The codec takes what does not for trailers, whatever came before. §8.1
pub(crate) fn is_head(first: Option<&FieldLine<'_>>) -> bool {
    first.is_some_and(|field| field.name.starts_with(b":"))
}

impl Method {
    fn parse(value: &[u8]) -> Self {
        match value {
            b"HEAD" => Self::Head,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }
}

/// `None` for what the writer refuses.
fn parse_length(value: &[u8]) -> Option<u64> {
    let mut length = 0_u64;
    for byte in value {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // No number of 19 digits is too large.
        length = if value.len() < 20 {
            length.wrapping_mul(10).wrapping_add(digit.into())
        } else {
            length.checked_mul(10)?.checked_add(digit.into())?
        };
    }
    Some(length)
}

fn parse_status(value: &[u8]) -> u16 {
    let digit = |digit: u8| u16::from(digit.saturating_sub(b'0'));
    if let [hundreds, tens, ones] = *value {
        // No overflow: these are bytes.
        let tens = digit(hundreds).wrapping_mul(10).wrapping_add(digit(tens));
        return tens.wrapping_mul(10).wrapping_add(digit(ones));
    }
    value.iter().fold(0_u16, |status, digit| {
        status.saturating_mul(10).saturating_add(u16::from(digit.saturating_sub(b'0')))
    })
}
