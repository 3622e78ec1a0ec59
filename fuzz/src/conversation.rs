//! What `Writer` writes is read by every reader, in every split, as it was meant.
//!
//! Input: steps, an octet each for what is done, then what it needs: a section with its fields, content, a table size, a
//! frame size and padding, a section that is given up.

use h2wire::frame::{Frame, PayloadLength, Ping, SettingBuffer, SettingId, SettingList, Settings, StreamId};
use h2wire::{EndOfInput, FieldLine, Limits, Options, Padding, Role, SectionHead, Writer};

use crate::input::Input;
use crate::readers::{Setup, Told, by_all};

/// What is to come out, without the frames it was cut into.
#[derive(PartialEq, Debug)]
enum Meant {
    Field(Vec<u8>, Vec<u8>),
    SectionEnd(SectionHead),
    Content(Vec<u8>),
    Ping([u8; 8]),
}

struct Side {
    writer: Writer<Vec<u8>>,
    out: Vec<u8>,
    meant: Vec<Meant>,
    table_sizes: Vec<u32>,
}

/// See the module.
pub fn target(octets: &[u8]) {
    let mut input = Input(octets);
    let mut side = Side::new();
    while !input.is_empty() && side.out.len() < 1 << 16 {
        side.step(&mut input);
    }
    let limits = Limits::DEFAULT
        .with_max_section_size(1 << 14)
        .with_max_continuations(u32::MAX)
        .with_max_fields(u32::MAX);
    let options = Options::DEFAULT.with_validate_fields(false);
    let setup = Setup { limits, options, table_sizes: side.table_sizes, ..Setup::new(Role::Server) };
    let cuts: Vec<usize> = octets.iter().take(5).map(|octet| usize::from(*octet) * 3).collect();
    let report = by_all(&setup, &side.out, &cuts);
    assert_eq!(report.end, Ok(EndOfInput::Clean));
    assert_eq!(report.told.into_iter().filter_map(meant).collect::<Vec<_>>(), side.meant);
}

impl Side {
    fn new() -> Self {
        let mut writer = Writer::new(Role::Client, 4096);
        writer.validate_fields = false;
        let mut out = Vec::new();
        writer.append_preface(&mut out).unwrap();
        let settings = Frame::<&[u8]>::Settings(Settings::List(SettingList::default()));
        writer.append_frame(&settings, &mut out).unwrap();
        Self { writer, out, meant: Vec::new(), table_sizes: Vec::new() }
    }

    fn step(&mut self, input: &mut Input<'_>) {
        match input.octet() % 8 {
            0..3 => self.section(input),
            3 => self.give_up(input),
            4 => self.content(input),
            5 if self.table_sizes.len() < 8 => self.table_size(u32::from(input.octet()) * 20),
            6 => self.frame_size(input),
            _ => {
                let opaque_data = input.octets();
                let ping = Frame::<&[u8]>::Ping(Ping { ack: false, opaque_data });
                self.writer.append_frame(&ping, &mut self.out).unwrap();
                self.meant.push(Meant::Ping(opaque_data));
            }
        }
    }

    fn section(&mut self, input: &mut Input<'_>) {
        let head = head(input);
        let fields = fields(input);
        let lines = fields.iter().map(|(name, value)| FieldLine::new(name, value));
        self.writer.append_section(head, lines, &mut self.out).unwrap();
        self.meant.extend(fields.into_iter().map(|(name, value)| Meant::Field(name, value)));
        self.meant.push(Meant::SectionEnd(head));
    }

    /// A section in a buffer that may be too small, and that is not finished.
    fn give_up(&mut self, input: &mut Input<'_>) {
        let mut buf = vec![0; usize::from(input.octet())];
        if let Ok(mut section) = self.writer.section(head(input), &mut buf) {
            for (name, value) in fields(input) {
                let _ = section.field(&FieldLine::new(&name, &value));
            }
        }
    }

    fn content(&mut self, input: &mut Input<'_>) {
        let (budget, len) = (usize::from(input.octet()) * 4, usize::from(input.octet()) * 4);
        let content = input.take(len).to_vec();
        let mut frames = self.writer.data(stream_id(input), &content, input.octet() & 1 == 1, budget);
        let mut sent = 0;
        for data in frames.by_ref() {
            sent += data.flow_controlled_len();
            self.writer.append_frame(&Frame::from(data), &mut self.out).unwrap();
            self.meant.push(Meant::Content(data.data.to_vec()));
        }
        assert!(sent <= budget && (frames.rest().is_empty() || sent == budget));
    }

    fn table_size(&mut self, size: u32) {
        let size = size.min(4096);
        self.table_sizes.push(size);
        let mut settings = SettingBuffer::<1>::new();
        settings.push(SettingId::HEADER_TABLE_SIZE, size).unwrap();
        self.writer.append_acknowledge(&settings.list(), &mut self.out).unwrap();
    }

    fn frame_size(&mut self, input: &mut Input<'_>) {
        self.writer.max_frame_size = PayloadLength::new(u32::from(input.octet())).unwrap();
        let padding = input.octet();
        self.writer.padding = match input.octet() % 3 {
            0 => Padding::None,
            1 => Padding::Octets(padding),
            _ => padding.try_into().map_or(Padding::None, Padding::Multiple),
        };
    }
}

fn stream_id(input: &mut Input<'_>) -> StreamId {
    StreamId::new(u32::from(input.octet()) | 1).unwrap()
}

fn head(input: &mut Input<'_>) -> SectionHead {
    SectionHead::headers(stream_id(input), input.octet() & 1 == 1)
}

fn fields(input: &mut Input<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let count = input.octet() % 16;
    let mut string = || {
        let len = usize::from(input.octet());
        input.take(len).to_vec()
    };
    (0..count).map(|_| (string(), string())).collect()
}

fn meant(told: Told) -> Option<Meant> {
    match told {
        Told::Field(name, value, _) => Some(Meant::Field(name, value)),
        Told::SectionEnd(end) => {
            assert!(end.kind.is_ok(), "{end:?}");
            Some(Meant::SectionEnd(end.head))
        }
        Told::Frame(_, Frame::Data(data)) => Some(Meant::Content(data.data)),
        Told::Frame(_, Frame::Ping(ping)) => Some(Meant::Ping(ping.opaque_data)),
        Told::Frame(..) | Told::Preface => None,
        Told::StreamError(header, error) => panic!("{header}: {error}"),
    }
}
