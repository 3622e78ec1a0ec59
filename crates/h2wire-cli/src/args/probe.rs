//! The options of `h2wire probe`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct ProbeOptions {
    /// `https://HOST[:PORT]/PATH`, or `http://` with --prior-knowledge
    pub(crate) url: String,

    /// The protocols to offer by ALPN, most preferred first, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "h2,http/1.1", value_parser = protocol)]
    pub(crate) alpn: Vec<String>,

    /// Offer nothing by ALPN but speak HTTP/2 anyway, like a client whose TLS configuration lacks h2
    #[arg(long, conflicts_with = "alpn")]
    pub(crate) no_alpn: bool,

    /// Speak HTTP/2 without negotiation: in cleartext with `http://`; with `https://`, whatever ALPN chose
    #[arg(long)]
    pub(crate) prior_knowledge: bool,

    /// Trust the certificates in this file (PEM) instead of those of the system
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Option<PathBuf>,

    /// Continue with a certificate that is not trusted, and report why it is not
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// Present the certificate chain in this file (PEM), if the server asks for one
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,

    /// The private key of --cert (PEM); default: in the same file
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,

    /// Connect to this host and port instead of those in the URL
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) connect: Option<String>,

    /// The time limit of each step: name resolution, connection, TLS, the peer's SETTINGS, its response, the content
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) timeout: Duration,

    /// The method of the request; default: GET, or POST with --data
    #[arg(short = 'X', long)]
    pub(crate) method: Option<String>,

    /// A field of the request; repeat the option for more fields
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = field)]
    pub(crate) header: Vec<(String, String)>,

    /// The content of the request: text, @FILE for the bytes of a file, or - for standard input
    #[arg(short, long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    pub(crate) data: Option<String>,

    /// Ask the health service of gRPC (grpc.health.v1.Health/Check) whether this service, or the whole server, is SERVING
    #[arg(long, value_name = "SERVICE", num_args = 0..=1, require_equals = true, default_missing_value = "", conflicts_with_all = ["method", "data"])]
    pub(crate) grpc_health: Option<String>,

    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) const EXIT_STATUS: &str = "\
Exit status:
  0  HTTP/2 works: a response arrived, whatever its status
  1  the peer broke a rule of HTTP/2, or reset the request
  2  wrong usage, no such name, connection refused, http:// without --prior-knowledge
  4  the peer speaks or wants HTTP/1.x or another protocol, or ALPN did not choose h2
  5  TLS failed: ALPN refused, certificate, alert, no TLS, or TLS on a cleartext connection
  6  a step timed out; the diagnosis names the step
  7  the peer ended the connection: GOAWAY, close, reset
  8  with --grpc-health: the answer is another than SERVING";

fn protocol(text: &str) -> Result<String, String> {
    // RFC 7301 §3.1
    if (1..=255).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err("a protocol name has 1 to 255 bytes".to_owned())
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    const MOST: f64 = 3600.0;
    let seconds: f64 = text.parse().map_err(|error| format!("{error}"))?;
    if seconds > 0.0 && seconds <= MOST {
        Ok(Duration::from_secs_f64(seconds).max(Duration::from_millis(1)))
    } else {
        Err(format!("the time must be more than 0 and at most {MOST} seconds"))
    }
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write a field as NAME: VALUE")?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}
