//! In place of ciphers, where none are linked: no suite can be decrypted, so that no record is ever opened.

use std::ops::Range;

use crate::inspect::tls::hello::Random;
use crate::inspect::tls::keylog::Secret;
use crate::inspect::tls::record::{ContentType, RecordHeader};

/// A cipher suite that can be decrypted: none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suite {
    pub(crate) is_tls13: bool,
}

impl Suite {
    pub(crate) const fn from_number(_number: u16) -> Option<Self> {
        None
    }
}

/// Opens the records of one direction. There is no such thing here.
pub(crate) enum Opener {}

impl Opener {
    pub(crate) fn tls13(_suite: Suite, _secret: Secret) -> Option<Self> {
        None
    }

    pub(crate) const fn tls12(
        _suite: Suite,
        _master: &Secret,
        _randoms: [&Random; 2],
        _is_client: bool,
    ) -> Option<Self> {
        None
    }

    pub(crate) const fn update(&mut self) -> Option<()> {
        match *self {}
    }

    pub(crate) const fn is_tls13(&self) -> bool {
        match *self {}
    }

    pub(crate) const fn overhead(&self) -> u64 {
        match *self {}
    }

    pub(crate) const fn skip(&mut self, _records: u64) {
        match *self {}
    }

    pub(crate) const fn opens(&mut self, _records: u64, _header: RecordHeader, _body: &[u8]) -> bool {
        match *self {}
    }

    pub(crate) const fn open(
        &mut self,
        _header: RecordHeader,
        _body: &mut [u8],
    ) -> Option<(ContentType, Range<usize>)> {
        match *self {}
    }
}
