//! Frames, fields and findings out of the bytes of both directions, without a part in the conversation.

use std::io::{self, Write};

use h2wire::frame::{Frame, FrameHeader, ParseOptions, Resync, SettingList, Settings, resync};
use h2wire::hpack::Known;
use h2wire::{ConnectionError, Event, FieldStep, Fields, Limits, Progress, Reader, ReaderError, Role, Rule};
use h2wire_connection::Cause;
use h2wire_connection::watcher::Watcher;

/// More than any endpoint accepts: an observer does not refuse what two endpoints agreed on.
const LIMITS: Limits = Limits::observing(1 << 20, 1 << 20);

/// The sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Client,
    Server,
}

/// The two directions of a connection.
pub struct Watch {
    number: u64,
    client: Direction,
    server: Direction,
    /// Judges both together, as long as all of both was seen.
    watcher: Option<Watcher>,
}

/// One direction.
struct Direction {
    reader: Reader<Vec<u8>>,
    /// The start of a frame whose end has not come.
    rest: Vec<u8>,
    /// Bytes that are not looked at.
    skip: usize,
    /// It is not known where the next frame starts.
    searching: bool,
    /// Nothing can be read any more.
    lost: bool,
}

/// As many bytes are kept while the start of a frame is searched for.
const MOST_KEPT: usize = 1 << 20;

impl Direction {
    /// Without its first `skip` bytes, if any.
    fn new(skip: Option<usize>) -> Result<Self, ReaderError> {
        let mut reader = match skip {
            Some(_) => Reader::joined(Role::Observer, &LIMITS)?,
            None => Reader::new(Role::Observer, &LIMITS)?,
        };
        // Malformed sections are shown too; the watcher says what is wrong with them.
        reader.options.validate_fields = false;
        Ok(Self { reader, rest: Vec::new(), skip: skip.unwrap_or(0), searching: skip.is_some(), lost: false })
    }

    /// Takes bytes. Returns whether there is a frame at their start.
    fn take(&mut self, octets: &[u8]) -> bool {
        let seen = octets.get(self.skip.min(octets.len())..).unwrap_or_default();
        self.skip = self.skip.saturating_sub(octets.len());
        self.rest.extend_from_slice(seen);
        if self.searching {
            match resync(&self.rest, &ParseOptions::DEFAULT) {
                Resync::At(start) => {
                    self.rest.drain(..start);
                    self.reader.rejoin(0);
                    self.searching = false;
                }
                _ if self.rest.len() > MOST_KEPT => self.rest.clear(),
                _ => {}
            }
        }
        !self.searching
    }
}

impl Watch {
    /// Joins both directions after `skip` bytes, or reads them from their start.
    pub fn new(number: u64, skip: Option<usize>) -> Result<Self, ReaderError> {
        let watcher = if skip.is_none() { Some(Watcher::new(&LIMITS)?) } else { None };
        Ok(Self { number, client: Direction::new(skip)?, server: Direction::new(skip)?, watcher })
    }

    /// Prints the frames that end in these bytes, and what is wrong with them.
    pub fn look(&mut self, from: Side, octets: &[u8]) {
        let mut rest = octets;
        while self.read(from, rest) {
            rest = &[];
        }
        self.judge(from, octets);
    }

    /// Prints what a side did wrong that its own direction does not show.
    fn judge(&mut self, from: Side, octets: &[u8]) {
        let Some(watcher) = &mut self.watcher else { return };
        let mut rest = octets;
        while let Some(finding) = match from {
            Side::Client => watcher.client_sent(&mut rest),
            Side::Server => watcher.server_sent(&mut rest),
        } {
            // The reader has shown those of frames and of HPACK.
            if matches!(finding.cause, Cause::Connection(_) | Cause::Codec(Rule::Malformed(_))) {
                let _ = writeln!(io::stdout(), "{}   {finding}\n    {}", self.number, finding.cause.remedy());
            }
        }
        let by = if from == Side::Client { Role::Client } else { Role::Server };
        if watcher.has_failed(by) {
            self.watcher = None;
        }
    }

