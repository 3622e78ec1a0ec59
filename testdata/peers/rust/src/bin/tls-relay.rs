//! `tls-relay LISTEN BACKEND CERT [ALPN...]`: ends TLS on LISTEN and forwards the octets inside to BACKEND, in
//! cleartext that a capture can read.
//!
//! The certificate is made at each start, for `localhost`, and written to CERT as DER. Without ALPN names the relay
//! negotiates none.

use std::{error::Error, sync::Arc};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(listen), Some(backend), Some(cert_path)) = (args.next(), args.next(), args.next()) else {
        return Err("usage: tls-relay LISTEN BACKEND CERT [ALPN...]".into());
    };

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let cert = made.cert.der().clone();
    std::fs::write(cert_path, &cert)?;
    let key = made.signing_key.serialize_der().try_into()?;
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert], key)?;
    config.alpn_protocols = args.map(String::into_bytes).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));

    let listener = TcpListener::bind(listen).await?;
    loop {
        let (outside, _) = listener.accept().await?;
        let (acceptor, backend) = (acceptor.clone(), backend.clone());
        tokio::spawn(async move {
            // The backend is reached only after the handshake: a failed one leaves no trace in the cleartext.
            let mut tls = acceptor.accept(outside).await?;
            let mut plain = TcpStream::connect(backend).await?;
            plain.set_nodelay(true)?;
            copy_bidirectional(&mut tls, &mut plain).await
        });
    }
}
