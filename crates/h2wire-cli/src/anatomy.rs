//! A field block byte by byte: representations, integers, strings, and what each does to the dynamic table. RFC 7541 §6.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use h2wire_hpack::{
    Decoded, Decoder, EntryCount, HpackError, Known, STATIC_TABLE_LEN, decode_integer, huffman, static_entry,
};

use crate::render::{UNKNOWN, printable};

/// Some bytes, and what they mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    /// Pieces without bytes are not shown, except for remarks.
    pub(crate) len: usize,
    /// The field and its value.
    pub(crate) label: String,
    pub(crate) section: &'static str,
    /// It is not in the bytes, but follows from them.
    pub(crate) is_remark: bool,
}

impl Piece {
    pub(crate) fn new(len: usize, label: impl Into<String>, section: &'static str) -> Self {
        Self { len, label: label.into(), section, is_remark: false }
    }
}

/// The kinds of representations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Indexed,
    Incremental,
    SizeUpdate,
    Never,
    Without,
}

impl Kind {
    const fn of(octet: u8) -> Self {
        match octet {
            0x80.. => Self::Indexed,
            0x40.. => Self::Incremental,
            0x20.. => Self::SizeUpdate,
            0x10.. => Self::Never,
            _ => Self::Without,
        }
    }

    const fn prefix_bits(self) -> u32 {
        match self {
            Self::Indexed => 7,
            Self::Incremental => 6,
            Self::SizeUpdate => 5,
            Self::Never | Self::Without => 4,
        }
    }

    const fn section(self) -> &'static str {
        match self {
            Self::Indexed => "RFC 7541 §6.1",
            Self::Incremental => "RFC 7541 §6.2.1",
            Self::SizeUpdate => "RFC 7541 §6.3",
            Self::Never => "RFC 7541 §6.2.3",
            Self::Without => "RFC 7541 §6.2.2",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Indexed => "indexed",
            Self::Incremental => "literal, becomes an entry",
            Self::SizeUpdate => "size update",
            Self::Never => "literal, never indexed",
            Self::Without => "literal, not indexed",
        }
    }
}

/// What the bytes of a block mean to a decoder that is as it was before the block, and whether it has seen all before that.
pub(crate) fn pieces(decoder: Decoder<Vec<u8>>, knows_table: bool, block: &[u8]) -> Vec<Piece> {
    Walk::new(decoder, knows_table).block(block)
}

/// A text that is known, or `<unknown>`: sent before the capture, or in a hole of it.
type Text = Option<String>;

fn shown(text: &Text) -> &str {
    text.as_deref().unwrap_or(UNKNOWN)
}

/// Goes through a block together with a decoder, which knows what is an error, and how many entries there are.
struct Walk {
    decoder: Decoder<Vec<u8>>,
    knows_table: bool,
    /// The same before the block, and how many entries of its table are left. Few of them are ever shown.
    before: Decoder<Vec<u8>>,
    left: usize,
    /// The entries since then, newest first.
    entries: VecDeque<(Text, Text)>,
    pieces: Vec<Piece>,
    /// A representation broke a rule: what follows it is not read.
    is_broken: bool,
}

impl Walk {
    fn new(decoder: Decoder<Vec<u8>>, knows_table: bool) -> Self {
        Self {
            before: decoder.clone(),
            left: decoder.dynamic_table().count(),
            entries: VecDeque::new(),
            decoder,
            knows_table,
            pieces: Vec::new(),
            is_broken: false,
        }
    }

    /// An entry from before the block, by its place there.
    fn entry_before(&self, at: usize) -> Option<(Text, Text)> {
        let entry = self.before.dynamic_table().nth(at)?;
        let text = |octets, is_known: bool| is_known.then(|| printable(octets));
        Some((text(entry.name, entry.known == Known::Both), text(entry.value, entry.known != Known::Neither)))
    }

