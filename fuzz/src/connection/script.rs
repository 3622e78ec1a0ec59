//! What happens to a connection: an input as a configuration and steps.

use std::time::Duration;

use h2wire::frame::{PREFACE, StreamId};
use h2wire::generate::{BrokenConversation, BrokenRule, Conversation, Plan, Seed};
use h2wire::{Limits, Role};
use h2wire_connection::{Budget, Config, Floods, KeepAlive};

use crate::broken_conversation::causes;
use crate::input::Input;

/// Steps of one input, so that it ends in time.
const STEPS: usize = 300;
/// A request, and the head of a response; they change no table.
const GET: &[u8] = b"\x82\x87\x84\x01\x01a";
const OK: &[u8] = b"\x88";

pub(super) struct Script {
    pub(super) config: Config,
    pub(super) role: Role,
    /// Output is written when a step says so, not by itself.
    pub(super) is_lazy: bool,
    /// The lengths of the pieces of the second run.
    pub(super) cuts: [u8; 4],
    pub(super) steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) enum Step {
    /// The peer sends them.
    Octets(Vec<u8>),
    Call(Call),
}

/// What the application does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Open { method: u8, end: bool },
    Respond { id: StreamId, status: u8, end: bool },
    Data { id: StreamId, len: usize, end: bool },
    Trailers { id: StreamId },
    Push { id: StreamId },
    Reset { id: StreamId, code: u8 },
    Release { id: StreamId, len: usize },
    Prioritise { id: StreamId, urgency: u8 },
    Ping,
    Update { change: u8, value: u8 },
    ShutDown,
    Abort,
    Wait(Duration),
    EndOfInput,
    Write(usize),
}

impl Script {
    pub(super) fn parse(role: Role, octets: &[u8]) -> Self {
        let mut input = Input(octets);
        let [switches, sizes, kind] = input.octets();
        let config = config(role, switches, sizes, kind & 16 != 0);
        let mut script =
            Self { config, role, is_lazy: switches & 128 != 0, cuts: input.octets(), steps: Vec::new() };
        let mut conversation = script.conversation(kind, &mut input).into_iter();
        let mut next_id = 1;
        while !input.is_empty() && script.steps.len() < STEPS {
            match input.octet() {
                0..=79 => script.steps.extend(conversation.next().map(Step::Octets)),
                80..=95 => {
                    let count = usize::from(input.octet());
                    let octets = conversation.by_ref().take(count).collect::<Vec<_>>().concat();
                    script.steps.push(Step::Octets(octets));
                }
                choice @ 96..=159 => {
                    script.steps.push(Step::Octets(frame(choice, role, &mut next_id, &mut input)));
                }
                160..=167 => {
                    let len = usize::from(input.octet());
                    script.steps.push(Step::Octets(input.take(len).to_vec()));
                }
                choice => script.steps.push(Step::Call(call(choice, &mut input))),
            }
        }
        script
    }

    /// Nothing, the start alone, or a conversation, of which a client has sent the requests.
    fn conversation(&mut self, kind: u8, input: &mut Input<'_>) -> Vec<Vec<u8>> {
        if kind % 8 < 2 {
            let (settings, ack) = (b"\0\0\0\x04\0\0\0\0\0", b"\0\0\0\x04\x01\0\0\0\0");
            let preface = if self.role == Role::Server { PREFACE.as_slice() } else { b"" };
            let start = [preface, settings, if kind & 8 == 0 { ack } else { b"" }].concat();
            return if kind.is_multiple_of(8) { Vec::new() } else { vec![start] };
        }
        let plan = if self.role == Role::Server { Plan::client() } else { Plan::server() };
        let plan = plan.with_limits(self.config.limits);
        let (cause, len) = (u16::from_be_bytes(input.octets()), usize::from(input.octet()) * 2);
        let mut seed = Seed::new(input.take(len));
        if self.role == Role::Client {
            self.steps.extend(plan.requests.iter().map(|_| Step::Call(Call::Open { method: 1, end: false })));
        }
        let conversation = if kind % 8 < 5 {
            Some(Conversation::new(&plan, &mut seed))
        } else {
            let causes = causes(&plan);
            let broken = match causes[usize::from(cause) % causes.len()] {
                BrokenRule::Rule(rule) => BrokenConversation::breaking(rule, &plan, &mut seed),
                BrokenRule::Stream(breach) => BrokenConversation::breaking_stream(breach, &plan, &mut seed),
            };
            broken.map(|broken| broken.conversation)
        };
        let steps = conversation.map(|conversation| conversation.steps).unwrap_or_default();
        steps.into_iter().map(|step| step.octets).collect()
    }
}

