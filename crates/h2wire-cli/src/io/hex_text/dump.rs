//! Dumps: lines that start with an offset, as `xxd`, `hexdump -C`, `od`, tcpdump, Wireshark and Go print them.

/// The most bytes for which `*` stands.
const MOST_REPEATED: u64 = 16 * 1024 * 1024;

/// What the first line says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// No offset.
    No,
    /// A number that may be an offset or bytes; the next line decides.
    Perhaps,
    /// An offset with its colon.
    Yes,
}

impl Start {
    pub(super) fn of(line: &[u8]) -> Self {
        match Line::of(line) {
            Some(line) if line.has_colon => Self::Yes,
            Some(line) if line.is_first() || line.is_like_dump() => Self::Perhaps,
            _ => Self::No,
        }
    }
}

/// A line of a dump.
struct Line<'a> {
    /// Its digits.
    offset: &'a str,
    has_colon: bool,
    /// As `0x0000:`.
    is_prefixed: bool,
    rest: &'a str,
}

impl<'a> Line<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        // The text beside the bytes may be in any encoding.
        let text = line.trim_ascii_start();
        let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end)?;
        let rest = rest.split(|octet| !octet.is_ascii()).next()?;
        let (word, rest) = (std::str::from_utf8(word).ok()?, std::str::from_utf8(rest).ok()?);
        let (digits, has_colon) = word.strip_suffix(':').map_or((word, false), |word| (word, true));
        let prefixed = digits.strip_prefix("0x").filter(|_| has_colon);
        let (digits, is_prefixed) = (prefixed.unwrap_or(digits), prefixed.is_some());
        let is_offset = digits.len() >= 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_offset.then_some(Self { offset: digits, has_colon, is_prefixed, rest })
    }

    /// Whether a dump starts at this offset, unless lines are missing.
    fn is_first(&self) -> bool {
        self.offset.bytes().all(|digit| digit == b'0')
    }

    /// Whether the digits stand as those of a dump: seven for an offset, or bytes of two, as many as a line of one has.
    fn is_like_dump(&self) -> bool {
        let (words, _) = self.words();
        let is_long = words.len() >= LEAST_WORDS || self.has_odd_offset();
        is_long && words.iter().all(|word| word.len() == 2)
    }

    /// How many bytes later another line is, by what the digits can be.
    fn distances(&self, later: &Self) -> impl Iterator<Item = u64> {
        let (first, later) = (self.offset, later.offset);
        radixes(first).iter().filter_map(move |radix| distance(first, later, *radix))
    }

    /// Seven digits are no bytes.
    const fn has_odd_offset(&self) -> bool {
        self.offset.len() == 7
    }

    /// The words of digits, and the text beside them.
    fn words(&self) -> (Vec<&'a str>, &'a str) {
        let (mut words, mut octets): (Vec<&str>, usize) = (Vec::new(), 0);
        let mut rest = self.rest;
        loop {
            let word = rest.trim_start();
            let gap = rest.len().saturating_sub(word.len());
            // Some have a gap in the middle of the line.
            let is_middle = gap == 2 && !self.has_colon && octets == 8;
            let end = word.find(char::is_whitespace).unwrap_or(word.len());
            let (digits, after) = word.split_at_checked(end).unwrap_or((word, ""));
            let is_word = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if !is_word || !words.is_empty() && gap > 1 && !is_middle {
                return (words, word);
            }
            words.push(digits);
            octets = octets.saturating_add(digits.len() / 2);
            rest = after;
        }
    }
}

/// A text is taken for a dump with missing lines only if its first line has at least this many bytes, and at most this many lines
/// are missing after it.
const LEAST_WORDS: usize = 8;
const MOST_MISSING: usize = 16;

/// The dump that starts with these lines, if it is one; an error if it is one that cannot be read.
pub(super) fn form(number: u64, first: &[u8], second: Option<&[u8]>) -> Result<Option<Dump>, String> {
    // IPv4 or IPv6 where tcpdump -x starts a packet.
    let is_packet = Line::of(first).is_some_and(|line| {
        let rest = line.rest.trim_start();
        line.is_prefixed && line.offset == "0000" && (rest.starts_with("45") || rest.starts_with("60"))
    });
    if is_packet || is_tcpdump(first) {
        return Err(format!(
            "line {number}: this is the output of tcpdump, whose packets are not the bytes of a connection; write them to a \
             file with tcpdump -w, or make one of this text with text2pcap"
        ));
    }
    let (start, line) = (Start::of(first), Line::of(first));
    let Some(line) = line.filter(|_| start != Start::No) else { return Ok(None) };
    let (words, text) = line.words();
    let of_len = |len| !words.is_empty() && words.iter().all(|word| word.len() == len);
    if start == Start::Yes {
        return Ok((!words.is_empty()).then(Dump::default));
    }
    let next = second.and_then(Line::of);
    let is_next = |octets: usize| {
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        next.as_ref().is_some_and(|next| line.distances(next).any(|distance| distance == octets))
    };
    let repeats = second.is_some_and(|line| line.trim_ascii() == b"*");
    // Lines between these two are missing.
    let has_gap = words.len() >= LEAST_WORDS
        && (2..=MOST_MISSING).any(|lines| is_next(words.len().saturating_mul(lines)));
    if line.is_first() {
        let octets = words.len().saturating_mul(2);
        let is_dump = is_next(octets) || is_next(octets.saturating_sub(1)) || is_next(words.len()) || repeats;
        if !of_len(2) && is_dump && !words.is_empty()
            || line.has_odd_offset() && !(of_len(2) && (is_dump || has_gap || next.is_none()))
        {
            return Err(format!(
                "line {number}: a dump of words, of octal or decimal numbers or of characters; use xxd, hexdump -C or od -A x -t x1"
            ));
        }
    }
    let is_alone = second.is_none_or(|line| line.trim_ascii().is_empty());
    let has_form = !text.is_empty() || line.is_first() && line.rest.starts_with("  ");
    let is_octets =
        is_next(words.len()) || repeats || has_gap || is_alone && has_form || line.has_odd_offset();
    Ok((of_len(2) && is_octets).then(Dump::default))
}

