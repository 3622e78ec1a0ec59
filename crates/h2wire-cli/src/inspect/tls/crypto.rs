//! Keys of TLS 1.2 and 1.3, and records opened with them. The algorithms are those of `ring`, which `probe` needs anyway.

use std::ops::Range;

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::{aead, hkdf, hmac};

use crate::inspect::tls::hello::Random;
use crate::inspect::tls::keylog::Secret;
use crate::inspect::tls::record::{ContentType, RecordHeader};

/// A cipher suite that can be decrypted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suite {
    cipher: &'static aead::Algorithm,
    hash: Hash,
    pub(crate) is_tls13: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hash {
    Sha256,
    Sha384,
}

impl Suite {
    /// Looks a suite up. How its keys are agreed on does not matter here.
    pub(crate) fn from_number(number: u16) -> Option<Self> {
        let (cipher, hash) = match number {
            0x1301 | 0x009c | 0x009e | 0x00a0 | 0x00a2 | 0x00a4 | 0x00a8 | 0x00aa | 0x00ac | 0xc02b
            | 0xc02d | 0xc02f | 0xc031 | 0xd001 => (&AES_128_GCM, Hash::Sha256),
            0x1302 | 0x009d | 0x009f | 0x00a1 | 0x00a3 | 0x00a5 | 0x00a9 | 0x00ab | 0x00ad | 0xc02c
            | 0xc02e | 0xc030 | 0xc032 | 0xd002 => (&AES_256_GCM, Hash::Sha384),
            0x1303 | 0xcca8..=0xccae => (&CHACHA20_POLY1305, Hash::Sha256),
            _ => return None,
        };
        Some(Self { cipher, hash, is_tls13: number >> 8 == 0x13 })
    }

    /// RFC 8446 §7.1: HKDF-Expand-Label with an empty context.
    fn expand_label(self, secret: &Secret, label: &str, out: &mut [u8]) -> Option<()> {
        const PREFIX: &[u8] = b"tls13 ";
        let algorithm = match self.hash {
            Hash::Sha256 => hkdf::HKDF_SHA256,
            Hash::Sha384 => hkdf::HKDF_SHA384,
        };
        let len = u16::try_from(out.len()).ok()?.to_be_bytes();
        let label_len = [u8::try_from(PREFIX.len().saturating_add(label.len())).ok()?];
        let info = [&len, label_len.as_slice(), PREFIX, label.as_bytes(), &[0]];
        let key = hkdf::Prk::new_less_safe(algorithm, secret.octets());
        key.expand(&info, Len(out.len())).ok()?.fill(out).ok()
    }

    const fn hash_len(self) -> usize {
        match self.hash {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
        }
    }

    /// RFC 5246 §5: the pseudo-random function.
    fn prf(self, secret: &[u8], label: &[u8], seed: &[u8], out: &mut [u8]) {
        let algorithm = match self.hash {
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha384 => hmac::HMAC_SHA384,
        };
        let key = hmac::Key::new(algorithm, secret);
        let sign = |parts: &[&[u8]]| {
            let mut context = hmac::Context::with_key(&key);
            for part in parts {
                context.update(part);
            }
            context.sign()
        };
        let mut chain = sign(&[label, seed]);
        for part in out.chunks_mut(self.hash_len()) {
            let octets = sign(&[chain.as_ref(), label, seed]);
            part.iter_mut().zip(octets.as_ref()).for_each(|(to, from)| *to = *from);
            chain = sign(&[chain.as_ref()]);
        }
    }
}

struct Len(usize);

impl hkdf::KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

/// Opens the records of one direction.
pub(crate) struct Opener {
    key: LessSafeKey,
    iv: [u8; 12],
    sequence_number: u64,
    form: Form,
}

enum Form {
    /// TLS 1.3: the real type of content is inside. Its secret makes the next one.
    Tls13 { suite: Suite, secret: Secret },
    /// TLS 1.2 with AES: each record has 8 bytes of its nonce.
    ExplicitNonce,
    /// TLS 1.2 with `ChaCha20`.
    ImplicitNonce,
}

/// The bytes of the nonce that a record of TLS 1.2 has.
const EXPLICIT: usize = 8;

impl Opener {
    /// RFC 8446 §7.3: the keys of a traffic secret; `None` if the secret is not as long as the hash of the suite.
    pub(crate) fn tls13(suite: Suite, secret: Secret) -> Option<Self> {
        if secret.octets().len() != suite.hash_len() {
            return None;
        }
        let mut key = [0; 32];
        let key = key.get_mut(..suite.cipher.key_len())?;
        let mut iv = [0; 12];
        suite.expand_label(&secret, "key", key)?;
        suite.expand_label(&secret, "iv", &mut iv)?;
        let key = LessSafeKey::new(UnboundKey::new(suite.cipher, key).ok()?);
        Some(Self { key, iv, sequence_number: 0, form: Form::Tls13 { suite, secret } })
    }