    /// Prints them up to an error. Returns whether there was one.
    fn read(&mut self, from: Side, octets: &[u8]) -> bool {
        let (arrow, this, other) = match from {
            Side::Client => ('>', &mut self.client, &mut self.server),
            Side::Server => ('<', &mut self.server, &mut self.client),
        };
        if this.lost || !this.take(octets) {
            return false;
        }
        let mut out = io::stdout().lock();
        let mut line = Line { start: format!("{} {arrow}", self.number), out: &mut out };
        let mut done = 0_usize;
        let error = loop {
            let input = this.rest.get(done..).unwrap_or_default();
            let (event, consumed) = match this.reader.read(input) {
                Ok(Progress::Item { item, consumed }) => (item, consumed),
                Ok(Progress::Needed(_)) => break None,
                Err(error) => {
                    line.print(format_args!("{error}\n    {}", error.rule.remedy()));
                    break Some(error);
                }
            };
            done = done.saturating_add(consumed);
            match event {
                Event::Preface => line.print(format_args!("the client connection preface")),
                Event::StreamError { header, error } => line.print(format_args!("{header}\n    {error}")),
                Event::Frame { header, frame } => {
                    line.frame(&header, &frame);
                    if let Frame::Settings(Settings::List(list)) = &frame {
                        // They bind the other side, from when it acknowledges them. §6.5.3
                        if let Err(error) = other.reader.settings_sent(list) {
                            line.print(format_args!("no field of the answers can be shown: {error}"));
                            other.lost = true;
                        }
                    }
                }
                Event::Fields { header, fields, .. } => line.fields(&header, fields),
                other => line.print(format_args!("{other:?}")),
            }
        };
        match error {
            None => {}
            // The frames go on.
            Some(ConnectionError { rule: Rule::Hpack(_), .. }) => this.reader.rejoin_fields(),
            Some(_) => {
                // Not at the same place again.
                done = done.saturating_add(1);
                this.searching = true;
            }
        }
        this.rest.drain(..done.min(this.rest.len()));
        error.is_some()
    }
}

/// The output of a direction.
struct Line<'o> {
    start: String,
    out: &'o mut dyn Write,
}

impl Line<'_> {
    fn print(&mut self, what: std::fmt::Arguments<'_>) {
        // The reader of the output has closed it.
        let _ = writeln!(self.out, "{} {what}", self.start);
    }

    fn detail(&mut self, what: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.out, "    {what}");
    }

    fn frame(&mut self, header: &FrameHeader, frame: &Frame<&[u8]>) {
        self.print(format_args!("{header}"));
        match frame {
            Frame::Settings(Settings::List(list)) => self.settings(list),
            Frame::Priority(frame) => self.detail(format_args!("{:?}", frame.priority)),
            Frame::RstStream(frame) => self.detail(format_args!("{}", frame.error_code)),
            Frame::Ping(frame) => self.detail(format_args!("{}", frame.opaque_data.escape_ascii())),
            Frame::WindowUpdate(frame) => {
                self.detail(format_args!("window_size_increment {}", frame.window_size_increment));
            }
            Frame::GoAway(frame) => {
                let debug = frame.additional_debug_data.escape_ascii();
                let last = frame.last_stream_id;
                self.detail(format_args!("{}, last_stream_id {last} {debug}", frame.error_code));
            }
            _ => {}
        }
    }

    fn settings(&mut self, list: &SettingList<&[u8]>) {
        for setting in list.iter() {
            self.detail(format_args!("{} {}", setting.id, setting.value));
        }
    }

    fn fields(&mut self, header: &FrameHeader, mut fields: Fields<'_, '_, Vec<u8>>) {
        self.print(format_args!("{header}"));
        loop {
            match fields.next() {
                Ok(FieldStep::Field(field)) => {
                    let mark = if field.never_indexed { " (never indexed)" } else { "" };
                    let (name, value) = (field.name.escape_ascii(), field.value.escape_ascii());
                    match field.known {
                        Known::Both => self.detail(format_args!("{name}: {value}{mark}")),
                        Known::Value => self.detail(format_args!("(not seen): {value}{mark}")),
                        Known::Neither => self.detail(format_args!("(not seen)")),
                    }
                }
                // A CONTINUATION frame comes next; or the reader has failed, and says so when it is called again.
                Ok(FieldStep::FragmentEnd) | Err(_) => return,
                Ok(FieldStep::SectionEnd(end)) => {
                    if let Err(error) = end.kind {
                        self.detail(format_args!("{error}"));
                    }
                    return;
                }
            }
        }
    }
}