fn config(role: Role, switches: u8, sizes: u8, is_narrow: bool) -> Config {
    let is = |bit: u8| switches & bit != 0;
    let of = |shift: u8| usize::from(sizes >> shift & 3);
    let mut limits = Limits::DEFAULT.with_accept_push(role == Role::Client && is(8));
    if is(4) {
        limits = limits.with_max_section_size(8_000).with_max_fields(100).with_max_block_len(20_000);
        limits = limits.with_max_continuations(5).with_max_settings(8).with_max_table_size(512);
    }
    let config = Config::default()
        .with_limits(limits)
        .with_auto_release(is(1))
        .with_extended_connect(is(16))
        .with_rfc7540_priorities(is(32))
        .with_report_unknown(is(64))
        .with_remembered_streams([256, 256, 4, 0][of(0)])
        .with_max_pending_output([256 << 10, 4_096, 100, 1][of(2)])
        .with_max_concurrent_streams([128, 16, 3, 1][of(4)]);
    // Which of the windows is exceeded first.
    let config = if is(2) { config.with_connection_window(0) } else { config };
    let config = if is_narrow { config.with_stream_window(100) } else { config };
    match of(6) {
        0 | 1 => config,
        2 => config.with_floods(tight()),
        _ => {
            let (interval, timeout) = (Duration::from_secs(5), Duration::from_secs(3));
            config.with_keep_alive(Some(KeepAlive { interval, timeout }))
        }
    }
}

fn tight() -> Floods {
    let few = Budget::new(3, 1);
    Floods::DEFAULT
        .with_resets(few)
        .with_stream_errors(few)
        .with_pings(few)
        .with_settings(few)
        .with_empty_data(few)
        .with_priorities(few)
        .with_window_updates(few)
        .with_unknown(few)
        .with_interim(few)
}

/// Mostly of the client, mostly among the first.
fn id(octet: u8) -> StreamId {
    let id = u32::from(octet % 16) * 2 + u32::from(octet < 192);
    StreamId::new(id).expect("31 bits")
}

/// A frame that is often right: a head on the next stream, DATA of any length, or anything.
fn frame(choice: u8, role: Role, next_id: &mut u32, input: &mut Input<'_>) -> Vec<u8> {
    let any_id = |input: &mut Input<'_>| id(input.octet()).get();
    match choice % 16 {
        0..=3 if role == Role::Server => {
            let flags = 4 | input.octet() & 1;
            *next_id += 2;
            frame_of(1, flags, *next_id - 2, GET)
        }
        0..=3 => frame_of(1, 4 | input.octet() & 1, any_id(input), OK),
        4..=7 => {
            let (id, [len, shift]) = (any_id(input), input.octets());
            let content = vec![b'a'; usize::from(len) << (shift % 7)];
            // Several of them fill each window; padding fills it too.
            let flags = [0, 1, 8, 0][usize::from(shift >> 6)];
            frame_of(0, flags, id, &content).repeat(1 + usize::from(shift >> 3 & 7))
        }
        8 => {
            let increment = u32::from_be_bytes(input.octets()) >> (input.octet() % 32);
            frame_of(8, 0, any_id(input), &increment.to_be_bytes())
        }
        9 => {
            let [setting, shift, ..] = input.octets::<3>();
            let value = u32::from(input.octet()) << (shift % 25);
            frame_of(4, 0, 0, &[&[0, setting % 10][..], &value.to_be_bytes()].concat())
        }
        10 => frame_of(4, 1, 0, b""),
        11 => frame_of(3, 0, any_id(input), &u32::from(input.octet() % 14).to_be_bytes()),
        12 => frame_of(6, input.octet() & 1, 0, b"farewell"),
        13 => {
            let (last, code) = (any_id(input), u32::from(input.octet() % 14));
            frame_of(7, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())
        }
        _ => {
            let [frame_type, flags, len] = input.octets();
            let id = any_id(input);
            frame_of(frame_type % 18, flags, id, input.take(usize::from(len % 64)))
        }
    }
}

fn frame_of(frame_type: u8, flags: u8, id: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[frame_type, flags], &id.to_be_bytes(), payload].concat()
}

fn call(choice: u8, input: &mut Input<'_>) -> Call {
    let [a, b] = input.octets();
    let (id, end) = (id(a), b & 128 != 0);
    match choice {
        168..=175 => Call::Open { method: a, end },
        176..=185 => Call::Respond { id, status: b % 8, end },
        186..=203 => Call::Data { id, len: usize::from(input.octet()) << (b % 12), end },
        204..=208 => Call::Trailers { id },
        209..=213 => Call::Push { id },
        214..=217 => Call::Reset { id, code: b % 14 },
        218..=227 => Call::Release { id, len: usize::from(b) << (a >> 4) },
        228..=229 => Call::Prioritise { id, urgency: b },
        230..=231 => Call::Ping,
        232..=236 => Call::Update { change: a, value: b },
        237 => Call::ShutDown,
        238 => Call::Abort,
        239..=242 => Call::Wait(Duration::from_millis(u64::from(b) * 80)),
        243 => Call::EndOfInput,
        _ => Call::Write(usize::from(a) << (b % 9)),
    }
}
