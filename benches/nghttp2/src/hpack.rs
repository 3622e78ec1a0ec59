//! Field blocks.

use std::ptr;

use libnghttp2_sys as sys;

use crate::Refused;

/// A name and a value.
pub type Line = (Vec<u8>, Vec<u8>);

const DEFAULT_TABLE_SIZE: usize = 4096;

/// The decoder.
#[derive(Debug)]
pub struct Inflater(*mut sys::nghttp2_hd_inflater);

impl Inflater {
    /// With a table of 4,096 octets.
    #[must_use]
    pub fn new() -> Self {
        let mut inflater = ptr::null_mut();
        // SAFETY: a place for one pointer.
        assert_eq!(unsafe { sys::nghttp2_hd_inflate_new(&raw mut inflater) }, 0);
        Self(inflater)
    }

    /// Decodes a block and shows each field: name, value, and whether it is never to be indexed.
    #[inline]
    pub fn decode(
        &mut self,
        mut block: &[u8],
        mut each: impl FnMut(&[u8], &[u8], bool),
    ) -> Result<(), Refused> {
        loop {
            let mut nv = sys::nghttp2_nv {
                name: ptr::null_mut(),
                value: ptr::null_mut(),
                namelen: 0,
                valuelen: 0,
                flags: 0,
            };
            let mut flags = 0;
            // SAFETY: the inflater lives; the block is only read.
            let read = unsafe {
                sys::nghttp2_hd_inflate_hd2(
                    self.0,
                    &raw mut nv,
                    &raw mut flags,
                    block.as_ptr(),
                    block.len(),
                    1,
                )
            };
            let Ok(read) = usize::try_from(read) else { return Err(Refused(read as i64)) };
            block = &block[read..];
            if flags & sys::NGHTTP2_HD_INFLATE_EMIT.cast_signed() != 0 {
                // SAFETY: valid until the next call, and never null for a field that is emitted.
                let (name, value) = unsafe {
                    (
                        std::slice::from_raw_parts(nv.name, nv.namelen),
                        std::slice::from_raw_parts(nv.value, nv.valuelen),
                    )
                };
                each(name, value, u32::from(nv.flags) & sys::NGHTTP2_NV_FLAG_NO_INDEX != 0);
            }
            if flags & sys::NGHTTP2_HD_INFLATE_FINAL.cast_signed() != 0 {
                // SAFETY: as above.
                unsafe { sys::nghttp2_hd_inflate_end_headers(self.0) };
                return Ok(());
            }
        }
    }

    /// Sets the table limit, between two blocks.
    pub fn set_table_limit(&mut self, limit: u32) {
        // SAFETY: the inflater lives.
        let done = unsafe { sys::nghttp2_hd_inflate_change_table_size(self.0, limit as usize) };
        assert_eq!(done, 0, "between two blocks");
    }

    /// What the entries of the dynamic table are counted as.
    #[must_use]
    pub fn table_size(&self) -> usize {
        // SAFETY: the inflater lives.
        unsafe { sys::nghttp2_hd_inflate_get_dynamic_table_size(self.0) }
    }

    /// The number of entries in the dynamic table.
    #[must_use]
    pub fn table_entries(&self) -> usize {
        // SAFETY: the inflater lives. The static table is counted too.
        unsafe { sys::nghttp2_hd_inflate_get_num_table_entries(self.0) }.saturating_sub(61)
    }
}

impl Drop for Inflater {
    fn drop(&mut self) {
        // SAFETY: made by `new`, not used again.
        unsafe { sys::nghttp2_hd_inflate_del(self.0) };
    }
}
/// A session does not copy fields that are there until they are sent.
const NO_COPY: u32 = sys::NGHTTP2_NV_FLAG_NO_COPY_NAME | sys::NGHTTP2_NV_FLAG_NO_COPY_VALUE;

/// Fields in the form that nghttp2 takes.
#[derive(Debug)]
pub struct Fields<'a> {
    fields: Vec<sys::nghttp2_nv>,
    _lines: &'a [Line],
}

impl<'a> Fields<'a> {
    /// Refers to the lines.
    #[must_use]
    pub fn new(lines: &'a [Line]) -> Self {
        let field = |(name, value): &Line| sys::nghttp2_nv {
            name: name.as_ptr().cast_mut(),
            value: value.as_ptr().cast_mut(),
            namelen: name.len(),
            valuelen: value.len(),
            flags: NO_COPY.to_le_bytes()[0],
        };
        Self { fields: lines.iter().map(field).collect(), _lines: lines }
    }

    pub(crate) fn as_slice(&self) -> &[sys::nghttp2_nv] {
        &self.fields
    }
}

/// The encoder.
#[derive(Debug)]
pub struct Deflater(*mut sys::nghttp2_hd_deflater);

impl Deflater {
    /// With a table of 4,096 octets.
    #[must_use]
    pub fn new() -> Self {
        let mut deflater = ptr::null_mut();
        // SAFETY: a place for one pointer.
        assert_eq!(unsafe { sys::nghttp2_hd_deflate_new(&raw mut deflater, DEFAULT_TABLE_SIZE) }, 0);
        Self(deflater)
    }

    /// Encodes a block at the start of `buf`; the number of octets.
    #[inline]
    pub fn encode_fields(&mut self, fields: &Fields<'_>, buf: &mut [u8]) -> usize {
        // SAFETY: the fields refer to lines that live; nghttp2 only reads them.
        let written = unsafe {
            sys::nghttp2_hd_deflate_hd2(
                self.0,
                buf.as_mut_ptr(),
                buf.len(),
                fields.fields.as_ptr(),
                fields.fields.len(),
            )
        };
        usize::try_from(written).expect("nghttp2 refuses the fields")
    }

    /// Encodes a block and appends it to `out`.
    pub fn encode(&mut self, lines: &[Line], out: &mut Vec<u8>) {
        let mut buf = vec![0; 1 << 16];
        let written = self.encode_fields(&Fields::new(lines), &mut buf);
        out.extend_from_slice(&buf[..written]);
    }
}

impl Drop for Deflater {
    fn drop(&mut self) {
        // SAFETY: made by `new`, not used again.
        unsafe { sys::nghttp2_hd_deflate_del(self.0) };
    }
}
