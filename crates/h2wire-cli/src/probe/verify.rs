//! Keeps the server's certificate, even if the handshake fails, and verifies it as rustls does.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// The presented certificate and its error.
#[derive(Clone, Debug)]
pub(crate) struct Presented {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) error: Option<Error>,
}

#[derive(Debug)]
pub(crate) struct Witness {
    /// `None` if no authority is trusted.
    trusted: Option<Arc<WebPkiServerVerifier>>,
    insecure: bool,
    provider: Arc<CryptoProvider>,
    presented: Mutex<Option<Presented>>,
}

impl Witness {
    pub(crate) fn new(
        trusted: Option<Arc<WebPkiServerVerifier>>,
        insecure: bool,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self { trusted, insecure, provider, presented: Mutex::new(None) }
    }

    /// The certificate that the server presented.
    pub(crate) fn presented(&self) -> Option<Presented> {
        self.presented.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = match &self.trusted {
            Some(trusted) => trusted.verify_server_cert(end_entity, intermediates, name, ocsp, now),
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        };
        let presented = Presented {
            certificate: end_entity.clone().into_owned(),
            error: verdict.as_ref().err().cloned(),
        };
        *self.presented.lock().unwrap_or_else(PoisonError::into_inner) = Some(presented);
        if self.insecure { Ok(ServerCertVerified::assertion()) } else { verdict }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