    /// RFC 5246 §6.3: the keys of client or server, made of the master secret.
    pub(crate) fn tls12(
        suite: Suite,
        master: &Secret,
        [client, server]: [&Random; 2],
        is_client: bool,
    ) -> Option<Self> {
        let key_len = suite.cipher.key_len();
        let (iv_len, form) = match suite.cipher {
            cipher if *cipher == CHACHA20_POLY1305 => (12, Form::ImplicitNonce),
            _ => (4, Form::ExplicitNonce),
        };
        let mut block = [0; 2 * (32 + 12)];
        suite.prf(master.octets(), b"key expansion", &[server.as_slice(), client].concat(), &mut block);
        let (keys, ivs) = block.split_at_checked(key_len.checked_mul(2)?)?;
        let index = usize::from(!is_client);
        let key = keys.chunks(key_len).nth(index)?;
        let mut iv = [0; 12];
        iv.get_mut(..iv_len)?.copy_from_slice(ivs.chunks(iv_len).nth(index)?);
        let key = LessSafeKey::new(UnboundKey::new(suite.cipher, key).ok()?);
        Some(Self { key, iv, sequence_number: 0, form })
    }

    /// RFC 8446 §7.2: the keys after a `KeyUpdate`.
    pub(crate) fn update(&mut self) -> Option<()> {
        let Form::Tls13 { suite, secret } = &self.form else { return None };
        let mut next = [0; 48];
        let next = next.get_mut(..suite.hash_len())?;
        suite.expand_label(secret, "traffic upd", next)?;
        *self = Self::tls13(*suite, Secret::new(next)?)?;
        Some(())
    }

    pub(crate) const fn is_tls13(&self) -> bool {
        matches!(self.form, Form::Tls13 { .. })
    }

    /// How much longer a record with its header is than its content, without padding.
    pub(crate) const fn overhead(&self) -> u64 {
        const HEADER_AND_TAG: u64 = 5 + 16;
        match self.form {
            Form::Tls13 { .. } => HEADER_AND_TAG + 1,
            Form::ExplicitNonce => HEADER_AND_TAG + 8,
            Form::ImplicitNonce => HEADER_AND_TAG,
        }
    }

    /// Passes over records.
    pub(crate) const fn skip(&mut self, records: u64) {
        self.sequence_number = self.sequence_number.saturating_add(records);
    }

    /// Whether a record opens if this many were lost before it.
    pub(crate) fn opens(&mut self, records: u64, header: RecordHeader, body: &[u8]) -> bool {
        let before = self.sequence_number;
        self.skip(records);
        let opened = self.open(header, &mut body.to_vec());
        self.sequence_number = before;
        opened.is_some()
    }

    /// Opens the next record: its type of content, and where this is in `body`. After a failure the key is as before, the
    /// body is not.
    pub(crate) fn open(
        &mut self,
        header: RecordHeader,
        body: &mut [u8],
    ) -> Option<(ContentType, Range<usize>)> {
        let sequence_number = self.sequence_number.to_be_bytes();
        let opened = match self.form {
            Form::Tls13 { .. } => {
                let len = self.open_in_place(self.mixed_nonce(), &header.octets(), body)?;
                // RFC 8446 §5.4: zeros after the type are padding.
                let end = body.get(..len)?.iter().rposition(|octet| *octet != 0)?;
                (ContentType(*body.get(end)?), 0..end)
            }
            Form::ExplicitNonce => {
                let (explicit, sealed) = body.split_at_mut_checked(EXPLICIT)?;
                let mut nonce = self.iv;
                nonce.iter_mut().skip(4).zip(explicit.iter()).for_each(|(to, from)| *to = *from);
                let aad = associated(sequence_number, header, sealed)?;
                let len = self.open_in_place(nonce, &aad, sealed)?;
                (header.content_type, EXPLICIT..EXPLICIT.checked_add(len)?)
            }
            Form::ImplicitNonce => {
                let aad = associated(sequence_number, header, body)?;
                let len = self.open_in_place(self.mixed_nonce(), &aad, body)?;
                (header.content_type, 0..len)
            }
        };
        self.sequence_number = self.sequence_number.checked_add(1)?;
        Some(opened)
    }

    fn open_in_place(&self, nonce: [u8; 12], aad: &[u8], body: &mut [u8]) -> Option<usize> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        Some(self.key.open_in_place(nonce, Aad::from(aad), body).ok()?.len())
    }

    /// RFC 8446 §5.3, RFC 7905 §2: the sequence number is added to the static part.
    fn mixed_nonce(&self) -> [u8; 12] {
        let mut nonce = self.iv;
        let number = self.sequence_number.to_be_bytes();
        nonce.iter_mut().skip(4).zip(number).for_each(|(to, from)| *to ^= from);
        nonce
    }
}

/// RFC 5246 §6.2.3.3: the additional data of a record of TLS 1.2.
fn associated(sequence_number: [u8; 8], header: RecordHeader, sealed: &[u8]) -> Option<Vec<u8>> {
    const TAG: usize = 16;
    let len = u16::try_from(sealed.len().checked_sub(TAG)?).ok()?;
    Some([&sequence_number, header.with_len(len).octets().as_slice()].concat())
}

#[cfg(test)]
mod tests;
