//! The findings in their order: text for people, or one JSON object per line.

use std::cell::RefCell;
use std::io::Write;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anstyle::Style;
use h2wire::Role;
use h2wire::frame::FrameHeader;
use serde_json::{Value, json};

use super::certificate::Certificate;
use super::diagnosis::Diagnosis;
use super::health::Health;
use super::seen::Seen;
use super::session::LIMITS;
use super::target::Target;
use super::times::{Step, Times};
use super::tls::TlsFacts;
use super::witness::{Told, Witness};
use crate::event::{Flow, Side};
use crate::hidden::unhidden;
use crate::inspect::{Direction, Mode, Report};
use crate::render::{Json, Render, Text, field_object, stdout, write_line};
use crate::screen::{columns, for_reading};
use crate::status::Status;
use crate::style::{GOOD, LABEL, WRONG};

/// The columns that labels take, and the most columns of text next to them.
const LABEL_WIDTH: usize = 12;
const WIDTH: usize = 96;

/// Prints; frames as `decode` does.
pub(crate) struct Show {
    json: bool,
    frames: Report,
    told: Rc<RefCell<Told>>,
    by_client: Direction,
    by_server: Direction,
    times: Times,
}

impl Show {
    pub(crate) fn new(target: &Target, json: bool) -> anyhow::Result<Self> {
        let direction = |from, role| {
            let mode = Mode { limits: LIMITS, judges_size: true, role: Some(role), ..Mode::observing() };
            Direction::new(Some(Flow { connection: 0, from }), mode)
        };
        let told = Rc::<RefCell<Told>>::default();
        let render = form(&target.url, json);
        Ok(Self {
            json,
            frames: Report::new(Box::new(Witness { render, told: Rc::clone(&told) })),
            told,
            by_client: direction(Side::Client, Role::Server)?,
            by_server: direction(Side::Server, Role::Client)?,
            times: Times::start(),
        })
    }

    /// Bytes that go to the server.
    pub(crate) fn sent(&mut self, octets: &[u8]) -> anyhow::Result<()> {
        let Self { by_client, by_server, .. } = self;
        show(octets, by_client, by_server, &mut self.frames)
    }

    /// Bytes that came from the server.
    pub(crate) fn received(&mut self, octets: &[u8]) -> anyhow::Result<()> {
        let Self { by_client, by_server, .. } = self;
        self.told.borrow_mut().forget_frames();
        show(octets, by_server, by_client, &mut self.frames)
    }

    /// The frame that ends after this many bytes of the server, if it came with the last of them.
    pub(crate) fn frame_before(&self, offset: u64) -> Option<FrameHeader> {
        self.told.borrow().frame_before(offset)
    }

    /// Notes what the frames that were received tell beyond what the connection reports.
    pub(crate) fn tell(&self, seen: &mut Seen) {
        self.told.borrow().tell(seen);
    }

    /// A step is reached now.
    pub(crate) fn reach(&mut self, step: Step) {
        self.times.reach(step, self.times.now());
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.times.now()
    }

    /// Bytes of the peer, which came then, have reached these steps.
    pub(crate) fn see(&mut self, seen: &Seen, now: Duration) {
        self.times.see(seen, now);
    }

    /// When each step was reached.
    pub(crate) fn times(&mut self) -> anyhow::Result<()> {
        let Some(text) = self.times.text() else { return Ok(()) };
        let object = self.times.object();
        self.object("times", || object)?;
        self.line("times", &text)
    }

    /// No more bytes come.
    pub(crate) fn end_of_octets(&mut self) -> anyhow::Result<()> {
        self.by_server.finish(&mut self.frames)?;
        self.frames.flush()
    }

    /// Where the connection goes.
    pub(crate) fn connect(
        &mut self,
        target: &Target,
        addresses: &[SocketAddr],
        ends: Option<(SocketAddr, Option<SocketAddr>)>,
    ) -> anyhow::Result<()> {
        let (peer, local) = (ends.map(|ends| ends.0), ends.and_then(|ends| ends.1));
        self.object("connect", || {
            json!({
                "url": target.url,
                "host": target.host,
                "port": target.port,
                "addresses": addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "peer": peer.map(|peer| peer.to_string()),
                "local": local.map(|local| local.to_string()),
            })
        })?;
        let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        let (host, port) = (&target.host, target.port);
        self.line("address", &format!("{host} port {port}: {}", addresses.join(", ")))?;
        match ends {
            Some((peer, Some(local))) => self.line("connected", &format!("{peer} from {local}")),
            Some((peer, None)) => self.line("connected", &peer.to_string()),
            None => self.line("connected", "failed"),
        }
    }