    /// Takes the oldest entry out.
    fn evict(&mut self) -> Option<(Text, Text)> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                self.entry_before(left)
            }
            None => self.entries.pop_back(),
        }
    }

    fn block(mut self, block: &[u8]) -> Vec<Piece> {
        let mut rest = block;
        while let Some(len) = self.representation(rest) {
            rest = rest.get(len..).unwrap_or_default();
        }
        // What is cut off, or a rule that only the end of a block breaks; or nothing.
        if !self.is_broken
            && let Err(error) = self.feed(rest, true)
        {
            self.error(rest.len(), error);
        }
        self.pieces
    }

    /// Explains the next representation; returns its length, or `None` if it is cut off or breaks a rule.
    fn representation(&mut self, rest: &[u8]) -> Option<usize> {
        let (written, after) = Written::read(rest)?;
        let len = rest.len().saturating_sub(after.len());
        let capacity_before = self.decoder.table_capacity();
        let fed = self.feed(rest.get(..len)?, false);
        self.prefix(&written, capacity_before, fed.is_ok());
        let entry = self.strings(&written);
        match fed {
            Err(error) => {
                self.is_broken = true;
                self.error(0, error);
                self.piece(after.len(), "not read", "RFC 7541 §6");
                None
            }
            Ok((before, after)) => {
                self.table(written.kind, entry, before, after);
                Some(len)
            }
        }
    }

    /// Explains the first byte, and the rest of its number.
    fn prefix(&mut self, written: &Written<'_>, capacity_before: u32, is_right: bool) {
        let Written { kind, number, ref bits, .. } = *written;
        let label = match kind {
            Kind::Indexed => format!("{bits} indexed {number} = {}", self.field(number, is_right)),
            Kind::SizeUpdate => {
                format!("{bits} size update: the table may have {number} bytes, {capacity_before} before")
            }
            _ if written.name.is_some() => format!("{bits} {}: name 0, a string", kind.words()),
            _ => format!("{bits} {}: name {number} = {}", kind.words(), self.name(number, is_right)),
        };
        self.piece(written.prefix_len, label, kind.section());
    }

    /// Explains the strings. Returns the entry that a literal may become.
    fn strings(&mut self, written: &Written<'_>) -> (Text, Text) {
        let name = match &written.name {
            Some(name) => name.show(&mut self.pieces, "name"),
            None => self.entry(written.number).and_then(|(name, _)| name),
        };
        let value = written.value.as_ref().and_then(|value| value.show(&mut self.pieces, "value"));
        (name, value)
    }

    /// Hands bytes to the decoder; returns the entries before and after.
    fn feed(&mut self, octets: &[u8], last: bool) -> Result<(EntryCount, EntryCount), HpackError> {
        let mut fragment = self.decoder.feed(octets, last);
        let before = fragment.entries();
        while matches!(fragment.next()?, Decoded::Field(_)) {}
        Ok((before, fragment.entries()))
    }

    /// What a representation did to the table.
    fn table(&mut self, kind: Kind, entry: (Text, Text), before: EntryCount, after: EntryCount) {
        let added = after.added.wrapping_sub(before.added);
        let evicted = before.present.wrapping_add(added).wrapping_sub(after.present);
        for _ in 0..evicted {
            if let Some((name, value)) = self.evict() {
                let label = format!("evicted: {}: {}", shown(&name), shown(&value));
                self.remark(&label, if kind == Kind::SizeUpdate { "RFC 7541 §4.3" } else { "RFC 7541 §4.4" });
            }
        }
        if added > 0 {
            let label = format!("entry 62: {}: {}", shown(&entry.0), shown(&entry.1));
            self.entries.push_front(entry);
            self.remark(&label, "RFC 7541 §2.3.3");
        } else if kind == Kind::Incremental {
            self.remark("no entry: it is larger than the table", "RFC 7541 §4.4");
        }
        if added > 0 || evicted > 0 || kind == Kind::SizeUpdate {
            let (size, capacity) = (self.decoder.table_size(), self.decoder.table_capacity());
            let count = after.present;
            let entries = if count == 1 { "entry" } else { "entries" };
            let known = if self.knows_table {
                format!("{count} {entries}, {size} of {capacity} bytes")
            } else {
                format!("{count} {entries} known, others are from before")
            };
            self.remark(&format!("table: {known}"), "RFC 7541 §4.1");
        }
    }

    fn error(&mut self, len: usize, error: HpackError) {
        let label = format!("error {}: {}", error.name(), error.sentence());
        self.pieces.push(Piece { is_remark: len == 0, ..Piece::new(len, label, "") });
    }

    fn piece(&mut self, len: usize, label: impl Into<String>, section: &'static str) {
        self.pieces.push(Piece::new(len, label, section));
    }

    /// What follows from the bytes before.
    fn remark(&mut self, what: &str, section: &'static str) {
        self.pieces.push(Piece { is_remark: true, ..Piece::new(0, format!("-> {what}"), section) });
    }

    /// An entry of either table.
    fn entry(&self, index: u32) -> Option<(Text, Text)> {
        let text = |octets| Some(printable(octets));
        match index.checked_sub(STATIC_TABLE_LEN.saturating_add(1)) {
            Some(index) => {
                let at = usize::try_from(index).ok()?;
                match at.checked_sub(self.entries.len()) {
                    Some(at) => Some(at).filter(|at| *at < self.left).and_then(|at| self.entry_before(at)),
                    None => self.entries.get(at).cloned(),
                }
            }
            None => static_entry(index).map(|(name, value)| (text(name), text(value))),
        }
    }

    /// An entry in words. One that the decoder takes and nobody has seen is there, but not known.
    fn field(&self, index: u32, is_there: bool) -> String {
        match self.entry(index).or(is_there.then_some((None, None))) {
            Some((name, value)) => format!("{}: {} ({})", shown(&name), shown(&value), table_of(index)),
            None => "no entry".to_owned(),
        }
    }

    fn name(&self, index: u32, is_there: bool) -> String {
        match self.entry(index).or(is_there.then_some((None, None))) {
            Some((name, _)) => format!("{} ({})", shown(&name), table_of(index)),
            None => "no entry".to_owned(),
        }
    }
}

