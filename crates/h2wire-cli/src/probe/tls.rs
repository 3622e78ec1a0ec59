//! TLS with ALPN.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::certificate::Certificate;
use super::target::Target;
use super::verify::Witness;
use crate::args::ProbeOptions;
use crate::io::read_whole;

/// A client before its handshake, and the witness of the server's certificate.
pub(crate) struct Client {
    pub(crate) connection: ClientConnection,
    witness: Arc<Witness>,
    offered: Vec<String>,
}

/// The facts about TLS, up to the point where it ended.
#[derive(Clone, Debug)]
pub(crate) struct TlsFacts {
    pub(crate) offered: Vec<String>,
    pub(crate) chosen: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) cipher_suite: Option<String>,
    pub(crate) certificate: Option<Certificate>,
    /// The error of the certificate; `None` also if no certificate arrived.
    pub(crate) certificate_error: Option<String>,
}

impl Client {
    pub(crate) fn new(target: &Target, options: &ProbeOptions) -> anyhow::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let roots = Arc::new(roots(options)?);
        let trusted = if roots.is_empty() {
            None
        } else {
            Some(WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build()?)
        };
        let witness = Arc::new(Witness::new(trusted, options.insecure, Arc::clone(&provider)));
        let verifier: Arc<Witness> = Arc::clone(&witness);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &options.cert {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let key = options.key.as_deref().unwrap_or(file);
                let (chain, private) = (certificates(file, "--cert")?, private_key(key)?);
                let named = || format!("--cert {}, --key {}", file.display(), key.display());
                builder.with_client_auth_cert(chain, private).with_context(named)?
            }
        };
        let offered = if options.no_alpn { Vec::new() } else { options.alpn.clone() };
        config.alpn_protocols = offered.iter().map(|name| name.clone().into_bytes()).collect();
        let name = ServerName::try_from(target.name.clone())
            .with_context(|| format!("{}: not a valid host name for a certificate", target.name))?;
        Ok(Self { connection: ClientConnection::new(Arc::new(config), name)?, witness, offered })
    }

    pub(crate) fn facts(&self) -> TlsFacts {
        let connection = &self.connection;
        let presented = self.witness.presented();
        TlsFacts {
            offered: self.offered.clone(),
            chosen: connection.alpn_protocol().map(|name| name.escape_ascii().to_string()),
            version: connection
                .protocol_version()
                .and_then(|version| Some(version.as_str()?.replace("TLSv1_", "TLS 1."))),
            cipher_suite: connection
                .negotiated_cipher_suite()
                .and_then(|suite| suite.suite().as_str().map(str::to_owned)),
            certificate: presented.as_ref().and_then(|presented| Certificate::parse(&presented.certificate)),
            certificate_error: presented.and_then(|presented| presented.error).map(|error| error.to_string()),
        }
    }
}

/// The trusted authorities.
fn roots(options: &ProbeOptions) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &options.cacert {
        for certificate in certificates(file, "--cacert")? {
            roots.add(certificate).with_context(|| format!("--cacert {}", file.display()))?;
        }
        return Ok(roots);
    }
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() && !options.insecure {
        let why = found.errors.first().map_or(String::new(), |error| format!(": {error}"));
        bail!("this system has no trusted certificates{why}; pass some with --cacert, or use --insecure");
    }
    Ok(roots)
}

/// The certificates in a PEM file, which has at least one.
fn certificates(file: &Path, option: &str) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let name = || format!("{option} {}", file.display());
    let text = pem(file).with_context(name)?;
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>().with_context(name)?;
    if found.is_empty() {
        bail!("{}: the file has no certificate in PEM format", name());
    }
    Ok(found)
}

/// A file of certificates or of a key.
fn pem(file: &Path) -> std::io::Result<Vec<u8>> {
    const MOST: u64 = 64 * 1024 * 1024;
    read_whole(File::open(file)?, MOST)
}

fn private_key(file: &Path) -> anyhow::Result<PrivateKeyDer<'static>> {
    let name = || format!("--key {}", file.display());
    PrivateKeyDer::from_pem_slice(&pem(file).with_context(name)?).with_context(name)
}
