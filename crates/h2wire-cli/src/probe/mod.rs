//! `h2wire probe`: opens a real connection, shows it frame by frame, and diagnoses a failure.

mod certificate; // the names and dates of a certificate
mod diagnosis; // what went wrong, why, what to do
mod exchange; // the session over the transport
mod health; // the health service of gRPC
mod report; // text or JSON
mod seen; // the received settings and response, and the ending
mod session; // one request over a connection, without sockets
mod target; // the address and the request
mod tls; // TLS with ALPN
mod transport; // sockets with a deadline
mod verify; // the certificate, trusted or not
mod witness; // what the frames tell beyond the connection

use diagnosis::Diagnosis;
use health::Health;
use report::Show;
use seen::ExchangeEnd;
use session::Session;
use target::Target;
use tls::Client;
use transport::{Transport, Wire};

use crate::args::ProbeOptions;
use crate::status::Status;

/// Probes and prints. Returns the exit status.
pub(crate) fn run(options: &ProbeOptions) -> anyhow::Result<Status> {
    let target = Target::from_options(options)?;
    let session = Session::start(target.request(options)?)?;
    // Errors of the command line are reported before anything is sent.
    let client = if target.tls { Some(Client::new(&target, options)?) } else { None };
    let mut show = Show::new(&target, options.json)?;
    let diagnosis = probe(&target, options, session, client, &mut show)?;
    show.diagnosis(&diagnosis)?;
    Ok(diagnosis.status())
}

fn probe(
    target: &Target,
    options: &ProbeOptions,
    mut session: Session,
    client: Option<Client>,
    show: &mut Show,
) -> anyhow::Result<Diagnosis> {
    if !target.tls && !options.prior_knowledge {
        return Ok(diagnosis::cleartext_without_prior_knowledge());
    }
    let wire = match connect(target, options, show)? {
        Ok(wire) => wire,
        Err(diagnosis) => return Ok(diagnosis),
    };
    let (mut transport, facts) = match client {
        None => (Transport::Plain(wire), None),
        Some(mut client) => match handshake(&mut client, wire, options, show)? {
            Ok((wire, facts)) => (Transport::Tls(Box::new(client.connection), wire), Some(facts)),
            Err(diagnosis) => return Ok(diagnosis),
        },
    };
    if let Some(facts) = &facts
        && facts.chosen.as_deref() != Some("h2")
        && !(options.no_alpn || options.prior_knowledge)
    {
        // The peer may be gone, which no longer matters.
        let _ = transport.close();
        return Ok(diagnosis::not_chosen(facts));
    }
    let (mut seen, ending) = exchange::run(&mut session, &mut transport, show, options.timeout)?;
    let ending = exchange::close(&mut session, &mut transport, show, options.timeout, &mut seen, ending)?;
    show.end_of_octets()?;
    show.summary(&seen)?;
    match (&options.grpc_health, &ending) {
        (Some(service), ExchangeEnd::Complete) => {
            let health = Health::of(&seen, service);
            show.health(&health)?;
            Ok(health.diagnosis())
        }
        _ => Ok(diagnosis::exchange(&seen, &ending, facts.as_ref())),
    }
}

fn connect(
    target: &Target,
    options: &ProbeOptions,
    show: &mut Show,
) -> anyhow::Result<Result<Wire, Diagnosis>> {
    let addresses = match transport::resolve(&target.host, target.port, options.timeout) {
        Ok(addresses) => addresses,
        Err(error) => {
            show.connect(target, &[], None)?;
            return Ok(Err(diagnosis::resolve(&target.host, &error)));
        }
    };
    match transport::connect(&addresses, options.timeout) {
        Ok((peer, wire)) => {
            show.connect(target, &addresses, Some((peer, wire.local())))?;
            Ok(Ok(wire))
        }
        Err(error) => {
            show.connect(target, &addresses, None)?;
            Ok(Err(diagnosis::connect(&error)))
        }
    }
}

fn handshake(
    client: &mut Client,
    mut wire: Wire,
    options: &ProbeOptions,
    show: &mut Show,
) -> anyhow::Result<Result<(Wire, tls::TlsFacts), Diagnosis>> {
    wire.set_deadline(options.timeout);
    let mut shaken = Ok((0, 0));
    while shaken.is_ok() && client.connection.is_handshaking() {
        shaken = client.connection.complete_io(&mut wire);
    }
    let facts = client.facts();
    show.tls(&facts)?;
    Ok(match shaken {
        Ok(_) => Ok((wire, facts)),
        Err(error) => Err(diagnosis::handshake(&error, &wire.first, &facts)),
    })
}