const fn table_of(index: u32) -> &'static str {
    if index <= STATIC_TABLE_LEN { "static" } else { "dynamic" }
}

/// The bits of an integer, and those before it in each byte: `1|0000010`, `001|11111 1|0011010 0|0001010`.
fn bits(octets: &[u8], prefix_bits: u32) -> String {
    let mut own = prefix_bits;
    let each = octets.iter().map(|octet| {
        let digits = format!("{octet:08b}");
        let at = 8_usize.saturating_sub(usize::try_from(own).unwrap_or_default());
        own = 7;
        let (pattern, number) = digits.split_at_checked(at).unwrap_or((&digits, ""));
        format!("{pattern}|{number}")
    });
    each.collect::<Vec<_>>().join(" ")
}

/// `1 byte`, `2 bytes`.
fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

/// A representation as it is written, which a decoder may refuse.
struct Written<'a> {
    kind: Kind,
    /// An index or a size; 0 for a literal with a name of its own.
    number: u32,
    bits: String,
    prefix_len: usize,
    name: Option<LiteralString<'a>>,
    value: Option<LiteralString<'a>>,
}

impl<'a> Written<'a> {
    /// Reads it from the start of some bytes, and returns those after it; `None` if it is cut off.
    fn read(rest: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let kind = Kind::of(*rest.first()?);
        let (number, mut after) = decode_integer(rest, kind.prefix_bits())?;
        let prefix_len = rest.len().saturating_sub(after.len());
        let bits = bits(rest.get(..prefix_len)?, kind.prefix_bits());
        let is_literal = !matches!(kind, Kind::Indexed | Kind::SizeUpdate);
        let (mut name, mut value) = (None, None);
        if is_literal && number == 0 {
            name = Some(LiteralString::read(&mut after)?);
        }
        if is_literal {
            value = Some(LiteralString::read(&mut after)?);
        }
        Some((Self { kind, number, bits, prefix_len, name, value }, after))
    }
}

/// A string literal. RFC 7541 §5.2.
struct LiteralString<'a> {
    bits: String,
    prefix_len: usize,
    is_huffman: bool,
    octets: &'a [u8],
}

impl<'a> LiteralString<'a> {
    /// Takes it off the start of some bytes; `None` if it is cut off.
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let (len, after) = decode_integer(rest, 7)?;
        let prefix_len = rest.len().saturating_sub(after.len());
        let (octets, after) = after.split_at_checked(usize::try_from(len).ok()?)?;
        let bits = bits(rest.get(..prefix_len)?, 7);
        let is_huffman = *rest.first()? & 0x80 != 0;
        *rest = after;
        Some(Self { bits, prefix_len, is_huffman, octets })
    }

    fn show(&self, pieces: &mut Vec<Piece>, what: &str) -> Text {
        let coding = if self.is_huffman { "Huffman" } else { "plain" };
        let label = format!("{} {what}: {}, {coding}", self.bits, bytes(self.octets.len()));
        pieces.push(Piece::new(self.prefix_len, label, "RFC 7541 §5.2"));
        let text = self.text();
        let label = match &text {
            Some(text) => format!("{what} {text}"),
            None => format!("{what}: not a Huffman code"),
        };
        let section = if self.is_huffman { "RFC 7541 App. B" } else { "RFC 7541 §5.2" };
        pieces.push(Piece::new(self.octets.len(), label, section));
        text
    }

    fn text(&self) -> Text {
        if !self.is_huffman {
            return Some(printable(self.octets));
        }
        let mut text = vec![0; huffman::max_decoded_len(self.octets.len())];
        let len = huffman::decode(self.octets, &mut text).ok()?;
        text.get(..len).map(printable)
    }
}