    /// The facts about TLS.
    pub(crate) fn tls(&mut self, facts: &TlsFacts) -> anyhow::Result<()> {
        self.object("tls", || {
            json!({
                "alpn_offered": facts.offered,
                "alpn_chosen": facts.chosen,
                "version": facts.version,
                "cipher_suite": facts.cipher_suite,
                "certificate": facts.certificate.as_ref().map(certificate_object),
                "certificate_error": facts.certificate_error,
            })
        })?;
        let offered = if facts.offered.is_empty() { "nothing" } else { &facts.offered.join(", ") };
        let chosen = facts.chosen.as_deref().unwrap_or("nothing");
        self.line("ALPN", &format!("offered {offered}; chosen {chosen}"))?;
        match (&facts.version, &facts.cipher_suite) {
            (Some(version), Some(suite)) => self.line("TLS", &format!("{version}, {suite}"))?,
            _ => self.line("TLS", "the handshake was not completed")?,
        }
        if let Some(certificate) = &facts.certificate {
            let Certificate { subject, issuer, not_before, not_after, names } = certificate;
            self.line("subject", subject)?;
            self.line("names", &names.join(", "))?;
            self.line("issuer", issuer)?;
            self.line("valid", &format!("{not_before} to {not_after}"))?;
        }
        match &facts.certificate_error {
            Some(error) => self.line("not trusted", error),
            None => Ok(()),
        }
    }

    /// The settings and the response of the peer.
    pub(crate) fn summary(&mut self, seen: &Seen) -> anyhow::Result<()> {
        self.object("settings", || match &seen.settings {
            None => Value::Null,
            Some(settings) => settings
                .iter()
                .map(|(id, value)| json!({"id": id.0, "name": id.name(), "value": value}))
                .collect(),
        })?;
        self.object("response", || match &seen.response {
            None => Value::Null,
            Some((status, fields)) => json!({
                "status": status,
                "fields": fields.iter().map(|f| field_object(f.name, f.value, false)).collect::<Vec<_>>(),
                "content_octets": seen.content_octets,
                "complete": seen.complete,
            }),
        })?;
        let settings = seen.settings.as_ref().map(|settings| {
            let each: Vec<_> = settings.iter().map(|(id, value)| format!("{id} {value}")).collect();
            if each.is_empty() { "none: all keep their initial values".to_owned() } else { each.join(", ") }
        });
        self.line("settings", &settings.unwrap_or_else(|| "not received".to_owned()))?;
        let response = seen.response.as_ref().map(|(status, _)| {
            let end = if seen.complete { "" } else { ", incomplete" };
            format!("{status}, {} bytes of content{end}", seen.content_octets)
        });
        self.line("response", &response.unwrap_or_else(|| "not received".to_owned()))
    }

    /// What the health service of gRPC says.
    pub(crate) fn health(&mut self, health: &Health) -> anyhow::Result<()> {
        self.object("grpc_health", || health.object())?;
        let answer = health.answer();
        self.line("health", answer.as_deref().unwrap_or("not received"))?;
        self.line("grpc-status", health.status().as_deref().unwrap_or("not received"))
    }

    pub(crate) fn diagnosis(&mut self, diagnosis: &Diagnosis) -> anyhow::Result<()> {
        let Diagnosis { phase, name, summary, seen, cause, remedy } = diagnosis;
        let (rule, status) = (name.text(), name.status());
        self.object("diagnosis", || {
            json!({
                "rule": rule,
                "exit_status": status.number(),
                "phase": phase.name(),
                "summary": summary,
                "seen": seen,
                "cause": cause,
                "remedy": remedy,
            })
        })?;
        let style = if status == Status::Clean { GOOD } else { WRONG };
        self.styled("diagnosis", style, &format!("{rule}: {summary}"))?;
        for (label, text) in [("seen", seen), ("cause", cause), ("remedy", remedy)] {
            if let Some(text) = text {
                self.line(label, text)?;
            }
        }
        Ok(())
    }

    /// A line of JSON.
    fn object(&mut self, name: &str, value: impl FnOnce() -> Value) -> anyhow::Result<()> {
        if self.json {
            self.frames.flush()?;
            write_line(&mut anstream::stdout(), &json!({ name: value() }))?;
        }
        Ok(())
    }

    /// A line for people.
    fn line(&mut self, label: &str, text: &str) -> anyhow::Result<()> {
        self.styled(label, LABEL, text)
    }

    fn styled(&mut self, label: &str, style: Style, text: &str) -> anyhow::Result<()> {
        if self.json {
            return Ok(());
        }
        self.frames.flush()?;
        let mut out = anstream::stdout();
        let text = unhidden(text);
        let room = columns().map(|columns| columns.saturating_sub(LABEL_WIDTH));
        for (index, line) in textwrap::wrap(&text, for_reading(room, WIDTH)).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            writeln!(out, "{style}{label:<LABEL_WIDTH$}{style:#}{line}")?;
        }
        Ok(())
    }
}

fn certificate_object(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "names": certificate.names,
    })
}

/// Shows bytes of one direction; its SETTINGS limit the other direction.
fn show(
    octets: &[u8],
    sender: &mut Direction,
    receiver: &mut Direction,
    frames: &mut Report,
) -> anyhow::Result<()> {
    sender.feed(octets, frames)?;
    sender.announce_to(receiver)?;
    frames.flush()
}

/// The output format of sent and received frames.
fn form(url: &str, json: bool) -> Box<dyn Render> {
    let out = stdout(!json);
    if json {
        Box::new(Json::new(out))
    } else {
        Box::new(Text::without_hints(out, url).with_columns(columns()))
    }
}
