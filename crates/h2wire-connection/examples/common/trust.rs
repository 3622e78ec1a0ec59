//! Whose certificates a client takes for good, with rustls.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Whose certificates are good.
pub enum Trust {
    /// Those that the system trusts, where Debian and its kin keep them, or `SSL_CERT_FILE`.
    System,
    /// Those in a file, PEM.
    File(PathBuf),
    /// All of them: for tests on a machine of one's own.
    Everyone,
}

/// A client that offers these protocols, the one it likes best first.
pub fn client_config(
    trust: &Trust,
    protocols: &[&[u8]],
) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let file = match trust {
        Trust::Everyone => None,
        Trust::File(path) => Some(path.clone()),
        Trust::System => Some(
            env::var_os("SSL_CERT_FILE").map_or("/etc/ssl/certs/ca-certificates.crt".into(), PathBuf::from),
        ),
    };
    let mut config = match file {
        None => builder.dangerous().with_custom_certificate_verifier(Arc::new(Everyone(provider))),
        Some(path) => builder
            .with_root_certificates(roots(&path).map_err(|error| format!("{}: {error}", path.display()))?),
    }
    .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}

/// The certificates of a file. rustls may not understand some certificates of a system.
fn roots(path: &Path) -> Result<RootCertStore, Box<dyn Error + Send + Sync>> {
    let certificates = CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>()?;
    let mut roots = RootCertStore::empty();
    match roots.add_parsable_certificates(certificates) {
        (0, _) => Err("there is no certificate that can be used".into()),
        _ => Ok(roots),
    }
}

/// Trusts any server that has the key of its certificate.
#[derive(Debug)]
struct Everyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Everyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_certificate_does_not_spoil_the_others() {
        let good = rcgen::generate_simple_self_signed(vec!["a".to_owned()]).unwrap().cert.pem();
        let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let file = tempfile::NamedTempFile::new().unwrap();
        for (pem, is_usable) in
            [([bad, good.as_str()].concat(), true), (bad.to_owned(), false), (String::new(), false)]
        {
            std::fs::write(file.path(), &pem).unwrap();
            let config = client_config(&Trust::File(file.path().to_owned()), &[b"h2"]);
            assert_eq!(config.is_ok(), is_usable, "{pem}");
        }
        // A folder cannot be read.
        assert!(client_config(&Trust::File(env::temp_dir()), &[]).is_err());
    }
}
