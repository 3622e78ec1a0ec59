//! CRC-32 as of zlib, a bit at a time: a table would be 1 KiB of flash.

#[derive(Clone, Copy)]
pub(crate) struct Crc(u32);

impl Crc {
    pub(crate) const NEW: Self = Self(u32::MAX);

    pub(crate) fn add(&mut self, octets: &[u8]) {
        for octet in octets {
            self.0 ^= u32::from(*octet);
            for _ in 0..8 {
                let bit = self.0 & 1;
                self.0 >>= 1;
                if bit == 1 {
                    self.0 ^= 0xedb8_8320;
                }
            }
        }
    }

    pub(crate) const fn get(self) -> u32 {
        !self.0
    }
}