/// A line with a time of day, as before each packet.
fn is_tcpdump(line: &[u8]) -> bool {
    let time = line.split(|character| *character == b' ').next().unwrap_or_default();
    let is_time = |character: &u8| character.is_ascii_digit() || matches!(character, b':' | b'.');
    time.split(|character| *character == b':').count() == 3
        && time.contains(&b'.')
        && time.iter().all(is_time)
}

/// What the digits of an offset can be: only `od` counts in octal, with seven digits unless it needs more.
fn radixes(offset: &str) -> &'static [u32] {
    let is_octal = offset.len() == 7 || offset.len() > 7 && !offset.starts_with('0');
    if is_octal { &[16, 8, 10] } else { &[16, 10] }
}

/// How many bytes are between two offsets.
fn distance(first: &str, later: &str, radix: u32) -> Option<u64> {
    let of = |digits| u64::from_str_radix(digits, radix).ok();
    of(later)?.checked_sub(of(first)?)
}

/// A dump that is read line by line.
#[derive(Default)]
pub(super) struct Dump {
    /// The digits of the first offset.
    first: Option<String>,
    radix: Option<u32>,
    /// Bytes so far.
    octets: u64,
    /// The last line, for `*`.
    last: Vec<u8>,
    /// The most bytes that a line had.
    width: usize,
    repeats: bool,
}

impl Dump {
    /// The first offset, if it is not 0.
    pub(super) fn later_start(&self) -> Option<&str> {
        self.first.as_deref().filter(|offset| offset.bytes().any(|digit| digit != b'0'))
    }

    pub(super) fn take(&mut self, number: u64, line: &[u8], octets: &mut Vec<u8>) -> Result<(), String> {
        let text = line.trim_ascii_end();
        if text.is_empty() || text.starts_with(b"#") {
            return Ok(());
        }
        if text == b"*" {
            self.repeats = true;
            return Ok(());
        }
        let Some(line) = Line::of(text) else {
            let what = if is_tcpdump(text) { "; write packets of tcpdump to a file with -w" } else { "" };
            return Err(format!("line {number}: no offset at the start of a line of a dump{what}"));
        };
        self.place(number, &line, octets)?;
        let (words, text) = line.words();
        let read = hex::decode(words.concat())
            .map_err(|_| format!("line {number}: the second hexadecimal digit of a byte is missing"))?;
        // A short last line may have digits in its text.
        let is_first = self.width == 0;
        let read = read.get(..self.width).filter(|_| !is_first).unwrap_or(&read);
        if !fits(read, text) {
            return Err(format!(
                "line {number}: the text is not that of the bytes beside it; use xxd, hexdump -C or od -A x -t x1"
            ));
        }
        self.width = self.width.max(read.len());
        self.octets = self.octets.saturating_add(u64::try_from(read.len()).unwrap_or(u64::MAX));
        self.last = read.to_vec();
        octets.extend(read);
        Ok(())
    }

    /// Checks that the offset of a line follows the bytes before it, and repeats them where `*` stood.
    fn place(&mut self, number: u64, line: &Line<'_>, octets: &mut Vec<u8>) -> Result<(), String> {
        let Some(first) = &self.first else {
            self.first = Some(line.offset.to_owned());
            return Ok(());
        };
        let distance = |radix| distance(first, line.offset, radix);
        let repeats = std::mem::take(&mut self.repeats);
        let radix = self.radix.or_else(|| {
            let exact = radixes(first).iter().copied().find(|radix| distance(*radix) == Some(self.octets));
            let octal = if line.offset.len() == 7 { 8 } else { 16 };
            exact.or(if repeats { Some(octal) } else { None })
        });
        let place = radix.and_then(distance);
        self.radix = radix;
        let missing = place.and_then(|place| place.checked_sub(self.octets));
        match missing {
            Some(0) => Ok(()),
            Some(missing) if repeats && missing <= MOST_REPEATED && !self.last.is_empty() => {
                let count = usize::try_from(missing).unwrap_or(usize::MAX);
                octets.extend(self.last.iter().cycle().take(count));
                self.octets = self.octets.saturating_add(missing);
                Ok(())
            }
            Some(missing) if repeats => Err(format!(
                "line {number}: `*` stands for {missing} bytes; at most {MOST_REPEATED} are read"
            )),
            _ => {
                let (offset, octets) = (line.offset, self.octets);
                Err(format!(
                    "line {number}: offset {offset} does not follow the {octets} bytes before it; lines are missing, or another \
                     dump starts (packets: make a capture of them with text2pcap)"
                ))
            }
        }
    }
}

/// Whether the text beside bytes can be theirs. White space is not compared: it is also between the columns.
fn fits(octets: &[u8], text: &str) -> bool {
    let text = text.trim_matches(['|', '<', '>']);
    let mut shown = octets.iter().filter(|octet| **octet != b' ').map(|octet| match octet {
        0x21..=0x7e => *octet,
        _ => b'.',
    });
    let is_edge = |octet: u8| matches!(octet, b'|' | b'<' | b'>');
    let mut text = text.bytes().filter(|octet| !octet.is_ascii_whitespace());
    // Bars at the ends of the text may be part of it.
    if octets.iter().any(|octet| is_edge(*octet)) {
        return true;
    }
    text.all(|octet| shown.next() == Some(octet))
}
